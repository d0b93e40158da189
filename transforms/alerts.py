"""What people are told of: alerts found in what changed since the last publication, each once, and never too many in one night.

    find_toll_alerts     a toll reached the threshold, or changed after it was published
    find_feed_alerts     a feed fell silent, brings far less or far more than usual; most feeds gave nothing
    find_check_alerts    a check found bad rows, so nothing was published
    choose_new           those that nobody was told of yet, and which of the earlier ones are over
    bound_alerts         the gravest by themselves, the others counted in one

The sentences are made by `flows.alert_words`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transforms.rows import make_id

Row = dict[str, Any]
LASTING = frozenset({"feed.silent", "feed.dropped", "feed.flooded", "check.failed"})  # they hold until the feed or check is well again
QUIET_AGAIN = dt.timedelta(days=7)  # a feed that comes and goes is told of once a week
FEW_FEEDS = 3  # of one or two feeds each failure is told of by itself
ALL_FEEDS = "all"
_OF_STATE = {"silent": "feed.silent", "dropped": "feed.dropped", "flooded": "feed.flooded"}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something is told.

    Attributes:
        killed: People killed from which an incident is told of; 0: never.
        change: Smallest change of a published number of killed or injured that is told; 0: never.
        feed_days: Days without an answer after which a failing feed counts as silent.
        per_night: Alerts told by themselves after one publication.
    """

    killed: int = 20
    change: int = 1
    feed_days: int = 3
    per_night: int = 10


def number_of(row: Mapping[str, Any], toll: str, *, was: bool = False) -> int | None:
    """Return the number that a toll is compared by: the best one, else the lowest, else the highest; None: none is stated."""
    prefix = "was_" if was else ""
    return next((row[f"{prefix}{toll}_{part}"] for part in ("best", "min", "max") if row[f"{prefix}{toll}_{part}"] is not None), None)


def find_toll_alerts(changes: Iterable[Mapping[str, Any]], thresholds: Thresholds) -> list[Row]:
    """Return what changed tolls tell: at most one alert an incident, and a reached threshold before a mere change.

    Args:
        changes: Rows of warehouse/sql/alerts/incidents.sql.
        thresholds: From where on they are told.

    Returns:
        Alerts without their sentences: kind, severity, subject, was_number, now_number, and the row that they were found in as `about`.
    """
    found: list[Row] = []
    for row in changes:
        was, now = number_of(row, "killed", was=True), None if row["is_gone"] else number_of(row, "killed")
        kind = ""
        if thresholds.killed and (now or 0) >= thresholds.killed > (was or 0):
            kind = "toll.threshold"
        elif row["is_known"] and 0 < thresholds.change <= _greatest_change(row):
            kind = "toll.changed"
        if kind:
            seen = None if row["is_gone"] else row["changed_at"].isoformat()
            severity = "grave" if kind == "toll.threshold" else "notice"
            found.append(_alert(kind, severity, row["incident_id"], row, seen, was_number=was, now_number=now))
    return found


def find_feed_alerts(feeds: Sequence[Mapping[str, Any]], thresholds: Thresholds, at: dt.datetime) -> list[Row]:
    """Return what the health of the feeds tells; one alert for all where most of them gave nothing.

    Args:
        feeds: Rows of `feed_health`.
        thresholds: From where on a failing feed counts as silent.
        at: Now.
    """
    asked = [feed for feed in feeds if feed["active"] and feed["state"] != "new"]
    failing = [feed for feed in asked if feed["state"] == "failing"]
    found: list[Row] = []
    if len(asked) >= FEW_FEEDS and len(failing) * 2 > len(asked):
        found.append(_alert("feed.dropped", "grave", ALL_FEEDS, {"n_failing": len(failing), "n_asked": len(asked)}, at.isoformat()))
    for feed in asked:
        kind = _OF_STATE.get(feed["state"])
        if feed["state"] == "failing" and _is_long_ago(feed, at, thresholds.feed_days):
            kind = "feed.silent"
        if kind:
            found.append(_alert(kind, "notice", feed["feed_id"], feed, at.isoformat()))
    return found


def find_check_alerts(checks: Iterable[Mapping[str, Any]], at: dt.datetime) -> list[Row]:
    """Return one alert for each check that found bad rows."""
    return [_alert("check.failed", "grave", check["check_name"], check, at.isoformat()) for check in checks if check["n_bad"]]


def choose_new(found: Sequence[Row], known: Iterable[Mapping[str, Any]], at: dt.datetime) -> tuple[list[Row], list[str]]:
    """Return the alerts that nobody was told of yet, and the ids of lasting ones that are over.

    Args:
        found: What is seen now, all kinds of it.
        known: Alerts of the last days and those that last: alert_id, kind, subject, ended_at.
        at: Now.
    """
    known = list(known)
    ids = {row["alert_id"] for row in known}
    lately = {
        (row["kind"], row["subject"]) for row in known
        if row["kind"] in LASTING and (row["ended_at"] is None or row["ended_at"] > at - QUIET_AGAIN)
    }  # fmt: skip
    seen = {(alert["kind"], alert["subject"]) for alert in found}
    new = {a["alert_id"]: a for a in found if a["alert_id"] not in ids and (a["kind"], a["subject"]) not in lately}
    ended = [r["alert_id"] for r in known if r["kind"] in LASTING and r["ended_at"] is None and (r["kind"], r["subject"]) not in seen]
    return list(new.values()), ended


def bound_alerts(new: Iterable[Row], per_night: int, run_id: str) -> list[Row]:
    """Return all alerts, the gravest first: so many to be told by themselves, and one that counts the others."""
    ordered = sorted(new, key=lambda a: (a["severity"], -(a["now_number"] or 0), a["kind"], a["subject"]))
    if len(ordered) <= per_night:
        return ordered
    for alert in ordered[per_night:]:
        alert["is_summarised"] = True
    kinds = Counter(alert["kind"] for alert in ordered[per_night:])
    return [*ordered, _alert("more", "notice", run_id, {"kinds": dict(kinds.most_common())}, run_id)]


def late_alert(last: dt.datetime | None, at: dt.datetime, within: dt.timedelta) -> Row | None:
    """Return the alert that no night was published for too long; None: one was, or none ever."""
    if last is None or at - last <= within:
        return None
    return _alert("nightly.late", "grave", "nightly", {"last": last, "hours": (at - last) / dt.timedelta(hours=1)}, last.isoformat())


def _alert(kind: str, severity: str, subject: str, about: Mapping[str, Any], seen: str | None, **numbers: int | None) -> Row:
    return {
        "alert_id": make_id("alert", kind, subject, seen), "kind": kind, "severity": severity, "subject": subject, "about": about,
        "was_number": None, "now_number": None, "is_summarised": False, **numbers,
    }  # fmt: skip


def _greatest_change(row: Mapping[str, Any]) -> int:
    """Return by how many people killed or injured moved; a number that came or went moved by all of it."""
    moves = [abs((0 if row["is_gone"] else number_of(row, t) or 0) - (number_of(row, t, was=True) or 0)) for t in ("killed", "injured")]
    return max(moves)


def _is_long_ago(feed: Mapping[str, Any], at: dt.datetime, days: int) -> bool:
    """Tell whether a failing feed has not answered for days; one that never did counts by its failures, about one a night."""
    if feed["last_ok_at"] is None:
        return bool(feed["failures_in_row"] >= days)
    return bool(at - feed["last_ok_at"] > dt.timedelta(days=days))
