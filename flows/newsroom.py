"""Serves the demo newsroom over loopback HTTP.

Nine invented outlets publish from `seeds/demo`: feeds, pages, a robots.txt, conditional GET. With a clock the newsroom shows what a reader
would have seen at that moment, so that six days of news can be collected night by night.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flows.newsroom_articles import ArticleVersion, Outlet, find_current_versions, parse_article_version, parse_outlets
from flows.newsroom_pages import NOTICE, render_feed, render_front_page, render_page

DEMO = Path(__file__).resolve().parent.parent / "seeds" / "demo"
ROBOTS = "User-agent: *\nDisallow: /private/\n"
RELATED_LINKS = 3  # as many as a real page shows beside a story


@dataclass(frozen=True)
class Answer:
    """A response body with what conditional GET needs."""

    body: bytes
    content_type: str
    changed_at: datetime

    @property
    def etag(self) -> str:
        """Strong validator: the same bytes always give the same tag."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


@dataclass
class Newsroom:
    """The running newsroom.

    `clock` may be moved while it runs: the next request sees the new moment. `requests` lists "METHOD /path status" in order.
    """

    outlets: list[Outlet]
    versions: dict[str, list[ArticleVersion]]
    templates: dict[str, str]
    clock: datetime | None = None
    base_url: str = ""
    requests: list[str] = field(default_factory=list)

    def feeds(self) -> list[dict[str, str]]:
        """Lists the newsroom's feeds.

        Returns:
            One row an outlet with the columns of `seeds/feeds.csv`; the last one's address does not answer with a feed.
        """
        return [
            {
                "feed_id": outlet.outlet,
                "publisher": outlet.title,
                "title": outlet.title,
                "url": self.base_url + outlet.feed_path,
                "homepage": self.base_url + outlet.home_path,
                "country_iso2": outlet.country_iso2,
                "language": outlet.language,
                "region_focus": outlet.region_focus,
                "format": "atom" if outlet.format == "atom" else "rss",
                "active": "true",
                "inactive_reason": "",
                "notes": outlet.note,
            }
            for outlet in self.outlets
        ]

    def find_answer(self, path: str) -> Answer | None:
        """Finds what the newsroom answers to a path at its clock; None means 404."""
        start = min(v.published_at for versions in self.versions.values() for v in versions)
        if path == "/robots.txt":
            return Answer(ROBOTS.encode(), "text/plain; charset=utf-8", start)
        if path.startswith("/private/"):
            # Reachable on purpose: a polite reader must stay away because robots.txt says so.
            return Answer(f"<!DOCTYPE html><title>Private</title><p>{NOTICE}</p>".encode(), "text/html; charset=utf-8", start)
        outlet = next((o for o in self.outlets if path.startswith(o.home_path)), None)
        return self._find_outlet_answer(outlet, path, start) if outlet else None

    def _find_outlet_answer(self, outlet: Outlet, path: str, start: datetime) -> Answer | None:
        current = find_current_versions(self.versions.get(outlet.outlet, []), self.clock)
        newest = max((v.changed_at for v in current), default=start)
        template = self.templates[outlet.template]
        if path == outlet.home_path:
            return Answer(render_front_page(outlet, current, self.base_url), "text/html; charset=utf-8", newest)
        if path == outlet.feed_path and outlet.format == "html":
            page = template.replace("${outlet_title}", outlet.title).replace("${notice}", NOTICE)
            return Answer(page.encode(), "text/html; charset=utf-8", start)
        if path == outlet.feed_path:
            kind = "atom" if outlet.format == "atom" else "rss"
            return Answer(render_feed(outlet, current, self.base_url), f"application/{kind}+xml; charset=utf-8", newest)
        shown = next((v for v in current if unquote(v.url_path) == unquote(path)), None)
        if shown is None:
            return None
        # From all versions and not from the current ones: a page must not change because another article appeared.
        others = find_current_versions(self.versions[outlet.outlet], shown.published_at)
        related = [v for v in others if v.path != shown.path][:RELATED_LINKS]
        return Answer(render_page(template, outlet, shown, related, self.base_url), "text/html; charset=utf-8", shown.changed_at)


def read_newsroom(folder: Path = DEMO) -> Newsroom:
    """Reads the newsroom's files.

    Args:
        folder: Holds outlets.csv, templates/ and articles/OUTLET/*.md.

    Returns:
        A newsroom that is not serving yet.

    Raises:
        ValueError: An article file is malformed, or its folder is no outlet of outlets.csv.
    """
    outlets = parse_outlets((folder / "outlets.csv").read_text(encoding="utf-8"))
    versions: dict[str, list[ArticleVersion]] = {}
    for file in sorted((folder / "articles").glob("*/*.md")):
        version = parse_article_version(file.parent.name, file.name, file.read_text(encoding="utf-8"))
        versions.setdefault(version.outlet, []).append(version)
    unknown = versions.keys() - {o.outlet for o in outlets}
    if unknown:
        raise ValueError(f"{folder}/articles: no line in outlets.csv for {', '.join(sorted(unknown))}; add one or rename the folder")
    templates = {o.template: (folder / "templates" / o.template).read_text(encoding="utf-8") for o in outlets}
    return Newsroom(outlets=outlets, versions=versions, templates=templates)


@contextmanager
def serve_newsroom(*, clock: datetime | None = None, port: int = 0) -> Iterator[Newsroom]:
    """Serves the demo newsroom on 127.0.0.1 until the block ends.

    Args:
        clock: Only what was published by then is visible, in the version of that moment (with an offset); None shows the last state.
        port: 0 takes a free port.

    Yields:
        The newsroom with its `base_url`.

    Raises:
        ValueError: `clock` has no UTC offset.
        OSError: The port is taken.
    """
    if clock is not None and clock.tzinfo is None:
        raise ValueError(f"clock {clock.isoformat()} has no UTC offset; use datetime(..., tzinfo=UTC)")
    newsroom = read_newsroom()
    newsroom.clock = clock
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(newsroom))
    newsroom.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    # A short poll, because shutdown() waits for it and tests start many newsrooms.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="newsroom", daemon=True)
    thread.start()
    try:
        yield newsroom
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler_of(newsroom: Newsroom) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "VigilDemo"
        sys_version = ""
        timeout = 10  # seconds a silent keep-alive connection may hold its thread
        wbufsize = 65_536  # bytes; unbuffered, head and body leave as two packets and every answer waits 40 ms for an acknowledgement

        def do_GET(self) -> None:
            answer = newsroom.find_answer(urlsplit(self.path).path)
            if answer is None:
                self._send(HTTPStatus.NOT_FOUND, b"<!DOCTYPE html><title>Not found</title><h1>404</h1>\n", {"Content-Type": "text/html"})
                return
            headers = {
                "Content-Type": answer.content_type,
                "ETag": answer.etag,
                "Last-Modified": format_datetime(answer.changed_at.astimezone(UTC), usegmt=True),
                "Cache-Control": "max-age=0",
            }
            if is_not_modified(answer, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")):
                self._send(HTTPStatus.NOT_MODIFIED, b"", headers)
            else:
                self._send(HTTPStatus.OK, answer.body, headers)

        def do_HEAD(self) -> None:
            self.do_GET()

        def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
            newsroom.requests.append(f"{self.command} {self.path} {status.value}")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != HTTPStatus.NOT_MODIFIED:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keeps standard error for the program that runs the demo; `Newsroom.requests` has every request."""

    return Handler


def is_not_modified(answer: Answer, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Tells whether a conditional GET may be answered with 304.

    Args:
        answer: What an unconditional GET would return.
        if_none_match: The request's header; if present, the date is ignored.
        if_modified_since: The request's header; an unreadable date counts as absent.

    Source:
        RFC 9110, sections 13.1.2 and 13.1.3.
    """
    if if_none_match is not None:
        tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return "*" in tags or answer.etag in tags
    if if_modified_since is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    if since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    return answer.changed_at.replace(microsecond=0) <= since
