"""The grid of days, the order of a plan, and how long it will take."""

from __future__ import annotations

import datetime as dt

import pytest

from transforms.day_grid import Cell, DayPlan, count_states, grid_rows, judge_time, order_days, span_words, time_words

DAY = dt.date(2025, 4, 4)


@pytest.mark.parametrize(
    ("cell", "state", "words"),
    [
        (Cell(), "empty", "-"),
        (Cell(40), "done", "done 40"),
        (Cell(40, n_stale=40), "stale", "40 stale version of 40"),
        (Cell(40, n_missing=3, n_stale=2), "missing", "3 missing, 2 stale version of 40"),
        (Cell(40, n_failed=2, n_missing=3), "failed", "2 failed, 3 missing of 40"),
        (Cell(40, n_left=40, left_by="cancelled"), "cancelled", "40 left by a run that was cancelled of 40"),
        (Cell(40, n_missing=40, n_left=40, left_by="crashed"), "cancelled", "40 left by a run that was killed of 40"),
        (Cell(40, n_left=40, left_by="failed"), "failed", "40 left by a run that failed of 40"),
        (Cell(40, left_by="failed"), "done", "done 40"),  # what that run left has been done since
    ],
)
def test_a_cell_says_what_is_most_urgent_with_its_numbers(cell: Cell, state: str, words: str) -> None:
    assert (cell.state, cell.words()) == (state, words)


def test_the_grid_counts_days_and_lists_them_in_order() -> None:
    grid = {DAY: {"extract": Cell(4), "fetch": Cell(5, n_failed=1)}, DAY - dt.timedelta(days=1): {"extract": Cell(3, n_missing=3)}}
    assert count_states(grid) == {"fetch": {"failed": 1}, "extract": {"missing": 1, "done": 1}}
    assert grid_rows(grid) == [("2025-04-03", "-", "-", "3 missing of 3", "-"), ("2025-04-04", "1 failed of 5", "-", "done 4", "-")]


def test_days_are_done_stage_by_stage_in_the_order_asked_for() -> None:
    days = [DayPlan(stage, DAY + dt.timedelta(days=n), 1) for n in (1, 0, 2) for stage in ("extract", "fetch")]
    for newest, expected in ((False, [4, 5, 6]), (True, [6, 5, 4])):
        assert [(p.stage, p.day.day) for p in order_days(days, newest_first=newest)] == [
            (stage, day) for stage in ("fetch", "extract") for day in expected
        ]


def test_time_follows_from_measured_rates_and_says_what_is_not_known() -> None:
    rates = {"derive": (200, 10.0), "match": (0, 0.0)}
    assert judge_time({"derive": 1000, "match": 50, "fetch": 0}, rates) == (50.0, ["match"])
    assert judge_time({"derive": 10}, {}) == (0.0, ["derive"])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "less than a minute"), (75, "about a minute"), (125, "about 2 minutes"), (3600, "about 60 minutes"), (9000, "about 2.5 hours")],
)
def test_durations_as_people_say_them(seconds: float, words: str) -> None:
    assert time_words(seconds) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (DAY, dt.date(2025, 4, 6), "2025-04-04..06"),
        (DAY, DAY, "2025-04-04"),
        (DAY, dt.date(2025, 5, 2), "2025-04-04..05-02"),
        (DAY, dt.date(2026, 4, 6), "2025-04-04..2026-04-06"),
        (DAY, None, "from 2025-04-04"),
        (None, DAY, "until 2025-04-04"),
        (None, None, "all days"),
    ],
)
def test_a_span_is_named_shortly(start: dt.date | None, end: dt.date | None, words: str) -> None:
    assert span_words(start, end) == words
