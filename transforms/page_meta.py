"""What a page says about itself in <meta>, JSON-LD and <title>: title, time, author, language, canonical address.

Cheap lookups in the tree that the cleaner parses anyway; guessing a date from the text is left to the cleaner, last.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

_DATE_META = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "sailthru.date",
    "parsely-pub-date",
    "article.published",
    "published_time",
    "og:published_time",
    "cxenseparse:recs:publishtime",
)
_TITLE_META = ("og:title", "twitter:title", "dc.title")
_AUTHOR_META = ("author", "article:author", "dc.creator", "parsely-author", "byl")
_ARTICLE_TYPES = ("article", "newsarticle", "reportagenewsarticle", "blogposting", "webpage", "liveblogposting", "analysisnewsarticle")
_SITE_SUFFIX = re.compile(r"\s+(?:[|\-–—•»:]+)\s+[^|\-–—•»]{2,40}$")
MAX_JSON_LD = 500_000  # characters; the longest real block seen: 210,000


@dataclass(frozen=True, slots=True)
class PageMeta:
    """What a page declares. Every field may be None: not declared. published_source: meta or json_ld; is_free: no paywall."""

    title: str | None = None
    byline: str | None = None
    published: dt.datetime | None = None
    published_source: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    is_free: bool | None = None


def parse_page_meta(tree: HtmlElement) -> PageMeta:
    """Read a page's declarations; JSON-LD wins over <meta> for the time (it carries the zone), <meta> for the title."""
    meta = _meta_tags(tree)
    linked = [item for item in _json_ld(tree) if str(item.get("@type", "")).lower().strip("[]'\" ") in _ARTICLE_TYPES]
    published, source = _first_time(item.get("datePublished") for item in linked), "json_ld"
    if published is None:
        published, source = _first_time(meta.get(name) for name in _DATE_META), "meta"
    if published is None:
        published, source = _first_time(time.get("datetime") for time in tree.iter("time") if _is_of_publication(time)), "meta"
    title = (
        next((meta[name] for name in _TITLE_META if meta.get(name)), None)
        or _text(next((i["headline"] for i in linked if i.get("headline")), None))
        or _title_tag(tree)
    )
    byline = next((meta[n] for n in _AUTHOR_META if meta.get(n) and "://" not in meta[n]), None) or _author(linked)
    links = (link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical")
    canonical = next((link for link in links if link is not None), None) or meta.get("og:url")
    language = (tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or meta.get("og:locale") or "")[:2].lower()
    told = (str(item["isAccessibleForFree"]).lower() for item in linked if item.get("isAccessibleForFree") is not None)
    is_free = next((word in {"true", "1", "http://schema.org/true"} for word in told), None)
    return PageMeta(_text(title), _text(byline), published, source if published else None, language or None, _text(canonical), is_free)


def parse_time(value: Any) -> dt.datetime | None:
    """Read an ISO 8601 time (or day) as UTC; None when it is none. A time without zone is taken as UTC."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d", value.strip()):
        return None
    try:
        read = dt.datetime.fromisoformat(re.sub(r"\.\d+", "", value.strip()).replace("Z", "+00:00"))
    except ValueError:
        try:
            read = dt.datetime.fromisoformat(value.strip()[:10])
        except ValueError:
            return None
    if read.tzinfo is None:
        read = read.replace(tzinfo=dt.UTC)
    try:
        return read.astimezone(dt.UTC)
    except OverflowError:
        return None


def _first_time(values: Any) -> dt.datetime | None:
    return next((time for value in values if (time := parse_time(value)) is not None), None)


def _meta_tags(tree: HtmlElement) -> dict[str, str]:
    """Return <meta> contents by lower-cased name or property; the first of equal names wins."""
    out: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = element.get("content")
        if name and content:
            out.setdefault(name, content)
    return out


def _json_ld(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield every JSON-LD object, those in @graph and lists too; broken blocks are passed over."""
    for element in tree.iter("script"):
        text = (element.text or "") if element.get("type") == "application/ld+json" else ""
        if not text or len(text) > MAX_JSON_LD:
            continue
        try:
            todo = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while todo:
            item = todo.pop(0)
            if isinstance(item, list):
                todo += item
            elif isinstance(item, dict):
                yield item
                if isinstance(item.get("@graph"), list):
                    todo += item["@graph"]


def _is_of_publication(time: HtmlElement) -> bool:
    return time.get("pubdate") is not None or time.get("itemprop") == "datePublished"


def _author(linked: list[dict[str, Any]]) -> str | None:
    for item in linked:
        author = item.get("author")
        for one in author if isinstance(author, list) else [author]:
            name = one.get("name") if isinstance(one, dict) else one
            if isinstance(name, str) and name:
                return name
    return None


def _title_tag(tree: HtmlElement) -> str | None:
    """Return <title> without the site's name behind a bar or dash, else the first <h1>."""
    title = _text(tree.findtext(".//title"))
    if title:
        return _SITE_SUFFIX.sub("", title) or title
    return _text(next((e.text_content() for e in tree.iter("h1")), None))


def _text(value: Any) -> str | None:
    """Return a value as one line of text without control characters; None when nothing is left."""
    if not isinstance(value, str):
        return None
    printable = value if value.isprintable() else "".join(c if c.isprintable() else " " for c in value)
    return " ".join(printable.split()) or None
