"""Collection step by step, without Prefect: poll what is due, keep what is new, fetch its pages, archive before writing.

listed feeds + feed table -> due feeds -> polls -> entries -> frontier -> pages -> WARC, flushed -> rows
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Protocol

from flows.archive import Archive
from flows.fetch import Clock, Fetcher
from flows.gate import Gate
from flows.pages import FetchedPage, PageFetcher, keep_page
from flows.polling import Poll, Poller, time_next_poll
from flows.settings import Settings, require_contact
from transforms.rows import Row, make_id
from transforms.schedule import find_changed_entries, find_pages_to_ask, is_due, judge_page_retry, merge_feed_states

Progress = Callable[[str, int, int, str], None]
BATCH_ROWS = 200  # polls or pages that one transaction writes at most
ANSWERED = ("ok", "not_modified", "same_body")  # what became of a poll that told what the feed has
BATCH_S = 5.0  # seconds after which they are written even if fewer: what a kill can cost


class CollectStore(Protocol):
    """What collection needs of a warehouse. Called by one thread only."""

    def feed_states(self) -> dict[str, Row]:
        """Return all `feed` rows by feed_id."""

    def hosts(self) -> list[Row]:
        """Return all `host` rows."""

    def known_entries(self, entry_ids: Sequence[str]) -> dict[str, Row]:
        """Return those of the entries that exist, by entry_id, with what tells whether they changed."""

    def frontier(self, now: dt.datetime, max_attempts: int) -> list[Row]:
        """Return entries whose page is to be fetched, newest first."""

    def is_erased(self, url: str | None) -> bool:
        """Tell whether the article at an address was erased: it is neither kept nor asked for again."""

    def write(self, rows: Mapping[str, Sequence[Row]], resolved: Mapping[str, Sequence[str]], at: dt.datetime) -> None:
        """Upsert rows by table, and mark rejects (input refs by stage) as resolved."""

    def reject(self, stage: str, input_ref: str, reason: str, message: str, at: dt.datetime, retry_after: dt.datetime | None) -> Row:
        """Return one `reject` row."""

    def count(self, stage: str, n_in: int, n_out: int, n_rejected: int, elapsed_s: float) -> None:
        """Add to the counts of one stage of the run."""


@dataclass(slots=True)
class CollectSummary:
    """What one collection did. polls and page_rejects count by class; every poll and page asked for is in one of them."""

    feeds_listed: int = 0
    feeds_inactive: int = 0
    feeds_waiting: int = 0
    feeds_moved: dict[str, str] = field(default_factory=dict)  # new address by feed_id, for the operator to decide on
    polls: Counter[str] = field(default_factory=Counter)
    entries_new: int = 0
    entries_changed: int = 0
    entries_without_url: int = 0
    pages_asked: int = 0
    pages: int = 0
    page_bytes: int = 0
    page_rejects: Counter[str] = field(default_factory=Counter)
    updates: Counter[str] = field(default_factory=Counter)  # further looks at pages of incidents, by outcome (flows.updates)
    elapsed_s: float = 0.0

    def as_row(self) -> Row:
        """Return it as plain values, for a flow's result."""
        return {f.name: dict(v) if isinstance(v := getattr(self, f.name), Counter) else v for f in fields(self)}


@dataclass(slots=True)
class _Batch:
    """Rows gathered until they are worth a transaction."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    resolved: dict[str, list[str]] = field(default_factory=dict)
    size: int = 0
    since: float = field(default_factory=time.monotonic)

    def add(self, table: str, *rows: Row) -> None:
        self.rows.setdefault(table, []).extend(rows)

    def resolve(self, stage: str, ref: str) -> None:
        self.resolved.setdefault(stage, []).append(ref)

    @property
    def is_full(self) -> bool:
        return self.size >= BATCH_ROWS or time.monotonic() - self.since >= BATCH_S


def collect_once(
    settings: Settings,
    feeds: Sequence[Row],
    store: CollectStore,
    archive: Archive,
    *,
    clock: Clock,
    run_id: str,
    progress: Progress | None = None,
) -> CollectSummary:
    """Poll the feeds that are due and fetch the pages of what is new. A second call on an unchanged world adds no row but its polls.

    Args:
        settings: Limits and politeness.
        feeds: Feeds of this run as `transforms.feedlist` gives them; inactive ones are recorded and not polled.
        store: The warehouse.
        archive: Archive of this run.
        clock: Gives the time that rows are stamped with.
        run_id: The run.
        progress: Told after every poll and page.

    Raises:
        SettingsError: A feed lies on the real web and no contact is set.
        ArchiveError: The archive cannot be written; all rows written so far are backed by it.
    """
    began = time.monotonic()
    require_contact(settings, (feed["url"] for feed in feeds if feed["active"]))
    summary = CollectSummary(feeds_listed=len(feeds), feeds_inactive=sum(not feed["active"] for feed in feeds))
    with Fetcher(settings, clock) as fetcher:
        gate = Gate(fetcher, store.hosts())
        poll_feeds(Poller(fetcher, gate, run_id), feeds, store, summary, progress)
        fetch_pages(PageFetcher(fetcher, gate), feeds, store, archive, run_id, summary, progress)
    summary.elapsed_s = time.monotonic() - began
    return summary


def poll_feeds(
    poller: Poller, feeds: Sequence[Row], store: CollectStore, summary: CollectSummary, progress: Progress | None = None
) -> None:
    """Poll the feeds that are due; entries and the validators that vouch for them are written in one transaction."""
    began, now = time.monotonic(), poller.fetcher.clock()
    stored = store.feed_states()
    merged = merge_feed_states(feeds, stored)
    store.write({"feed": [feed for feed in merged if feed != stored.get(feed["feed_id"])]}, {}, now)
    due = [feed for feed in merged if is_due(feed, now)]
    summary.feeds_waiting = sum(bool(feed["active"]) for feed in merged) - len(due)
    polls: list[Poll] = []
    since = time.monotonic()
    for done, poll in enumerate(poller.run(due), start=1):
        summary.polls[poll.row["status"]] += 1
        polls.append(poll)
        if len(polls) >= BATCH_ROWS or sum(len(p.entries) for p in polls) > 10 * BATCH_ROWS or time.monotonic() - since >= BATCH_S:
            _write_polls(polls, poller, store, summary)
            polls, since = [], time.monotonic()
        if progress:
            progress("poll", done, len(due), f"{poll.row['feed_id']}: {poll.row['status']}")
    _write_polls(polls, poller, store, summary)
    failed = sum(summary.polls.values()) - sum(summary.polls[status] for status in ANSWERED)
    store.count("poll", len(due), len(due) - failed, failed, time.monotonic() - began)


def _write_polls(polls: Sequence[Poll], poller: Poller, store: CollectStore, summary: CollectSummary) -> None:
    changed_hosts = poller.gate.book.take_changed()
    if not polls:
        return
    kept = [{key: row for key, row in poll.entries.items() if not store.is_erased(row["url"])} for poll in polls]
    known = store.known_entries([entry_id for entries in kept for entry_id in entries])
    batch = _Batch(changed_hosts)
    for read, entries in zip(polls, kept, strict=True):
        changed, n_new = find_changed_entries(entries, known)
        summary.entries_new += n_new
        summary.entries_changed += len(changed) - n_new
        summary.entries_without_url += sum(row["url"] is None for row in changed)
        is_read, bounds = read.row["status"] == "ok", poller.fetcher.settings.poll_bounds_of(read.feed["url"])
        poll = time_next_poll(read, n_new, bounds) if is_read else read
        row = poll.row
        if poll.feed["moved_to"]:
            summary.feeds_moved[row["feed_id"]] = poll.feed["moved_to"]
        batch.add("feed_poll", row)
        batch.add("feed", poll.feed)
        batch.add("entry", *changed)
        if poll.is_success:
            batch.resolve("poll", row["feed_id"])
        else:
            batch.add(
                "reject",
                store.reject(
                    "poll", row["feed_id"], row["status"], row["message"] or row["status"], row["polled_at"], poll.feed["next_poll_at"]
                ),
            )
    store.write(batch.rows, batch.resolved, polls[-1].row["polled_at"])


def fetch_pages(
    fetcher: PageFetcher,
    feeds: Iterable[Row],
    store: CollectStore,
    archive: Archive,
    run_id: str,
    summary: CollectSummary,
    progress: Progress | None = None,
) -> None:
    """Fetch the pages of new and changed entries of these feeds; a page's record is on disk before its row is written."""
    began = time.monotonic()
    clock, settings = fetcher.fetcher.clock, fetcher.fetcher.settings
    feed_urls = {feed["feed_id"]: feed["url"] for feed in feeds if feed["active"]}
    requests = find_pages_to_ask(store.frontier(clock(), settings.max_page_attempts), feed_urls)
    summary.pages_asked = len(requests)
    batch = _Batch()
    for done, fetched in enumerate(fetcher.run(requests), start=1):
        _keep_page(fetched, batch, store, archive, run_id, clock(), summary)
        if batch.is_full:
            archive.flush()
            store.write(batch.rows | fetcher.gate.book.take_changed(), batch.resolved, clock())
            batch = _Batch()
        if progress:
            progress("fetch", done, len(requests), f"{summary.pages} pages, {sum(summary.page_rejects.values())} refused")
    archive.flush()
    store.write(batch.rows | fetcher.gate.book.take_changed(), batch.resolved, clock())
    store.count("fetch", len(requests), summary.pages, sum(summary.page_rejects.values()), time.monotonic() - began)


def _keep_page(
    fetched: FetchedPage, batch: _Batch, store: CollectStore, archive: Archive, run_id: str, now: dt.datetime, summary: CollectSummary
) -> None:
    page, answer, error = fetched.request, fetched.answer, fetched.error
    batch.size += 1
    if answer is not None and store.is_erased(answer.final_url):
        digest = make_id("erased", answer.final_url)
        batch.add("reject", store.reject("fetch", digest, "erased", "leads to an article that was erased; not kept", now, None))
        summary.page_rejects["erased"] += 1
    elif answer is not None:
        batch.add("page", keep_page(page, answer, archive, run_id))
        batch.resolve("fetch", page.url)
        summary.pages += 1
        summary.page_bytes += len(answer.body)
    elif error is not None:
        retry_after = judge_page_retry(error.status, now, error.retry_after)
        batch.add("reject", store.reject("fetch", page.url, error.status, str(error), now, retry_after))
        summary.page_rejects[error.status] += 1
