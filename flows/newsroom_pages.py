"""Turns the demo newsroom's articles into feeds and web pages.

Everything here is pure: records in, bytes out. `flows.newsroom` reads the files and serves the results.
"""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from string import Template
from urllib.parse import quote

from flows.newsroom_articles import ArticleVersion, Outlet

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"

NOTICE = (
    "Demo page: this outlet is invented. Its stories are fiction; only the pieces on the Kryvyi Rih strike, "
    "on Garissa and on the Myanmar earthquake retell public facts."
)
DATE_PLACEHOLDERS = ("${published_iso}", "${modified_iso}", "${date_text}")
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
MONTHS_ES = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"]

# Any other control character is refused by XML 1.0, so a feed that carries one does not parse.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def render_feed(outlet: Outlet, versions: Sequence[ArticleVersion], base_url: str) -> bytes:
    """Writes an outlet's feed.

    Args:
        outlet: The publisher; its `format` must be rss or atom.
        versions: Current versions, newest first.
        base_url: Address of the newsroom, without a final slash.

    Returns:
        RSS 2.0 or Atom 1.0, UTF-8 with an XML declaration. An article with `no_date` "everywhere" has no date here either.
    """
    root = _rss_tree(outlet, versions, base_url) if outlet.format == "rss" else _atom_tree(outlet, versions, base_url)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _rss_tree(outlet: Outlet, versions: Sequence[ArticleVersion], base_url: str) -> ET.Element:
    rss = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM, "xmlns:content": CONTENT, "xmlns:dc": DUBLIN_CORE})
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", outlet.title)
    _add(channel, "link", base_url + outlet.home_path)
    _add(channel, "description", f"{outlet.title}: all stories")
    _add(channel, "language", outlet.language)
    dated = [v.changed_at for v in versions if v.no_date != "everywhere"]
    if dated:
        _add(channel, "lastBuildDate", format_datetime(max(dated)))
    for version in versions:
        item = ET.SubElement(channel, "item")
        _add(item, "title", version.title)
        _add(item, "link", base_url + version.url_path)
        _add(item, "guid", _guid(outlet, version), isPermaLink="false")
        _add(item, "dc:creator", version.byline)
        if version.no_date != "everywhere":
            _add(item, "pubDate", format_datetime(version.published_at))
        if version.updated_at:
            # RSS has no element of its own for an update; outlets borrow Atom's.
            _add(item, "atom:updated", version.updated_at.isoformat())
        if version.feed_text != "title":
            _add(item, "description", version.summary)
        if version.feed_text == "full":
            _add(item, "content:encoded", render_paragraphs(version))
    return rss


def _atom_tree(outlet: Outlet, versions: Sequence[ArticleVersion], base_url: str) -> ET.Element:
    feed = ET.Element("feed", xmlns=ATOM)
    _add(feed, "title", outlet.title)
    _add(feed, "id", f"tag:{outlet.domain},2025:feed")
    ET.SubElement(feed, "link", rel="self", href=base_url + outlet.feed_path)
    ET.SubElement(feed, "link", rel="alternate", href=base_url + outlet.home_path)
    if versions:
        _add(feed, "updated", max(v.changed_at for v in versions).isoformat())
    for version in versions:
        entry = ET.SubElement(feed, "entry", {"xml:lang": version.language})
        _add(entry, "title", version.title)
        _add(entry, "id", _guid(outlet, version))
        ET.SubElement(entry, "link", rel="alternate", href=base_url + version.url_path)
        _add(ET.SubElement(entry, "author"), "name", version.byline)
        if version.no_date != "everywhere":
            _add(entry, "published", version.published_at.isoformat())
            _add(entry, "updated", version.changed_at.isoformat())
        if version.feed_text != "title":
            _add(entry, "summary", version.summary)
        if version.feed_text == "full":
            _add(entry, "content", render_paragraphs(version), type="html")
    return feed


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    # Prefixed tags are written as they stand: ElementTree's own namespaces need a registry shared by the whole process.
    ET.SubElement(parent, tag, attributes).text = CONTROL_CHARACTERS.sub("", text)


def _guid(outlet: Outlet, version: ArticleVersion) -> str:
    """Identity of an article that does not change with the server's port."""
    return f"tag:{outlet.domain},2025:{version.path}"


def render_paragraphs(version: ArticleVersion) -> str:
    """Writes an article's paragraphs as HTML, one `<p>` a line; empty for a page without text."""
    return "\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in version.paragraphs)


def render_page(template: str, outlet: Outlet, version: ArticleVersion, related: Sequence[ArticleVersion], base_url: str) -> bytes:
    """Fills an outlet's page template with an article.

    A template line that shows a date is left out for an article whose page has none, so one template serves both.

    Args:
        template: HTML with `string.Template` placeholders.
        outlet: The publisher.
        version: The version to show.
        related: Other articles of the outlet to link to.
        base_url: Address of the newsroom, without a final slash.

    Returns:
        UTF-8 HTML.
    """
    if version.no_date:
        template = "\n".join(line for line in template.splitlines() if not any(p in line for p in DATE_PLACEHOLDERS))
    links = [f'<li><a href="{base_url}{r.url_path}">{html.escape(r.title)}</a></li>' for r in related]
    values = {
        "title": html.escape(version.title),
        "title_json": _json_in_script(version.title),
        "byline": html.escape(version.byline),
        "byline_json": _json_in_script(version.byline),
        "summary": html.escape(version.summary),
        "language": version.language,
        "section": html.escape(version.path.split("/")[0].capitalize()),
        "canonical_url": f"https://{outlet.domain}/{quote(version.path)}.html",
        "published_iso": version.published_at.isoformat(),
        "modified_iso": version.changed_at.isoformat(),
        "date_text": format_date(version.published_at, outlet.date_style),
        "body": render_paragraphs(version),
        "related": "\n".join(links),
        "home_url": base_url + outlet.home_path,
        "outlet_title": html.escape(outlet.title),
        "notice": html.escape(NOTICE),
    }
    return Template(template).substitute(values).encode()


def render_front_page(outlet: Outlet, versions: Sequence[ArticleVersion], base_url: str) -> bytes:
    """Writes an outlet's front page: its title and a list of links, newest first."""
    links = [f'<li><a href="{base_url}{v.url_path}">{html.escape(v.title)}</a></li>' for v in versions]
    kind = "atom" if outlet.format == "atom" else "rss"
    feed = f'<link rel="alternate" type="application/{kind}+xml" href="{base_url}{outlet.feed_path}">'
    title = html.escape(outlet.title)
    head = f'<!DOCTYPE html>\n<html lang="{outlet.language}"><head><meta charset="utf-8"><title>{title}</title>{feed}</head>'
    body = f"<body><h1>{title}</h1><ul>\n" + "\n".join(links) + f"\n</ul><p>{html.escape(NOTICE)}</p></body></html>\n"
    return f"{head}\n{body}".encode()


def format_date(moment: datetime, style: str) -> str:
    """Writes a date the way an outlet prints it, in the offset of `moment` and independent of the machine's locale.

    Args:
        moment: Time with its offset.
        style: day_first (4 April 2025, 20:35), month_first (April 4, 2025, 8:35 p.m.) or spanish (4 de abril de 2025).
    """
    if style == "spanish":
        return f"{moment.day} de {MONTHS_ES[moment.month - 1]} de {moment.year}"
    if style == "month_first":
        half = "a.m." if moment.hour < 12 else "p.m."
        return f"{MONTHS[moment.month - 1]} {moment.day}, {moment.year}, {moment.hour % 12 or 12}:{moment:%M} {half}"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M}"


def _json_in_script(text: str) -> str:
    """JSON string that cannot close the script element it stands in."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c")
