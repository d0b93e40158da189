"""Which numbers of a sentence may count people, with which bounds, read from which words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.lexicons import Lexicons
from transforms.numbers import read_number
from transforms.text import fold

OPEN = None
TABLE = [  # a sentence; words, low, best, high and quantifier of each quantity
    ("Twelve people died.", [("Twelve", 12, 12, 12, "exact")]),
    ("At least 12 people died.", [("At least 12", 12, 12, OPEN, "at_least")]),
    ("No fewer than nine were hurt.", [("No fewer than nine", 9, 9, OPEN, "at_least")]),
    ("More than 20 were hurt.", [("More than 20", 20, 20, OPEN, "at_least")]),
    ("More than 13 were hurt.", [("More than 13", 13, 13, OPEN, "at_least")]),
    ("As many as 30 died.", [("As many as 30", OPEN, 30, 30, "at_most")]),
    ("Fewer than 10 died.", [("Fewer than 10", OPEN, OPEN, 9, "at_most")]),
    ("Nearly 40 people were hurt.", [("Nearly 40", 40, 40, 40, "about")]),
    ("Between 10 and 15 people died.", [("Between 10 and 15", 10, OPEN, 15, "range")]),
    ("Three or four men died.", [("Three or four", 3, OPEN, 4, "range")]),
    ("10 to 15 people died.", [("10 to 15", 10, OPEN, 15, "range")]),
    ("Two dozen people died.", [("Two dozen", 24, 24, 24, "exact")]),
    ("Half a dozen people died.", [("Half a dozen", 6, 6, 6, "exact")]),
    ("A hundred and four people died.", [("A hundred and four", 104, 104, 104, "exact")]),
    ("1,200 people died.", [("1,200", 1200, 1200, 1200, "exact")]),
    ("Dozens died.", [("Dozens", 24, OPEN, 99, "vague")]),
    ("Scores were hurt.", [("Scores", 40, OPEN, 99, "vague")]),
    ("Several people died.", [("Several", 3, OPEN, 9, "vague")]),
    ("20-plus people died.", [("20-plus", 20, 20, OPEN, "at_least")]),
    ("17 so far have died.", [("17 so far", 17, 17, OPEN, "at_least")]),
    ("No casualties were reported.", [("No", 0, 0, 0, "exact")]),
    ("Two high school students died.", [("Two", 2, 2, 2, "exact")]),
    ("One person died and 3 were hurt.", [("One", 1, 1, 1, "exact"), ("3", 3, 3, 3, "exact")]),
]  # fmt: skip

NOT_PEOPLE = [
    "A 12-year-old boy was seen.",
    "Khan, 34, was a teacher.",
    "It happened on 4 April 2025.",
    "The invasion began in 2022.",
    "The blast came at 10:30 pm.",
    "The village is 20 km north of the town.",
    "He paid $300 for it.",
    "About 45 percent agreed.",
    "A 7.62mm rifle was found.",
    "They fired 30 rounds.",
    "The 14th battalion moved.",
    "Some 20 houses burnt down.",
    "The fire lasted 12 hours.",
    "Room 12 was sealed.",
    "They hid in a flat on the 5th floor.",
    "An AK-47 was found.",
    "The bill was 3.5 million.",
    "Two drones were seen.",
    "Two high schools were closed.",
    "A mother of three spoke.",
    "The councillor of ward 101 spoke.",
    "A girl, 3, wounded in the yard, was flown out.",
    "His 12- and 10-year-old cousins watched.",
]


@pytest.mark.parametrize(("sentence", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_quantities(lexicons: Lexicons, sentence: str, expected: list[tuple[object, ...]]) -> None:
    found = lexicons.numbers.find(fold(sentence))
    assert [(sentence[q.span.start : q.span.end], q.low, q.best, q.high, q.quantifier) for q in found] == expected


@pytest.mark.parametrize("sentence", NOT_PEOPLE)
def test_what_counts_no_people(lexicons: Lexicons, sentence: str) -> None:
    assert lexicons.numbers.find(fold(sentence)) == []


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("seven", 7),
        ("twenty-three", 23),
        ("two hundred and six", 206),
        ("three thousand", 3000),
        ("1,250", 1250),
        ("dozen of", None),
        ("", None),
    ],
)
def test_read_number(words: str, value: int | None) -> None:
    assert read_number(words) == value


@given(st.text(alphabet=st.sampled_from(" ,.-0123456789abcdefnortweth'\n"), max_size=300))
def test_any_text_gives_spans_in_order_with_sound_bounds(lexicons: Lexicons, text: str) -> None:
    found = lexicons.numbers.find(fold(text))
    assert all(0 <= q.span.start < q.span.end <= len(text) for q in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))
    for q in found:
        bounds = [n for n in (q.low, q.best, q.high) if n is not None]
        assert bounds == sorted(bounds)
