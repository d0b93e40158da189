"""feed_health: what a feed's own history says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from transforms.schedule import weight_of
from transforms.schemas import BY_NAME
from warehouse.store import write_batch

START = datetime(2025, 1, 1, 2, 30, tzinfo=UTC)
Polls = dict[str, list[int | str | tuple[int, int]]]


@pytest.fixture
def health(con: duckdb.DuckDBPyConnection) -> Callable[..., dict[str, dict[str, Any]]]:
    """`health(feed=[...])` polls each feed nightly (new of 20 entries, (new, entries), or a failure) and returns rows by feed."""

    def run(feeds: dict[str, dict[str, Any]] | None = None, **polls: list[Any]) -> dict[str, dict[str, Any]]:
        listed = [
            {
                "feed_id": name,
                "publisher": "p",
                "url": f"https://{name}.example/",
                "active": True,
                "n_failures": 0,
                **(feeds or {}).get(name, {}),
            }
            for name in polls
        ]
        rows = []
        for name, told in polls.items():
            for night, what in enumerate(told):
                status = what if isinstance(what, str) else "ok"
                n_new, n_entries = what if isinstance(what, tuple) else (what, 20) if isinstance(what, int) else (None, None)
                rows.append({
                    "poll_id": f"{name}{night}", "run_id": "r", "feed_id": name, "polled_at": START + timedelta(days=night),
                    "status": status, "weight": weight_of(status), "n_new": n_new, "n_entries": n_entries,
                    "message": None if status == "ok" else f"it said {status}",
                })  # fmt: skip
        frames = {"feed": BY_NAME["feed"].frame(listed), "feed_poll": BY_NAME["feed_poll"].frame(rows)}
        write_batch(con, frames, run_id="r", at=START)
        return {row["feed_id"]: row for row in con.sql("FROM feed_health").pl().to_dicts()}

    return run


def test_states(health: Callable[..., dict[str, dict[str, Any]]]) -> None:
    feeds = {"off": {"active": False, "inactive_reason": "TERMS: none"}, "moved": {"moved_to": "https://new.example/"}}
    found = health(
        feeds,
        off=[20, 1], new=[], moved=[20, 2, 2],
        well=[20, *[3] * 70],
        weekly=[20, *[1, 0, 0, 0, 0, 0, 0] * 10, 0, 0, 0, 0, 0, 0, 0],  # a fortnight without news is nothing for it
        failing=[20, 3, 3, "http_404"],
        recovered=[20, 3, "timeout", 3],
        silent=[20, *[3] * 20, 0, 0, 0, 0],
        never=[0] * 40,
        fresh=[20, 0, 0, 0, 0, 0, 0, 0, 0],  # a week without news right after the first look says nothing
        overflowing=[20, 3, 3, (20, 20), 3],
        flooded=[20, *[3] * 70, (40, 60)],
        busy=[(90, 100), *[(40, 100)] * 70, (50, 100)],
        dropped=[20, *[5] * 70, 0, 1, 0, 1, 0, 1, 0],
    )  # fmt: skip
    assert {name: row["state"] for name, row in found.items()} == {
        "off": "off", "new": "new", "moved": "moved", "well": "well", "weekly": "well", "failing": "failing", "recovered": "well",
        "silent": "silent", "never": "silent", "fresh": "well", "overflowing": "overflowing", "flooded": "flooded", "busy": "well",
        "dropped": "dropped",
    }  # fmt: skip
    assert (found["failing"]["last_weight"], found["failing"]["last_message"]) == ("hard", "it said http_404")
    assert found["recovered"]["last_weight"] is None
    assert (found["silent"]["silent_days"], found["silent"]["usual_gap_days"]) == (4, 1)
    assert (found["dropped"]["last_week"], found["dropped"]["usual_week"]) == (3, 35)
    assert (found["flooded"]["last_day"], found["flooded"]["usual_day"]) == (40, 3)
    assert found["overflowing"]["n_overflows"] == 1


def test_a_feed_is_measured_against_its_last_answer_and_not_against_today(health: Callable[..., dict[str, dict[str, Any]]]) -> None:
    """A machine that was off for a month finds no feed silent: nothing was asked."""
    (row,) = health(feed=[20, *[3] * 30]).values()
    assert (row["state"], row["silent_days"], row["last_week"]) == ("well", 0, 21)
