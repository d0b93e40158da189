"""Reads the demo newsroom's article files.

An article file has a header of `key: value` lines, a blank line, and paragraphs separated by blank lines. A second version
of an article is a second file `SLUG.2.md` with the same path and an `updated_at`. Everything here is pure: text in, records out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

HEADER_KEYS = {
    "title", "published_at", "updated_at", "byline", "language", "summary", "path", "wire", "no_date", "feed_text", "page",
}  # fmt: skip
CHOICES = {"no_date": ("", "page", "everywhere"), "feed_text": ("summary", "full", "title"), "page": ("article", "empty")}


@dataclass(frozen=True)
class Outlet:
    """One invented publisher, as a line of `outlets.csv` describes it.

    `format` is rss, atom, or html for an outlet whose feed address answers with a web page.
    """

    outlet: str
    title: str
    domain: str
    format: str
    template: str
    country_iso2: str
    language: str
    region_focus: str
    date_style: str
    note: str

    @property
    def feed_path(self) -> str:
        """Path of the outlet's feed on the newsroom's host."""
        return f"/{self.outlet}/{'atom' if self.format == 'atom' else 'feed'}.xml"

    @property
    def home_path(self) -> str:
        """Path of the outlet's front page on the newsroom's host."""
        return f"/{self.outlet}/"


@dataclass(frozen=True)
class ArticleVersion:
    """One published state of one article.

    `no_date` is "", "page" (the feed alone tells the date) or "everywhere"; `feed_text` says what the feed carries (summary, full,
    title); `page` is article, or empty for a page whose body holds no text.
    """

    outlet: str
    slug: str
    path: str
    title: str
    published_at: datetime
    updated_at: datetime | None
    byline: str
    language: str
    summary: str
    paragraphs: tuple[str, ...]
    wire: str = ""
    no_date: str = ""
    feed_text: str = "summary"
    page: str = "article"

    @property
    def changed_at(self) -> datetime:
        """Moment from which the newsroom serves this version."""
        return self.updated_at or self.published_at

    @property
    def url_path(self) -> str:
        """Path of the article's page on the newsroom's host."""
        return f"/{self.outlet}/{quote(self.path)}.html"

    @property
    def text(self) -> str:
        """Paragraphs, one a line, as a cleaner should return them."""
        return "\n".join(self.paragraphs)


def parse_outlets(text: str) -> list[Outlet]:
    """Reads `outlets.csv`.

    Args:
        text: The file's content, with a header line.

    Returns:
        One outlet a line, in file order.
    """
    return [Outlet(**row) for row in csv.DictReader(io.StringIO(text))]


def parse_article_version(outlet: str, file_name: str, text: str) -> ArticleVersion:
    """Reads one article file.

    Args:
        outlet: The outlet's slug, the name of the folder.
        file_name: `SLUG.md`, or `SLUG.2.md` for a later version.
        text: The file's content.

    Returns:
        The version; times keep the offset that the file gives.

    Raises:
        ValueError: The header has an unknown key or value, lacks one, or gives a time without an offset.
    """
    where = f"articles/{outlet}/{file_name}"
    head, _, body = text.strip().partition("\n\n")
    header: dict[str, str] = {}
    for number, line in enumerate(head.split("\n"), start=1):
        key, separator, value = line.partition(": ")
        if not separator or key not in HEADER_KEYS:
            raise ValueError(f"{where}:{number}: {line!r} is not 'key: value' with a key of {', '.join(sorted(HEADER_KEYS))}")
        header[key] = value.strip()
    missing = {"title", "published_at", "byline", "language", "summary"} - header.keys()
    if missing:
        raise ValueError(f"{where}: header lacks {', '.join(sorted(missing))}")
    for key, allowed in CHOICES.items():
        if header.get(key, allowed[0]) not in allowed:
            raise ValueError(f"{where}: {key} is {header[key]!r}; allowed: {', '.join(filter(None, allowed))}")
    slug = file_name.removesuffix(".md").split(".")[0]
    return ArticleVersion(
        outlet=outlet,
        slug=slug,
        path=header.get("path", slug),
        title=header["title"],
        published_at=_parse_time(where, header["published_at"]),
        updated_at=_parse_time(where, header["updated_at"]) if "updated_at" in header else None,
        byline=header["byline"],
        language=header["language"],
        summary=header["summary"],
        paragraphs=tuple(" ".join(part.split()) for part in body.split("\n\n") if part.strip()),
        wire=header.get("wire", ""),
        no_date=header.get("no_date", ""),
        feed_text=header.get("feed_text", "summary"),
        page=header.get("page", "article"),
    )


def _parse_time(where: str, value: str) -> datetime:
    time = datetime.fromisoformat(value)
    if time.tzinfo is None:
        raise ValueError(f"{where}: time {value!r} has no UTC offset; write it like 2025-04-04T20:35:00+03:00")
    return time


def find_current_versions(versions: Iterable[ArticleVersion], clock: datetime | None) -> list[ArticleVersion]:
    """Picks the state of every article that a reader sees at a moment.

    Args:
        versions: All versions of all articles of one outlet.
        clock: The moment; None means after everything.

    Returns:
        At most one version an article, newest first (by publication, then slug); articles published later are absent.
    """
    current: dict[str, ArticleVersion] = {}
    for version in sorted(versions, key=lambda v: v.changed_at):
        if clock is None or version.changed_at <= clock:
            current[version.path] = version
    by_slug = sorted(current.values(), key=lambda v: v.slug)
    return sorted(by_slug, key=lambda v: v.published_at, reverse=True)
