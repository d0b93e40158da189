"""Barrages: a sum over several places opens no incident, its places do. Sentences are our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from transforms.document import Document
from transforms.extract import read_document

LEAD = "Drones and missiles killed at least 11 people and wounded 40 across Ukraine overnight, officials said."
KYIV = "In Kyiv, seven people were killed when a missile hit a block of flats, the mayor said."
KHARKIV = "In Kharkiv, three people were killed and 12 wounded by drones, the governor said."
ODESA = "One man was killed in Odesa."


def read(make: Callable[..., Document], *paragraphs: str, title: str | None = None) -> list[dict[str, Any]]:
    """Return the reports' values with role and whether they sum up."""
    reports = read_document(make("\n".join(paragraphs), title=title)).reports
    return [r.values | {"role": r.scope.role, "is_aggregate": r.scope.is_aggregate, "findings": r.findings} for r in reports]


def test_the_sum_is_an_aggregate_and_each_place_an_event(make_document: Callable[..., Document]) -> None:
    whole, *parts = read(make_document, LEAD, KYIV, KHARKIV, ODESA, title="Drones and missiles kill 11 across Ukraine")
    assert (whole["is_aggregate"], whole["killed_best"], whole["injured_best"], whole["place"]) == (True, 11, 40, None)
    assert (whole["country_iso3"], whole["geo_precision"]) == ("UKR", 6)
    assert [(p["place"], p["killed_best"], p["role"], p["is_aggregate"]) for p in parts] == [
        ("Kyiv", 7, "secondary", False), ("Kharkiv", 3, "secondary", False), ("Odesa", 1, "secondary", False),
    ]  # fmt: skip


def test_a_place_has_the_night_and_the_kind_of_attack_that_the_sum_tells(make_document: Callable[..., Document]) -> None:
    doc = make_document("\n".join((LEAD, KYIV, ODESA)))
    whole, *_, odesa = read(make_document, LEAD, KYIV, ODESA)
    assert odesa["place"] == "Odesa"
    for column in ("event_date_start", "event_date_end", "date_precision", "event_class", "weapon_class"):
        assert odesa[column] == whole[column] is not None
        (words,) = {doc.quote(f.span) for f in odesa["findings"] if f.column == column}
        assert words in LEAD


def test_a_place_keeps_the_day_that_its_own_sentence_tells(make_document: Callable[..., Document]) -> None:
    _, kyiv, kharkiv = read(make_document, LEAD, KYIV, "In Kharkiv, three people were killed on Wednesday by drones.")
    assert str(kharkiv["event_date_start"]) == "2025-04-02" and kyiv["event_date_start"] != kharkiv["event_date_start"]


@pytest.mark.parametrize(
    "paragraphs",
    [
        (LEAD, KYIV),  # one place
        (LEAD, "In Kyiv, 11 people were killed, the mayor said.", KHARKIV),  # Kyiv is what the lead tells
        (LEAD.replace("at least ", ""), KYIV, "In Kharkiv, nine people were killed by drones."),  # more than the sum
        (LEAD, "Seven people were killed in Kyiv and three in Kharkiv, the interior ministry said."),  # whose number is whose
        (LEAD.replace(" across Ukraine", ""), KYIV, KHARKIV),  # nothing says that the lead sums up
        (LEAD, "Rescuers were sent to Kyiv.", "Schools stay closed in Kharkiv."),  # places without counts
    ],
    ids=["one place", "one place is all", "too many", "two places in a sentence", "no sum", "no counts"],
)
def test_what_is_no_barrage(make_document: Callable[..., Document], paragraphs: tuple[str, ...]) -> None:
    assert not any(report["is_aggregate"] for report in read(make_document, *paragraphs))


def test_air_defences_that_shoot_drones_down_have_not_carried_out_the_attack(make_document: Callable[..., Document]) -> None:
    told = "The air force said it had shot down 48 of 70 missiles and 64 of 145 drones."
    whole, *_ = read(make_document, LEAD.replace("Drones and missiles", "Russian drones and missiles"), KYIV, KHARKIV, told)
    assert "Russia" in whole["perpetrator"]
    assert whole["attribution"] != "accepted_and_justified"
