"""Place names of a text: what is found, what is left out, and what the words around a name say about it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from transforms.place_mentions import PlaceMention, find_place_mentions


def _by_name(mentions: list[PlaceMention], name: str) -> PlaceMention:
    return next(mention for mention in mentions if mention.name == name)


@pytest.mark.parametrize(
    ("text", "name", "cue"),
    [
        ("A car bomb killed nine people in Kabul on Monday.", "Kabul", "in"),
        ("Shells fell near Donetsk overnight.", "Donetsk", "near"),
        ("Gunmen raided the town of Maiduguri.", "Maiduguri", "town_of"),
        ("Two soldiers died in the province of Idlib.", "Idlib", "area_of"),
        ("Drones attacked Odesa before dawn.", "Odesa", "attacked"),
        ("A mine exploded 20 km from Mosul.", "Mosul", "beyond"),
        ("The convoy was hit north of Aleppo.", "Aleppo", "beyond"),
        ("Dallas police are looking for a gunman.", "Dallas", "body"),
        ("The wounded were taken to a hospital in Lviv.", "Lviv", "care"),
    ],
)
def test_words_before_and_behind_a_name_give_its_cue(make_document, text: str, name: str, cue: str) -> None:
    assert _by_name(find_place_mentions(make_document(text)), name).cue == cue


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Captain Nelson told reporters that nobody was hurt.", "Nelson"),
        ("Jordan Smithfield, 21, was shot dead.", "Jordan"),
        ("The victim was John Houston, his family said.", "Houston"),
        ("Police said the man had fled.", "Police"),
        ("The shooting happened on Lewis Street.", "Lewis"),
        ("SUV drivers were warned.", "SUV"),
    ],
)
def test_persons_streets_and_plain_words_are_no_places(make_document, text: str, name: str) -> None:
    found = [mention for mention in find_place_mentions(make_document(text)) if mention.name == name]
    assert all(mention.strength < 0.3 for mention in found)


def test_surname_of_somebody_named_in_full_is_no_place(make_document) -> None:
    doc = make_document("Mark Lancaster, 44, was arrested in Leeds. Lancaster denied the charge.")
    assert "Lancaster" not in [mention.name for mention in find_place_mentions(doc)]


def test_nationality_is_evidence_of_a_country_not_a_place(make_document) -> None:
    mention = _by_name(find_place_mentions(make_document("The Iraqi army said five had died.")), "Iraqi")
    assert (mention.kind, mention.country_iso2) == ("demonym", "IQ")


def test_state_behind_a_comma_is_read_as_state(make_document) -> None:
    mentions = find_place_mentions(make_document("Four people were shot in Alturas, Calif., on Friday."))
    assert [place.admin1 for place in _by_name(mentions, "Calif.").candidates] == ["California"]


@pytest.mark.parametrize(
    "text",
    [
        "NAIROBI (AFP) - A blast killed three people.",
        "Montevideo, 5 Mar 88 (ANSA) -- A bomb went off.",
        "OTTAWA Canadian police held two men on Tuesday.",
    ],
)
def test_dateline_is_recognised(make_document, text: str) -> None:
    assert find_place_mentions(make_document(text))[0].cue == "dateline"


def test_name_that_the_gazetteer_lacks_counts_only_where_words_make_it_a_place(make_document) -> None:
    doc = make_document("They burned the village of Xarunqo, and Xarunqel wept.")
    assert [(mention.name, mention.kind) for mention in find_place_mentions(doc)] == [("Xarunqo", "unknown")]


@pytest.mark.parametrize("text", ["", " ", "a" * 5_000, "A" * 5_000, "A " * 5_000, "in " * 5_000, "Kabul, " * 2_000, "-" * 5_000])
def test_any_text_is_survived_with_spans_that_slice_back(make_document, text: str) -> None:
    doc = make_document(text)
    for mention in find_place_mentions(doc):
        assert doc.text[mention.start : mention.end] == mention.name


def test_mentions_are_ordered_and_do_not_overlap(make_document) -> None:
    doc = make_document("In Mosul, Iraq, and in Nigeria's northern city of Kano, Iraqi and Nigerian troops met Kabul-based men.")
    mentions = find_place_mentions(doc)
    assert len(mentions) > 5
    assert all(a.end <= b.start for a, b in pairwise(mentions))


def test_caseless_text_still_yields_countries(make_document) -> None:
    names = [mention.name for mention in find_place_mentions(make_document("a bomb killed ten people in pakistan on sunday."))]
    assert names == ["pakistan"]


def test_a_river_is_no_town_of_its_name(make_document) -> None:
    doc = make_document("A man was found shot dead in the Black River on Tuesday. Another died in Black River, police said.")
    assert [doc.text[: m.start].endswith("in the ") for m in find_place_mentions(doc) if m.name == "Black River"] == [False]
