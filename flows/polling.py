"""The poll of feeds: conditional GET, the answer's class, entries. Nothing here writes; `collection` does."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flows.fetch import PASSING, Answer, Fetcher, FetchError
from flows.gate import Gate
from flows.hosts import Again, HostQueues
from transforms.feeds import FeedError, ParsedFeed, parse_feed
from transforms.intervals import due_after, find_asked_hours, judge_interval
from transforms.rows import Row, make_id
from transforms.schedule import NOT_SENT, SUCCESSES, entry_rows, judge_next_poll, weight_of
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

    def __init__(self, fetcher: Fetcher, gate: Gate, run_id: str) -> None:
        self.fetcher, self.gate, self.run_id = fetcher, gate, run_id

    def run(self, feeds: Sequence[Row]) -> Iterator[Poll]:
        """Yield one poll for each feed, whatever happens to it."""
        settings = self.fetcher.settings
        queues: HostQueues[Row, Poll] = HostQueues(
            self._ask, lambda feed: site_of(feed["url"]), lambda feed: self.gate.pause_of(feed["url"]), settings.fetch_workers
        )
        return queues.run(feeds)

    def _ask(self, feed: Row, tries: int) -> Poll | Again:
        try:
            if self.gate.ask_rules(feed["url"], self.fetcher.reach_of(feed["url"])):
                return Again(self.gate.pause_of(feed["url"]), is_retry=False)
            poll = self._poll(feed)
            self.gate.note_success(feed["url"])
            return poll
        except FetchError as error:
            if wait := wait_for_retry(error, tries, self.fetcher):
                return wait
            self.gate.note_failure(feed["url"], error)
            return self._failed(feed, error, tries)
        except Exception as error:
            return self._failed(feed, FetchError("other", f"{feed['url']}: {type(error).__name__}: {error}"), tries)

    def _poll(self, feed: Row) -> Poll:
        reach = self.fetcher.reach_of(feed["url"])
        self.gate.check_feed(feed["url"], reach)
        validators = {"If-None-Match": feed["etag"], "If-Modified-Since": feed["last_modified"]}
        answer = self.fetcher.fetch(
            feed["url"],
            max_bytes=self.fetcher.settings.max_feed_bytes,
            reach=reach,
            headers={name: value for name, value in validators.items() if value},
            permit=lambda target: self.gate.check_redirect(target, reach),
        )
        self.gate.note_reservations(answer)
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
        message = f"read though malformed: {parsed.flaw}" if parsed.flaw else _moved_note(answer)
        row = self._row(feed, answer.requested_at, "ok", answer, message) | {"n_entries": len(parsed.entries)}
        asked_h = find_asked_hours(answer.header("cache-control"), parsed.ttl, parsed.period, parsed.frequency)
        told = {
            "title": feed["title"] or parsed.title, "format": parsed.format or feed["format"], "body_sha256": digest,
            "asked_interval_h": asked_h, "moved_to": find_new_address(answer),
        }  # fmt: skip
        return Poll(row, feed | told | _validators(answer), entries)  # `time_next_poll` follows once it is known what is new

    def _unchanged(self, feed: Row, answer: Answer, status: str) -> Poll:
        row = self._row(feed, answer.requested_at, status, answer, _moved_note(answer)) | {"n_new": 0}
        told = {"moved_to": find_new_address(answer)} | {k: v for k, v in _validators(answer).items() if v}
        return time_next_poll(Poll(row, feed | told), 0, self.fetcher.settings.poll_bounds_of(feed["url"]))

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
            "status": status, "weight": weight_of(status), "message": message[:500] if message else None,
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
        last = feed["last_polled_at"] if row["status"] in NOT_SENT else row["polled_at"]
        return feed | {"last_polled_at": last, "n_failures": failures, "next_poll_at": following}


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


def time_next_poll(poll: Poll, n_new: int, bounds_h: tuple[float, float]) -> Poll:
    """Return a poll that went well with the time of the next one, now that it is known how many of its entries are new."""
    feed, row = poll.feed, poll.row
    if bounds_h[1] <= 0:
        interval_h, wait = None, None
    else:
        interval_h = judge_interval(feed["poll_interval_h"], n_new, row.get("n_entries") or 0, bounds_h)
        wait = due_after(interval_h, feed["asked_interval_h"], bounds_h)
    failures, following = judge_next_poll(row["status"], 0, row["polled_at"], None, wait)
    state = {"last_polled_at": row["polled_at"], "n_failures": failures, "next_poll_at": following, "poll_interval_h": interval_h}
    return Poll(row | {"n_new": n_new}, feed | state, poll.entries)


def find_new_address(answer: Answer) -> str | None:
    """Return where a feed has gone when every redirect was permanent; None: nowhere. The list of feeds is the operator's to change."""
    is_permanent = bool(answer.hops) and all(hop.http_status in {301, 308} for hop in answer.hops)
    return answer.final_url if is_permanent else None


def _moved_note(answer: Answer) -> str | None:
    moved = find_new_address(answer)
    return f"moved for good to {moved}; put that address into the list of feeds" if moved else None
