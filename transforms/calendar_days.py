"""Arithmetic of days: weekdays, months and the phrases of time_expressions.csv, all counted from a report's day."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sept sep",
         "october oct", "november nov", "december dec"), start=1)
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu", "friday fri", "saturday sat", "sunday sun"))
    for name in names.split()
}  # fmt: skip
FUTURE_DAYS = 45  # a date without year lies in the past, unless it lies this little ahead: then it announces something
_EXPRESSION = re.compile(r"([a-z_]+)([+-]\d+)?")


class Days(NamedTuple):
    """First and last day, both inclusive, and the UCDP precision."""

    first: dt.date
    last: dt.date
    precision: int


def day_of(year: int, month: int, day: int) -> dt.date | None:
    """Return the day, or None where the calendar has no such day."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def full_year(digits: str) -> int:
    """Return the year that four or two digits mean: "90" is 1990, "16" is 2016."""
    year = int(digits.lstrip("'"))
    if year > 99:
        return year
    return year + (1900 if year >= 50 else 2000)


def nearest_day(month: int, day: int, report: dt.date) -> dt.date | None:
    """Return the day of a month without year: the latest one not after the report, or one soon after it."""
    here = day_of(report.year, month, day)
    if here and -FUTURE_DAYS <= (report - here).days <= 366:
        return here
    there = day_of(report.year + (1 if here and (report - here).days > 300 else -1), month, day)
    if there and there <= report + dt.timedelta(days=FUTURE_DAYS):
        return there
    return here if here and here <= report else None


def latest_weekday(weekday: int, report: dt.date) -> dt.date:
    """Return the latest such weekday that is not after the report."""
    return report - dt.timedelta(days=(report.weekday() - weekday) % 7)


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month."""
    following = dt.date(year + month // 12, month % 12 + 1, 1) if (year, month) < (dt.MAXYEAR, 12) else dt.date.max
    return following - dt.timedelta(days=1)


def month_days(year: int, month: int, part: str = "") -> Days:
    """Return the days of a month or of its early, mid or late part, precision 4.

    Source: UCDP GED codebook 22.1, appendix on date precision.
    """
    first, last = {"early": (1, 10), "mid": (10, 20), "late": (15, 0)}.get(part, (1, 0))
    return Days(dt.date(year, month, first), dt.date(year, month, last) if last else month_end(year, month), 4)


def year_days(year: int, part: str = "") -> Days:
    """Return the days of a year or of its early, mid or late third, precision 5.

    Source: UCDP GED codebook 22.1, appendix on date precision.
    """
    first, last = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}.get(part, (1, 12))
    return Days(dt.date(year, first, 1), month_end(year, last), 5)


def precision_of(first: dt.date, last: dt.date) -> int:
    """Return the UCDP precision of a stretch of days: 1 one day, 2 up to six, 3 a week, 4 a month, 5 more."""
    days = (last - first).days + 1
    return 1 if days <= 1 else 2 if days <= 6 else 3 if days <= 8 else 4 if days <= 31 else 5


@lru_cache(maxsize=4096)
def resolve(expression: str, report: dt.date) -> dt.date:
    """Return the day that a start or end cell of time_expressions.csv means for a report's day.

    Args:
        expression: An anchor and an optional number of days: report, week (its Monday), saturday (the latest one), month
            and year (their first day), last_month, last_month_end, last_year, last_year_end; "week-7", "report-1".
        report: Day of the report.

    Raises:
        ValueError: The cell is none of these.
    """
    match = _EXPRESSION.fullmatch(expression)
    month = report.replace(day=1)
    before = month - dt.timedelta(days=1)
    anchors = {
        "report": report,
        "week": report - dt.timedelta(days=report.weekday()),
        "saturday": latest_weekday(5, report),
        "month": month,
        "last_month": before.replace(day=1),
        "last_month_end": before,
        "year": dt.date(report.year, 1, 1),
        "last_year": dt.date(report.year - 1, 1, 1),
        "last_year_end": dt.date(report.year - 1, 12, 31),
    }
    if match is None or match.group(1) not in anchors:
        raise ValueError(f"time_expressions.csv: {expression!r} is no day; write one of {', '.join(anchors)}, with +N or -N days")
    return anchors[match.group(1)] + dt.timedelta(days=int(match.group(2) or 0))
