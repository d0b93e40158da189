"""Texts that are no prose must cost seconds at most: the longest text that is read, made of one thing over and over."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from transforms.document import MAX_CHARACTERS, Document
from transforms.extract import read_document

CPU_SECONDS = 12  # a loaded machine; a quiet one needs less than two
PIECES = {
    "no spaces": "bombkilledpeople",
    "digits": "1",
    "numbers": "12 killed 34, 56 and ",
    "denials": "he denied, he said ",
    "nested quotes": '"she said "he was killed" ',
    "stops": "." * 300 + "a",
    "blanks": " ",
    "names": "Kyiv Mykolaiv Kherson ",
    "initials": "U.S.A. ",
    "dates": "on Monday, May 5 ",
    "claims": "Hamas claimed responsibility, it said. ",
    "prose": 'Three people were killed in Kyiv on Monday, police said. "We heard it," said Ivan Petrov, 34. ',
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PIECES)
def test_costs_stay_bounded(name: str, make_document: Callable[..., Document]) -> None:
    piece = PIECES[name]
    body = (piece * (MAX_CHARACTERS // len(piece) + 1))[:MAX_CHARACTERS]
    start = time.process_time()
    reading = read_document(make_document(body))
    assert time.process_time() - start < CPU_SECONDS
    assert 0.0 <= reading.relevance.score <= 1.0
