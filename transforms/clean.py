"""A page's bytes -> title, time and clean body text. trafilatura cleans; the page is parsed once.

The feed's own title and time come first, then what the page declares, and only then is a date guessed from the page,
never later than the fetch. What each step costs: docs/reading-speed.md.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import htmldate
import lxml.etree
import lxml.html
import trafilatura
from trafilatura.settings import Document as Extracted
from trafilatura.settings import Extractor
from trafilatura.utils import is_dubious_html, repair_faulty_html

from transforms.charset import decode_page
from transforms.discards import spared_searches
from transforms.page_kinds import TEASER, judge_page, media_kind
from transforms.page_meta import PageMeta, parse_page_meta, parse_time

CLEANER_VERSION = f"trafilatura {trafilatura.__version__} vigil 4"
MOST_NULS = 0.01  # share of NUL characters; a page may hold a stray one, a program or a picture holds many
MIN_BODY = 25  # characters; shorter bodies hold no report ("Subscribe to read on")
_SHOWING = ("p", "div", "li", "span", "button", "h1", "h2", "h3", "label", "body", "form")
_VISIBLE = 4_000  # characters of all visible text in which notices (consent, paywall) are looked for
# Lines that publishers repeat in every article; whole lines only, so that no sentence can fall to them.
_NOISE_LINE = re.compile(
    r"^(?:[-•*|\s]*(?:tweet|share(?: this| on \w+)?(?: article| story)?|print|e-?mail(?: this)?|facebook|twitter|whatsapp"
    r"|linkedin|pinterest|reddit|copy link|advertisement|advert|read more:?|related(?: stories| articles| topics)?"
    r"|follow us.{0,60}|sign up .{0,80}|subscribe .{0,80}|click here .{0,80}|loading\.*|story continues below.{0,40}"
    r"|image source.{0,60}|photo:.{0,80}|more on this story|comments?|\d+ comments?|save|close|menu|skip to .{0,40})[\s|•*.]*)$",
    re.IGNORECASE,
)
# What holds no article text and is read by nothing behind the page's declarations: every pass over the tree is cheaper without it.
_UNREAD = (
    "style", "svg", "iframe", "link", "canvas", "picture", "source", "video", "audio", "embed", "select", "textarea", "nav", "footer",
)  # fmt: skip
_KEPT = "kept"  # what a script is called meanwhile
# First without trafilatura's second opinions (readability, justext), then, where that finds little, with them: on captured news pages
# as good as always asking for them, at half the time. Without comments and tables: fewer share lists and readers' words as text.
_QUICK = Extractor(output_format="python", fast=True, recall=True, comments=False, tables=False, with_metadata=False)
_THOROUGH = Extractor(output_format="python", comments=False, tables=False, with_metadata=False)
_LITTLE = 1_000  # characters
_MISSED = 2.5  # so many times the text in paragraphs: on captured pages the thorough way found more only at 7 times
# As trafilatura's own parser, but elements are of one class: lxml.html asks Python code for the class of each of them.
_PARSER = lxml.html.HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
_PARSER.set_element_class_lookup(lxml.etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement))
_HEAD = 4_096  # characters in which trafilatura mends a broken doctype or <html>
_CONTROLS = bytes(code for code in range(32) if chr(code) not in "\t\n\r")
# What trafilatura and htmldate raise on trees that no browser would show; AssertionError: lxml drops no root.
_LIBRARY_ERRORS = (ValueError, TypeError, AttributeError, AssertionError, lxml.etree.LxmlError, RecursionError)

PAGE_REASONS = (
    "empty", "not_html", "pdf", "image", "video", "audio", "archive", "unparsable", "too_short", "soft_404", "consent", "robot_check",
    "paywall",
)  # fmt: skip
_SAYS = {
    "soft_404": "the page answers, but says that there is none",
    "consent": "the page asks for consent instead of showing the article",
    "robot_check": "the page is a check for robots; ask the publisher for access",
}


class CleanError(ValueError):
    """A page that yields no article. `reason` is a class: one of PAGE_REASONS."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One article as cleaned. published None: nothing states it; published_source names where it comes from.

    is_teaser: the page says that the rest is for subscribers.
    """

    title: str | None
    byline: str | None
    body: str
    published: dt.datetime | None
    published_source: str | None
    canonical_url: str | None
    declared_language: str | None
    is_teaser: bool = False


def clean_page(
    page: bytes,
    *,
    title: str | None = None,
    published: dt.datetime | None = None,
    fetched: dt.datetime | None = None,
    url: str | None = None,
    content_type: str | None = None,
    asked_url: str | None = None,
) -> Cleaned:
    """Clean one page: `read_markup`, then `clean_markup`.

    Args:
        page: HTML as fetched.
        title: Title in the feed.
        published: Time in the feed.
        fetched: Fetch time; no guessed date may lie behind it. Without it no date is guessed.
        url: Address of the page, which may hold its date.
        content_type: Content-Type header, which may name the encoding.
        asked_url: Address that was asked for, where it redirected to `url`.

    Raises:
        CleanError: The page is empty, no HTML, or holds no article.
    """
    return clean_markup(read_markup(page, content_type), title=title, published=published, fetched=fetched, url=url, asked_url=asked_url)


def read_markup(page: bytes, content_type: str | None = None) -> str:
    """Return a page's markup as text.

    Raises:
        CleanError: The page is empty or no HTML.
    """
    if page.isspace() or not page:
        raise CleanError("empty", "the page is empty")
    if kind := media_kind(None, page):
        raise CleanError(kind, f"the page is no HTML but {kind}")
    text = decode_page(page, content_type)
    if "\0" not in text:
        return text
    if text.count("\0") > MOST_NULS * len(text):
        raise CleanError("not_html", "the page is no HTML")
    return text.replace("\0", "")


def clean_markup(
    markup: str,
    *,
    title: str | None = None,
    published: dt.datetime | None = None,
    fetched: dt.datetime | None = None,
    url: str | None = None,
    asked_url: str | None = None,
) -> Cleaned:
    """Clean the markup that `read_markup` returns; the arguments and errors are those of `clean_page`."""
    tree = _parse(markup)
    meta = parse_page_meta(tree)
    when, source = (published, "feed") if published else (meta.published, meta.published_source)
    if when is None and fetched is not None:
        when, source = _guess_date(tree, url, fetched)
    _drop_unread(tree)
    body = _body(tree)
    judged = _judge(tree, meta, body, url, asked_url)
    if judged in _SAYS:
        raise CleanError(judged, _SAYS[judged])
    if len(body) < MIN_BODY:
        raise CleanError(judged or "too_short", f"the page holds only {len(body)} characters of article text")
    return Cleaned(
        _one_line(title) or meta.title, meta.byline, body, when, source if when else None, meta.canonical_url, meta.language,
        is_teaser=judged == "paywall",
    )  # fmt: skip


def clean_fragment(html: str) -> str:
    """Return the text of an HTML fragment such as the full text in a feed; empty when there is none."""
    if not html.strip():
        return ""
    try:
        return _tidy(lxml.html.fromstring(html).text_content())
    except (lxml.etree.ParserError, ValueError):
        return ""


def _parse(page: str) -> lxml.html.HtmlElement:
    """Parse a page's text. Never its bytes: trafilatura would unpack compressed ones without a limit."""
    beginning = page[:50].lower()
    # trafilatura mends the first lines; what XML cannot hold goes as bytes, which takes a tenth of the time of its regular expression.
    mended = repair_faulty_html(page[:_HEAD], beginning) + page[_HEAD:]
    try:
        tree = lxml.html.fromstring(mended.encode(errors="replace").translate(None, _CONTROLS), parser=_PARSER)
    except (ValueError, lxml.etree.LxmlError, RecursionError) as error:
        raise CleanError("unparsable", f"the page cannot be parsed: {str(error)[:100]}") from error
    if not isinstance(tree, lxml.html.HtmlElement) or (is_dubious_html(beginning) and len(tree) < 2):
        raise CleanError("not_html", "the page is no HTML")
    return tree


def _drop_unread(tree: lxml.html.HtmlElement) -> None:
    """Take out what the cleaner would only carry along; JSON-LD stays, in which it looks for a text that the markup does not show."""
    kept = [script for script in tree.iter("script") if script.get("type") == "application/ld+json"]
    for script in kept:
        script.tag = _KEPT
    lxml.etree.strip_elements(tree, "script", *_UNREAD, with_tail=False)  # in one walk, where drop_tree costs a call each
    for script in kept:
        script.tag = "script"


def _judge(tree: lxml.html.HtmlElement, meta: PageMeta, body: str, url: str | None, asked_url: str | None) -> str | None:
    """Return what kind of page it is where it shows little text; long ones are articles, whatever stands around them."""
    if len(body) >= TEASER:
        return None
    headings = [tree.findtext(".//title"), meta.title, *(heading.text_content() for heading in list(tree.iter("h1"))[:3])]
    shown = [
        element for element in tree.iter("p", "div", "li", "span", "button", "h1", "h2", "h3", "label", "body", "form") if element.text
    ]
    visible = " ".join(" ".join([element.text or "", *(child.tail or "" for child in element)]) for element in shown[:400])[:_VISIBLE]
    return judge_page(titles=headings, body=body, visible=visible, url=url, asked_url=asked_url, is_free=meta.is_free)


def _body(tree: lxml.html.HtmlElement) -> str:
    """Run trafilatura without its metadata pass, quickly at first."""
    try:
        with spared_searches(tree):
            body = _text_of(trafilatura.bare_extraction(tree, options=_QUICK))
            return body if _is_all(tree, body) else _text_of(trafilatura.bare_extraction(tree, options=_THOROUGH))
    except _LIBRARY_ERRORS as error:
        raise CleanError("unparsable", f"the cleaner failed: {type(error).__name__}: {str(error)[:100]}") from error


def _is_all(tree: lxml.html.HtmlElement, body: str) -> bool:
    """Tell whether a body is as much as can be hoped for: much, or most of what a page that is written in paragraphs says in them."""
    if len(body) >= _LITTLE:
        return True
    said = sum(len(text) for paragraph in tree.iter("p") for text in paragraph.itertext())
    return len(body) / 2 <= said <= len(body) * _MISSED


def _text_of(found: Extracted | dict[str, Any] | None) -> str:
    """Return the text of what trafilatura found; None: no text found, a dict only if asked for."""
    return _tidy(found.text or "") if isinstance(found, Extracted) else ""


def _tidy(text: str) -> str:
    """Drop control characters, noise lines and repeated white space; one paragraph a line."""
    lines = (_one_line(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line and not _NOISE_LINE.match(line))


def _guess_date(tree: lxml.html.HtmlElement, url: str | None, fetched: dt.datetime) -> tuple[dt.datetime | None, str | None]:
    """Let htmldate look for a day in the markup; not in the free text, whose dates are those of events."""
    try:
        day = htmldate.find_date(tree, extensive_search=False, original_date=True, url=url, max_date=fetched.date().isoformat())
    except _LIBRARY_ERRORS:
        day = None
    return parse_time(day), "guess"


def _one_line(text: str | None) -> str | None:
    """Return a text as one line without control characters; None when nothing is left."""
    if not text:
        return None
    printable = text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split()) or None


__all__ = ["CLEANER_VERSION", "CleanError", "Cleaned", "PageMeta", "clean_fragment", "clean_markup", "clean_page", "read_markup"]
