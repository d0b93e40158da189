"""What collection does next, decided from rows and a time: which feeds are due, which entries are new, which pages to ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from transforms.feeds import FeedEntry, ParsedFeed
from transforms.rows import Row

SUCCESSES = frozenset({"ok", "not_modified", "same_body"})
MAX_BACKOFF = dt.timedelta(days=7)  # a feed is slowed, never given up
FIRST_BACKOFF = {
    # A cause that passes by itself is tried again soon; one that needs a person, slowly.
    "hard": dt.timedelta(hours=20),
    "soft": dt.timedelta(hours=4),
    "temporary": dt.timedelta(hours=1),
}
HARD = frozenset(
    {"http_410", "http_401", "http_403", "http_404", "not_a_feed", "robots", "blocked_address", "redirect_refused", "unsafe_xml"}
)
TEMPORARY = frozenset({"timeout", "reset", "truncated", "http_5xx", "http_429", "dns", "connect", "host_wait"})
NOT_SENT = frozenset({"host_wait"})  # nothing was asked, so nothing failed: the count of failures stays
# A page refused for these is not asked for again by itself.
FINAL_PAGE_REASONS = frozenset(
    {"http_401", "http_403", "http_404", "http_410", "http_4xx", "robots", "blocked_address", "redirect_refused", "too_large", "not_html"}
    | {"pdf", "image", "video", "audio", "archive"}
)
REFETCH_FOR = dt.timedelta(days=7)  # an entry that the feed changes later than this after its first sight is not fetched again
LISTED = (
    "publisher",
    "title",
    "url",
    "homepage",
    "country_iso2",
    "language",
    "region_focus",
    "format",
    "active",
    "inactive_reason",
    "notes",
)
STATE = (
    "etag",
    "last_modified",
    "body_sha256",
    "last_polled_at",
    "next_poll_at",
    "n_failures",
    "poll_interval_h",
    "asked_interval_h",
    "moved_to",
)  # what polling knows of a feed, and no list can
WATCHED = ("url", "title", "published_at", "updated_at", "summary")  # a change of these is a change of the entry


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page to ask for: its address, the entry and the feed that led to it."""

    url: str
    entry_id: str
    feed_id: str
    feed_url: str
    item: Mapping[str, Any] = field(default_factory=dict)  # title, published_at, updated_at, content_html of the entry as it is now


def merge_feed_states(listed: Sequence[Row], stored: Mapping[str, Row]) -> list[Row]:
    """Return the listed feeds as full `feed` rows: words from the list, polling state from the warehouse.

    A feed whose address changed starts afresh: validators of another document would hide the new one. One that is active again
    after a pause is due at once.
    """
    merged: list[Row] = []
    for feed in listed:
        old = stored.get(feed["feed_id"])
        fresh = {name: 0 if name == "n_failures" else None for name in STATE}
        state = {key: old[key] for key in fresh} if old is not None and old["url"] == feed["url"] else fresh
        if old is not None and feed["active"] and not old["active"]:
            state["next_poll_at"] = None
        merged.append({"feed_id": feed["feed_id"], **{column: feed.get(column) for column in LISTED}, **state})
    return merged


def is_due(feed: Row, now: dt.datetime) -> bool:
    """Tell whether an active feed may be polled.

    A time further away than any back-off was written by a clock that has been set back since: it counts as reached.
    """
    at = feed["next_poll_at"]
    return bool(feed["active"]) and (at is None or at <= now or at > now + MAX_BACKOFF)


def weight_of(status: str) -> str | None:
    """Return the weight of a failure: hard, soft or temporary; None for a poll that brought what it should."""
    if status in SUCCESSES:
        return None
    return "hard" if status in HARD else "temporary" if status in TEMPORARY else "soft"


def judge_next_poll(
    status: str, n_failures: int, now: dt.datetime, retry_after: dt.datetime | None, wait: dt.timedelta | None = None
) -> tuple[int, dt.datetime | None]:
    """Return failures in a row and the time before which the feed is not polled, after one poll.

    Args:
        status: Class of vocabularies.POLL_STATUS.
        n_failures: Failures in a row before it.
        now: Time of the poll.
        retry_after: When the host asked to come back, if it did; kept within `MAX_BACKOFF`.
        wait: Wait that follows from the feed's own news (`intervals`); None: as often as there are runs.

    Returns:
        0 and the end of `wait` after a success (None: due whenever a run comes); else the count and a time that doubles with each failure.
    """
    asked = min(retry_after, now + MAX_BACKOFF) if retry_after else None
    weight = weight_of(status)
    if weight is None:
        return 0, max(filter(None, (asked, now + wait if wait else None)), default=None)
    if status in NOT_SENT:
        return n_failures, asked
    backoff = min(FIRST_BACKOFF[weight] * 2 ** min(n_failures, 10), MAX_BACKOFF)
    return n_failures + 1, max(now + backoff, asked) if asked else now + backoff


def entry_rows(feed_id: str, parsed: ParsedFeed, seen_at: dt.datetime) -> dict[str, Row]:
    """Return the entries of one poll as rows by entry_id; of an item that a feed lists twice the first counts."""
    rows: dict[str, Row] = {}
    for entry in parsed.entries:
        rows.setdefault(entry.entry_id(feed_id), _entry_row(feed_id, entry, seen_at))
    return {entry_id: {"entry_id": entry_id, **row} for entry_id, row in rows.items()}


def _entry_row(feed_id: str, entry: FeedEntry, seen_at: dt.datetime) -> Row:
    return {
        "feed_id": feed_id, "guid": entry.guid, "url": entry.url, "title": entry.title, "published_at": entry.published_at,
        "updated_at": entry.updated_at, "summary": entry.summary, "content_html": entry.content_html,
        "first_seen_at": seen_at, "last_changed_at": seen_at,
    }  # fmt: skip


def find_changed_entries(rows: Mapping[str, Row], known: Mapping[str, Row]) -> tuple[list[Row], int]:
    """Return the entries to write, new or changed, in the feed's order, and how many of them are new.

    An entry that says what it said is not written again: the same world twice leaves the same rows.
    """
    changed: list[Row] = []
    n_new = 0
    for entry_id, row in rows.items():
        old = known.get(entry_id)
        if old is None:
            n_new += 1
        elif all(old[name] == row[name] for name in WATCHED):
            continue
        changed.append(row if old is None else row | {"first_seen_at": old["first_seen_at"]})
    return changed, n_new


def find_pages_to_ask(frontier: Iterable[Row], feed_urls: Mapping[str, str]) -> list[PageRequest]:
    """Return the pages to fetch: each address once, of the feeds of this run, in the frontier's order.

    Args:
        frontier: Entries without a page or changed since their page, that no reject holds back (queries/frontier.sql).
        feed_urls: Addresses of the run's feeds by feed_id; entries of other feeds wait for a run of theirs.
    """
    asked: dict[str, PageRequest] = {}
    for row in frontier:
        is_old_news = row["last_changed_at"] - row["first_seen_at"] > REFETCH_FOR
        if row["feed_id"] in feed_urls and not is_old_news:
            asked.setdefault(row["url"], PageRequest(row["url"], row["entry_id"], row["feed_id"], feed_urls[row["feed_id"]], row))
    return list(asked.values())


def judge_page_retry(reason: str, now: dt.datetime, retry_after: dt.datetime | None) -> dt.datetime | None:
    """Return when a refused page may be asked for again; None: not by itself."""
    if reason in FINAL_PAGE_REASONS:
        return None
    wait = now + FIRST_BACKOFF["temporary"]
    return max(wait, min(retry_after, now + MAX_BACKOFF)) if retry_after else wait
