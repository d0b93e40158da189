"""Every mention of a day or a stretch of days in a text, counted from the report's own day.

Which of the mentions is the event's is `fields.dates`' question.
"""

from __future__ import annotations

import datetime as dt
import re

from transforms import calendar_days as cal
from transforms.calendar_days import MONTHS, Days
from transforms.date_grammar import MONTH, read_all, read_month
from transforms.document import Document, once
from transforms.value_class import dataclass

# As in: KABUL, 8 Jan 90 (AFP) -- and LIMA, Mar 12 --
_DATELINE = re.compile(
    rf"^[^\n]{{0,90}}?(?P<date>(?P<day>\d{{1,2}}) (?P<month>{MONTH})\.?,? ?(?P<year>(?:19|20)?\d\d)?"
    rf"|(?P<month2>{MONTH})\.? (?P<day2>\d{{1,2}})(?:, (?P<year2>(?:19|20)\d\d))?)"
    r"\.? ?(?:[(\[/][^\n)\]/]{0,80}[)\]/] ?)?-{1,3}(?=\s|\[)",
    re.MULTILINE,
)
_CALENDAR_DAYS = frozenset(("date.day", "date.day_yearless", "date.day_digits", "date.day_of_month", "date.day_range"))
FIRST_YEAR, LAST_YEAR = 1800, 2200  # a publication day outside is no day
_MONTH_NAME = re.compile(rf"\b(?P<month>{MONTH})\b")
_SINCE = re.compile(r"\bsince(?: at least| early| late| last| the| on)* $")
_BYLINE = re.compile(r"\b(?:updated?|posted|published|modified|last modified|created|date)\b(?: on| at| date)?[^\n.]{0,24}$")


@dataclass(frozen=True, slots=True)
class DateMention:
    """One mention of time.

    Attributes:
        start: First character of its words, in the document's text.
        end: Character behind them.
        first: First day, inclusive.
        last: Last day, inclusive.
        precision: UCDP: 1 day, 2 two to six days, 3 week, 4 month, 5 year.
        rule: Name of the rule that read it.
        sentence: Number of its sentence.
        time_of_day: night, morning, afternoon, evening; None where it states none.
    """

    start: int
    end: int
    first: dt.date
    last: dt.date
    precision: int
    rule: str
    sentence: int
    time_of_day: str | None = None


def published_day(doc: Document) -> dt.date | None:
    """Return the publication day; None also for the zero and the last day of the calendar, which some feeds send for "unknown"."""
    day = doc.published
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


@once
def find_dateline(doc: Document) -> tuple[dt.date | None, int, int]:
    """Find the day and the span of a dateline ("KABUL, 8 Jan 90 (AFP) --") at the head of the body; None without one.

    A dateline without a year needs the publication day.
    """
    match = _DATELINE.search(doc.folded, doc.body_start, doc.body_start + 400)
    if match is None:
        return None, 0, 0
    day, month = int(match["day"] or match["day2"]), MONTHS[match["month"] or match["month2"]]
    year = match["year"] or match["year2"]
    if year:
        return cal.day_of(cal.full_year(year), month, day), *match.span("date")
    published = published_day(doc)
    return (cal.nearest_day(month, day, published) if published else None), *match.span("date")


@once
def find_report_day(doc: Document) -> dt.date | None:
    """Find the day that relative words count from: the dateline's if it fits the publication day, else the publication day.

    Returns:
        NULL where neither is known; a byline that states its day ("Posted: March 3, 2016") then stands in.
    """
    dateline = find_dateline(doc)[0]
    published = published_day(doc)
    if dateline and (published is None or 0 <= (published - dateline).days <= 7):
        return dateline
    return published or _byline_day(doc)


def _byline_day(doc: Document) -> dt.date | None:
    for match in _MONTH_NAME.finditer(doc.folded[: doc.body_start + 600]):
        reading = read_month(doc.folded, *match.span(), None)
        if reading and reading.days.precision == 1 and _BYLINE.search(doc.folded[max(0, reading.start - 40) : reading.start]):
            return reading.days.first
    return None


def find_date_mentions(doc: Document) -> list[DateMention]:
    """Find every mention of a day or a stretch of days.

    Args:
        doc: The document. Without publication day, dateline or dated byline, only dates that carry their year are read,
            and those whose year another date of the text tells.

    Returns:
        Mentions in order, without overlap; several may mean the same day.
    """
    return list(_mentions(doc))


@once
def _mentions(doc: Document) -> tuple[DateMention, ...]:
    report = find_report_day(doc)
    dateline = find_dateline(doc)
    readings = read_all(doc, report)
    if report is None:
        dated = [reading.days.first for reading in readings if reading.days.precision == 1]
        if dated:
            readings = read_all(doc, dated[0], relative=False)
    mentions: list[DateMention] = []
    for reading in sorted(readings, key=lambda r: (r.start, -r.end)):
        if mentions and reading.start < mentions[-1].end:
            continue
        rule = "date.dateline" if dateline[0] and dateline[1] <= reading.start < dateline[2] else reading.rule
        if _BYLINE.search(doc.folded[max(0, reading.start - 40) : reading.start]):
            rule = "date.byline"
        sentence = doc.sentence_at(reading.start).index if doc.sentences else 0
        days = reading.days
        if report and days.last <= report and _SINCE.search(doc.folded[max(0, reading.start - 24) : reading.start]):
            days, rule = Days(days.first, report, max(2, cal.precision_of(days.first, report))), "date.since"
        mentions.append(DateMention(reading.start, reading.end, days.first, days.last, days.precision, rule, sentence, reading.time_of_day))
    return tuple(_drop_explained(doc, mentions))


def _drop_explained(doc: Document, mentions: list[DateMention]) -> list[DateMention]:
    """Join a weekday to the date beside it ("Friday, April 4"; "Thursday [3 January]"): the date decides, the weekday tells the hour."""
    kept: list[DateMention] = []
    for mention in mentions:
        before = kept[-1] if kept else None
        if before and before.rule.startswith("date.weekday") and mention.precision == 1 and mention.rule in _CALENDAR_DAYS:
            gap = doc.folded[before.end : mention.start].strip()
            if gap in ("", ",", "(", "[", ", on", "-", "the"):
                hour = mention.time_of_day or before.time_of_day
                kept[-1] = DateMention(before.start, mention.end, mention.first, mention.last, 1, mention.rule, before.sentence, hour)
                continue
        kept.append(mention)
    return kept
