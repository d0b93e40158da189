"""Folding, sentences and the searches that stand in for slow patterns."""

from __future__ import annotations

import re
import time

import pytest

from transforms.numbers import read_number
from transforms.text import find_digits, find_matches, find_stems, fold, split_sentences


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("“Five” dead – police’s count", '"five" dead - police\'s count'),
        ("tab\tand no-break\u00a0space", "tab and no-break space"),
        ("Tab\tand `MARKS` of ASCII", "tab and 'marks' of ascii"),
        ("İzmir", "İzmir"),  # its small letter is two characters long, so that it stays as it is
    ],
)
def test_fold_keeps_every_offset(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert len(fold(text)) == len(text)


def test_fold_of_ascii_is_that_of_any_text() -> None:
    every = "".join(map(chr, range(128)))
    assert fold(f"{every}é") == f"{fold(every)}é"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Two died. Three fled.", ["Two died.", "Three fled."]),
        ("He said: “Go!” She stayed.", ["He said: “Go!”", "She stayed."]),
        ("It stopped... then began. Why?! Nobody knew.", ["It stopped... then began.", "Why?!", "Nobody knew."]),
        (
            "Gen. Ada Okoro of the U.N. spoke at 2 p.m. The raid was over.",
            ["Gen. Ada Okoro of the U.N. spoke at 2 p.m.", "The raid was over."],
        ),
        ("A headline without a stop\n\nThe text.", ["A headline without a stop", "The text."]),
        ("Version 1.5 of a.b is out.", ["Version 1.5 of a.b is out."]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[s.start : s.end] for s in split_sentences(text)] == sentences


def test_a_row_of_stops_is_read_once() -> None:
    start = time.process_time()
    assert split_sentences("." * 200_000 + "a")
    assert time.process_time() - start < 2  # trying every stop of the row would take minutes


def test_matches_at_given_starts_are_those_of_finditer() -> None:
    text = "12 and 345, then 6-7; x89 and 1,200 of 3"
    pattern = re.compile(r"(?<![\w,])\d+(?:,\d{3})*")
    assert [m.span() for m in find_matches(pattern, text, find_digits(text, 0, len(text)), len(text))] == [
        m.span() for m in pattern.finditer(text)
    ]


def test_matches_stop_at_the_end_that_is_given() -> None:
    assert [m.group() for m in find_matches(re.compile(r"\d+"), "12 3456", find_digits("12 3456", 0, 5), 5)] == ["12", "34"]


def test_stems_are_found_wherever_they_stand() -> None:
    assert find_stems("denied, undenied, deny", ("denied", "deny")) == [0, 10, 18]


def test_a_row_of_thousands_of_digits_counts_nobody() -> None:
    assert read_number("9" * 5_000) is None
    assert read_number("1,200") == 1_200
