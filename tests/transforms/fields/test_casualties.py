"""The toll of one event: which of a text's counts stands for it, what is added, revised, kept apart or withheld."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from transforms.casualty_mentions import find_casualty_mentions
from transforms.document import Document
from transforms.fields.casualties import find_casualties
from transforms.records import Scope

Make = Callable[..., Document]

TABLE = [  # title, body, best number of some columns; None: not stated
    (None, "Two men were shot dead in Kano. Three other people were also killed nearby.", {"killed": 5}),
    (None, "A farmer was killed on Monday. The blast killed four others.", {"killed": 5}),
    (None, "Four people were killed in Kano. Police said six were hurt.", {"killed": 4, "injured": 6}),
    (None, "Three people were killed. Three others were also killed on Sunday in Iraq, where a war goes on.", {"killed": 3}),
    ("Gunmen kill ten in Kano", "Gunmen attacked a market. Residents said 15 people were killed.", {"killed": 10}),
    (None, "Police said seven people were killed. However, residents said 12 people were killed.", {"killed": 12}),
    (None, "At least four people were killed on Monday. The death toll later rose to six.", {"killed": 6}),
    ("Suicide bombing kills five in Kano", "Five people including a suicide bomber were killed.", {"killed": 4}),
    (None, "Five people are dead, including the gunman.", {"killed": 4}),
    (None, "A gunman killed five people and then killed himself.", {"killed": 5}),
    (None, "A boy shot himself by accident.", {"injured": 1}),
    (None, "A 9-year-old boy was shot in Reno. He died in hospital.", {"killed": 1, "children_killed": 1, "injured": None}),
    (None, "Six people were shot, two of them fatally.", {"killed": 2, "injured": 4}),
    ("Four stabbed at rally", "A man was critically wounded.", {"injured": 4}),
    (None, "The shell killed ten children and an infant.", {"killed": 11, "children_killed": 11}),
    (None, "Twelve people were killed. The victims included five children.", {"killed": 12, "children_killed": 5}),
    (None, "Nine people were killed, among them 12 children.", {"killed": 9, "children_killed": None}),
    (None, "Two people were killed. No one else was hurt.", {"killed": 2, "injured": 0}),
    (None, "Twenty people are feared dead.", {"killed": None}),
    (None, "Two more men died on Tuesday, bringing the death toll to 31 after the strike.", {"killed": 31}),
    (None, "More than 26 people were killed.", {"killed": 26}),
]  # fmt: skip


def best_of(doc: Document) -> dict[str, Any]:
    found = find_casualties(doc, Scope(0, tuple(range(len(doc.sentences)))), find_casualty_mentions(doc))
    return {finding.column: finding.value for finding in found}


@pytest.mark.parametrize(("title", "body", "expected"), TABLE, ids=[row[1] for row in TABLE])
def test_tolls(make_document: Make, title: str | None, body: str, expected: dict[str, int | None]) -> None:
    values = best_of(make_document(body, title=title))
    assert {column: values.get(f"{column}_best") for column in expected} == expected


def test_two_sources_bound_the_toll(make_document: Make) -> None:
    doc = make_document("Police said seven people were killed. However, residents said 12 people were killed.")
    values = best_of(doc)
    assert (values["killed_min"], values["killed_max"], values["killed_quantifier"]) == (7, 12, "range")
    found = find_casualties(doc, Scope(0, (0, 1)), find_casualty_mentions(doc))
    assert {doc.quote(f.span) for f in found if f.column == "killed_best"} == {"seven people were killed", "12 people were killed"}
