"""A page's bytes -> title, time and clean body text. trafilatura cleans; the page is parsed once.

The feed's own title and time come first, then what the page declares, and only then is a date guessed from the page,
never later than the fetch.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import htmldate
import lxml.html
import trafilatura
from trafilatura.settings import Document as Extracted

from transforms.page_meta import PageMeta, parse_page_meta, parse_time

CLEANER_VERSION = f"trafilatura {trafilatura.__version__} vigil 1"
MIN_BODY = 25  # characters; shorter bodies hold no report ("Subscribe to read on")
# Lines that publishers repeat in every article; whole lines only, so that no sentence can fall to them.
_NOISE_LINE = re.compile(
    r"^(?:[-•*|\s]*(?:tweet|share(?: this| on \w+)?(?: article| story)?|print|e-?mail(?: this)?|facebook|twitter|whatsapp"
    r"|linkedin|pinterest|reddit|copy link|advertisement|advert|read more:?|related(?: stories| articles| topics)?"
    r"|follow us.{0,60}|sign up .{0,80}|subscribe .{0,80}|click here .{0,80}|loading\.*|story continues below.{0,40}"
    r"|image source.{0,60}|photo:.{0,80}|more on this story|comments?|\d+ comments?|save|close|menu|skip to .{0,40})[\s|•*.]*)$",
    re.IGNORECASE,
)


class CleanError(ValueError):
    """A page that yields no article. `reason` is a class: empty, not_html, too_short, unparsable."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One article as cleaned. published None: nothing states it; published_source names where it comes from."""

    title: str | None
    byline: str | None
    body: str
    published: dt.datetime | None
    published_source: str | None
    canonical_url: str | None
    declared_language: str | None


def clean_page(
    page: bytes,
    *,
    title: str | None = None,
    published: dt.datetime | None = None,
    fetched: dt.datetime | None = None,
    url: str | None = None,
) -> Cleaned:
    """Clean one page.

    Args:
        page: HTML as fetched.
        title: Title in the feed.
        published: Time in the feed.
        fetched: Fetch time; no guessed date may lie behind it. Without it no date is guessed.
        url: Address of the page, which may hold its date.

    Raises:
        CleanError: The page is empty, no HTML, or holds no article text.
    """
    if not page.strip():
        raise CleanError("empty", "the page is empty")
    if page[:5] == b"%PDF-" or b"\x00" in page[:1000]:
        raise CleanError("not_html", "the page is no HTML")
    tree = _parse(page)
    meta = parse_page_meta(tree)
    when, source = (published, "feed") if published else (meta.published, meta.published_source)
    if when is None and fetched is not None:
        when, source = _guess_date(tree, url, fetched)
    body = _body(tree)
    if len(body) < MIN_BODY:
        raise CleanError("too_short", f"the page holds only {len(body)} characters of article text")
    return Cleaned(_one_line(title) or meta.title, meta.byline, body, when, source if when else None, meta.canonical_url, meta.language)


def clean_fragment(html: str) -> str:
    """Return the text of an HTML fragment such as the full text in a feed; empty when there is none."""
    if not html.strip():
        return ""
    try:
        return _tidy(lxml.html.fromstring(html).text_content())
    except (lxml.etree.ParserError, ValueError):
        return ""


def _parse(page: bytes) -> lxml.html.HtmlElement:
    try:
        tree = trafilatura.load_html(page)
    except (ValueError, lxml.etree.LxmlError, RecursionError) as error:
        raise CleanError("unparsable", f"the page cannot be parsed: {str(error)[:100]}") from error
    if tree is None:
        raise CleanError("not_html", "the page is no HTML")
    return tree


def _body(tree: lxml.html.HtmlElement) -> str:
    """Run trafilatura without its metadata pass, comments and tables: half the time, and fewer share lists as text."""
    try:
        found = trafilatura.bare_extraction(tree, include_comments=False, include_tables=False, with_metadata=False, deduplicate=False)
    except (ValueError, TypeError, AttributeError, lxml.etree.LxmlError, RecursionError) as error:
        raise CleanError("unparsable", f"the cleaner failed: {type(error).__name__}: {str(error)[:100]}") from error
    return _tidy(found.text or "") if isinstance(found, Extracted) else ""  # None: no text found; a dict only if asked for


def _tidy(text: str) -> str:
    """Drop control characters, noise lines and repeated white space; one paragraph a line."""
    lines = (_one_line(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line and not _NOISE_LINE.match(line))


def _guess_date(tree: lxml.html.HtmlElement, url: str | None, fetched: dt.datetime) -> tuple[dt.datetime | None, str | None]:
    """Let htmldate look for a day in the markup; not in the free text, whose dates are those of events."""
    try:
        day = htmldate.find_date(tree, extensive_search=False, original_date=True, url=url, max_date=fetched.date().isoformat())
    except (ValueError, TypeError, AttributeError, lxml.etree.LxmlError, RecursionError):
        day = None
    return parse_time(day), "guess"


def _one_line(text: str | None) -> str | None:
    """Return a text as one line without control characters; None when nothing is left."""
    if not text:
        return None
    printable = text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split()) or None


__all__ = ["CLEANER_VERSION", "CleanError", "Cleaned", "PageMeta", "clean_fragment", "clean_page"]
