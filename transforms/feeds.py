"""Feed bytes -> entries. feedparser reads; what it must never be given, and what it hands on too trustingly, is dealt with here."""

from __future__ import annotations

import datetime as dt
import html
import re
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser
from feedparser.encodings import convert_to_utf8

from transforms.rows import make_id
from transforms.urls import UrlError, canonical_url, unwrap_url

MAX_TITLE, MAX_SUMMARY = 1_000, 10_000  # characters; a longer one is a body in the wrong place
MAX_CONTENT = 500_000  # characters of full text in one entry; the longest live blog measured has 300,000
PROLOG = 100_000  # bytes at the head that tell HTML from a feed; a real prolog has under 2,000
EARLIEST, LATEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)  # outside: a broken clock, no date

_SCRIPT = re.compile(r"<(script|style)\b[^>]{0,2000}>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]{0,5000}>", re.DOTALL)
# Control characters and the ones that turn the direction of a line: a title must not be able to write to a terminal.
MOST_OPEN = 20_000  # elements left open, which cost 2 s; raw <br> in descriptions leaves hundreds
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+")
_SPACE = re.compile(r"\s+")
_HTML_ROOT = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE | re.DOTALL
)
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_DECLARES = re.compile(rb"<!ENTITY|<!DOCTYPE[^\[]*\[", re.IGNORECASE)
_MISC = re.compile(rb"[^<]{0,1000}(<!--|<\?)")
_ELEMENT = re.compile(rb"<\w")


class FeedError(ValueError):
    """A body that yields no entries. `status` is a class of vocabularies.POLL_STATUS."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item of a feed. NULL (None): the feed does not state it; url None: it has no usable address."""

    guid: str | None
    url: str | None
    title: str | None
    published_at: dt.datetime | None
    updated_at: dt.datetime | None
    summary: str | None
    content_html: str | None

    def entry_id(self, feed_id: str) -> str:
        """Return the entry's stable id: feed and guid, else its address, else what it says."""
        return make_id("entry", feed_id, self.guid or self.url or f"{self.title}\n{self.published_at}\n{self.summary}")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed holds: its entries in order, its title, rss or atom, and what was wrong with it though it could be read.

    `ttl`, `period` and `frequency` are how often it wants to be asked, as it writes them (`intervals.find_asked_hours` reads them).
    """

    entries: tuple[FeedEntry, ...]
    title: str | None
    format: str | None
    flaw: str | None
    ttl: str | None = None
    period: str | None = None
    frequency: str | None = None


def parse_feed(body: bytes, url: str, content_type: str | None = None) -> ParsedFeed:
    """Read a feed document; whatever feedparser can read is read, and a flaw is noted.

    Args:
        body: Document as served, content encoding removed.
        url: Address it came from, the base of relative addresses.
        content_type: Content-Type header, for its charset.

    Raises:
        FeedError: empty, unsafe_xml (declares entities or an internal DTD), not_a_feed, bad_encoding or malformed.
    """
    if not body.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise FeedError("empty", "the answer has no body")
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    _refuse_declarations(body, headers)
    _refuse_depth(body)
    parsed = _read(body, headers)
    if not parsed.entries and not parsed.version:
        _refuse(body, parsed)
    kind = "atom" if parsed.version.startswith("atom") else "rss" if parsed.version.startswith(("rss", "cdf")) else None
    entries = tuple(_entry(item, url) for item in parsed.entries)
    wishes = (plain_text(str(parsed.feed.get(name) or ""), 40) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency"))
    return ParsedFeed(entries, plain_text(parsed.feed.get("title"), MAX_TITLE), kind, _flaw(parsed), *wishes)


def plain_text(markup: str | None, limit: int) -> str | None:
    """Return text without markup and control characters, white space folded, cut at `limit`; None when nothing is left."""
    if not markup:
        return None
    text = markup[: 4 * limit]  # markup is at most a few times its text; a megabyte of it must cost nothing
    text = html.unescape(_TAG.sub(" ", _SCRIPT.sub(" ", text)))
    # Twice-escaped markup (&amp;lt;b&amp;gt;) comes out as tags once more.
    text = _SPACE.sub(" ", _CONTROL.sub(" ", _TAG.sub(" ", text))).strip()
    return text[:limit].rstrip() or None


def _read(body: bytes, headers: dict[str, str]) -> Any:
    """Let feedparser read the bytes: as a stream, because given text or bytes it would open an address or a file they spell."""
    try:
        return feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # feedparser's own bugs on hostile input (AssertionError, RecursionError, KeyError ...)
        raise FeedError("malformed", f"cannot be read ({type(error).__name__}: {error})") from error


def _refuse_declarations(body: bytes, headers: Mapping[str, str]) -> None:
    """Refuse documents that declare entities or an internal DTD: no feed needs them, and they can expand without bound.

    A bare DOCTYPE (RSS 0.91 has one by its specification) declares nothing and is harmless: nothing is ever loaded.
    The document is looked at as feedparser will decode it, too, or UTF-16 and EBCDIC would hide a declaration.
    """
    for text in (body.replace(b"\0", b""), convert_to_utf8(dict(headers), body, {"bozo": False})):
        prolog = _prolog(text)
        is_html = _HTML_ROOT.match(text[:PROLOG]) and not _FEED_ROOT.search(text[:PROLOG])
        if not is_html and _DECLARES.search(prolog):
            raise FeedError("unsafe_xml", "declares XML entities or a DTD of its own; no feed needs them, it was not read")


def _refuse_depth(body: bytes) -> None:
    """Refuse documents with a great many elements that are never closed: the parser's time grows with the square of their number."""
    pieces = body.split(b"<![CDATA[")
    text = b"".join([pieces[0], *(piece.partition(b"]]>")[2] for piece in pieces[1:])])  # what is quoted opens nothing
    opened = text.count(b"<") - text.count(b"<!") - text.count(b"<?") - 2 * text.count(b"</") - text.count(b"/>")
    if opened > MOST_OPEN:
        raise FeedError("malformed", f"leaves {opened} elements open; it was not read")


def _prolog(text: bytes) -> bytes:
    """Return what stands before the first element: comments and processing instructions, which may spell one, are stepped over.

    feedparser looks for entities before anything that looks like an element, even in a comment: that part is in it, too.
    """
    start = 0
    while match := _MISC.match(text, start):
        end = text.find(b"-->" if match[1] == b"<!--" else b"?>", match.end())
        if end < 0:
            break
        start = end + 2
    element = _ELEMENT.search(text, start)
    return text[: element.start() if element else len(text)]


def _refuse(body: bytes, parsed: Any) -> None:
    if _HTML_ROOT.match(body[:PROLOG]):
        raise FeedError("not_a_feed", "is an HTML page, not a feed; look for the feed's new address")
    if not parsed.get("encoding"):
        raise FeedError("bad_encoding", "its character encoding cannot be told")
    if _FEED_ROOT.search(body[:PROLOG].replace(b"\0", b"")):
        raise FeedError("malformed", f"holds no readable entry ({_flaw(parsed) or 'no known feed version'})")
    raise FeedError("not_a_feed", "is no RSS or Atom document")


def _flaw(parsed: Any) -> str | None:
    error = parsed.get("bozo_exception")
    if not parsed.get("bozo") or error is None or isinstance(error, feedparser.NonXMLContentType):
        return None
    return (plain_text(f"{type(error).__name__}: {error}", 300) or type(error).__name__)[:300]


def _entry(item: dict[str, Any], base: str) -> FeedEntry:
    content = max((part.get("value") or "" for part in item.get("content") or ()), key=len, default="")
    guid = plain_text(dict.get(item, "id"), MAX_TITLE)
    return FeedEntry(
        guid=guid,
        url=_url(item, base),
        title=plain_text(item.get("title"), MAX_TITLE),
        published_at=_time(item, "published_parsed"),
        updated_at=_time(item, "updated_parsed"),
        summary=plain_text(item.get("summary"), MAX_SUMMARY),
        content_html=content.replace("\0", "")[:MAX_CONTENT].encode("utf-8", "replace").decode() or None,
    )


def _url(item: dict[str, Any], base: str) -> str | None:
    """Return the article's address: the publisher's own where a feed proxy wraps it."""
    for candidate in (item.get("feedburner_origlink"), item.get("link"), item.get("id")):
        if isinstance(candidate, str) and candidate.strip():
            is_id = candidate == item.get("id")
            try:
                return unwrap_url(canonical_url(candidate, None if is_id else base))
            except UrlError:
                continue
    return None


def _time(item: dict[str, Any], key: str) -> dt.datetime | None:
    # dict.get, because feedparser's own get answers `updated` with `published` and warns about it.
    parsed: struct_time | None = dict.get(item, key)
    if parsed is None:
        return None
    try:
        when = dt.datetime.fromtimestamp(timegm(parsed), dt.UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return when if EARLIEST <= when <= LATEST else None
