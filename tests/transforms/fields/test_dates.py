"""Dates: sentence -> days -> quoted words. The report's day is Friday, 4 April 2025, unless a row says otherwise."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from transforms.date_mentions import find_date_mentions
from transforms.fields.dates import find_dates
from transforms.records import Scope


def read(make_document, whole, text, **known):
    doc = make_document(text, **known)
    found = {}
    for finding in find_dates(doc, whole(doc)):
        assert finding.column not in found or found[finding.column][0] == finding.value
        found[finding.column] = (finding.value, doc.quote(finding.span), finding.rule)
    return found


MENTIONS = [
    # text, first day, last day, precision, quoted words, rule
    ("A mine killed a farmer on 2 April 2025.", "2025-04-02", "2025-04-02", 1, "2 April 2025", "date.day"),
    ("A mine killed a farmer on April 2, 2025.", "2025-04-02", "2025-04-02", 1, "April 2, 2025", "date.day"),
    ("A mine killed a farmer on Feb. 14.", "2025-02-14", "2025-02-14", 1, "Feb. 14", "date.day_yearless"),
    ("A mine killed a farmer on 30 December.", "2024-12-30", "2024-12-30", 1, "30 December", "date.day_yearless"),
    ("A mine killed a farmer on the 2nd of March.", "2025-03-02", "2025-03-02", 1, "2nd of March", "date.day_yearless"),
    ("A mine killed a farmer on 2025-03-14.", "2025-03-14", "2025-03-14", 1, "2025-03-14", "date.day_digits"),
    ("A mine killed a farmer on 14/03/2025.", "2025-03-14", "2025-03-14", 1, "14/03/2025", "date.day_digits"),
    ("A mine killed a farmer on the 3rd.", "2025-04-03", "2025-04-03", 1, "3rd", "date.day_of_month"),
    ("A mine killed a farmer on Friday.", "2025-04-04", "2025-04-04", 1, "Friday", "date.weekday"),
    ("A mine killed a farmer last Friday.", "2025-03-28", "2025-03-28", 1, "last Friday", "date.weekday"),
    ("A mine killed a farmer on Saturday.", "2025-03-29", "2025-03-29", 1, "Saturday", "date.weekday"),
    ("A mine killed a farmer late on Monday.", "2025-03-31", "2025-03-31", 1, "late on Monday", "date.weekday"),
    ("A mine killed a farmer on Monday last week.", "2025-03-24", "2025-03-24", 1, "Monday last week", "date.weekday"),
    ("It killed nine between Monday and Wednesday.", "2025-03-31", "2025-04-02", 2, "between Monday and Wednesday", "date.weekday_range"),
    ("It fell in the night between Sunday and Monday.", "2025-03-30", "2025-03-31", 2,
     "in the night between Sunday and Monday", "date.weekday_range"),
    ("Fighting on 13-16 February killed nine.", "2025-02-13", "2025-02-16", 2, "13-16 February", "date.day_range"),
    ("Gunmen killed nine people yesterday.", "2025-04-03", "2025-04-03", 1, "yesterday", "date.yesterday"),
    ("Gunmen killed nine people last night.", "2025-04-03", "2025-04-03", 1, "last night", "date.last_night"),
    ("Shelling killed two people overnight.", "2025-04-03", "2025-04-04", 2, "overnight", "date.overnight"),
    ("Clashes killed nine over the weekend.", "2025-03-29", "2025-03-30", 2, "over the weekend", "date.weekend"),
    ("Clashes killed nine last week.", "2025-03-24", "2025-03-30", 3, "last week", "date.last_week"),
    ("Gunmen killed nine people two days ago.", "2025-04-02", "2025-04-02", 1, "two days ago", "date.days_ago"),
    ("Shelling has killed two since Tuesday.", "2025-04-01", "2025-04-04", 2, "Tuesday", "date.since"),
    ("Clashes killed nine in early March.", "2025-03-01", "2025-03-10", 4, "early March", "date.month_part"),
    ("Raids killed nine in March.", "2025-03-01", "2025-03-31", 4, "March", "date.month"),
    ("The war began in 2022.", "2022-01-01", "2022-12-31", 5, "in 2022", "date.year"),
    ("Talks are due on Thursday, 3 April.", "2025-04-03", "2025-04-03", 1, "Thursday, 3 April", "date.day_yearless"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "first", "last", "precision", "words", "rule"), MENTIONS, ids=[row[0] for row in MENTIONS])
def test_mentions(make_document, text, first, last, precision, words, rule):
    doc = make_document(text)
    found = [(str(m.first), str(m.last), m.precision, doc.text[m.start : m.end], m.rule) for m in find_date_mentions(doc)]
    assert found == [(first, last, precision, words, rule)]


@pytest.mark.parametrize(
    "text",
    [
        "The shop opens on Mondays.",  # a habit
        "Rebels may march on the town.",  # no months
        "On 3/4/2016 a mine exploded.",  # two readings
        "A 12-year-old and 15 others were hurt.",
        'The "9 May" group claimed it.',  # a name
        "They sat in the sun.",
        "",
    ],
)
def test_no_mention(make_document, text):
    assert find_date_mentions(make_document(text)) == []


EVENTS = [
    # which of several mentions is the event's
    ("A missile killed 12 people on Wednesday, the governor said on Thursday.", "2025-04-02", "Wednesday"),
    ("Police said on Thursday that gunmen had killed a trader on Tuesday.", "2025-04-01", "Tuesday"),
    ("A man was arrested on Thursday over a shooting that killed two on Monday.", "2025-03-31", "Monday"),
    ("A bomb killed four people on Tuesday. The war began in February 2022.", "2025-04-01", "Tuesday"),
    ("A car bomb killed six on Monday. A court hearing is scheduled for Thursday.", "2025-03-31", "Monday"),
    ("Gunmen killed two farmers on Tuesday. A similar attack in May 2019 killed ten.", "2025-04-01", "Tuesday"),
]


@pytest.mark.parametrize(("text", "day", "words"), EVENTS, ids=[row[0] for row in EVENTS])
def test_event_day(make_document, whole, text, day, words):
    found = read(make_document, whole, text)
    assert (str(found["event_date_start"][0]), found["event_date_start"][1]) == (day, words)
    assert found["event_date_end"][0] == found["event_date_start"][0]
    assert found["date_precision"][0] == 1


def test_publication_day_is_never_silently_the_event(make_document, whole):
    found = read(make_document, whole, "A bomb killed four people in a market.")
    assert found["event_date_start"] == (dt.date(2025, 4, 2), "A bomb killed four people in a market.", "date.none_stated")
    assert found["event_date_end"][0] == dt.date(2025, 4, 4)
    assert found["date_precision"][0] == 9


def test_without_publication_day_only_absolute_dates_count(make_document, whole):
    assert "event_date_start" not in read(make_document, whole, "A bomb killed four people on Friday.", published=None)
    assert "event_date_start" not in read(make_document, whole, "A bomb killed four people.", published=None)
    found = read(make_document, whole, "A bomb killed four on March 3rd, 2024.", published=None)
    assert found["event_date_start"][:2] == (dt.date(2024, 3, 3), "March 3rd, 2024")


def test_year_of_a_yearless_date_comes_from_another_date(make_document):
    doc = make_document("Shells hit a camp on 9 October 2023. On 10 October a school was hit.", published=None)
    assert [str(mention.first) for mention in find_date_mentions(doc)] == ["2023-10-09", "2023-10-10"]


def test_dateline_is_the_day_relative_words_count_from(make_document, whole):
    text = "LA PAZ, 8 Jan 90 (AFP) -- [Text] Gunmen killed two officers yesterday, police said."
    found = read(make_document, whole, text, published=None)
    assert found["event_date_start"][:2] == (dt.date(1990, 1, 7), "yesterday")


def test_byline_gives_a_missing_publication_day(make_document, whole):
    found = read(make_document, whole, "Posted: March 3, 2016\n\nA man was shot dead on Tuesday.", published=None)
    assert found["event_date_start"][:2] == (dt.date(2016, 3, 1), "Tuesday")


@pytest.mark.parametrize(
    ("text", "part", "words"),
    [
        ("Gunmen killed two on Monday night.", "night", "Monday night"),
        ("Gunmen killed two on Monday afternoon.", "afternoon", "Monday afternoon"),
        ("Gunmen killed two on Monday at 7:30 p.m.", "evening", "7:30 p.m"),
        ("Gunmen killed two on Monday at 2 am.", "night", "2 am"),
        ("Gunmen killed two at dawn on Monday.", "morning", "dawn"),
        ("Gunmen killed two on Monday.", None, None),
        ("Gunmen killed two on Monday. The office opens at 9 am.", None, None),
    ],
)
def test_time_of_day(make_document, whole, text, part, words):
    found = read(make_document, whole, text).get("time_of_day")
    assert (found and found[:2]) == ((part, words) if part else None)


def test_scope_without_its_own_date_borrows_none(make_document):
    doc = make_document("A bomb killed four on Monday. In another town gunmen killed two.")
    findings = {f.column: f for f in find_dates(doc, Scope(1, (1,), is_whole=False))}
    assert findings["event_date_start"].rule == "date.none_stated"


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("Clashes near Goma killed nine in early March.", "2025-03-01", "2025-03-10", 4),
        ("Raids near Goma killed nine people in 2014.", "2014-01-01", "2014-12-31", 5),
        ("Clashes near Goma killed nine last month.", "2025-03-01", "2025-03-31", 4),
        # another sentence's year, and a stretch that a word governs, date nothing
        ("Gunmen killed two in Kano. The group has killed dozens last year.", "2025-04-02", "2025-04-04", 9),
        ("A bomb killed two people in Kano, days before an election due in May 2025.", "2025-04-02", "2025-04-04", 9),
        ("A bomb killed two people in Kano on Monday, a day after a visit by the mayor.", "2025-03-31", "2025-03-31", 1),
    ],
)
def test_stated_month_beats_the_days_assumed(make_document, whole, text, first, last, precision):
    found = read(make_document, whole, text)
    days = (str(found["event_date_start"][0]), str(found["event_date_end"][0]), found["date_precision"][0])
    assert days == (first, last, precision)


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
def test_zero_of_the_calendar_is_no_publication_day(make_document, whole, day):
    found = read(make_document, whole, "A bomb killed two people in Kano on Monday, a day after 5 May 2016.", published=day.isoformat())
    assert found.get("event_date_start", (None,))[0] in (None, dt.date(2016, 5, 5))


@pytest.mark.parametrize("text", ["on Monday " * 4_000, "1 2 3/4 " * 4_000, "a" * 60_000, "May 5 " * 6_000])
def test_pathological_text_ends_soon(make_document, whole, text):
    doc = make_document(text)
    began = time.process_time()
    find_dates(doc, whole(doc))
    assert time.process_time() - began < 3
