"""What a sentence counts: effect, group, number, part or whole, and the words that say so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.casualty_mentions import find_casualty_mentions
from transforms.document import Document

WHOLE = [  # a sentence; effect, group, best or else low, and words of each count
    ("At least 12 people were killed.", [("killed", "all", 12, "At least 12 people were killed")]),
    ("The blast killed 12 people.", [("killed", "all", 12, "killed 12")]),
    ("A rocket hit the market, killing seven traders.", [("killed", "all", 7, "killing seven")]),
    ("The attack left four people dead.", [("killed", "all", 4, "four people dead")]),
    ("12 killed, 50 wounded in blast", [("killed", "all", 12, "12 killed"), ("injured", "all", 50, "50 wounded")]),
    ("Gunmen killed five farmers and wounded eight.", [("killed", "all", 5, "killed five"), ("injured", "all", 8, "wounded eight")]),
    ("Three people were killed and five others were injured.", [("killed", "all", 3, "Three people were killed"), ("injured", "all", 5, "five others were injured")]),
    ("The death toll rose to 20.", [("killed", "all", 20, "death toll rose to 20")]),
    ("The death toll rose from 12 to 16.", [("killed", "all", 16, "death toll rose from 12 to 16")]),
    ("The number of dead stands at 18.", [("killed", "all", 18, "number of dead stands at 18")]),
    ("The bombing claimed 14 lives.", [("killed", "all", 14, "14 lives")]),
    ("Rescuers recovered 20 bodies.", [("killed", "all", 20, "20 bodies")]),
    ("A soldier was killed.", [("killed", "security", 1, "A soldier was killed")]),
    ("A bomb killed a teacher.", [("killed", "all", 1, "killed a teacher")]),
    ("Gunmen shot dead a journalist.", [("killed", "all", 1, "shot dead a journalist")]),
    ("Karim Saleh was shot dead outside his home.", [("killed", "all", 1, "Karim Saleh was shot dead")]),
    ("Two women and three children were killed.", [("killed", "women", 2, "Two women and three children were killed"), ("killed", "children", 3, "three children were killed")]),
    ("Dozens of villagers were killed.", [("killed", "civilians", 24, "Dozens of villagers were killed")]),
    ("Civilians were killed in the raid.", [("killed", "civilians", 2, "Civilians were killed")]),
    ("Gunmen abducted 30 pupils from a school.", [("abducted", "all", 30, "abducted 30")]),
    ("Four people are missing.", [("missing", "all", 4, "Four people are missing")]),
    ("Two suicide bombers died.", [("killed", "attackers", 2, "Two suicide bombers died")]),
    ("Seven people sustained injuries.", [("injured", "all", 7, "Seven people sustained injuries")]),
    ("The killing of two aid workers shocked the town.", [("killed", "all", 2, "killing of two")]),
    ("A 3-year-old was killed.", [("killed", "children", 1, "A 3-year-old was killed")]),
    ("A 30-year-old man was killed.", [("killed", "all", 1, "A 30-year-old man was killed")]),
    ("Three people were killed in Anka and four in Bagega.", [("killed", "all", 3, "Three people were killed"), ("killed", "all", 4, "killed in Anka and four")]),
    ("A soldier and the farmer who guided him were killed.", [("killed", "security", 1, "A soldier and the farmer who guided him were killed"), ("killed", "all", 1, "the farmer who guided him were killed")]),
    ("The driver was killed along with his three children.", [("killed", "all", 1, "The driver was killed"), ("killed", "children", 3, "killed along with his three")]),
    ("Nineteenth victim dies in hospital.", [("killed", "all", 19, "Nineteenth victim dies")]),
    ("A boy died, bringing to four the number of people killed.", [("killed", "children", 1, "A boy died"), ("killed", "all", 4, "four the number of people killed")]),
    ("The clerk shot three traders dead.", [("killed", "all", 3, "shot three")]),
    ("He stabbed a nurse to death.", [("killed", "all", 1, "stabbed a nurse")]),
    ("Eight men were shot, two of them fatally.", [("injured", "all", 8, "Eight men were shot"), ("killed", "all", 2, "two of them fatally")]),
    ("A couple was killed.", [("killed", "all", 2, "A couple was killed")]),
    ("Gunmen killed a family of six.", [("killed", "all", 6, "killed a family of six")]),
    ("Four people were found with gunshot wounds.", [("injured", "all", 4, "Four people were found with gunshot wounds")]),
    ("A 12-year old pupil was hurt.", [("injured", "children", 1, "A 12-year old pupil was hurt")]),
    ("No one was injured.", [("injured", "all", 0, "No one was injured")]),
]  # fmt: skip

TOLLS = [  # a sentence; how many were killed in all, its items added up
    ("A man and his two sons were shot dead.", 3),
    ("A judge, his wife and their driver were killed.", 3),
    ("Gunmen killed a mayor and his cousin.", 2),
    ("He killed the dean, a professor and a student.", 3),
    ("The bomb killed six clerks and a guard.", 7),
    ("Two priests and 17 others were killed.", 19),
    ("Eight traders, a guard and a soldier were killed.", 10),
    ("The mayor was killed on Friday with four others.", 5),
    ("The shell killed two children, a woman and three men.", 6),
    ("The principal and a custodian were killed.", 2),
    ("Five people, four traders and a guard, were killed.", 5),
    ("Eighteen people - seven herders and 11 raiders - were killed.", 18),
    ("Five people were killed, a woman and four children.", 5),
    ("He shot his parents and two sisters to death.", 4),
    ("The raid killed nine villagers, a medic said.", 9),
    ("The raid killed nine villagers on Monday, a medic and a guard said.", 9),
    ("Clashes killed 30 people and forced 5,000 from their homes.", 30),
    ("Police killed ten men and arrested 63.", 10),
    ("A bomb in the market and a shell in Kabul killed 12 people.", 12),
    ("Gunmen killed Amal Saleh, a teacher.", 1),
    ("A mother of three was killed.", 1),
    ("A blast hit Herat, and three farmers were killed.", 3),
    ("A ranger and two farmers were killed.", 3),
    ("A shell hit a house in Aleppo, killing a woman and her two sons.", 3),
    ("Five members of one family, including three children aged 4, 6 and 9, were killed.", 5),
    ("Millions of people were killed.", 0),
    ("The death toll rose from 12 to 16 after the bombing in Lahore.", 16),
    ("Gunmen killed 12 in two attacks.", 12),
    ("The toll road has 20 gates.", 0),
    ("He was shot in the street and later died.", 1),
]  # fmt: skip

PARTS = [  # a sentence; the whole; group and number of each part
    ("Twelve people, including three children, were killed.", 12, [("children", 3)]),
    ("Twelve people were killed, including three children and a woman.", 12, [("children", 3), ("women", 1)]),
    ("The shell killed six people, two of them children.", 6, [("children", 2)]),
    ("Nine people died. Among the dead were four children.", 9, [("children", 4)]),
    ("Five people, including a suicide bomber, were killed.", 5, [("attackers", 1)]),
]  # fmt: skip

NOTHING = [
    "The minister spoke about the killing of the bill.",
    "Two houses were destroyed.",
    "The film kills the mood.",
    "Prices died down.",
    "The dead heat ended the race.",
    "Cattle were killed by lightning.",
]

UNCERTAIN = [
    "The bomb could have killed 200 people.",
    "They threatened to kill 12 hostages.",
    "Twenty people are feared dead.",
    "The army did not kill three men.",
]
AGGREGATE = [
    "The war has killed 10,000 people since 2014.",
    "More than 300 people have been killed so far this year.",
    "Last year 40 people were killed there.",
    "Thousands of people were killed over the past three years.",
]

NOT_AGGREGATE = [
    "Twelve people were killed in the deadliest attack since 2022.",
    "It killed nine, more than any other strike since the war began.",
    "Fifteen people were killed last week when armed men attacked a village.",
    "A bomb killed 12 people on Tuesday in a town which rebels last hit earlier this month.",
    "Thirty people have been killed in the town since Sunday.",
]

Make = Callable[..., Document]


@pytest.mark.parametrize(("sentence", "expected"), WHOLE, ids=[row[0] for row in WHOLE])
def test_counts_with_their_words(make_document: Make, sentence: str, expected: list[tuple[str, str, int, str]]) -> None:
    doc = make_document(sentence)
    found = [
        (
            m.effect,
            m.group.replace("fighters", "attackers"),
            m.quantity.best if m.quantity.best is not None else m.quantity.low,
            doc.quote(m.span),
        )
        for m in find_casualty_mentions(doc)
    ]
    assert found == expected


@pytest.mark.parametrize(("sentence", "whole", "parts"), PARTS, ids=[row[0] for row in PARTS])
def test_parts_are_never_whole(make_document: Make, sentence: str, whole: int, parts: list[tuple[str, int]]) -> None:
    found = find_casualty_mentions(make_document(sentence))
    assert [m.quantity.best for m in found if not m.subset] == [whole]
    assert sorted((m.group, m.quantity.best) for m in found if m.subset) == sorted(parts)


@pytest.mark.parametrize(("sentence", "killed"), TOLLS, ids=[row[0] for row in TOLLS])
def test_lists_add_up(make_document: Make, sentence: str, killed: int) -> None:
    found = find_casualty_mentions(make_document(sentence))
    assert sum(m.quantity.best or 0 for m in found if m.effect == "killed" and not m.subset) == killed


@pytest.mark.parametrize("sentence", NOTHING)
def test_what_harms_nobody(make_document: Make, sentence: str) -> None:
    assert find_casualty_mentions(make_document(sentence)) == []


@pytest.mark.parametrize("sentence", UNCERTAIN)
def test_uncertain_harm_is_marked(make_document: Make, sentence: str) -> None:
    found = find_casualty_mentions(make_document(sentence))
    assert found
    assert all(m.uncertain for m in found)


@pytest.mark.parametrize("sentence", AGGREGATE)
def test_periods_are_marked_aggregate(make_document: Make, sentence: str) -> None:
    found = find_casualty_mentions(make_document(sentence))
    assert found
    assert all(m.aggregate for m in found)


@pytest.mark.parametrize("sentence", NOT_AGGREGATE)
def test_a_superlative_counts_no_period(make_document: Make, sentence: str) -> None:
    found = find_casualty_mentions(make_document(sentence))
    assert [m.aggregate for m in found] == [False]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The strike killed 12 people and injured 30.", "The strike killed twelve people and injured thirty."),
        ("The strike killed 12 people.", "12 people were killed by the strike."),
        ("“Five people were killed,” he said.", '"Five people were killed," he said.'),
        ("Russian forces killed five Ukrainian soldiers.", "Ukrainian forces killed five Russian soldiers."),
        ("Five people were hospitalised.", "Five people were hospitalized."),
    ],
)
def test_numbers_do_not_depend_on_wording(make_document: Make, one: str, other: str) -> None:
    def numbers(text: str) -> list[tuple[str, int | None]]:
        return sorted((m.effect, m.quantity.best) for m in find_casualty_mentions(make_document(text)))

    assert numbers(one) == numbers(other)
    assert numbers(one)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            "12 people were killed and , wounded including three children dead a man the police died of shot . \n no one toll to his".split(
                " "
            )
        ),
        max_size=40,
    )
)
def test_any_words_give_spans_inside_their_sentence(make_document: Make, words: list[str]) -> None:
    doc = make_document(" ".join(words))
    for mention in find_casualty_mentions(doc):
        sentence = doc.sentences[mention.sentence]
        assert sentence.start <= mention.span.start < mention.span.end <= sentence.end
        assert mention.span.start <= mention.quantity.span.start < mention.quantity.span.end <= mention.span.end


@pytest.mark.parametrize(
    ("text", "is_sum"),
    [
        ("Talks began to end a war that has killed 250,000 people.", True),
        ("The insurgency has claimed 900 lives.", True),
        ("The fighting killed at least 40,000 people.", True),
        ("A bomb killed 91 people on Monday in a town that the war has spared.", False),
        ("The army shelled a town in the conflict zone and killed 12 people.", False),
        ("An air strike killed 250 people, rescuers said.", False),
    ],
)
def test_counts_of_a_war_are_no_event_s(make_document, text: str, is_sum: bool) -> None:
    (mention,) = find_casualty_mentions(make_document(text))
    assert mention.aggregate is is_sum


def test_whom_a_victim_works_for_is_not_what_he_is(make_document) -> None:
    (mention,) = find_casualty_mentions(make_document("A lawyer for the rebel group died in hospital after he was shot."))[:1]
    assert (mention.effect, mention.group) == ("killed", "all")
