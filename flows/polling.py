"""The poll of feeds: conditional GET, the answer's class, entries. Nothing here writes; `collection` does."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flows.fetch import PASSING, Answer, Fetcher, FetchError
from flows.hosts import Again, HostQueues
from flows.robots import Robots
from transforms.feeds import FeedError, ParsedFeed, parse_feed
from transforms.rows import Row, make_id
from transforms.schedule import SUCCESSES, entry_rows, judge_next_poll
from transforms.urls import site_of


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll: its `feed_poll` row (n_new still open), the feed's new state, and its entries as rows by id."""

    row: Row
    feed: Row
    entries: dict[str, Row] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        """Whether the feed was read, or is known to be unchanged."""
        return self.row["status"] in SUCCESSES


class Poller:
    """Polls feeds, each host by itself."""

    def __init__(self, fetcher: Fetcher, robots: Robots, run_id: str) -> None:
        self.fetcher, self.robots, self.run_id = fetcher, robots, run_id

    def run(self, feeds: Sequence[Row]) -> Iterator[Poll]:
        """Yield one poll for each feed, whatever happens to it."""
        settings = self.fetcher.settings
        queues: HostQueues[Row, Poll] = HostQueues(
            self._ask, lambda feed: site_of(feed["url"]), lambda feed: self.robots.pause_of(feed["url"]), settings.fetch_workers
        )
        return queues.run(feeds)

    def _ask(self, feed: Row, tries: int) -> Poll | Again:
        try:
            return self._poll(feed)
        except FetchError as error:
            if wait := wait_for_retry(error, tries, self.fetcher):
                return wait
            return self._failed(feed, error, tries)
        except Exception as error:
            return self._failed(feed, FetchError("other", f"{feed['url']}: {type(error).__name__}: {error}"), tries)

    def _poll(self, feed: Row) -> Poll:
        reach = self.fetcher.reach_of(feed["url"])
        # The operator chose the feed: silence of robots.txt does not forbid it, a rule in it does.
        if not self.robots.rules_of(feed["url"], reach).is_allowed(feed["url"]):
            raise FetchError("robots", f"{feed['url']}: robots.txt forbids it; switch the feed off or ask the publisher")
        validators = {"If-None-Match": feed["etag"], "If-Modified-Since": feed["last_modified"]}
        sent = {name: value for name, value in validators.items() if value}
        answer = self.fetcher.fetch(feed["url"], max_bytes=self.fetcher.settings.max_feed_bytes, reach=reach, headers=sent)
        if answer.http_status == 304:
            if not feed["body_sha256"]:
                raise FetchError(
                    "empty", f"{feed['url']}: answered 304 though nothing is known of it yet", http_status=304, final_url=answer.final_url
                )
            return self._unchanged(feed, answer, "not_modified")
        digest = hashlib.sha256(answer.body).hexdigest()
        if digest == feed["body_sha256"]:
            return self._unchanged(feed, answer, "same_body")
        try:
            parsed = parse_feed(answer.body, answer.final_url, answer.header("content-type"))
        except FeedError as error:
            return self._unreadable(feed, answer, error)
        return self._read(feed, answer, parsed, digest)

    def _read(self, feed: Row, answer: Answer, parsed: ParsedFeed, digest: str) -> Poll:
        entries = entry_rows(feed["feed_id"], parsed, answer.requested_at)
        message = f"read though malformed: {parsed.flaw}" if parsed.flaw else _moved(answer)
        row = self._row(feed, answer.requested_at, "ok", answer, message) | {"n_entries": len(parsed.entries)}
        told = {"title": feed["title"] or parsed.title, "format": parsed.format or feed["format"], "body_sha256": digest}
        return Poll(row, self._state(feed, row, None) | told | _validators(answer), entries)

    def _unchanged(self, feed: Row, answer: Answer, status: str) -> Poll:
        row = self._row(feed, answer.requested_at, status, answer, _moved(answer)) | {"n_new": 0}
        return Poll(row, self._state(feed, row, None) | {k: v for k, v in _validators(answer).items() if v})

    def _unreadable(self, feed: Row, answer: Answer, error: FeedError) -> Poll:
        row = self._row(feed, answer.requested_at, error.status, answer, f"{feed['url']}: {error}")
        return Poll(row, self._state(feed, row, None))

    def _failed(self, feed: Row, error: FetchError, tries: int) -> Poll:
        now = self.fetcher.clock()
        row = self._row(feed, now, error.status, None, str(error) + (f" (tried {tries} times)" if tries > 1 else ""))
        row |= {
            "http_status": error.http_status,
            "final_url": error.final_url,
            "elapsed_ms": error.elapsed_ms,
            "retry_after": error.retry_after,
        }
        return Poll(row, self._state(feed, row, error.retry_after))

    def _row(self, feed: Row, at: dt.datetime, status: str, answer: Answer | None, message: str | None) -> Row:
        row: Row = {
            "poll_id": make_id("poll", feed["feed_id"], at.isoformat(), self.run_id), "run_id": self.run_id, "feed_id": feed["feed_id"],
            "polled_at": at,
            "status": status, "message": message[:500] if message else None,
        }  # fmt: skip
        if answer is not None:
            row |= {
                "http_status": answer.http_status,
                "final_url": answer.final_url,
                "n_bytes": len(answer.body),
                "elapsed_ms": answer.elapsed_ms,
            }
        return row

    def _state(self, feed: Row, row: Row, retry_after: dt.datetime | None) -> Row:
        failures, following = judge_next_poll(row["status"], feed["n_failures"] or 0, row["polled_at"], retry_after)
        return feed | {"last_polled_at": row["polled_at"], "n_failures": failures, "next_poll_at": following}


def wait_for_retry(error: FetchError, tries: int, fetcher: Fetcher) -> Again | None:
    """Return the wait before another try of the same request, or None when this run has done what it can.

    A host that names a time is believed; one that names none, or a short one, is given longer each time.
    """
    settings = fetcher.settings
    if error.status not in PASSING or tries >= settings.fetch_tries:
        return None
    wait = settings.retry_wait_s * 2 ** (tries - 1)
    if error.retry_after is not None:
        wait = max(wait, (error.retry_after - fetcher.clock()).total_seconds())
    elif error.status == "http_429":
        return None
    return Again(wait) if wait <= settings.max_host_wait_s else None


def _validators(answer: Answer) -> Row:
    return {"etag": answer.header("etag"), "last_modified": answer.header("last-modified")}


def _moved(answer: Answer) -> str | None:
    """Return a note for the operator when every redirect was permanent: the list should name the new address."""
    is_permanent = bool(answer.hops) and all(hop.http_status in {301, 308} for hop in answer.hops)
    return f"moved for good to {answer.final_url}; put that address into the list of feeds" if is_permanent else None
