"""The curve of docs/quality.md: counted on other texts than it judges, falling coverage, and only its own part of the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.confidence import Judged, count_rules, cross_fit, curve
from benchmarks.published import write_between


def judged(number: int, rule: str | None, is_right: bool, context: str = "alone") -> Judged:
    return Judged(f"text-{number}", "killed", True, rule, context, is_right)


TEXTS = [
    *(judged(n, "good", n % 20 != 0) for n in range(200)),
    *(judged(n, "bad", n % 3 == 0) for n in range(200, 300)),
    *(judged(n, None, False) for n in range(300, 350)),
]


def test_counts_are_of_values_given() -> None:
    assert count_rules(TEXTS) == [
        {"column": "killed", "rule": "bad", "context": "alone", "n": 100, "right": 33},
        {"column": "killed", "rule": "good", "context": "alone", "n": 200, "right": 190},
    ]


def test_no_text_is_rated_by_itself() -> None:
    lone = judged(1000, "lone", True)
    rated = {one.text_id: sure for one, sure in cross_fit([*TEXTS, lone])}
    assert len(rated) == 301, "a value that was not given has no confidence"
    assert rated["text-1000"] == pytest.approx(223 / 300, abs=0.03), "its rule stands in no other text: the column speaks"


def test_coverage_falls_and_precision_rises_with_the_threshold() -> None:
    points = curve(TEXTS, "killed", (0.0, 0.6, 0.8))
    (_, covered, precision, n), (_, less, better, fewer), (_, same, _, _) = points
    assert (covered, n) == (300 / 350, 300) and precision == pytest.approx(223 / 300)
    assert (less, fewer) == (200 / 350, 200) and better == pytest.approx(0.95) and same == less
    assert [point[0] for point in curve(TEXTS, "killed", (0.0, 0.999))] == [0.0], "where nothing is given there is no precision"


def test_only_the_part_between_the_marks_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- other -->\nx\n<!-- /other -->\n<!-- coverage -->\nold\n<!-- /coverage -->\nz\n")
    write_between(page, "coverage", "new")
    assert page.read_text() == "a\n<!-- other -->\nx\n<!-- /other -->\n<!-- coverage -->\nnew\n<!-- /coverage -->\nz\n"
    with pytest.raises(SystemExit, match=r"page\.md: has no <!-- absent -->"):
        write_between(page, "absent", "new")
