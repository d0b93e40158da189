"""The grammar of time: shapes of dates, weekdays and relative words, each read as a stretch of days.

Shapes stand here; phrases ("overnight", "last week") are rows of seeds/lexicons/en/time_expressions.csv. `date_mentions` puts
the readings of a text together.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from transforms import calendar_days as cal
from transforms.calendar_days import MONTHS, WEEKDAYS, Days
from transforms.document import Document
from transforms.lexicons import Lexicons
from transforms.text import find_matches, is_word_bounded
from transforms.value_class import dataclass

MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_COUNT = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_NTH = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_PART = r"(?:(?P<half>early|mid|late|the beginning of|the end of|beginning of|end of)[ -])"

# "13-16 ", "the 2nd of ", "early " before a month's name.
_BEFORE_MONTH = re.compile(
    rf"(?:(?<![\d.,:])(?:(?P<first>\d{{1,2}}){_NTH} ?(?:-|to|and|or|/|until|through) ?)?"
    rf"(?<![\d.,:])(?P<day>\d{{1,2}}){_NTH} ?-?(?:day )?(?:of )?|{_PART})$"
)
_AFTER_MONTH_YEAR = re.compile(rf"\.?,? (?:of )?(?P<year>{_YEAR})(?!\d)|\.? '?(?P<short>\d\d)(?= ?[(\[)\]]| ?--|$)")
_AFTER_MONTH_DAY = re.compile(
    rf"\.? ?(?P<day>\d{{1,2}}){_NTH}(?![\d:%]|[.,]\d)"
    rf"(?: ?(?:-|to|and|&|through) ?(?P<last>\d{{1,2}}){_NTH}(?![\d:%]|[.,]\d| (?:people|others|more|were|dead|killed)))?"
    rf"(?:,? (?:of )?(?P<year>{_YEAR})(?!\d))?"
)
_DAY_UNIT = re.compile(r" (?:people|dead|others|members|percent|per cent|civilians|soldiers|of them|million|killed|injured|wounded)\b")
_BARE_MONTH = re.compile(r"\b(?:in|since|last|this|during|until|of|back in)\s$")
_BEFORE_WEEKDAY = re.compile(
    r"(?:\b(?:last|past|next|this|this past|coming|every|each|since|until|till|by|early|late|on|overnight|earlier)\s+)+$"
)
_AFTER_WEEKDAY = re.compile(r"(?:'s)?\s+(?P<part>morning|afternoon|evening|night|overnight)\b|(?P<week>,? (?:of )?last week)")
_RANGE_BEFORE = re.compile(r"\b(?:between|from|(?:(?:in|during|on) the )?night (?:of|between|from)|overnight(?: from| between)?)\s+$")
_RANGE_AFTER = re.compile(rf"(?: night| evening)?(?:-|\s+(?P<join>and|to|into|until|through)\s+(?:early |late )?)(?P<two>{_WEEKDAY})\b")
_BEFORE_YEAR = re.compile(r"\b(?:in|since|of|(?P<part>early|mid|late))[ -]$")
_BEFORE_UNIT = re.compile(rf"\b(?P<n>\d{{1,2}}|{'|'.join(_COUNT)}) $")
_UNITS = frozenset(
    f"{unit} {when}"
    for unit in ("hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years")
    for when in ("ago", "earlier", "after")
)
# What begins with a digit: 2016-02-14, 14/02/2016, a year, "3rd".
_DIGITS = re.compile(
    rf"(?<![\w.,/-])(?=\d)(?:(?P<iso>{_YEAR}-\d\d-\d\d)(?!\d)|(?P<slash>\d{{1,2}}[/.]\d{{1,2}}[/.](?:{_YEAR}|\d\d))(?![\d/])"
    rf"|(?P<year>{_YEAR})\b(?![-/]\d)|(?P<nth>\d{{1,2}}(?:st|nd|rd|th))\b(?! (?:floor|street|day|anniversary|birthday|century|hole|block)))"
)
# No month or day unless written with a capital.
_COMMON_WORDS = frozenset({"may", "march", "mar", "jan", "dec", "mon", "sun", "sat", "wed", "fri", "thu", "jun", "oct"})
_TIME_OF_DAY = {
    "morning": "morning", "afternoon": "afternoon", "evening": "evening", "night": "night", "overnight": "night", "early": "morning",
    "late": "night",
}  # fmt: skip
_HALVES = {"the beginning of": "early", "beginning of": "early", "the end of": "late", "end of": "late"}
# "the 19 April Movement", the "9 May" group: a date that is a name.
_NAME_AFTER = re.compile(r" (?:[\w']+ )?(?:movement|group|front|command|brigade|battalion|division|faction|liberation|revolutionary)\b|\"")


class Reading(NamedTuple):
    """What one trigger means, before its sentence is known; yearless ones are read when the report's day is known."""

    start: int
    end: int
    days: Days
    rule: str
    time_of_day: str | None = None


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One row of time_expressions.csv that has phrases."""

    start: str
    end: str
    precision: int
    time_of_day: str | None
    rule: str


class _Words:
    """Everything that may begin a mention, as one automaton over a language's phrases, months, weekdays and units."""

    def __init__(self, lexicons: Lexicons) -> None:
        self.phrases: dict[str, _Phrase] = {}
        for row in lexicons.rows("time_expressions"):
            for phrase in filter(None, row["phrases"].split("|")):
                precision, part = int(row["ucdp_date_prec"]), row["time_of_day"] or None
                self.phrases[phrase] = _Phrase(row["start"], row["end"], precision, part, row["rule"])
        self._spellings = sorted({*self.phrases, *MONTHS, *WEEKDAYS, *_UNITS})
        self._automaton = AhoCorasick(self._spellings, implementation=Implementation.DFA)

    def find(self, folded: str) -> Iterator[tuple[str, int, int]]:
        """Find the words with their spans."""
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if is_word_bounded(folded, start, end):
                yield self._spellings[index], start, end


@lru_cache(maxsize=8)
def _words(lexicons: Lexicons) -> _Words:
    return _Words(lexicons)


def read_all(doc: Document, report: dt.date | None, *, relative: bool = True) -> list[Reading]:
    """Read every mention of time, in no strict order and possibly overlapping.

    Args:
        doc: The document.
        report: Day that relative words and yearless dates count from; None leaves both out.
        relative: Read weekdays and relative words too; False where `report` only tells the year.
    """
    folded = doc.folded
    anchor = report if relative else None
    found = [_read_digits(folded, match, anchor) for match in find_matches(_DIGITS, folded, doc.digits, len(folded))]
    words = _words(doc.lexicons)
    for word, start, end in words.find(folded):
        if word in _COMMON_WORDS and doc.text[start].islower() and not doc.is_caseless:
            continue
        if word in MONTHS:
            found.append(read_month(folded, start, end, report))
        elif report and relative:
            found += _read_relative(folded, (word, start, end), report, words.phrases)
    return [reading for reading in found if reading and not _is_name(folded, reading)]


def _is_name(folded: str, reading: Reading) -> bool:
    after = _NAME_AFTER.match(folded, reading.end)
    return after is not None and (after.group() != '"' or folded[reading.start - 1 : reading.start] == '"')


def _read_relative(folded: str, hit: tuple[str, int, int], report: dt.date, phrases: dict[str, _Phrase]) -> list[Reading | None]:
    word, start, end = hit
    try:
        if word in WEEKDAYS:
            return [_read_weekday(folded, start, end, report), _read_weekday_range(folded, start, end, report)]
        if word in _UNITS:
            return [_read_ago(folded, start, end, report)]
        phrase = phrases[word]
        first = cal.resolve(phrase.start, report)
        last = max(first, min(cal.resolve(phrase.end, report), report))
        return [Reading(start, end, Days(first, last, phrase.precision), phrase.rule, phrase.time_of_day)]
    except (OverflowError, ValueError):
        return []  # a day before the first year of the calendar


def _read_digits(folded: str, match: re.Match[str], report: dt.date | None) -> Reading | None:
    """Read 2016-02-14, 14/02/2016 where only one order makes a date, "in 2014", "on the 3rd"."""
    before = folded[max(0, match.start() - 8) : match.start()]
    if match["year"]:
        governed = _BEFORE_YEAR.search(before)
        if governed is None:
            return None
        part = governed["part"] or ""
        rule = "date.year_part" if part else "date.year"
        return Reading(match.start() - len(governed.group()), match.end(), cal.year_days(int(match["year"]), part), rule)
    if match["nth"]:
        return _read_nth(match, report) if report and before.endswith("on the ") else None
    parts = re.split(r"[-/.]", match.group())
    if match["iso"]:
        days = {cal.day_of(int(parts[0]), int(parts[1]), int(parts[2]))}
    else:
        year = cal.full_year(parts[2])
        days = {cal.day_of(year, int(parts[1]), int(parts[0])), cal.day_of(year, int(parts[0]), int(parts[1]))} - {None}
    day = days.pop() if len(days) == 1 else None
    return Reading(match.start(), match.end(), Days(day, day, 1), "date.day_digits") if day else None


def read_month(folded: str, start: int, end: int, report: dt.date | None) -> Reading | None:
    """Read the date around a month's name: 4 April 2025, April 4, Feb. 14, 13-16 February, early March, March 2016, in March."""
    month = MONTHS[folded[start:end]]
    before = _BEFORE_MONTH.search(folded[max(0, start - 24) : start])
    after = _AFTER_MONTH_DAY.match(folded, end)
    if after and (int(after["day"]) > 31 or _DAY_UNIT.match(folded, after.end())):
        after = None
    if before and before["day"]:
        year = _AFTER_MONTH_YEAR.match(folded, end)
        digits = (year["year"] or year["short"]) if year else None
        span = (start - len(before.group()), year.end() if year else end)
        return _read_day(span, month, (before["first"], before["day"]), digits, report)
    if after:
        days = (after["day"], after["last"]) if after["last"] else (None, after["day"])
        return _read_day((start, after.end()), month, days, after["year"], report)
    half = before["half"] if before else None
    part = _HALVES.get(half or "", half or "")
    year = _AFTER_MONTH_YEAR.match(folded, end)
    rule = "date.month_part" if part else "date.month"
    start -= len(before.group()) if before else 0
    if year and year["year"]:
        return Reading(start, year.end(), cal.month_days(int(year["year"]), month, part), rule)
    if report is None or not (part or _BARE_MONTH.search(folded[max(0, start - 12) : start])):
        return None
    stretch = cal.month_days(report.year if month <= report.month else report.year - 1, month, part)
    return Reading(start, end, Days(stretch.first, max(stretch.first, min(stretch.last, report)), 4), rule)


def _read_day(span: tuple[int, int], month: int, days: tuple[str | None, str], year: str | None, report: dt.date | None) -> Reading | None:
    """One day, or a range of days, of a month; a missing year is the nearest before the report."""
    first, last = days
    if year:
        final = cal.day_of(cal.full_year(year), month, int(last))
    else:
        final = cal.nearest_day(month, int(last), report) if report else None
    if final is None:
        return None
    opening = cal.day_of(final.year, month, int(first)) if first else final
    if opening is None or opening > final:
        opening = final
    rule = ("date.day" if year else "date.day_yearless") if opening == final else "date.day_range"
    return Reading(*span, Days(opening, final, cal.precision_of(opening, final)), rule)


def _read_weekday(folded: str, start: int, end: int, report: dt.date) -> Reading | None:
    """Read on Friday, last Friday, late on Monday, early Wednesday, Monday night; plurals ("Mondays") mean no day."""
    name = folded[start:end]
    before = _BEFORE_WEEKDAY.search(folded[max(0, start - 24) : start])
    words = before.group().split() if before else []
    if (len(name) <= 3 and folded[end : end + 1] != "." and not words) or "every" in words or "each" in words:
        return None
    after = _AFTER_WEEKDAY.match(folded, end)
    day = cal.latest_weekday(WEEKDAYS[name], report)
    rule = "date.weekday"
    if "next" in words or "coming" in words:
        day, rule = day + dt.timedelta(days=7), "date.weekday_next"
    elif "last" in words and day == report:
        day -= dt.timedelta(days=7)
    elif after and after["week"]:
        day = report - dt.timedelta(days=report.weekday() + 7 - WEEKDAYS[name])
    part = after["part"] if after else None
    hour = _TIME_OF_DAY.get(part or "") or next((_TIME_OF_DAY[word] for word in words if word in ("early", "late", "overnight")), None)
    if "early" in words and part == "morning":
        hour = "morning"
    begin = start - len(before.group()) if before and not {"since", "until", "till", "by"} & set(words) else start
    if begin < start and folded[begin:start].startswith(("on ", "this ")) and len(words) == 1:
        begin = start
    final = day + dt.timedelta(days=1) if "overnight" in words and day < report else day
    return Reading(begin, after.end() if after else end, Days(day, final, cal.precision_of(day, final)), rule, hour)


def _read_weekday_range(folded: str, start: int, end: int, report: dt.date) -> Reading | None:
    """Read between Monday and Wednesday, the night of Saturday to Sunday, Friday night into Saturday, Monday and Tuesday."""
    match = _RANGE_AFTER.match(folded, end)
    if match is None:
        return None
    link = _RANGE_BEFORE.search(folded[max(0, start - 24) : start])
    last = cal.latest_weekday(WEEKDAYS[match["two"]], report)
    first = cal.latest_weekday(WEEKDAYS[folded[start:end]], last)
    if first == last or (match["join"] == "to" and not link):
        return None
    is_night = match["join"] == "into" or (link is not None and "night" in link.group())
    begin = start - len(link.group()) if link else start
    days = Days(first, last, cal.precision_of(first, last))
    return Reading(begin, match.end(), days, "date.weekday_range", "night" if is_night else None)


def _read_ago(folded: str, start: int, end: int, report: dt.date) -> Reading | None:
    """Read "two days ago" and "two days after", whose unit and last word stand at the span."""
    before = _BEFORE_UNIT.search(folded[max(0, start - 8) : start])
    if before is None:
        return None
    count = int(before["n"]) if before["n"].isdigit() else _COUNT[before["n"]]
    unit, when = folded[start:end].split()
    unit = unit.rstrip("s")
    begin = start - len(before.group())
    if unit == "hour":
        first = report - dt.timedelta(days=(count + 23) // 24)
        return Reading(begin, end, Days(first, report, cal.precision_of(first, report)), "date.hours_ago")
    size, precision, slack = {"day": (1, 1, 0), "week": (7, 2, 1), "month": (30, 4, 15), "year": (365, 5, 182)}[unit]
    middle = report - dt.timedelta(days=size * count)
    first, last = middle - dt.timedelta(days=slack), min(middle + dt.timedelta(days=slack), report)
    return Reading(begin, end, Days(first, last, precision), "date.day_after" if when == "after" else f"date.{unit}s_ago")


def _read_nth(match: re.Match[str], report: dt.date) -> Reading | None:
    """Read "on the 3rd": a day of the report's month, or of the month before where that lies ahead."""
    number = int(match["nth"][:-2])
    day = cal.day_of(report.year, report.month, number)
    if day is None or day > report:
        before = report.replace(day=1) - dt.timedelta(days=1)
        day = cal.day_of(before.year, before.month, number)
    return Reading(match.start(), match.end(), Days(day, day, 1), "date.day_of_month") if day else None
