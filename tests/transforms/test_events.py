"""Which events an article tells: where another one begins, how far it reaches, and what is no event of its own. Sentences are our own."""

from __future__ import annotations

import datetime as dt

import pytest

from transforms.casualty_mentions import find_casualty_mentions
from transforms.events import MAX_EVENTS, find_events
from transforms.extract import read_document

LEAD = "A car bomb killed nine people at a market in Mosul on Thursday, police said."
# What follows LEAD -> role, killed and place of the further event; None: the article tells one event.
FURTHER = {
    "announced": ("In a separate attack, gunmen killed four policemen in Kirkuk.", ("secondary", 4, "Kirkuk")),
    "elsewhere": ("Elsewhere, a roadside bomb killed two soldiers near Baqubah.", ("secondary", 2, "Baqubah")),
    "far-place": ("Mortar fire killed three shepherds near the town of Sinjar.", ("secondary", 3, "Sinjār")),
    "other-country": ("In Syria, an air strike killed 14 people in Raqqa.", ("secondary", 14, "Raqqa")),
    "other-day": ("On Wednesday, a suicide bomber killed 12 people at a mosque.", ("secondary", 12, None)),
    "ordinal": ("A second explosion killed five people an hour later.", ("secondary", 5, None)),
    "same-day": ("Later that day, gunmen killed two guards in Tikrit.", ("secondary", 2, "Tikrīt")),
    "no-harm": ("In Basra, rockets hit an oil depot on Wednesday; no one was hurt.", ("secondary", None, "Basrah")),
    "history": ("Last month an attack on a bus station that killed 31 people shook Baghdad.", ("background", 31, "Baghdad")),
    "told-again": ("The bomb killed nine people, the interior ministry said.", None),
    "the-attack": ("The attack wounded 20 others, a doctor said.", None),
    "revised": ("The death toll rose to 11 on Friday, officials said.", None),
    "hospital": ("Six of the wounded were taken to a hospital in Erbil.", None),
    "one-victim": ("A 40-year-old baker was killed as he opened his shop.", None),
    "threat": ("Militants could attack Baghdad again, the governor warned.", None),
    "court": ("A court in Baghdad sentenced a man on Wednesday for killing three soldiers.", None),
    "no-violence": ("Ministers from five countries met in Amman on Wednesday.", None),
}


def read(make_document, *paragraphs, title=None):
    return read_document(make_document("\n".join(paragraphs), title=title))


@pytest.mark.parametrize(("text", "want"), FURTHER.values(), ids=FURTHER)
def test_further_event(make_document, text, want):
    filler = "Shops stayed closed and streets were empty all day."
    reports = read(make_document, LEAD, filler, text, title="Bomb kills nine in Mosul").reports
    assert reports[0].scope.role == "primary"
    assert reports[0].values["killed_best"] in {9, 11}
    if want is None:
        assert len(reports) == 1
        return
    role, killed, place = want
    assert [r.scope.role for r in reports[1:]] == [role]
    assert reports[1].values["killed_best"] == killed
    if place:
        assert place in {reports[1].values["place"], reports[1].values["admin1"]}


def test_each_event_has_its_own_day_and_place(make_document):
    reports = read(
        make_document,
        "Gunmen killed six farmers in Kidal on Thursday, officials said.",
        "Villagers fled to the hills.",
        "On Tuesday, a roadside bomb killed three soldiers near Gao.",
    ).reports
    assert [(r.values["killed_best"], r.values["event_date_start"], r.values["place"]) for r in reports] == [
        (6, dt.date(2025, 4, 3), "Kidal"),
        (3, dt.date(2025, 4, 1), "Gao"),
    ]


def test_round_up_by_region_is_split_into_its_places(make_document):
    reports = read(
        make_document,
        "Shelling killed two people in Kherson on Thursday, the governor said.",
        "- In Kharkiv, a drone killed three people.",
        "- In Sumy, rockets wounded five people and killed four.",
        title="Shelling kills civilians across the country",
    ).reports
    assert {(r.values["place"], r.values["killed_best"]) for r in reports} == {("Kherson", 2), ("Kharkiv", 3), ("Sumy", 4)}


def test_an_announced_event_takes_its_count_from_the_next_paragraphs(make_document):
    reports = read(
        make_document,
        "A man was shot dead at a fruit stall in Mosul at noon on Thursday, police said.",
        "His family was at the scene.",
        "Hours later, police were called to a second shooting near a garage.",
        "Officers sealed off the street.",
        "Gunmen had killed two mechanics there, a spokesman said.",
    ).reports
    assert [r.values["killed_best"] for r in reports] == [1, 2]


def test_an_event_that_is_taken_up_again_stays_one(make_document):
    reports = read(
        make_document,
        LEAD,
        "Shops stayed closed.",
        "In a separate attack, gunmen killed four policemen in Kirkuk.",
        "The mayor of Mosul called for calm.",
        "The four policemen killed in Kirkuk were on their way home.",
        title="Bomb kills nine in Mosul",
    ).reports
    assert len(reports) == 2


def test_datelines_and_buttons_are_no_lead(make_document):
    doc = make_document(
        f"MOSUL\n- Share this\n{LEAD}\nIn a separate attack, gunmen killed four policemen in Kirkuk.", title="Bomb kills nine"
    )
    scopes = find_events(doc, find_casualty_mentions(doc))
    assert [scope.role for scope in scopes] == ["primary", "secondary"]


def test_sentences_are_shared_out_without_rest_or_overlap(make_document):
    for text, _ in FURTHER.values():
        doc = make_document(f"{LEAD}\nShops stayed closed all day.\n{text}\nThe mayor called for calm.", title="Bomb kills nine in Mosul")
        scopes = find_events(doc, find_casualty_mentions(doc))
        told = [index for scope in scopes for index in scope.sentences]
        assert sorted(told) == list(range(len(doc.sentences)))
        assert all(scope.anchor in scope.sentences for scope in scopes)
        assert all(scope.is_whole == (len(scopes) == 1) for scope in scopes)


def test_a_list_of_many_attacks_stops_at_the_most_events(make_document):
    days = "\n".join(f"In a separate attack, gunmen killed {n} people in Kirkuk." for n in range(10, 40))
    doc = make_document(f"{LEAD}\n{days}", title="Bomb kills nine in Mosul")
    assert len(find_events(doc, find_casualty_mentions(doc))) == MAX_EVENTS


@pytest.mark.parametrize("text", ["", "\n\n", "x", "killed " * 2_000])
def test_any_text_has_one_primary_event(make_document, text):
    doc = make_document(text)
    assert [scope.role for scope in find_events(doc, find_casualty_mentions(doc))][:1] == ["primary"]
