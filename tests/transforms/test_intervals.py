"""How long feeds and hosts are left alone."""

from __future__ import annotations

import datetime as dt

import pytest

from transforms.intervals import due_after, find_asked_hours, judge_host, judge_interval

NOW = dt.datetime(2025, 4, 5, 2, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
BOUNDS = (1.0, 48.0)


@pytest.mark.parametrize(
    ("current", "n_new", "n_entries", "expected"),
    [
        (None, 20, 20, 12), (12, 0, 0, 18), (12, 0, 20, 18), (12, 1, 20, 18), (12, 5, 20, 12), (12, 10, 20, 6), (12, 20, 20, 1),
        (1.5, 10, 20, 1), (40, 0, 0, 48), (48, 0, 0, 48), (0.0, 0, 0, 1.5), (12, 1, 1, 6),
    ],
)  # fmt: skip
def test_the_share_of_new_items_sets_the_wait(current: float | None, n_new: int, n_entries: int, expected: float) -> None:
    assert judge_interval(current, n_new, n_entries, BOUNDS) == expected


def test_a_quiet_feed_is_slowed_to_the_bound_and_news_brings_it_back() -> None:
    wait = judge_interval(None, 10, 10, BOUNDS)
    for _ in range(20):
        wait = judge_interval(wait, 0, 0, BOUNDS)
    assert wait == 48
    assert judge_interval(wait, 20, 20, BOUNDS) == 1


@pytest.mark.parametrize(
    ("interval", "asked", "expected"),
    [
        (1.5, None, 1.5 * HOUR), (24.0, None, 21 * HOUR), (48.0, None, 42 * HOUR), (1.0, 6.0, 6 * HOUR), (6.0, 1.0, 6 * HOUR),
        (1.0, 24.0, 21 * HOUR), (1.0, 168.0, 42 * HOUR), (0.0, None, None),
    ],
)  # fmt: skip
def test_wishes_lengthen_the_wait_within_the_bound(interval: float, asked: float | None, expected: dt.timedelta | None) -> None:
    assert due_after(interval, asked, BOUNDS) == expected


@pytest.mark.parametrize(
    ("cache_control", "ttl", "period", "frequency", "expected"),
    [
        (None, None, None, None, None), ("max-age=3600", None, None, None, 1), ("public, max-age=7200", None, None, None, 2),
        ("max-age=0, must-revalidate", None, None, None, None), ("no-cache, max-age=3600", None, None, None, None),
        ("s-maxage=3600", None, None, None, None), ("s-maxage=60, max-age=7200", None, None, None, 2),
        ("max-age=31536000", None, None, None, 168), (None, "1440", None, None, 24), (None, "soon", None, None, None), (None, "-5", None, None, None),
        (None, None, "daily", "4", 6), (None, None, "Hourly", None, 1), (None, None, "fortnightly", "1", None), (None, None, "weekly", "0", 168),
        ("max-age=600", "60", "hourly", "2", 1),
    ],
)  # fmt: skip
def test_what_feeds_ask_for(
    cache_control: str | None, ttl: str | None, period: str | None, frequency: str | None, expected: float | None
) -> None:
    assert find_asked_hours(cache_control, ttl, period, frequency) == expected


@pytest.mark.parametrize(
    ("refusals", "retry_after", "expected"),
    [
        (0, None, (1, NOW + HOUR)), (1, None, (2, NOW + 2 * HOUR)), (9, None, (10, NOW + 24 * HOUR)), (400, None, (401, NOW + 24 * HOUR)),
        (0, NOW + 30 * HOUR, (1, NOW + 30 * HOUR)), (0, NOW + 30 * HOUR * 24, (1, NOW + 168 * HOUR)), (3, NOW + HOUR, (4, NOW + 8 * HOUR)),
        (0, NOW - HOUR, (1, NOW + HOUR)),
    ],
)  # fmt: skip
def test_a_host_that_refuses_is_left_alone(refusals: int, retry_after: dt.datetime | None, expected: tuple[int, dt.datetime]) -> None:
    assert judge_host({"n_refusals": refusals}, NOW, retry_after, dt.timedelta(days=7)) == expected
