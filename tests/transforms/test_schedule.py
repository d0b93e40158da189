"""What collection does next: every answer follows from rows and a time."""

from __future__ import annotations

import datetime as dt

import pytest

from transforms.feeds import FeedEntry, ParsedFeed
from transforms.rows import Row
from transforms.schedule import (
    entry_rows,
    find_changed_entries,
    find_pages_to_ask,
    is_due,
    judge_next_poll,
    judge_page_retry,
    merge_feed_states,
    weight_of,
)

NOW = dt.datetime(2025, 4, 5, 2, 30, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LISTED: Row = {"feed_id": "valley", "publisher": "Valley Post", "url": "https://valley.example/rss", "active": True}


@pytest.mark.parametrize(
    ("active", "next_poll_at", "due"),
    [
        (True, None, True), (True, NOW, True), (True, NOW - DAY, True), (True, NOW + HOUR, False), (False, None, False),
        (True, NOW + 30 * DAY, True),  # written by a clock that was set back since
    ],
)  # fmt: skip
def test_is_due(active: bool, next_poll_at: dt.datetime | None, due: bool) -> None:
    assert is_due({"active": active, "next_poll_at": next_poll_at}, NOW) is due


@pytest.mark.parametrize(
    ("status", "failures", "retry_after", "expected"),
    [
        ("ok", 4, None, (0, None)),
        ("not_modified", 0, None, (0, None)),
        ("timeout", 0, None, (1, NOW + HOUR)),
        ("timeout", 2, None, (3, NOW + 4 * HOUR)),
        ("http_404", 0, None, (1, NOW + 20 * HOUR)),
        ("http_404", 9, None, (10, NOW + 7 * DAY)),
        ("timeout", 400, None, (401, NOW + 7 * DAY)),
        ("http_429", 0, NOW + 6 * HOUR, (1, NOW + 6 * HOUR)),
        ("http_429", 0, NOW + 400 * DAY, (1, NOW + 7 * DAY)),
        ("http_503", 0, NOW - DAY, (1, NOW + 4 * HOUR)),
    ],
)
def test_next_poll(status: str, failures: int, retry_after: dt.datetime | None, expected: tuple[int, dt.datetime | None]) -> None:
    assert judge_next_poll(status, failures, NOW, retry_after) == expected


def test_a_poll_that_was_not_sent_is_no_failure() -> None:
    assert judge_next_poll("host_wait", 2, NOW, NOW + 5 * HOUR) == (2, NOW + 5 * HOUR)


def test_after_a_success_the_longer_wish_holds() -> None:
    assert judge_next_poll("ok", 3, NOW, None, 6 * HOUR) == (0, NOW + 6 * HOUR)
    assert judge_next_poll("ok", 0, NOW, NOW + 8 * HOUR, 6 * HOUR) == (0, NOW + 8 * HOUR)


@pytest.mark.parametrize(
    ("status", "weight"), [("ok", None), ("same_body", None), ("http_404", "hard"), ("timeout", "temporary"), ("malformed", "soft")]
)
def test_weights(status: str, weight: str | None) -> None:
    assert weight_of(status) == weight


def test_a_feed_switched_on_again_is_due_at_once_and_keeps_its_validators() -> None:
    (fresh,) = merge_feed_states([LISTED], {})
    stored = fresh | {"active": False, "etag": '"1"', "next_poll_at": NOW + 5 * DAY}
    (back,) = merge_feed_states([LISTED], {"valley": stored})
    assert (back["next_poll_at"], back["etag"]) == (None, '"1"')
    (still,) = merge_feed_states([LISTED], {"valley": stored | {"active": True}})
    assert still["next_poll_at"] == NOW + 5 * DAY


def test_a_page_that_is_gone_is_left_alone_and_a_broken_one_tried_again() -> None:
    assert judge_page_retry("http_404", NOW, None) is None
    assert judge_page_retry("timeout", NOW, None) == NOW + HOUR
    assert judge_page_retry("http_429", NOW, NOW + 5 * HOUR) == NOW + 5 * HOUR


def test_state_survives_a_new_list_and_goes_with_a_new_address() -> None:
    (fresh,) = merge_feed_states([LISTED], {})
    assert (fresh["etag"], fresh["n_failures"]) == (None, 0)
    stored = fresh | {"etag": 'W/"1"', "n_failures": 2, "title": "old"}
    (kept,) = merge_feed_states([LISTED | {"title": "new"}], {"valley": stored})
    assert (kept["etag"], kept["n_failures"], kept["title"]) == ('W/"1"', 2, "new")
    (moved,) = merge_feed_states([LISTED | {"url": "https://valley.example/atom"}], {"valley": stored})
    assert (moved["etag"], moved["n_failures"]) == (None, 0)


def entry(guid: str, title: str = "t", url: str | None = "https://valley.example/1") -> FeedEntry:
    return FeedEntry(guid, url, title, None, None, None, None)


def parsed(*entries: FeedEntry) -> ParsedFeed:
    return ParsedFeed(entries, None, "rss", None)


def test_only_new_and_changed_entries_are_written() -> None:
    first = entry_rows("valley", parsed(entry("a"), entry("b"), entry("a", "again")), NOW)
    assert [row["title"] for row in first.values()] == ["t", "t"]
    assert find_changed_entries(first, {}) == (list(first.values()), 2)
    later = entry_rows("valley", parsed(entry("a"), entry("b", "updated"), entry("c")), NOW + DAY)
    changed, n_new = find_changed_entries(later, first)
    assert [(row["guid"], row["first_seen_at"], row["last_changed_at"]) for row in changed] == [
        ("b", NOW, NOW + DAY),
        ("c", NOW + DAY, NOW + DAY),
    ]
    assert n_new == 1


def test_each_address_is_asked_for_once_and_other_feeds_wait() -> None:
    def row(entry_id: str, feed_id: str, url: str, changed: dt.datetime = NOW) -> Row:
        return {"entry_id": entry_id, "feed_id": feed_id, "url": url, "first_seen_at": NOW, "last_changed_at": changed}

    frontier = [
        row("1", "valley", "https://a.example/1"), row("2", "valley", "https://a.example/1"), row("3", "hill", "https://h.example/1"),
        row("4", "valley", "https://a.example/2", NOW + DAY), row("5", "valley", "https://a.example/3", NOW + 30 * DAY),
    ]  # fmt: skip
    asked = find_pages_to_ask(frontier, {"valley": "https://valley.example/rss"})
    assert [(page.url, page.entry_id) for page in asked] == [("https://a.example/1", "1"), ("https://a.example/2", "4")]
