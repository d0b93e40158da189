"""Where an event happened: sentence -> columns, each with the words it was read from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from transforms.fields.places import find_places
from transforms.records import Scope


def _read(doc, scope) -> dict[str, Any]:
    return {finding.column: finding.value for finding in find_places(doc, scope(doc))}


@pytest.mark.parametrize(
    ("text", "country", "admin1", "place"),
    [
        ("A suicide bomber killed twelve people in Kabul on Tuesday.", "AFG", "Kabul", "Kabul"),
        ("Gunmen shot dead six farmers in Maiduguri, Borno State.", "NGA", "Borno", "Maiduguri"),
        ("Four people were shot in Alturas, Calif., on Thursday.", "USA", "California", "Alturas"),
        ("Two men were killed in Paris, Texas, police said.", "USA", "Texas", "Paris"),
        ("A mine killed seven children in Ghazni province.", "AFG", "Ghazni", None),
        ("Nine people died in an attack on a hospital in the Afghan capital.", "AFG", "Kabul", "Kabul"),
        ("An air strike killed ten people in Khan Younis, medics said.", "PSE", "Gaza Strip", "Khan Younis"),
        ("Shelling killed two people in Kharkiv, 400 km from Kyiv.", "UKR", "Kharkiv", "Kharkiv"),
    ],
)
def test_place_of_the_event(make_document, whole, text: str, country: str, admin1: str, place: str | None) -> None:
    found = _read(make_document(text), whole)
    assert (found.get("country_iso3"), found.get("admin1"), found.get("place")) == (country, admin1, place)


def test_place_of_the_killing_beats_the_place_of_the_speaker_and_of_the_hospital(make_document, whole) -> None:
    doc = make_document(
        "A bomb killed five people in Mosul on Friday. The wounded were taken to a hospital in Erbil. Officials in Baghdad condemned it."
    )
    assert _read(doc, whole)["place"] == "Mosul"


def test_scope_decides_between_two_events(make_document) -> None:
    doc = make_document("A bomb killed five people in Mosul. Gunmen killed two men in Kirkuk.")
    second = find_places(doc, Scope(1, (1,), is_whole=False))
    assert {"Kirkuk"} == {finding.value for finding in second if finding.column == "place"}


def test_neighbouring_words_choose_among_places_of_one_name(make_document, whole) -> None:
    american = _read(make_document("A teenager was shot in Birmingham, police in Alabama said."), whole)
    british = _read(make_document("A teenager was stabbed in Birmingham, British police said."), whole)
    assert (american["country_iso3"], british["country_iso3"]) == ("USA", "GBR")


@pytest.mark.parametrize(
    ("where", "admin1"),
    [("Nikopol", "Dnipropetrovsk"), ("the village of Nikopol in the Kharkiv region", "Kharkiv")],
)
def test_a_village_with_a_city_s_name_needs_more_than_a_neighbour(make_document, where: str, admin1: str) -> None:
    doc = make_document(
        f"Russian artillery killed a woman in {where} on Thursday. A bomb injured six people in Kupiansk, in the Kharkiv region of Ukraine."
    )
    found = {finding.column: finding.value for finding in find_places(doc, Scope(0, (0,), is_whole=False))}
    assert (found["place"], found["admin1"]) == ("Nikopol", admin1)


def test_other_readings_are_kept(make_document, whole) -> None:
    found = _read(make_document("Two people were shot dead in Springfield, Illinois. Another man was shot in Springfield."), whole)
    assert found["admin1"] == "Illinois"
    found = _read(make_document("Two people were shot dead in Springfield on Friday night."), whole)
    assert len(json.loads(found["place_alternatives"])) >= 2


def test_unlisted_village_takes_the_position_of_the_area_that_holds_it(make_document, whole) -> None:
    found = _read(make_document("Raiders killed eight people in the village of Xarunqo in Borno state, Nigeria."), whole)
    assert (found["place"], found["country_iso3"], found["admin1"], found["geo_precision"]) == ("Xarunqo", "NGA", "Borno", 4)
    assert "geonameid" not in found
    assert 10 < found["latitude"] < 14


def test_precision_tells_what_the_coordinates_are_of(make_document, whole) -> None:
    def precision(text: str) -> Any:
        return _read(make_document(text), whole).get("geo_precision")

    assert precision("Two people were killed in Aleppo city.") == 2
    assert precision("Two people were killed in Halifax County, Virginia.") == 3
    assert precision("Two people were killed in Helmand province.") == 4
    assert precision("Two people were killed in Iraq.") == 6
    assert precision("Two people were killed at home.") is None


def test_country_alone_has_no_coordinates(make_document, whole) -> None:
    found = _read(make_document("Two people were killed in northern Iraq."), whole)
    assert found["country_iso3"] == "IRQ"
    assert "latitude" not in found


def test_text_without_any_hint_has_no_findings(make_document, whole) -> None:
    assert find_places(make_document("Somebody was hurt."), whole(make_document("Somebody was hurt."))) == []


def test_every_finding_points_to_words(make_document, whole) -> None:
    doc = make_document("Gunmen killed three people in Quetta, Pakistan.", title="Three killed in Quetta")
    for finding in find_places(doc, whole(doc)):
        assert doc.quote(finding.span) in {"Quetta", "Pakistan"}
        assert finding.rule.startswith("place.")


def test_same_text_same_findings(make_document, whole) -> None:
    text = "Springfield police said two men were shot near Franklin. A third was found in Clinton."
    first, second = make_document(text), make_document(text)
    assert find_places(first, whole(first)) == find_places(second, whole(second))


def test_sea_has_neither_country_nor_coordinates(make_document, whole) -> None:
    found = _read(make_document("A missile hit a tanker in the Black Sea, killing two sailors."), whole)
    assert found == {"place": "Black Sea", "geo_precision": 7}
    assert _read(make_document("A missile killed two people in Odesa on the Black Sea."), whole)["place"] != "Black Sea"


@pytest.mark.parametrize(
    ("text", "country", "place", "precision"),
    [
        # who acts does not say where
        ("Russian forces shelled Nikopol overnight, killing a man and wounding three others.", "UKR", "Nikopol", 2),
        ("Russia fired two missiles at a market in Kostiantynivka, killing 16 people.", "UKR", "Kostyantynivka", 2),
        ("Russian drones struck a clinic in Kherson on Thursday, killing two.", "UKR", "Kherson", 2),
        ("Hamas fighters ambushed a patrol near Baalbek, killing two soldiers and wounding six.", "LBN", "Baalbek", 2),
        ("Hamas said on Monday that it had fired rockets at Ashkelon. Three people were injured.", "ISR", "Ashkelon", 2),
        ("Shelling killed two people in Kherson on Monday, officials in Moscow said.", "UKR", "Kherson", 2),
        # a country is not the town of its name
        ("At least ten people were killed in Mozambique during a rally, the party said, in Nampula.", "MOZ", "Nampula", 2),
        # another transcription, in the country that the text speaks of only
        ("A teacher was shot dead in Kabkabiya in North Darfur, Sudan.", "SDN", "Kabkābīyah", 2),
        ("A teacher was shot dead in Kabkabiya, a hamlet in southern France.", "FRA", None, 6),
        # the neighbour says where, and is not where
        ("A judge was killed in Metepec near Mexico City on Monday.", "MEX", "Metepec", 2),
        ("A bomb killed four people in the village of Warxalle, near Baidoa in Somalia.", "SOM", "Warxalle", 3),
        ("Bandits killed nine people in a village called Anka in Zamfara state.", "NGA", "Anka", 2),
        # no places: "Air raids", a part of town by direction
        ("Air raids against Yemen killed nine people on Monday.", "YEM", None, 6),
        ("Four people were shot in West Charlotte, North Carolina, police said.", "USA", "Charlotte", 2),
    ],
)
def test_what_a_name_means_beside_other_names(make_document, whole, text: str, country: str, place: str | None, precision: int) -> None:
    found = _read(make_document(text), whole)
    assert (found.get("country_iso3"), found.get("place"), found.get("geo_precision")) == (country, place, precision)


@pytest.mark.parametrize(
    ("text", "latitude", "longitude", "quote"),
    [
        (
            "Four people were killed by a bomb 30 kilometres (19 miles) south-west of Baidoa in Somalia.",
            2.92, 43.46, "30 kilometres (19 miles) south-west of Baidoa",
        ),
        ("Gunmen killed six people about ten km north of the town of Baidoa, Somalia.", 3.20, 43.65, "ten km north of the town of Baidoa"),
        ("Gunmen killed six people 30 km from Baidoa, Somalia.", 3.11383, 43.6498, "Baidoa"),  # no direction: the town itself
    ],
)  # fmt: skip
def test_distance_and_direction_move_the_point(make_document, whole, text: str, latitude: float, longitude: float, quote: str) -> None:
    doc = make_document(text)
    found = {finding.column: finding for finding in find_places(doc, whole(doc))}
    assert (found["latitude"].value, found["longitude"].value) == (latitude, longitude)
    assert doc.quote(found["latitude"].span) == quote


def test_further_event_without_a_place_borrows_the_headline_s_and_says_so(make_document) -> None:
    doc = make_document("A market was bombed. Later that day gunmen shot dead two drivers.", title="Bomb kills nine in Mosul")
    found = {f.column: f for f in find_places(doc, Scope(2, (2,), role="secondary", is_whole=False))}
    assert (found["place"].value, found["geo_precision"].value, found["place"].rule) == ("Mosul", 3, "place.document")
    named = make_document("A market was bombed. Later gunmen shot dead two drivers in Kirkuk.", title="Bomb kills nine in Mosul")
    found = {f.column: f for f in find_places(named, Scope(2, (2,), role="secondary", is_whole=False))}
    assert found["place"].value == "Kirkuk"
