"""A threshold of confidence, from the setting and the flag down to rows: unsure values are gone, their words are not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.reading import extractor_version, read_pages
from warehouse.store import read_frame

Vigil = Callable[..., tuple[int, str, str]]
AT = dt.datetime(2025, 4, 9, 8, 0, tzinfo=dt.UTC)
TEXT = "Gunmen killed three farmers near the town of Anka in Nigeria's Zamfara state on Thursday, police said."
RATED = ("killed_best", "injured_best", "country_iso3", "place", "latitude", "event_date_start", "weapon_class", "perpetrator")


def extract(vigil: Vigil, folder: Path, *options: object) -> dict[str, Any]:
    (folder / "in.jsonl").write_text(json.dumps({"id": "a", "text": TEXT, "published": "2025-04-04"}) + "\n")
    code, _, err = vigil("extract", folder / "in.jsonl", folder / "out.jsonl", "--processes", 1, *options)
    assert code == 0, err
    return dict(json.loads((folder / "out.jsonl").read_text()))


def test_the_flag_withholds_and_marks(vigil: Vigil, tmp_path: Path) -> None:
    told, withheld = extract(vigil, tmp_path), extract(vigil, tmp_path, "--min-confidence", "1")
    assert told["incidents"][0]["killed_best"] == 3
    assert {column: withheld["incidents"][0][column] for column in RATED} == dict.fromkeys(RATED)
    spans = [{k: v for k, v in row.items() if k != "is_withheld"} for row in told["evidence"]]
    assert spans == [{k: v for k, v in row.items() if k != "is_withheld"} for row in withheld["evidence"]], "the words stay"
    assert {row["is_withheld"] for row in told["evidence"]} == {False}
    assert {row["is_withheld"] for row in withheld["evidence"] if row["confidence"] is not None} == {True}
    assert [claim["is_withheld"] for claim in withheld["claims"] if claim["effect"] == "killed"] == [True]
    assert withheld["incidents"][0]["victim_side"] == told["incidents"][0]["victim_side"], "what nobody measured stays"


def test_the_setting_does_the_same(vigil: Vigil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_MIN_CONFIDENCE", "1")
    assert extract(vigil, tmp_path)["incidents"][0]["killed_best"] is None
    assert extract(vigil, tmp_path, "--min-confidence", "0")["incidents"][0]["killed_best"] == 3, "a flag overrides"


@pytest.mark.parametrize("value", ["1.5", "-0.1", "sure"])
def test_a_confidence_is_a_share(vigil: Vigil, tmp_path: Path, value: str) -> None:
    code, _, err = vigil("extract", tmp_path / "in.jsonl", tmp_path / "out.jsonl", f"--min-confidence={value}")
    assert code == 2 and "min" in err and "confidence" in err and err.count("\n") == 1


def test_an_explanation_shows_what_it_withholds(vigil: Vigil, tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(TEXT)
    _, out, _ = vigil("extract", "--explain", tmp_path / "story.txt", "--min-confidence", "1")
    (line,) = [line for line in out.splitlines() if line.startswith("killed_min")]
    assert " 3 " in line and ", withheld" in line and "killed three" in line


def test_pages_are_read_with_it_and_count_as_read_by_another_extractor(watched: Any) -> None:
    assert extractor_version(0.9) == f"{extractor_version()}-0.9"
    con = duckdb.connect(str(watched.settings.work_path), read_only=True)
    try:
        asked = {"mode": "stale", "start": None, "end": None}
        assert read_frame(con, "pages_to_derive", **asked, extractor_version=extractor_version()).is_empty()
        pages = read_frame(con, "pages_to_derive", **asked, extractor_version=extractor_version(1.0)).to_dicts()
    finally:
        con.close()
    assert len(pages) > 20
    rows = read_pages(pages[:12], watched.settings.archive_dir, "run", AT, 1.0).rows
    assert rows["report"] and {row["extractor_version"] for row in rows["report"]} == {extractor_version(1.0)}
    assert all(row[column] is None for row in rows["report"] for column in RATED)
    assert any(row["is_withheld"] for row in rows["evidence"]) and any(row["is_withheld"] for row in rows["claim"])
