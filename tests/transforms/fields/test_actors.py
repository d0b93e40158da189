"""Perpetrator, kind and attribution: sentence -> value -> quoted words; victims and speakers are never perpetrators."""

from __future__ import annotations

import pytest

from transforms.fields.actors import find_actors

RUSSIA, ISRAEL = "Armed Forces of the Russian Federation", "Israel Defense Forces"


def read(doc, whole):
    found = {}
    for finding in find_actors(doc, whole(doc), ()):
        assert 0 <= finding.span.start < finding.span.end <= len(doc.text)
        found.setdefault(finding.column, (finding.value, doc.quote(finding.span)))
    return found


@pytest.mark.parametrize(
    ("text", "name", "kind", "words"),
    [
        ("Gunmen on motorcycles killed two farmers.", "Gunmen", "unidentified", "Gunmen"),
        ("A trader was killed by unknown assailants near Jos.", "unknown assailants", "unidentified", "unknown assailants"),
        ("Suspected Boko Haram militants raided a village.", "Boko Haram", "non_state_armed_group", "Suspected Boko Haram militants"),
        ("A Russian missile strike killed four people in Sumy.", RUSSIA, "state_military", "Russian"),
        ("Russia's drones hit a bus, but an Israeli airstrike is another story.", RUSSIA, "state_military", "Russia"),
        ("Fighters from al-Shabaab stormed a hotel in Somalia.", "Al-Shabaab", "non_state_armed_group", "Fighters from al-Shabaab"),
        ("Police blamed the attack on Boko Haram.", "Boko Haram", "non_state_armed_group", "Boko Haram"),
        ("Israel bombed a warehouse in the south.", ISRAEL, "state_military", "Israel"),
    ],
)
def test_perpetrator(make_document, whole, text, name, kind, words):
    found = read(make_document(text), whole)
    assert found["perpetrator"] == (name, words)
    assert found["perpetrator_kind"][0] == kind


@pytest.mark.parametrize(
    "text",
    [
        "Twelve Taliban were killed in Afghanistan.",
        "Three soldiers were wounded in the blast.",
        "Police said two people died.",
        "The minister travelled to Russia and met the president.",
    ],
)
def test_victims_and_speakers_are_no_perpetrators(make_document, whole, text):
    assert "perpetrator" not in read(make_document(text), whole)


@pytest.mark.parametrize(
    ("text", "attribution"),
    [
        ("A bomb killed six. The Islamic State group claimed responsibility for the attack.", "claimed"),
        ("A Russian missile killed six people in Sumy, the governor said.", "blamed"),
        ("A Russian missile killed six people. Russia denied responsibility for the attack.", "blamed_and_denied"),
        ("Shelling killed six people. The two sides blamed each other for the attack.", "contested"),
        ("Gunmen killed six people. No group has claimed responsibility.", "unattributed"),
        ("An Israeli strike killed six people. The Israeli military said it struck a command post.", "accepted_and_justified"),
    ],
)
def test_attribution(make_document, whole, text, attribution):
    assert read(make_document(text), whole)["attribution"][0] == attribution


def test_denying_to_target_civilians_is_no_denial_of_the_deed(make_document, whole):
    text = "A Russian missile killed six people in Sumy. Russia has denied deliberately targeting civilians."
    assert read(make_document(text), whole)["attribution"][0] == "blamed"


def test_a_name_limited_to_a_country_needs_that_country(make_document, whole):
    assert read(make_document("Police shot a man dead in Kenya."), whole)["perpetrator"][0] != "Nigeria Police Force"


def test_an_implied_perpetrator_says_so_in_its_rule(make_document, whole):
    doc = make_document("A lawyer was gunned down outside his office.")
    finding = next(f for f in find_actors(doc, whole(doc), ()) if f.column == "perpetrator")
    assert (finding.value, finding.rule, doc.quote(finding.span)) == ("unidentified gunmen", "perpetrator.implied", "gunned down")


def test_victim_side(make_document, whole):
    found = read(make_document("Gunmen attacked Somali soldiers at a checkpoint, killing two."), whole)
    assert (found["perpetrator"][0], found["victim_side"][0]) == ("Gunmen", "Somali National Army")


@pytest.mark.parametrize("text", ["", "\n\n", "killed by " * 4_000, "Taliban " * 4_000])
def test_survives_any_text(make_document, whole, text):
    assert isinstance(find_actors(make_document(text), whole(make_document(text)), ()), list)
