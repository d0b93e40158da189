"""Texts that are no prose: reading them costs time in proportion to their length, whatever they are made of.

No test here knows how fast the machine is: each text is compared with one of the same make and a quarter of its length.
"""

from __future__ import annotations

import string
import time
from collections.abc import Callable
from itertools import product

import pytest

from transforms.casualty_mentions import find_casualty_mentions
from transforms.document import MAX_CHARACTERS, Document
from transforms.events import find_events
from transforms.extract import read_document, read_event

Make = Callable[..., Document]

SHORT = 20_000  # characters; four times as many are read too
MOST_GROWTH = 8.0  # 4 is linear, 16 would be quadratic: as far from both, since the clock of a shared machine errs by half
SMALLEST_COST = 0.05  # seconds that measure nothing but noise
MEGABYTE = 1_000_000

PIECES = {
    "no spaces": "bombkilledpeople",
    "digits": "1",
    "numbers": "12 killed 34, 56 and ",
    "denials": "he denied, he said ",
    "nested quotes": '"she said "he was killed" ',
    "quotes that never close": "“he said “",
    "stops": "." * 300 + "a",
    "blanks": " ",
    "line breaks": "\n",
    "place names": "Kyiv Mykolaiv Kherson ",
    "one place chain": "Nikopol, Dnipropetrovsk region, Ukraine, ",
    "initials": "U.S.A. ",
    "persons": "Ivan Petrov, 34, and Olha Moroz, ",
    "dates": "on Monday, May 5 ",
    "datelines": "KYIV, 3 April (Agency) -- Shelling killed 2.\n\n",
    "claims": "Hamas claimed responsibility, it said. ",
    "one list of people": "three men, two women, ",
    "events": "Elsewhere, two people were killed in Kano on Monday. In Mosul, a bomb killed 3.\n\n",
    "weapons": "a drone strike and a car bomb hit a school ",
    "brackets": "((((",
    "hyphens": "Kabul-Kandahar-",
    "prose": 'Three people were killed in Kyiv on Monday, police said. "We heard it," said Ivan Petrov, 34. ',
    "one giant sentence": "the army said that rebels fired on a market where three people died and ",
}
NAMES = [f"{first}{middle}a" for first, middle in product(string.ascii_uppercase, ("bor", "lin", "tash", "ven", "kul", "mar"))]


def repeated(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def all_different_numbers(size: int) -> str:
    return "".join(f"{number} killed and {number + 1} hurt, " for number in range(1, size // 16))[:size]


def all_different_names(size: int) -> str:
    return "".join(f"In {a}{b.lower()}, {b} {a} was killed. " for a, b in product(NAMES, NAMES))[:size]


def all_different_datelines(size: int) -> str:
    return "".join(f"{a.upper()}{b.upper()}, {1 + n % 28} May (AX) -- It rained.\n" for n, (a, b) in enumerate(product(NAMES, NAMES)))[
        :size
    ]


MAKERS: dict[str, Callable[[int], str]] = {
    "all different numbers": all_different_numbers,
    "all different names": all_different_names,
    "all different datelines": all_different_datelines,
}


def text_of(name: str, size: int) -> str:
    text = MAKERS[name](size) if name in MAKERS else repeated(PIECES[name], size)
    assert len(text) == size, f"{name} yields {len(text)} characters only"
    return text


def cost_of(make_document: Make, text: str, enough: float = 0.0) -> float:
    """CPU seconds to read every event of a text, whatever triage says of it; the best of three tries, or the first that took no more."""
    tries: list[float] = []
    while len(tries) < 3 and not (tries and min(tries) <= enough):
        start = time.process_time()
        doc = make_document(text)
        read_document(doc)
        mentions = find_casualty_mentions(doc)
        for scope in find_events(doc, mentions):
            read_event(doc, scope, mentions)
        tries.append(time.process_time() - start)
    return min(tries)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*PIECES, *MAKERS])
def test_cost_grows_with_length_only(name: str, make_document: Make) -> None:
    read_document(make_document(text_of(name, 1_000)))  # what is built once is no cost of this text
    short = cost_of(make_document, text_of(name, SHORT))
    most = MOST_GROWTH * max(short, SMALLEST_COST)
    long = cost_of(make_document, text_of(name, 4 * SHORT), enough=most)
    assert long <= most, f"{short:.2f} s for {SHORT:,} characters, {long:.2f} s for four times as many"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no spaces", "line breaks", "place names", "nested quotes"])
def test_a_megabyte_costs_no_more_than_what_is_read_of_it(name: str, make_document: Make) -> None:
    most = 2.0 * max(cost_of(make_document, text_of(name, MAX_CHARACTERS)), SMALLEST_COST)
    assert cost_of(make_document, text_of(name, MEGABYTE), enough=most) <= most


@pytest.mark.parametrize("name", ["no spaces", "digits", "blanks", "brackets"])
def test_a_megabyte_is_cut_and_the_reading_says_so(name: str, make_document: Make) -> None:
    doc = make_document(text_of(name, MEGABYTE))
    assert doc.is_cut
    assert len(doc.text) == MAX_CHARACTERS
    assert read_document(doc).relevance.is_incident is False
