"""Weapon class, system, launch method and suicide: sentence -> value -> quoted words."""

from __future__ import annotations

import pytest

from transforms.fields.weapons import find_weapons


def read(doc, whole):
    findings = find_weapons(doc, whole(doc))
    for finding in findings:
        assert 0 <= finding.span.start < finding.span.end <= len(doc.text)
    return {f.column: (f.value, doc.quote(f.span)) for f in reversed(findings)}


@pytest.mark.parametrize(
    ("text", "weapon", "words"),
    [
        ("Two farmers were shot dead on a road near Minna.", "small_arms", "were shot"),
        ("Gunmen opened fire on a wedding and killed four guests.", "small_arms", "Gunmen opened fire"),
        ("A student was stabbed to death outside the station.", "knife_blade", "stabbed to death"),
        ("A roadside bomb hit a minibus and killed six people.", "ied_roadside", "roadside bomb"),
        ("An explosion tore through a market when a car bomb went off.", "ied_vehicle", "car bomb"),
        ("Warplanes bombed a fuel depot, killing three workers.", "air_strike_unspecified", "Warplanes bombed"),
        ("A missile hit a school. Officials said it was a cruise missile that killed nine.", "missile_cruise", "cruise missile"),
        ("Mortar rounds were fired into homes, killing two.", "mortar", "Mortar rounds"),
        ("Herders on a tractor were killed when it ran over a landmine.", "landmine", "ran over a landmine"),
        ("A man threw a hand grenade into a bar and wounded nine.", "grenade", "threw a hand grenade"),
        ("A medic was shot dead by a sniper on Thursday.", "sniper", "by a sniper"),
        ("Drones struck a residential tower and killed one woman.", "drone_attack_loitering", "Drones struck"),
    ],
)
def test_weapon_class(make_document, whole, text, weapon, words):
    assert read(make_document(text), whole)["weapon_class"] == (weapon, words)


@pytest.mark.parametrize(
    "text",
    [
        "Police seized two rifles and a grenade from a house in the old town.",
        "The minister asked for air defence missiles and more anti-aircraft guns.",
        "Three people were abducted from their village on Sunday.",
        "The striker scored twice and the crowd rose to its feet.",
    ],
)
def test_weapons_that_were_not_used_are_none(make_document, whole, text):
    assert "weapon_class" not in read(make_document(text), whole)


def test_suicide_needs_words(make_document, whole):
    worn = read(make_document("A suicide bomber blew himself up in a queue, killing five."), whole)
    assert worn["suicide"][0] is True
    assert worn["weapon_class"][0] == "suicide_vest"
    driven = read(make_document("A suicide bomber drove an explosives-laden truck into a barracks, killing eleven."), whole)
    assert (driven["weapon_class"][0], driven["suicide"][0]) == ("ied_vehicle", True)
    assert "suicide" not in read(make_document("A car bomb killed five people."), whole)


def test_named_system_and_launch(make_document, whole):
    found = read(make_document("An Iskander-M missile struck a warehouse and killed two guards."), whole)
    assert found["weapon_system"] == ("Iskander-M", "Iskander-M")
    assert found["weapon_class"][0] == "missile_ballistic"
    assert found["launch_method"][0] == "ground_launched"
    assert "weapon_system" not in read(make_document("A missile struck a warehouse and killed two guards."), whole)


@pytest.mark.parametrize("text", ["", "\n\n", "x" * 20_000, "shot " * 5_000])
def test_survives_any_text(make_document, whole, text):
    assert isinstance(find_weapons(make_document(text), whole(make_document(text))), list)
