"""Triage: which texts report an incident, and what the reasons say. Sentences are our own."""

from __future__ import annotations

import re

import pytest

from transforms.casualty_mentions import find_casualty_mentions
from transforms.triage import judge_relevance

INCIDENTS = [
    (None, "Three soldiers were killed in clashes with rebels near Gao in northern Mali on Monday."),
    (None, "A bomb exploded at a mosque, killing 31 people."),
    ("Missile strike kills 12", "A missile struck a residential area on Friday evening, killing at least 12 people, the governor said."),
    ("41 drones shot down", "Air defence units shot down 41 drones over five regions on Friday night, the air force said."),
    ("Gunmen abduct 30 pupils", "Gunmen on motorcycles abducted 30 pupils from a boarding school on Thursday, police said."),
    ("Two wounded in knife attack", "A man stabbed two passers-by on Tuesday before police overpowered him. Both were taken to hospital."),
    ("Rebels torch clinic", "Rebels attacked a village on Sunday night and set fire to its clinic, witnesses said. Nobody was hurt."),
]
OTHERS = [
    ("Man guilty of 2012 murder", "A jury found a man guilty on Tuesday of murdering his neighbour in 2012."),
    ("City derby ends in thriller", "The striker shot twice and the home side attacked until the end to win the match 3-2."),
    ("Bus plunges into ravine, killing 12", "A bus plunged into a ravine on Sunday, killing 12 passengers, police said."),
    ("Earthquake kills 100", "A magnitude 7 earthquake killed at least 100 people on Friday, officials said."),
    ("Ten years on, a town remembers", "A vigil marked the anniversary of the attack in which gunmen killed 148 students."),
    ("Navy tests missiles in exercise", "The northern fleet fired cruise missiles during an exercise on Monday, the ministry said."),
    ("Comedy bombs", "The film, a comedy about zombies, bombed at the box office over the weekend."),
    ("Bank profits rise", "The bank said profits rose by 12 percent on Monday."),
    (None, ""),
]


def judge(make_document, title, text):
    doc = make_document(text, title=title)
    return doc, judge_relevance(doc, find_casualty_mentions(doc))


@pytest.mark.parametrize(("title", "text"), INCIDENTS, ids=[row[1][:40] for row in INCIDENTS])
def test_incident(make_document, title, text):
    _, relevance = judge(make_document, title, text)
    assert relevance.is_incident, relevance


@pytest.mark.parametrize(("title", "text"), OTHERS, ids=[row[1][:40] for row in OTHERS])
def test_no_incident(make_document, title, text):
    _, relevance = judge(make_document, title, text)
    assert not relevance.is_incident, relevance


def test_reasons_quote_the_text_strongest_first(make_document):
    doc, relevance = judge(make_document, *INCIDENTS[2])
    quotes = [re.search(r': "(.*)"$', reason, re.DOTALL) for reason in relevance.reasons]
    assert any(quotes)
    assert all(quote.group(1) in doc.text for quote in quotes if quote)
    points = [abs(float(reason.split()[0])) for reason in relevance.reasons]
    assert points == sorted(points, reverse=True)


def test_is_not_blind_without_counts(make_document):
    doc = make_document(INCIDENTS[1][1])
    assert judge_relevance(doc, ()).is_incident


def test_score_is_a_probability_on_the_same_side_as_the_verdict(make_document):
    for title, text in INCIDENTS + OTHERS:
        _, relevance = judge(make_document, title, text)
        assert 0 <= relevance.score <= 1
        assert relevance.is_incident == (relevance.score >= 0.5)


def test_headline_that_begins_the_body_counts_as_headline(make_document):
    title, text = OTHERS[0]
    _, apart = judge(make_document, title, text)
    _, joined = judge(make_document, None, f"{title}\n\n{text}")
    assert apart == joined
