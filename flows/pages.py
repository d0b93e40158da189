"""The fetch of article pages: robots.txt, pauses, the answer's class. Nothing here writes; `collection` does."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.addresses import Reach
from flows.archive import Archive, Location
from flows.fetch import Answer, Fetcher, FetchError
from flows.gate import Gate
from flows.hosts import Again, HostQueues
from flows.polling import wait_for_retry
from transforms.page_kinds import media_kind
from transforms.rows import Row, make_id
from transforms.schedule import PageRequest
from transforms.urls import UrlError, canonical_url, site_of

_MARKUP = re.compile(rb"[\s\xef\xbb\xbf]*<(?:!doctype|!--|html|head|body|\?xml|article|div|meta|script|p\b)", re.IGNORECASE)
# A page that only sends on to another: feed proxies and link counters do it in markup where a redirect would do.
_REFRESH = re.compile(
    rb"<meta[^>]{0,80}http-equiv\s*=\s*[\"']?refresh[^>]{0,80}content\s*=\s*[\"']?\s*([0-9])\s*[;,]\s*url\s*=\s*[\"']?([^\"'>\s]{1,2000})",
    re.I,
)
MAX_INTERSTITIAL = 20_000  # bytes; a longer page is an article that reloads itself
ITEM = ("item_title", "item_published_at", "item_updated_at", "item_content_html")  # what the feed said when it was fetched
_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page asked for: its answer, or why there is none."""

    request: PageRequest
    answer: Answer | None = None
    error: FetchError | None = None


class PageFetcher:
    """Asks for pages, each host by itself."""

    def __init__(self, fetcher: Fetcher, gate: Gate) -> None:
        self.fetcher, self.gate = fetcher, gate

    def run(self, requests: Sequence[PageRequest]) -> Iterator[FetchedPage]:
        """Yield one outcome for each page, whatever happens to it."""
        queues: HostQueues[PageRequest, FetchedPage] = HostQueues(
            self._ask, lambda page: site_of(page.url), lambda page: self.gate.pause_of(page.url), self.fetcher.settings.fetch_workers
        )
        return queues.run(requests)

    def _ask(self, page: PageRequest, tries: int) -> FetchedPage | Again:
        try:
            if self.gate.ask_rules(page.url, self.fetcher.reach_of(page.feed_url), for_page=True):
                return Again(self.gate.pause_of(page.url), is_retry=False)
            answer = self._fetch(page)
            self.gate.note_success(page.url)
            return FetchedPage(page, answer)
        except FetchError as error:
            if wait := wait_for_retry(error, tries, self.fetcher):
                return wait
            self.gate.note_failure(page.url, error)
            return FetchedPage(page, error=error)
        except Exception as error:
            return FetchedPage(page, error=FetchError("other", f"{page.url}: {type(error).__name__}: {error}"))

    def _fetch(self, page: PageRequest) -> Answer:
        reach = self.fetcher.reach_of(page.feed_url)
        self.gate.check_page(page.url, reach)
        validators = {name: value for name in ("If-None-Match", "If-Modified-Since") if (value := page.item.get(name))}
        answer = self._get(page.url, reach, validators)
        if target := find_refresh(answer):
            # Its host's rules count as if the feed had named it; one step only, so that no circle can arise.
            self.gate.check_page(target, reach)
            further = self._get(target, reach)
            answer = replace(further, url=page.url, hops=(*answer.hops, *further.hops))
        refuse_unreadable(page.url, answer)
        self.gate.read_answer(page.url, answer)
        return answer

    def _get(self, url: str, reach: Reach, headers: Mapping[str, str] | None = None) -> Answer:
        return self.fetcher.fetch(
            url,
            max_bytes=self.fetcher.settings.max_page_bytes,
            reach=reach,
            headers=headers,
            permit=lambda target: self.gate.check_redirect(target, reach),
        )


def refuse_unreadable(url: str, answer: Answer) -> None:
    """Refuse what is no page that can be read.

    Raises:
        FetchError: empty, pdf, image, video, audio, archive or not_html.
    """
    if answer.http_status == 304 or not answer.body.strip():
        raise FetchError("empty", f"{url}: the answer has no body", http_status=answer.http_status)
    medium = media_kind(answer.header("content-type"), answer.body[:20])
    # What calls itself an image and looks like markup is markup: many servers name the wrong type.
    if medium and not _MARKUP.match(answer.body):
        raise FetchError(medium, f"{url}: is {medium}, not a page", http_status=answer.http_status)
    kind = (answer.header("content-type") or "text/html").split(";")[0].strip().lower()
    # Many servers name the wrong type: what looks like markup is kept, whatever it is called.
    if kind not in _READABLE and not _MARKUP.match(answer.body):
        raise FetchError("not_html", f"{url}: is {kind}, not a page", http_status=answer.http_status)


def find_refresh(answer: Answer) -> str | None:
    """Return the address to which a short page sends its reader on at once; None: it does not."""
    match = _REFRESH.search(answer.body[:MAX_INTERSTITIAL]) if len(answer.body) <= MAX_INTERSTITIAL else None
    if match is None:
        return None
    try:
        target = canonical_url(html.unescape(match.group(2).decode("utf-8", "replace")), answer.final_url)
        return target if target != canonical_url(answer.final_url) else None
    except UrlError:
        return None


def keep_page(page: PageRequest, answer: Answer, archive: Archive, run_id: str) -> Row:
    """Archive one answer, with a note of what the warehouse says of it, and return its `page` row."""
    row = page_row(page, answer, None, run_id)
    noted = ("page_id", "run_id", "entry_id", "url", *ITEM)
    place = archive.write(
        answer, {name: row[name] for name in noted} | {"feed_id": page.feed_id or None, "summary": page.item.get("summary")}
    )
    return row | {"warc_file": place.warc_file, "warc_offset": place.warc_offset, "warc_length": place.warc_length}


def page_row(page: PageRequest, answer: Answer, place: Location | None, run_id: str) -> Row:
    """Return the `page` row of one answer; without a place where it is not archived yet."""
    return {
        "page_id": make_id("page", page.url, answer.requested_at.isoformat()), "run_id": run_id, "url": page.url,
        "entry_id": page.entry_id or None,
        **{f"item_{name}": page.item.get(name) for name in ("title", "published_at", "updated_at", "content_html")},
        "final_url": answer.final_url, "fetched_at": answer.requested_at, "http_status": answer.http_status,
        "content_type": answer.header("content-type"), "n_bytes": len(answer.body), "sha256": hashlib.sha256(answer.body).hexdigest(),
        "warc_file": place and place.warc_file, "warc_offset": place and place.warc_offset, "warc_length": place and place.warc_length,
    }  # fmt: skip
