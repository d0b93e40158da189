"""How long to leave a feed or a host alone: from the share of new items, from what it asks for, from how it failed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

HOUR = dt.timedelta(hours=1)
FIRST_INTERVAL_H = 12.0  # of a feed seen once: nothing is known of it yet, and two looks a day miss little
CROWDED, CALM = 0.5, 0.1  # shares of new items above which a feed is asked sooner, below which later
SOONER, LATER = 0.5, 1.5  # factors on the interval: news speeds polls up faster than silence slows them down
NIGHT_H = 16.0  # a wait this long means "some night": it ends an eighth early, because no two runs begin at the same second
MAX_ASKED_H = 24.0 * 7  # a longer wish is a slip (max-age of a year stands on many static files)
MAX_HOST_CLOSED = dt.timedelta(days=1)  # of a host that names no time; one that names it is believed up to MAX_BACKOFF
SY_PERIODS_H = {"hourly": 1.0, "daily": 24.0, "weekly": 168.0, "monthly": 720.0, "yearly": 8760.0}

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)  # s-maxage speaks to shared caches, and we are none
_VOID = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)


def judge_interval(current_h: float | None, n_new: int, n_entries: int, bounds_h: tuple[float, float]) -> float:
    """Return the wait until the next poll, hours, from the share of items that were new in this one.

    Half of the items new: the feed may run over between two looks, the wait halves; all of them new: the shortest wait, because
    some may be lost already. Hardly any new: it grows by half. Between the two it stays.

    Args:
        current_h: Wait so far; None: this was the first look, of which the share says nothing.
        n_new: Items not seen before.
        n_entries: Items in the feed; 0: unchanged, or empty.
        bounds_h: Shortest and longest wait.
    """
    least, most = bounds_h
    if current_h is None:
        return min(max(FIRST_INTERVAL_H, least), most)
    share = n_new / n_entries if n_entries else 0.0
    if share >= 1.0 and n_entries > 1:
        wanted = least
    elif share >= CROWDED:
        wanted = current_h * SOONER
    elif share < CALM:
        wanted = max(current_h, 1.0) * LATER
    else:
        wanted = current_h
    return min(max(wanted, least), most)


def due_after(interval_h: float, asked_h: float | None, bounds_h: tuple[float, float]) -> dt.timedelta | None:
    """Return how long not to poll; None: as often as there are runs.

    What the feed or its host asks for lengthens the wait, up to the longest that the operator allows.
    """
    wait_h = min(max(interval_h, asked_h or 0.0), bounds_h[1])
    return (wait_h * HOUR) * (0.875 if wait_h >= NIGHT_H else 1.0) if wait_h > 0 else None


def find_asked_hours(cache_control: str | None, ttl: object = None, period: object = None, frequency: object = None) -> float | None:
    """Return the wait that a feed and its host ask for between polls, hours; None when they ask for none.

    Args:
        cache_control: Cache-Control header; max-age=0, no-cache and no-store ask for nothing.
        ttl: Minutes of the feed's ttl element.
        period: sy:updatePeriod.
        frequency: sy:updateFrequency, times a period.

    Source: RFC 9111, section 5.2.2; RSS 2.0, ttl; RSS 1.0 syndication module.
    """
    asked = [_max_age_hours(cache_control or ""), _number(ttl) / 60]
    if base := SY_PERIODS_H.get(str(period).strip().lower()) if period else None:
        asked.append(base / max(_number(frequency), 1.0))
    longest = max(asked)
    return min(longest, MAX_ASKED_H) if longest > 0 else None


def _max_age_hours(text: str) -> float:
    found = _MAX_AGE.search(text)
    return int(found.group(1)) / 3600 if found and not _VOID.search(text) else 0.0


def _number(value: object) -> float:
    text = str(value).strip() if value is not None else ""
    return float(text) if re.fullmatch(r"\d{1,6}(?:\.\d{1,3})?", text) else 0.0


def judge_host(
    host: Mapping[str, object], now: dt.datetime, retry_after: dt.datetime | None, longest: dt.timedelta
) -> tuple[int, dt.datetime]:
    """Return how often in a row a host refused (429, 503) and until when none of its addresses is asked for.

    A host that names a time is believed, up to `longest`; else the wait begins at an hour and doubles, up to a day.
    """
    before = host.get("n_refusals")
    refusals = (before if isinstance(before, int) else 0) + 1
    wait = min(HOUR * 2 ** min(refusals - 1, 10), MAX_HOST_CLOSED)
    asked = min(retry_after, now + longest) if retry_after else now
    return refusals, max(now + wait, asked)
