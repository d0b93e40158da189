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
        ("The al Qaeda-linked group al-Shabab took responsibility for the siege.", "Al-Shabaab", "non_state_armed_group", "al-Shabab"),
        ("Nine people lost their lives at the hands of bandits.", "bandits", "cartel_or_gang", "bandits"),
        ("Officials alleged that the Taliban were behind the raid.", "Taliban", "state_military", "Taliban"),
        ("Police blamed rebels, who fled.", "rebels", "non_state_armed_group", "rebels"),
        ("Six farmers died in a rebel attack on a market.", "rebel", "non_state_armed_group", "rebel"),
        ("Gunmen barged into the home of an elder in the hills and killed eight guests.", "Gunmen", "unidentified", "Gunmen"),
        ("After the gunmen left the house, they also shot and killed six guards.", "gunmen", "unidentified", "gunmen"),
        ("Rebels killed six people. The mayor blamed a rebel group, the Allied Democratic Forces (ADF).", "Allied Democratic Forces",
         "non_state_armed_group", "Allied Democratic Forces (ADF)"),
        ("Armed men thought to belong to Boko Haram killed six people.", "Boko Haram", "non_state_armed_group", "Boko Haram"),
        ("Eight farmers were killed by gunmen suspected to be herdsmen.", "herdsmen", "militia", "herdsmen"),
        ("Boko Haram, a breakaway faction of the Taliban, claimed responsibility for the raid.", "Boko Haram", "non_state_armed_group",
         "Boko Haram"),
        ("Troops killed 60 Boko Haram terrorists near a lake. The terrorists killed eight civilians.", "Boko Haram", "non_state_armed_group",
         "terrorists"),
        ("Five Russian soldiers were killed by Ukrainian artillery.", "Armed Forces of Ukraine", "state_military", "Ukrainian"),
        ("Armed\u00a0militants raided a mosque, killing 12 worshippers.", "Armed militants", "non_state_armed_group", "Armed\u00a0militants"),
        ("Nine people died in clashes between the Hill and the River communities.", "Hill and the River communities", "militia",
         "Hill and the River communities"),
        ("Fighting between rival gold miners left nine people dead.", "rival gold miners", "individual", "rival gold miners"),
    ],
)  # fmt: skip
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
        "Sudanese authorities admitted that dozens of protesters were killed.",
        "Six civilians were killed near a town held by the Taliban.",
        "Six people were killed on the road between the North and the South villages.",
        "Soldiers seized weapons after three people were killed.",
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


def test_a_deed_that_names_nobody_has_a_kind_but_no_name(make_document, whole):
    found = read(make_document("A lawyer was gunned down outside his office."), whole)
    assert found["perpetrator_kind"] == ("unidentified", "gunned down")
    assert "perpetrator" not in found


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Ada Example shot and killed three neighbours.", None, "individual"),
        ("Suspect Ada Example shot three people.", "Suspect", "individual"),
        ("A 21-year-old man, Ben Example, shot his parents to death.", "21-year-old man", "individual"),
        ("The gunman Ben Example opened fire in a bar.", "gunman", "unidentified"),
        ("Police arrested Ada Example after six people were shot dead.", None, "unidentified"),
        ("Nine people died in a fight between Ada Example and Ben Example.", None, None),
    ],
)
def test_a_persons_name_is_never_kept(make_document, whole, text, name, kind):
    doc = make_document(text)
    findings = [f for f in find_actors(doc, whole(doc), ()) if f.column in ("perpetrator", "perpetrator_kind")]
    assert not any("Example" in f"{finding.value} {doc.quote(finding.span)}" for finding in findings)
    found = read(doc, whole)
    assert (found.get("perpetrator", (None,))[0], found.get("perpetrator_kind", (None,))[0]) == (name, kind)


def test_mixed_forces_keep_the_texts_words(make_document, whole):
    assert read(make_document("Chadian security forces killed 12 protesters."), whole)["perpetrator"][0] == "Chadian security forces"


def test_the_sides_of_a_fight_are_not_blamed(make_document, whole):
    text = "Nine people died in clashes between the Hill and the River communities."
    assert read(make_document(text), whole)["attribution"][0] == "unattributed"


def test_a_trade_is_no_named_group(make_document, whole):
    assert read(make_document("Bandits killed six people in Mali."), whole)["perpetrator"][0] == "Bandits"


def test_victim_side(make_document, whole):
    found = read(make_document("Gunmen attacked Somali soldiers at a checkpoint, killing two."), whole)
    assert (found["perpetrator"][0], found["victim_side"][0]) == ("Gunmen", "Somali National Army")


@pytest.mark.parametrize(
    "text",
    [
        "Boko Haram fighters killed fifteen farmers.",
        "Boko Haram fighters killed dozens of farmers.",
        "Six farmers were killed by Boko Haram.",
    ],
)
def test_victim_side_in_any_number(make_document, whole, text):
    assert read(make_document(text), whole)["victim_side"][0] == "farmers"


@pytest.mark.parametrize("text", ["", "\n\n", "killed by " * 4_000, "Taliban " * 4_000])
def test_survives_any_text(make_document, whole, text):
    assert isinstance(find_actors(make_document(text), whole(make_document(text)), ()), list)
