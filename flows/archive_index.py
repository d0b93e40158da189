"""The index of the archive built anew from its files: `page` rows, and the feed items that led to them.

Each page of ours is followed by a note of what the warehouse says of it (flows.pages.keep_page). Files without notes, older or
foreign ones, give what their records tell: address, time, status, body. Rows that are there keep what the files do not know.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from flows.fetch import REDIRECTS, Clock
from flows.pages import ITEM
from flows.runs import Run, recorded_run, utc_now
from flows.settings import Settings, prepare_folders
from flows.shelf import Shelf
from flows.warc import MAX_RECORD_BYTES, ArchiveError, WarcPage, iter_members, read_response
from transforms.rows import Row, make_id
from transforms.schemas import BY_NAME
from warehouse.connection import open_work
from warehouse.erasure import address_digest, read_erased
from warehouse.store import read_known_entries, write_batch

Progress = Callable[[str, int, int, str], None]
BATCH_ROWS = 500  # pages that one transaction writes
_TIMES = ("item_published_at", "item_updated_at")


@dataclass(slots=True)
class Reindexed:
    """What was found: files, pages by whether the warehouse knew them, records of erased articles, damage, pages without a record."""

    files: int = 0
    known: int = 0
    added: int = 0
    moved: int = 0
    erased: int = 0
    damage: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def reindex(settings: Settings, *, clock: Clock = utc_now, progress: Progress | None = None) -> Reindexed:
    """Read every archive file and bring the index in step with it: rows that lack are added, places that moved are mended.

    Nothing is deleted: a page whose record is in no file keeps its row and is named. Pages that are added are read by the next
    night, or by `vigil backfill --mode missing`.

    Raises:
        WarehouseLockedError: A run has the work file.
        ArchiveError: The store behind the archive cannot be read.
    """
    prepare_folders(settings)
    con = open_work(settings.work_path)
    found = Reindexed()
    try:
        with recorded_run(con, "reindex", clock, {}) as run:
            index, names = _Index(con, run, found), settings.shelf.names()
            for done, name in enumerate(names, start=1):
                index.take(settings.shelf, name)
                if progress:
                    progress("reindex", done, len(names), f"{found.added} pages added")
            gone = set(con.sql("SELECT page_id FROM page_deletion").fetchall())
            found.files = len(names)
            found.lost = sorted(page_id for page_id in index.known if page_id not in index.seen and (page_id,) not in gone)
            run.count("reindex", len(index.seen) + found.erased, len(index.seen), found.erased, 0.0)
    finally:
        con.close()
    return found


class _Index:
    """The warehouse's side of a reindex: what it knows of pages and feed items, and rows gathered until they are worth a transaction."""

    def __init__(self, con: duckdb.DuckDBPyConnection, run: Run, found: Reindexed) -> None:
        self.con, self.run, self.found = con, run, found
        self.known = {row[0]: row[1:] for row in con.sql("SELECT page_id, warc_file, warc_offset, warc_length FROM page").fetchall()}
        self.items = {row[0] for row in con.sql("SELECT entry_id FROM entry").fetchall()}  # their rows are better than any note
        self.erased = read_erased(con)
        self.seen: set[str] = set()

    def take(self, shelf: Shelf, name: str) -> None:
        """Take the pages of one archive file."""
        batch: list[tuple[Row, Row | None]] = []
        try:
            for row, entry in read_index(shelf, name):
                if self._is_wanted(row):
                    batch.append((row, entry))
                if len(batch) >= BATCH_ROWS:
                    batch = self._write(batch)
        except ArchiveError as error:
            self.found.damage.append(str(error))
        self._write(batch)

    def _is_wanted(self, row: Row) -> bool:
        """Count a page and tell whether its row is to be written."""
        if self.erased and not self.erased.isdisjoint({address_digest(row["url"]), address_digest(row["final_url"])}):
            self.found.erased += 1
            return False
        place, old = (row["warc_file"], row["warc_offset"], row["warc_length"]), self.known.get(row["page_id"])
        if row["page_id"] in self.seen or (old is not None and old[2] == 0):
            return False  # a second record of the same page, or one that the retention rule deleted
        self.seen.add(row["page_id"])
        self.found.added += old is None
        self.found.known += old == place
        self.found.moved += old is not None and old != place
        return old != place

    def _write(self, batch: Sequence[tuple[Row, Row | None]]) -> list[tuple[Row, Row | None]]:
        """Write page rows; those without a note leave what is known of their feed item alone."""
        if not batch:
            return []
        table, run = BY_NAME["page"], self.run
        noted = [row | {"run_id": row["run_id"] or run.run_id} for row, _ in batch if "entry_id" in row]
        frames = {"entry": BY_NAME["entry"].frame(self._entries(batch)), "page": table.frame(noted)}
        write_batch(self.con, frames, run_id=run.run_id, at=run.at)
        if plain := [row | {"run_id": run.run_id} for row, _ in batch if "entry_id" not in row]:
            write_batch(self.con, {"page": table.frame(plain).drop("entry_id", *ITEM)}, run_id=run.run_id, at=run.at)
        return []

    def _entries(self, batch: Sequence[tuple[Row, Row | None]]) -> list[Row]:
        """Return the feed items to write: as the newest note tells them, since their pages come in no order."""
        newest: dict[str, Row] = {}
        for _, entry in batch:
            if entry and entry["entry_id"] not in self.items:
                other = newest.setdefault(entry["entry_id"], entry)
                newest[entry["entry_id"]] = max(other, entry, key=lambda row: row["last_changed_at"])
        there = read_known_entries(self.con, list(newest))
        return [row for key, row in newest.items() if key not in there or there[key]["last_changed_at"] < row["last_changed_at"]]


def read_index(shelf: Shelf, name: str) -> Iterator[tuple[Row, Row | None]]:
    """Yield the `page` row of each page in an archive file, and the `entry` row of the feed item that led to it where it is noted.

    Raises:
        ArchiveError: The file is damaged; the pages before the damage have been yielded.
    """
    path = shelf.path(name)
    waiting: WarcPage | None = None
    asked: str | None = None
    try:
        with path.open("rb") as file:
            for offset, length, member, is_whole in iter_members(file, path, MAX_RECORD_BYTES):
                note = _read_note(member) if is_whole else None
                if note is not None and waiting is not None:
                    yield _rows(name, waiting, asked, note)
                    waiting = asked = None
                if not is_whole or not _is_response(member):
                    continue
                page = read_response(member, MAX_RECORD_BYTES, f"{path} at offset {offset}", offset, length)
                if page is None:
                    continue
                if waiting is not None:
                    yield _rows(name, waiting, asked, None)
                    waiting = asked = None
                if page.http_status in REDIRECTS:
                    asked = asked or page.url
                else:
                    waiting = page
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read ({error.strerror or error}); check the rights on the archive folder") from error
    except ArchiveError:
        if waiting is not None:
            yield _rows(name, waiting, asked, None)
        raise
    if waiting is not None:
        yield _rows(name, waiting, asked, None)


def _is_response(member: bytes) -> bool:
    return b"\r\nWARC-Type: response" in member[:2000]


def _read_note(member: bytes) -> Row | None:
    """Return what the warehouse said of a page; None: the record is no such note."""
    if b"\r\nWARC-Type: metadata" not in member[:2000] or b"application/json" not in member[:2000]:
        return None
    try:
        for record in ArchiveIterator(io.BytesIO(member)):
            note = json.loads(record.content_stream().read())
            return note if isinstance(note, dict) and "page_id" in note else None
    except (ArchiveLoadFailed, ValueError, EOFError):
        pass
    return None


def _rows(name: str, page: WarcPage, asked: str | None, note: Row | None) -> tuple[Row, Row | None]:
    url = str((note or {}).get("url") or asked or page.url)
    row: Row = {
        "page_id": make_id("page", url, page.fetched_at.isoformat()), "url": url, "final_url": page.url, "fetched_at": page.fetched_at,
        "http_status": page.http_status, "content_type": page.header("content-type"), "n_bytes": len(page.body),
        "sha256": hashlib.sha256(page.body).hexdigest(), "warc_file": name, "warc_offset": page.offset, "warc_length": page.length,
    }  # fmt: skip
    if note is None or note["page_id"] != row["page_id"]:
        return row, None
    item = {name: _time(note.get(name)) if name in _TIMES else note.get(name) for name in ITEM}
    row |= {"run_id": note.get("run_id"), "entry_id": note.get("entry_id"), **item}
    if not note.get("entry_id") or not note.get("feed_id"):
        return row, None
    entry = {
        "entry_id": note["entry_id"], "feed_id": note["feed_id"], "guid": None, "url": url, "title": item["item_title"],
        "published_at": item["item_published_at"], "updated_at": item["item_updated_at"], "summary": note.get("summary"),
        "content_html": item["item_content_html"], "first_seen_at": page.fetched_at, "last_changed_at": page.fetched_at,
    }  # fmt: skip
    return row, entry


def _time(value: Any) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
