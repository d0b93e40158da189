"""The fetch of article pages: robots.txt, pauses, the answer's class. Nothing here writes; `collection` does."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.archive import Location
from flows.fetch import Answer, Fetcher, FetchError
from flows.hosts import Again, HostQueues
from flows.polling import wait_for_retry
from flows.robots import Robots
from transforms.rows import Row, make_id
from transforms.schedule import PageRequest
from transforms.urls import is_loopback, site_of

_MARKUP = re.compile(rb"[\s\xef\xbb\xbf]*<(?:!doctype|!--|html|head|body|\?xml|article|div|meta|script|p\b)", re.IGNORECASE)
_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page asked for: its answer, or why there is none."""

    request: PageRequest
    answer: Answer | None = None
    error: FetchError | None = None


class PageFetcher:
    """Asks for pages, each host by itself."""

    def __init__(self, fetcher: Fetcher, robots: Robots) -> None:
        self.fetcher, self.robots = fetcher, robots
        self._closed_until: dict[str, dt.datetime] = {}
        self._lock = threading.Lock()

    def run(self, requests: Sequence[PageRequest]) -> Iterator[FetchedPage]:
        """Yield one outcome for each page, whatever happens to it."""
        queues: HostQueues[PageRequest, FetchedPage] = HostQueues(
            self._ask, lambda page: site_of(page.url), lambda page: self.robots.pause_of(page.url), self.fetcher.settings.fetch_workers
        )
        return queues.run(requests)

    def _ask(self, page: PageRequest, tries: int) -> FetchedPage | Again:
        try:
            return FetchedPage(page, self._fetch(page))
        except FetchError as error:
            if wait := wait_for_retry(error, tries, self.fetcher):
                return wait
            self._remember(page, error)
            return FetchedPage(page, error=error)
        except Exception as error:
            return FetchedPage(page, error=FetchError("other", f"{page.url}: {type(error).__name__}: {error}"))

    def _fetch(self, page: PageRequest) -> Answer:
        reach = self.fetcher.reach_of(page.feed_url)
        with self._lock:
            closed_until = self._closed_until.get(site_of(page.url))
        if closed_until is not None and closed_until > self.fetcher.clock():
            raise FetchError(
                "http_429", f"{page.url}: its host asked to wait until {closed_until:%Y-%m-%d %H:%M} UTC", retry_after=closed_until
            )
        rules = self.robots.rules_of(page.url, reach)
        if rules.unreachable:
            raise FetchError("robots_unreachable", f"{page.url}: not asked for, because {rules.unreachable}")
        if not rules.is_allowed(page.url):
            raise FetchError("robots", f"{page.url}: robots.txt forbids it")
        answer = self.fetcher.fetch(page.url, max_bytes=self.fetcher.settings.max_page_bytes, reach=reach)
        _refuse_unreadable(page.url, answer)
        return answer

    def _remember(self, page: PageRequest, error: FetchError) -> None:
        """Leave a host alone for the rest of the run once it asked for a long wait; loopback stands for many hosts."""
        if error.retry_after is not None and error.http_status in {429, 503} and not is_loopback(page.url):
            with self._lock:
                self._closed_until[site_of(page.url)] = error.retry_after


def _refuse_unreadable(url: str, answer: Answer) -> None:
    if answer.http_status == 304 or not answer.body.strip():
        raise FetchError("empty", f"{url}: the answer has no body", http_status=answer.http_status)
    kind = (answer.header("content-type") or "text/html").split(";")[0].strip().lower()
    # Many servers name the wrong type: what looks like markup is kept, whatever it is called.
    if kind not in _READABLE and not _MARKUP.match(answer.body):
        raise FetchError("not_html", f"{url}: is {kind}, not a page", http_status=answer.http_status)


def page_row(page: PageRequest, answer: Answer, place: Location, run_id: str) -> Row:
    """Return the `page` row of one archived answer."""
    return {
        "page_id": make_id("page", page.url, answer.requested_at.isoformat()), "run_id": run_id, "entry_id": page.entry_id, "url": page.url,
        **{f"item_{name}": page.item.get(name) for name in ("title", "published_at", "updated_at", "content_html")},
        "final_url": answer.final_url, "fetched_at": answer.requested_at, "http_status": answer.http_status,
        "content_type": answer.header("content-type"), "n_bytes": len(answer.body), "sha256": hashlib.sha256(answer.body).hexdigest(),
        "warc_file": place.warc_file, "warc_offset": place.warc_offset, "warc_length": place.warc_length,
    }  # fmt: skip
