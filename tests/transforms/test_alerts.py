"""Which changes are told, once, and how many of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from transforms.alerts import (
    Thresholds,
    bound_alerts,
    choose_new,
    find_check_alerts,
    find_feed_alerts,
    find_toll_alerts,
    late_alert,
)

AT = dt.datetime(2025, 4, 5, 20, 0, tzinfo=dt.UTC)
NOTHING = {f"{prefix}{toll}_{part}": None for prefix in ("", "was_") for toll in ("killed", "injured") for part in ("min", "best", "max")}


def change(**values: Any) -> dict[str, Any]:
    return {**NOTHING, "incident_id": "i1", "is_gone": False, "is_known": True, "changed_at": AT, **values}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"killed_best": 20, "is_known": False}, ("toll.threshold", "grave", None, 20)),
        ({"killed_best": 19, "is_known": False}, None),
        ({"was_killed_best": 12, "killed_best": 20}, ("toll.threshold", "grave", 12, 20)),
        ({"was_killed_best": 20, "killed_best": 25}, ("toll.changed", "notice", 20, 25)),
        ({"was_killed_best": 25, "killed_best": 12}, ("toll.changed", "notice", 25, 12)),
        ({"was_killed_best": 12, "killed_best": 12, "was_killed_max": 12, "killed_max": 16}, None),
        ({"was_killed_best": 12, "killed_best": 12, "was_injured_best": 5, "injured_best": 9}, ("toll.changed", "notice", 12, 12)),
        ({"was_killed_best": 12}, ("toll.changed", "notice", 12, None)),
        ({"killed_best": 3}, ("toll.changed", "notice", None, 3)),
        ({"killed_best": 0}, None),
        ({"was_killed_min": 12, "killed_min": 24}, ("toll.threshold", "grave", 12, 24)),
        ({"was_killed_best": 4, "killed_best": 4, "is_gone": True}, ("toll.changed", "notice", 4, None)),
    ],
)
def test_a_toll_is_told_when_it_reaches_the_threshold_or_changed_after_publication(row: dict[str, Any], expected: Any) -> None:
    found = [(a["kind"], a["severity"], a["was_number"], a["now_number"]) for a in find_toll_alerts([change(**row)], Thresholds())]
    assert found == ([] if expected is None else [expected])


def test_zero_switches_a_toll_alert_off_and_small_changes_are_left_out() -> None:
    row = change(was_killed_best=12, killed_best=20)
    assert find_toll_alerts([row], Thresholds(killed=0, change=0)) == []
    assert find_toll_alerts([row], Thresholds(killed=0, change=9)) == []
    assert [a["kind"] for a in find_toll_alerts([row], Thresholds(killed=0, change=8))] == ["toll.changed"]


def feed(name: str, state: str, **values: Any) -> dict[str, Any]:
    return {"feed_id": name, "active": True, "state": state, "last_ok_at": AT, "failures_in_row": 0, **values}


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (feed("f", "silent"), "feed.silent"),
        (feed("f", "dropped"), "feed.dropped"),
        (feed("f", "flooded"), "feed.flooded"),
        (feed("f", "well"), None),
        (feed("f", "new"), None),
        (feed("f", "failing", last_ok_at=AT - dt.timedelta(days=2)), None),
        (feed("f", "failing", last_ok_at=AT - dt.timedelta(days=3, hours=1)), "feed.silent"),
        (feed("f", "failing", last_ok_at=None, failures_in_row=2), None),
        (feed("f", "failing", last_ok_at=None, failures_in_row=3), "feed.silent"),
        (feed("f", "silent", active=False), None),
    ],
)
def test_a_feed_is_told_by_its_state(row: dict[str, Any], kind: str | None) -> None:
    assert [a["kind"] for a in find_feed_alerts([row], Thresholds(), AT)] == ([kind] if kind else [])


def test_a_night_in_which_most_feeds_gave_nothing_is_told_as_one() -> None:
    feeds = [feed("a", "failing"), feed("b", "failing"), feed("c", "well"), feed("d", "off", active=False)]
    (alert,) = find_feed_alerts(feeds, Thresholds(), AT)
    assert (alert["kind"], alert["severity"], alert["subject"]) == ("feed.dropped", "grave", "all")
    assert alert["about"] == {"n_failing": 2, "n_asked": 3}
    assert find_feed_alerts([feed("a", "failing"), feed("b", "failing")], Thresholds(), AT) == []


def test_failed_checks_are_told_each() -> None:
    checks = [{"check_name": "ranges_in_order", "n_bad": 2}, {"check_name": "no_orphans", "n_bad": 0}]
    assert [(a["kind"], a["subject"]) for a in find_check_alerts(checks, AT)] == [("check.failed", "ranges_in_order")]


def seen(alerts: list[dict[str, Any]], ended_at: dt.datetime | None = None) -> list[dict[str, Any]]:
    return [{"alert_id": a["alert_id"], "kind": a["kind"], "subject": a["subject"], "ended_at": ended_at} for a in alerts]


def test_what_was_told_is_not_told_again() -> None:
    tolls = find_toll_alerts([change(was_killed_best=1, killed_best=2)], Thresholds())
    assert choose_new(tolls, [], AT) == (tolls, [])
    assert choose_new(tolls, seen(tolls), AT) == ([], [])
    moved = find_toll_alerts([change(was_killed_best=2, killed_best=3, changed_at=AT + dt.timedelta(days=1))], Thresholds())
    assert choose_new(moved, seen(tolls), AT) == (moved, [])


def test_a_feed_is_told_once_while_it_lasts_ends_and_is_told_again_after_a_quiet_week() -> None:
    first = find_feed_alerts([feed("f", "silent")], Thresholds(), AT)
    later = find_feed_alerts([feed("f", "silent")], Thresholds(), AT + dt.timedelta(days=1))
    assert choose_new(later, seen(first), AT + dt.timedelta(days=1)) == ([], [])
    assert choose_new([], seen(first), AT) == ([], [first[0]["alert_id"]])
    assert choose_new(later, seen(first, ended_at=AT), AT + dt.timedelta(days=6)) == ([], [])
    assert choose_new(later, seen(first, ended_at=AT), AT + dt.timedelta(days=8)) == (later, [])


def test_too_many_are_told_as_one_and_none_is_lost() -> None:
    rows = [change(incident_id=f"i{n:02}", was_killed_best=1, killed_best=n) for n in range(2, 32)]
    alerts = bound_alerts(find_toll_alerts(rows, Thresholds()), 10, "run")
    single = [a for a in alerts if not a["is_summarised"]]
    assert [a["now_number"] for a in single[:3]] == [31, 30, 29] and single[-1]["kind"] == "more" and len(single) == 11
    assert single[-1]["about"]["kinds"] == {"toll.changed": 18, "toll.threshold": 2} and len(alerts) == 31
    few = find_toll_alerts(rows[:10], Thresholds())
    assert len(bound_alerts(few, 10, "run")) == 10


def test_a_late_night_is_one_alert_by_the_last_that_came() -> None:
    within = dt.timedelta(hours=26)
    assert late_alert(None, AT, within) is None and late_alert(AT - within, AT, within) is None
    alert = late_alert(AT - dt.timedelta(hours=27), AT, within)
    again = late_alert(AT - dt.timedelta(hours=27), AT + dt.timedelta(hours=9), within)
    assert alert and again and alert["alert_id"] == again["alert_id"] and alert["about"]["hours"] == 27
