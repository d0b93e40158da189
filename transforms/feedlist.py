"""Lists of feeds: rows of a CSV, outlines of an OPML file, one address -> rows of the `feed` table, every slip named with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from lxml import etree

from transforms.iso_codes import COUNTRIES, COUNTRY_SLIPS, LANGUAGE_SLIPS, LANGUAGES
from transforms.rows import Row
from transforms.urls import UrlError, canonical_url, host_of

COLUMNS = (
    "feed_id", "publisher", "title", "url", "homepage", "country_iso2", "language", "region_focus", "format", "active",
    "inactive_reason", "notes",
)  # fmt: skip
REQUIRED = ("url",)
LINE = "_line"  # where a row says which line of its file it stands on
_FEED_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_NOTED_REASON = re.compile(r"(?:TERMS|ROBOTS):\s*[^;]+(?:;(?!\s*(?:listed|third-party))[^;]+)*")


class FeedListError(ValueError):
    """A list of feeds that cannot be used; the message starts with the file, and the line where one is at fault."""


def parse_feed_rows(rows: Iterable[Mapping[str, str]], source: str) -> list[Row]:
    """Return the rows of a CSV as `feed` rows, in order.

    Only `url` is required: an absent `feed_id` follows from the address, an absent `publisher` is the host. A feed whose notes
    say TERMS: or ROBOTS: and that no `active` column decides on is inactive with that reason.

    Args:
        rows: Cells by column name, with the line under `_line`.
        source: Name of the file for messages.

    Raises:
        FeedListError: `source:line`, column, value and what is allowed; of several slips the first, with their number.
    """
    listed = list(rows)
    slips: list[str] = []
    if listed:
        slips += [f"{source}:1: {slip}" for slip in _misspelt_columns(listed[0].keys())]
    feeds: list[Row] = []
    for row in listed:
        feed, wrong = _parse_row(row)
        slips += [f"{source}:{row.get(LINE, '?')}: {slip}" for slip in wrong]
        feeds.append(feed | {LINE: row.get(LINE, "?")})
    if not slips:
        slips = _find_repeats(feeds, source)
    if slips:
        raise FeedListError(slips[0] + (f" (and {len(slips) - 1} more)" if len(slips) > 1 else ""))
    if not feeds:
        raise FeedListError(f"{source}: lists no feed; add a line with at least a url")
    return [{column: feed[column] for column in COLUMNS} for feed in feeds]


def parse_opml(body: bytes, source: str) -> list[Row]:
    """Return the outlines of an OPML document that carry a feed address, as `feed` rows in order; a repeated address counts once.

    Raises:
        FeedListError: It is no OPML, declares entities, or holds no feed.
    """
    if b"<!ENTITY" in body.replace(b"\0", b""):
        raise FeedListError(f"{source}: declares XML entities, which no OPML needs; remove the DOCTYPE")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise FeedListError(f"{source}:{error.lineno or 1}: is malformed XML ({error.msg}); export the OPML again") from error
    if etree.QName(tree).localname.lower() != "opml":
        raise FeedListError(f"{source}: is no OPML, its root is <{etree.QName(tree).localname}>")
    rows: dict[str, dict[str, str]] = {}
    for outline in tree.iter("{*}outline"):
        cells = {key.lower(): value.strip() for key, value in outline.attrib.items() if isinstance(key, str)}
        if url := cells.get("xmlurl"):
            title = cells.get("title") or cells.get("text") or ""
            language = cells.get("language", "").split("-")[0].lower()
            kind = cells.get("type", "").lower()
            rows.setdefault(url, {
                "url": url,
                "title": title, "publisher": title, "homepage": cells.get("htmlurl", ""),
                "language": language if language in LANGUAGES else "", "format": kind if kind.startswith(("rss", "atom")) else "",
                LINE: str(outline.sourceline or "?"),
            })  # fmt: skip
    if not rows:
        raise FeedListError(f"{source}: holds no outline with an xmlUrl; export the list of feeds again")
    return parse_feed_rows(_with_distinct_ids(rows.values()), source)


def merge_own_rows(base: Sequence[Row], own: Iterable[Mapping[str, str]], source: str) -> list[Row]:
    """Return the feeds of a list as an operator's own rows change it.

    An own row with the feed_id or the address of a listed feed changes that feed: cells that are not empty replace the listed
    ones. It keeps the own feed_id, so that its history goes on. One with a new address is a further feed. One that names a feed_id
    of no list and no address is kept for the day the feed is listed again, and changes nothing today.

    Args:
        base: Feeds of the list.
        own: Cells by column name, with the line under `_line`.
        source: Name of the own file for messages.

    Raises:
        FeedListError: As `parse_feed_rows`.
    """
    listed = {feed["feed_id"]: feed for feed in base}
    by_url = {feed["url"]: feed["feed_id"] for feed in base}
    changed: list[dict[str, str]] = []
    for row in own:
        given = {name: value for name, value in row.items() if value}
        old_id = by_url.get(given.get("url", ""))
        old = listed.pop(old_id, None) if old_id else None
        old = listed.pop(given.get("feed_id", ""), None) or old
        if old is None and "url" not in given:
            continue
        changed.append({**(feed_cells(old) if old else {}), **given})
    own_feeds = parse_feed_rows(changed, source) if changed else []
    taken = {feed["url"] for feed in own_feeds}
    return [feed for feed in listed.values() if feed["url"] not in taken] + own_feeds


def feed_cells(feed: Row) -> dict[str, str]:
    """Return a feed as the cells of a CSV line."""
    return {name: "" if (value := feed.get(name)) is None else str(value).lower() if name == "active" else str(value) for name in COLUMNS}


def render_opml(feeds: Iterable[Row], title: str) -> bytes:
    """Return feeds as an OPML 2.0 document, which `parse_opml` and every feed reader can read.

    Source: OPML 2.0, subscription lists.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for feed in feeds:
        name = feed["title"] or feed["publisher"]
        cells = {
            "type": "rss", "text": f"{feed['publisher']}: {name}" if name != feed["publisher"] else name, "title": name,
            "xmlUrl": feed["url"], "htmlUrl": feed["homepage"], "language": feed["language"],
        }  # fmt: skip
        etree.SubElement(body, "outline", {key: _xml_text(value) for key, value in cells.items() if value})
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _xml_text(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return "".join(char for char in text if char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff")


def feed_of_url(url: str, title: str | None = None, feed_format: str | None = None) -> Row:
    """Return the `feed` row of one address that a user named.

    Raises:
        FeedListError: It is no http or https address.
    """
    return parse_feed_rows([{"url": url, "title": title or "", "format": feed_format or "", LINE: "1"}], url)[0]


def feed_id_of(url: str) -> str:
    """Return a short stable name for a feed without one: host and path, in lower case with hyphens."""
    parts = urlsplit(canonical_url(url))
    text = f"{host_of(url)} {parts.path} {parts.query}".lower()
    name = re.sub(r"[^a-z0-9.]+", "-", re.sub(r"\.(?:xml|rss|atom|rdf|php)\b", "", text)).strip("-.")
    return name[:80].strip("-.") or "feed"


def find_inactive_reason(notes: str) -> str | None:
    """Return what the notes say against polling a feed (TERMS: ..., ROBOTS: ...); None when they say nothing."""
    found = _NOTED_REASON.search(notes)
    return found.group().strip() if found else None


def _with_distinct_ids(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    out: list[dict[str, str]] = []
    seen: dict[str, int] = {}
    for row in rows:
        try:
            name = feed_id_of(row["url"])
        except UrlError:
            name = ""  # the row's own check says what is wrong with the address, and where
        seen[name] = seen.get(name, 0) + 1
        out.append(row | ({"feed_id": name if seen[name] == 1 else f"{name[:74]}-{seen[name]}"} if name else {}))
    return out


def _misspelt_columns(names: Iterable[str]) -> list[str]:
    known = set(names)
    slips = []
    for name in sorted(known - set(COLUMNS) - {LINE}):
        near = difflib.get_close_matches(name.lower(), set(COLUMNS) - known, 1, cutoff=0.7)
        if near:
            slips.append(f"column {name!r} is not known; did you mean {near[0]!r}?")
    return slips


def _parse_row(row: Mapping[str, str]) -> tuple[Row, list[str]]:
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    slips: list[str] = []
    feed: Row = {column: cell or None for column, cell in cells.items()}
    try:
        # Checked but kept as written: a feed's address may need what a page's does not, and servers compare bytes.
        canonical_url(cells["url"])
        feed["feed_id"] = feed["feed_id"] or feed_id_of(cells["url"])
        feed["publisher"] = feed["publisher"] or host_of(cells["url"])
    except UrlError as error:
        wrong = f"url: {error}" if cells["url"] else "url is empty"
        slips.append(f"{wrong}; give the address of an RSS or Atom feed")
    if feed["feed_id"] and not _FEED_ID.fullmatch(feed["feed_id"]):
        slips.append(f"feed_id {cells['feed_id']!r} is not allowed; use up to 80 of a-z, 0-9, hyphen, dot, underscore")
    slips += _check_code("country_iso2", cells["country_iso2"], COUNTRIES, COUNTRY_SLIPS, "ISO 3166 alpha-2")
    slips += _check_code("language", cells["language"], LANGUAGES, LANGUAGE_SLIPS, "an ISO 639-1 code")
    kind = cells["format"].lower()
    feed["format"] = "atom" if kind.startswith("atom") else "rss" if kind.startswith(("rss", "rdf")) else None
    if kind and feed["format"] is None:
        slips.append(f"format {cells['format']!r} is not known; allowed are rss and atom, or leave it empty")
    noted = find_inactive_reason(cells["notes"])
    active = _TRUTH.get(cells["active"].lower()) if cells["active"] else noted is None
    if active is None:
        slips.append(f"active {cells['active']!r} is not understood; write true or false")
    feed["active"] = active
    feed["inactive_reason"] = None if active else cells["inactive_reason"] or noted or "switched off in the list"
    return feed, slips


def _check_code(column: str, value: str, allowed: frozenset[str], known_slips: Mapping[str, str], what: str) -> list[str]:
    if not value or value in allowed:
        return []
    fitting = str.upper if column == "country_iso2" else str.lower
    meant = known_slips.get(fitting(value)) or (fitting(value) if fitting(value) in allowed else None)
    return [f"{column} {value!r} is not {what}" + (f"; did you mean {meant!r}?" if meant else "; leave it empty if unknown")]


def _find_repeats(feeds: Iterable[Row], source: str) -> list[str]:
    slips: list[str] = []
    for column in ("feed_id", "url"):
        first: dict[str, str] = {}
        for feed in feeds:
            if (value := feed[column]) in first:
                slips.append(f"{source}:{feed[LINE]}: {column} {value!r} stands in line {first[value]} already; remove one")
            first.setdefault(value, feed[LINE])
    return slips
