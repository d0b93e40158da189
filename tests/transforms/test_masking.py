"""Which words of a quote are masked for publication: tables of quote -> masked quote."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.gazetteer import Gazetteer
from transforms.lexicons import Lexicons
from transforms.masking import PublicNames, gather_public_names, mask_quote

SPEAKERS = [
    {"speaker": "Mykola Horban", "speaker_role": "regional governor", "speaker_class": "local_official"},
    {"speaker": "Olha Tymchenko", "speaker_role": None, "speaker_class": "witness"},
    {"speaker": "Yurii Vasyl", "speaker_role": "surgeon", "speaker_class": "medical"},
]


@pytest.fixture(scope="module")
def known(lexicons: Lexicons, gazetteer: Gazetteer) -> PublicNames:
    return gather_public_names(lexicons, gazetteer, SPEAKERS, ["Steppe Courier"])


ADULTS = [
    ("Olha Tymchenko said the blast threw her across the room", "[name] said the blast threw her across the room"),
    ("killed his neighbour, Petro Ivanchuk, and two others", "killed his neighbour, [name], and two others"),
    ("Governor Mykola Horban said 12 people were killed", "Governor Mykola Horban said 12 people were killed"),
    ("Horban said 12 people were killed in Kryvyi Rih", "Horban said 12 people were killed in Kryvyi Rih"),
    ("among the dead was Tamara Horban", "among the dead was [name]"),
    ("surgeon Yurii Vasyl said nine were hurt", "surgeon [name] said nine were hurt"),
    ("Russian missiles hit Kharkiv on Monday, the Red Cross said", "Russian missiles hit Kharkiv on Monday, the Red Cross said"),
    ("the UN and the Ministry of Health told the Steppe Courier", "the UN and the Ministry of Health told the Steppe Courier"),
    ("Rescuers pulled five bodies from the rubble", "Rescuers pulled five bodies from the rubble"),
    ("the body of Khaled al-Masri was found near Idlib", "the body of [name] was found near Idlib"),
    ("Mr Bondarenko's wife was injured", "Mr [name]'s wife was injured"),
    ('"Then there was this flash," she said', '"Then there was this flash," she said'),
    ("Rain was forecast for the weekend", "Rain was forecast for the weekend"),
    ("the US-led coalition struck a depot", "the US-led coalition struck a depot"),
    ("12 people were killed", "12 people were killed"),
    ("the U.S. and the U.N. said U.S.-led strikes killed 38", "the U.S. and the U.N. said U.S.-led strikes killed 38"),
    ("a search of J.R. Ewart's home", "a search of [name]'s home"),
    ("two were shot in Virginia, and Virginia was told at once", "two were shot in Virginia, and [name] was told at once"),
    ("al Qaeda and ex-Russian officers named Petro Ivanchuk-Melnyk", "al Qaeda and ex-Russian officers named [name]"),
    ("Missile Hits Kharkiv, Killing Nine Workers", "Missile Hits Kharkiv, Killing Nine Workers"),
    ("", ""),
]


@pytest.mark.parametrize(("quote", "masked"), ADULTS, ids=[quote for quote, _ in ADULTS])
def test_names_of_private_persons_are_masked_and_nothing_else(known: PublicNames, quote: str, masked: str) -> None:
    assert mask_quote(quote, known) == masked


MINORS = [
    ("nine-year-old Danylko was killed in Kharkiv", "nine-year-old [name] was killed in Kharkiv"),
    ("Danylko, 9, was killed", "[name], 9, was killed"),
    ("Danylko Horban, aged 9, was the governor's nephew", "[name], aged 9, was the governor's nephew"),
    ("her son Artem died at once", "her son [name] died at once"),
    ("Artem was 17", "[name] was 17"),
    ("a girl named Paris was pulled out", "a girl named [name] was pulled out"),
    ("Petro Ivanchuk, 61, was killed", "Petro Ivanchuk, 61, was killed"),
    ("Petro Ivanchuk was killed. His daughter Lesia survived.", "Petro Ivanchuk was killed. His daughter [name] survived."),
]


@pytest.mark.parametrize(("quote", "masked"), MINORS, ids=[quote for quote, _ in MINORS])
def test_names_of_children_are_always_masked(known: PublicNames, quote: str, masked: str) -> None:
    assert mask_quote(quote, known, minors_only=True) == masked


def test_a_quote_is_read_within_its_sentence(known: PublicNames) -> None:
    """A quote that begins in the middle of a sentence begins with a name, not with any word; a child may stand outside of it."""
    assert mask_quote("Ivanchuk was killed", known) == "Ivanchuk was killed", "alone, the first word of a sentence may be any word"
    assert mask_quote("Ivanchuk was killed", known, before="Police said that ") == "[name] was killed"
    assert mask_quote("Lesia was killed", known, minors_only=True) == "Lesia was killed"
    assert mask_quote("Lesia was killed", known, minors_only=True, after=", said the father of the girl") == "[name] was killed"
    assert mask_quote("Rescuers found three bodies", known, before="It rained. ") == "Rescuers found three bodies"


def test_offices_are_known_from_the_speakers_of_the_incident(known: PublicNames) -> None:
    speakers = [
        {"speaker": "Ann Wellow", "speaker_role": "county sheriff", "speaker_class": "police"},
        {"speaker": "Governor Iwan Petruk", "speaker_role": None, "speaker_class": "local_official"},
        {"speaker": "Olha Tymchenko", "speaker_role": "spokeswoman of the family", "speaker_class": "witness"},
    ]
    here = known.with_speakers(speakers)
    for told, masked in (
        ("Wellow said that Ann Wellow and Iwan Petruk came", "Wellow said that Ann Wellow and Iwan Petruk came"),
        ("the dead man's brother, Stepan Petruk, and Olha Tymchenko wept", "the dead man's brother, [name], and [name] wept"),
    ):
        assert mask_quote(told, here) == masked
    assert mask_quote("they called Ann Wellow", known) == "they called [name]", "elsewhere she is nobody"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="Aa Bé.,-'’\n9zИи[]", max_size=60), st.booleans())
def test_any_text_is_masked_once_and_for_all(known: PublicNames, quote: str, minors_only: bool) -> None:
    masked = mask_quote(quote, known, minors_only=minors_only)
    assert mask_quote(masked, known, minors_only=minors_only) == masked
