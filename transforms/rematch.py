"""Matching a night without matching all history: which days to look at, and which ids changed.

Why a window is enough. A membership hangs on a chain of at most four looks aside: a group's choice of its centre, the centre's
other satellites, their other centres, those centres' weightier neighbours. One look moves the last day by one at most, since the
groups that are compared span a day or a night. Vague reports (up to a week) look at incidents, and nothing looks at them. So
a new report changes memberships of reports that overlap its own days +- 5, and to compute these rightly takes reports that
overlap its days +- 21 (5, a week and a day beside, twice where a decision names a vague report, 4, and some to spare). Of those days'
reports only the days and places are read at first: `reach` tells which of them matter.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from transforms.spots import Located, judge_left_out

READ_DAYS = 21


class Window(NamedTuple):
    """Days of one country, both ends included."""

    country_iso3: str | None
    first_on: dt.date
    last_on: dt.date


def window_of(new: Iterable[Located]) -> list[Window]:
    """Return the days of which all reports must be read to match new ones, merged where they meet, in order.

    Args:
        new: Reports that arrived or changed; of a changed one give its former and its present key (a new original moves
            `story_url` of its copies: those changed too).

    Returns:
        Windows. Look at every report of the country whose `days` overlap them; more does no harm.
    """
    spans: dict[str | None, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    reach = dt.timedelta(days=READ_DAYS)
    for report in new:
        if judge_left_out(report) is None:
            spans[report.country_iso3].append((report.days[0] - reach, report.days[1] + reach))
    windows: list[Window] = []
    for country in sorted(spans, key=lambda iso3: iso3 or ""):
        for first, last in sorted(spans[country]):
            if windows and windows[-1].country_iso3 == country and first <= windows[-1].last_on:
                windows[-1] = Window(country, windows[-1].first_on, max(last, windows[-1].last_on))
            else:
                windows.append(Window(country, first, last))
    return windows


def find_aliases(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return where incident ids went that no longer exist.

    Args:
        before: incident_id by report_id, of all reports of the windows, as stored.
        after: The same after matching (stored rows of reports that are not settled stay as they were).

    Returns:
        (old id, new id, reason) in order of old id; reason "older report arrived", "merge", or "split" (the part with most of
        its reports inherits the id). An id whose reports all left has no successor. An id that is in use again needs no alias:
        remove older alias rows of every id in `after`.
    """
    members: dict[str, list[str]] = defaultdict(list)
    origins: dict[str, set[str]] = defaultdict(set)
    for report_id, old_id in before.items():
        if report_id in after:
            members[old_id].append(after[report_id])
            origins[after[report_id]].add(old_id)
    alive = set(after.values())
    aliases: list[tuple[str, str, str]] = []
    for old_id in sorted(members.keys() - alive):
        heirs = members[old_id]
        heir = min(set(heirs), key=lambda new_id: (-heirs.count(new_id), new_id))
        if len(set(heirs)) > 1:
            reason = "split"
        else:
            reason = "merge" if len(origins[heir]) > 1 else "older report arrived"
        aliases.append((old_id, heir, reason))
    return aliases
