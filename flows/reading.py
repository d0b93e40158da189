"""Reads archived pages into rows of the warehouse tables: the CPU work of derive, done in worker processes.

No network and no database here: a worker gets page rows, reads bytes from the archive, and answers with plain rows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from flows.archive import ArchiveError, read_body
from flows.extraction import load_tools, read_languages
from flows.shelf import Shelf
from transforms.article_address import article_address
from transforms.candidates import judge_candidate
from transforms.clean import CLEANER_VERSION, Cleaned, CleanError, clean_fragment, clean_markup, read_markup
from transforms.confidence import withhold_reading
from transforms.copies import find_wire_origin, minhash
from transforms.document import Document, Source
from transforms.extract import EXTRACTOR_VERSION, read_document
from transforms.glance import glance_at
from transforms.language import find_language
from transforms.rows import Row, address_key, make_id, warehouse_rows
from transforms.urls import host_of
from warehouse.seeds import seed_digest

MIN_FEED_TEXT = 200  # characters of full text in the feed that may stand in for a page that yields none
TABLES = ("article", "report", "claim", "evidence", "derivation", "reject")
Clean = Literal["all", "candidates"]
_CODES = re.compile(r"\b[A-Z]{2}\b")


@dataclass(slots=True)
class BatchRows:
    """Rows by table that one batch of pages gave; one derivation row a page."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in TABLES})
    n_bytes: int = 0

    def add(self, other: dict[str, list[Row]]) -> None:
        """Append the rows of one page."""
        for table, rows in other.items():
            self.rows[table] += rows


def extractor_version(min_confidence: float = 0.0, clean: Clean = "all") -> str:
    """Return the version that decides whether a page was read by this very extractor: code, seeds, what it withholds and leaves uncleaned.

    A page that is read in full has the version of `all`, whatever was asked; queries/pages_to_derive.sql knows the ending.
    """
    version = f"{EXTRACTOR_VERSION}+{seed_digest()[:12]}" + (f"-{min_confidence:g}" if min_confidence else "")
    return version if clean == "all" else f"{version}-{clean}"


def read_pages(
    pages: Sequence[Row], archive_dir: Path | Shelf, run_id: str, at: dt.datetime, min_confidence: float = 0.0, clean: Clean = "all"
) -> BatchRows:
    """Read a batch of pages; whatever one page does, the others are read.

    Args:
        pages: Rows of queries/pages_to_derive.sql.
        archive_dir: Folder that warc_file is relative to.
        run_id: Run, for derivation and reject rows.
        at: The run's clock.
        min_confidence: Values less sure than this are withheld.
        clean: all: every page is cleaned and read; candidates: only those that at a glance may report an incident.
    """
    version = extractor_version(min_confidence)
    batch = BatchRows()
    for page in pages:
        try:
            batch.add(read_page(page, read_body(archive_dir, page), run_id, min_confidence, clean))
        except ArchiveError as error:
            batch.add(_rejected(page, run_id, at, version, "archive", str(error)))
        except CleanError as error:
            batch.add(_rejected(page, run_id, at, version, error.reason, f"{page['url']}: {error}", stage="clean"))
        except Exception as error:
            batch.add(_rejected(page, run_id, at, version, type(error).__name__, f"{page['url']}: {type(error).__name__}: {error}"))
        batch.n_bytes += page["n_bytes"]
    return batch


def read_page(page: Row, body: bytes, run_id: str, min_confidence: float = 0.0, clean: Clean = "all") -> dict[str, list[Row]]:
    """Read one page: its article, reports, claims, evidence, and what became of it.

    Raises:
        CleanError: Neither the page nor the feed holds an article text.
    """
    markup = _read_markup(page, body)
    if clean == "candidates" and markup is not None and (why_not := _why_no_candidate(page, markup)):
        return {"derivation": [_without_article(page, run_id, extractor_version(min_confidence, clean), "not_candidate", why_not)]}
    cleaned, text_source = _clean(page, body, markup)
    language = find_language(f"{cleaned.title or ''}\n{cleaned.body}", page.get("feed_language") or cleaned.declared_language)
    lexicons, gazetteer = load_tools(language)
    doc = Document(cleaned.title, cleaned.body, _source(page, cleaned), lexicons, gazetteer)
    url = article_address(page["final_url"], cleaned.canonical_url)
    article_id = make_id(url, doc.text)
    version = extractor_version(min_confidence)
    fetched = page["fetched_at"]
    article: Row = {
        "article_id": article_id, "page_id": page["page_id"], "feed_id": page.get("feed_id"), "canonical_url": url,
        "address_key": address_key(url), "outlet": host_of(url),
        "title": cleaned.title, "byline": cleaned.byline, "published_at": cleaned.published, "published_source": cleaned.published_source,
        "fetched_at": fetched, "language": language, "text": doc.text, "body_start": doc.body_start, "text_sha256": make_id(doc.text),
        "text_source": text_source,
        "cleaner_version": CLEANER_VERSION, "extractor_version": version,
        "wire_origin": find_wire_origin(doc.text, cleaned.byline, lexicons),
        "minhash": None, "is_incident": None, "relevance": None, "relevance_reasons": None,
    }  # fmt: skip
    derivation = {
        "page_id": page["page_id"], "fetched_at": fetched, "run_id": run_id, "extractor_version": version, "article_id": article_id,
        "n_reports": 0,
    }  # fmt: skip
    if language not in read_languages():
        return {"article": [article], "derivation": [{**derivation, "outcome": "not_read_language"}]}
    reading = withhold_reading(read_document(doc), min_confidence)
    # Copies matter where reports are counted; of a text that reports nothing no fingerprint is kept.
    article |= {
        "minhash": minhash(cleaned.body) if reading.reports else None,
        "is_incident": reading.relevance.is_incident,
        "relevance": reading.relevance.score,
        "relevance_reasons": list(reading.relevance.reasons),
    }
    rows = warehouse_rows(article_id, doc, reading, cleaned.published or fetched, version)
    outcome = "report" if rows["report"] else "no_incident"
    return {"article": [article], **rows, "derivation": [{**derivation, "outcome": outcome, "n_reports": len(rows["report"])}]}


def _read_markup(page: Row, body: bytes) -> str | None:
    """Return a page's markup; None where it is none, which `_clean` then says."""
    try:
        return read_markup(body, page.get("content_type"))
    except CleanError:
        return None


def _why_no_candidate(page: Row, markup: str) -> str | None:
    """Return why a page need not be cleaned; None where it may report an incident, or where that cannot be told."""
    glance = glance_at(markup, page.get("item_title"), page.get("item_content_html"))
    found = judge_candidate(glance, load_tools()[0])
    return None if found.is_candidate else found.reason


def _clean(page: Row, body: bytes, markup: str | None) -> tuple[Cleaned, str]:
    """Clean the page and name what the text was taken from, as `article.text_source` does.

    Where the page yields nothing, or only the beginning before a paywall, the full text that the feed carried stands in.
    """
    title, published = page.get("item_title"), page.get("item_updated_at") or page.get("item_published_at")
    found: Cleaned | None = None
    try:
        found = clean_markup(
            read_markup(body, page.get("content_type")) if markup is None else markup,
            title=title, published=published, fetched=page["fetched_at"], url=page["final_url"], asked_url=page["url"],
        )  # fmt: skip
    except CleanError:
        text = clean_fragment(page.get("item_content_html") or "")
        if len(text) < MIN_FEED_TEXT:
            raise
    else:
        text = clean_fragment(page.get("item_content_html") or "") if found.is_teaser else ""
        if len(text) <= max(len(found.body), MIN_FEED_TEXT):
            return found, "page_teaser" if found.is_teaser else "page"
    source = "feed" if published else None
    byline, address = (found.byline, found.canonical_url) if found else (None, None)
    return Cleaned(title, byline, text, published, source, address, page.get("feed_language")), "feed"


def _source(page: Row, cleaned: Cleaned) -> Source:
    countries = tuple(dict.fromkeys([*_CODES.findall(page.get("feed_region_focus") or ""), *filter(None, [page.get("feed_country_iso2")])]))
    return Source(cleaned.published.date() if cleaned.published else None, countries, host_of(page["final_url"]))


def _rejected(
    page: Row, run_id: str, at: dt.datetime, version: str, reason: str, message: str, stage: str = "extract"
) -> dict[str, list[Row]]:
    derivation = _without_article(page, run_id, version, "rejected")
    reject = {"stage": stage, "input_ref": page["page_id"], "reason": reason, "message": message[:500], "run_id": run_id, "at": at}
    return {"derivation": [derivation], "reject": [reject]}


def _without_article(page: Row, run_id: str, version: str, outcome: str, reason: str | None = None) -> Row:
    return {
        "page_id": page["page_id"], "fetched_at": page["fetched_at"], "run_id": run_id, "extractor_version": version, "outcome": outcome,
        "article_id": None, "n_reports": 0, "reason": reason,
    }  # fmt: skip


def batches_by_bytes(pages: Iterable[Row], size: int, count: int) -> Iterator[list[Row]]:
    """Cut pages into batches of at most `size` bytes and `count` pages, in order; a larger page is a batch of its own."""
    batch: list[Row] = []
    filled = 0
    for page in pages:
        if batch and (filled + page["n_bytes"] > size or len(batch) >= count):
            yield batch
            batch, filled = [], 0
        batch.append(page)
        filled += page["n_bytes"]
    if batch:
        yield batch
