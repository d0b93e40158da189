"""Event class by the published rule, from the values found so far and a few words."""

from __future__ import annotations

import pytest

from transforms import vocabularies
from transforms.fields.event_class import find_event_class
from transforms.fields.weapons import find_weapons


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("A ballistic missile hit a house and killed four.", {"killed_best": 4}, "explosive.missile_or_rocket"),
        ("A suicide bomber blew himself up at a gate, killing two.", {"killed_best": 2}, "explosive.suicide"),
        ("A car bomb killed seven people at a hotel.", {"killed_best": 7}, "explosive.vehicle_ied"),
        ("Three drones were intercepted over the city. There were no casualties.", {"killed_best": 0, "injured_best": 0}, "interception"),
        ("Gunmen opened fire on a bus and killed three people.", {"killed_best": 3}, "firearms.attack"),
        ("A radio journalist was shot dead outside his home.", {"killed_best": 1}, "killing.targeted"),
        ("Six captives were shot with their hands tied.", {"killed_best": 6}, "killing.execution"),
        ("Fifteen died in clashes between the army and rebels.", {"killed_best": 15}, "clash.armed"),
        ("Armed men abducted twenty pupils from a school.", {"abducted_best": 20}, "abduction"),
        ("A man stabbed three people at a station.", {"injured_best": 3}, "melee_vehicle_arson"),
        ("A mob beat a man to death over a rumour.", {"killed_best": 1}, "crowd.violent"),
        ("Villagers were massacred at night, survivors said.", {"killed_best": 30}, "killing.mass"),
        ("Chlorine gas killed two people in the town.", {"killed_best": 2}, "chemical_or_unconventional"),
    ],
)
def test_event_class(make_document, whole, text, found, expected):
    doc = make_document(text)
    values = {f.column: f.value for f in find_weapons(doc, whole(doc))} | found
    findings = find_event_class(doc, whole(doc), values)
    assert [f.value for f in findings] == [expected]
    assert doc.quote(findings[0].span)


def test_nothing_violent_has_no_class(make_document, whole):
    doc = make_document("The council opened a new library on Monday.")
    assert find_event_class(doc, whole(doc), {}) == []


def test_every_class_word_has_a_class_of_the_vocabulary(lexicons):
    for row in lexicons.rows("event_classes"):
        assert row["event_class"].removesuffix("_victim") in vocabularies.EVENT_CLASS
