"""Are the archive's bytes whole, and do pages say of them what they say of themselves."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from flows.archive import ArchiveError, read_page
from flows.runs import Run
from flows.settings import Settings
from flows.shelf import Shelf
from flows.warc import MAX_RECORD_BYTES, iter_members
from transforms.schemas import BY_NAME
from warehouse.connection import open_published
from warehouse.errors import WarehouseLockedError
from warehouse.store import reject_row, resolve_rejects, write_batch

_HEADER = 10  # bytes of a gzip member's header, which its checksum does not cover


def check_file(archive_dir: Path | Shelf, name: str, known: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield offset and fault of every damaged record of an archive file.

    Args:
        archive_dir: Archive folder.
        name: File relative to it.
        known: Offsets at which records of pages begin: behind a damaged record the walk goes on at the next of them.
    """
    path = Shelf.of(archive_dir).path(name)
    headers: dict[int, bytes] = {}
    start: int | None = 0
    try:
        with path.open("rb") as file:
            while start is not None:
                file.seek(start)
                at = start
                try:
                    for offset, length, _, _ in iter_members(file, path, MAX_RECORD_BYTES):
                        headers[start + offset] = os.pread(file.fileno(), _HEADER, start + offset)
                        at = start + offset + length
                    start = None
                except ArchiveError as error:
                    yield at, f"{_reason(error)}; restore the file from a backup"
                    start = min((offset for offset in known if offset > at), default=None)
    except FileNotFoundError:
        return  # each of its pages says so
    except OSError as error:
        yield 0, f"cannot be read ({error.strerror}); check the rights on the archive folder"
    if headers:
        usual, _ = Counter(headers.values()).most_common(1)[0]
        for offset, header in headers.items():
            if header != usual:
                yield offset, f"the record's head is {header.hex()}, that of the others {usual.hex()}; restore the file from a backup"


def check_page(archive_dir: Path | Shelf, page: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield column, stored value and archived value where a page's row does not say what its record says.

    A record that cannot be read yields nothing: reading it again names it.
    """
    try:
        found = read_page(archive_dir, page["warc_file"], page["warc_offset"], page["warc_length"])
    except ArchiveError:
        return
    content_type = next((value for name, value in found.headers if name.lower() == "content-type"), None)
    for column, archived in {
        "final_url": found.url, "http_status": found.http_status, "content_type": content_type, "n_bytes": len(found.body),
    }.items():  # fmt: skip
        if page[column] != archived:
            yield column, page[column], archived


def _reason(error: ArchiveError) -> str:
    """Return what is wrong without the file's name, which the finding has, and without the way out."""
    return str(error).split(": ", 1)[-1].split(";", 1)[0]


@dataclass(slots=True)
class Checked:
    """What a check read, what is wrong (place, fault), and files that no page of the index lies in."""

    files: int = 0
    pages: int = 0
    findings: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def check_archive(settings: Settings, *, progress: Callable[[str, int, int, str], None] | None = None) -> Checked:
    """Read every record of every archive file, and every page's record against its row and digest.

    Raises:
        WarehouseError: There is no warehouse yet, or it cannot be read.
        ArchiveError: The store behind the archive cannot be listed.
    """
    shelf, checked = settings.shelf, Checked()
    pages: dict[str, list[dict[str, Any]]] = {}
    for page in _index(settings):
        if page["warc_length"] > 0:
            pages.setdefault(page["warc_file"], []).append(page)
    names = shelf.names()
    checked.unknown = [name for name in names if name not in pages]
    every = sorted({*names, *pages})
    for done, name in enumerate(every, start=1):
        rows = pages.get(name, [])
        named = {row["warc_offset"]: row["url"] for row in rows}
        for offset, says in check_file(shelf, name, list(named)):
            checked.findings.append((f"{name} at offset {offset}", f"{says}{f' [{named[offset]}]' if offset in named else ''}"))
        damaged = {where for where, _ in checked.findings}
        for page in rows:
            where = f"{name} at offset {page['warc_offset']}"
            if where not in damaged:
                checked.findings += [(where, says) for says in _page_faults(shelf, page)]
        checked.pages += len(rows)
        if progress:
            progress("check", done, len(every), f"{len(checked.findings)} faults")
    checked.files = len(names)
    return checked


def _page_faults(shelf: Shelf, page: Mapping[str, Any]) -> Iterator[str]:
    try:
        read_page(shelf, page["warc_file"], page["warc_offset"], page["warc_length"], page["sha256"])
    except ArchiveError as error:
        yield f"{_reason(error)} [{page['url']}]"
        return
    for column, stored, archived in check_page(shelf, page):
        yield f"page {page['page_id']}: {column} is {stored!r} in the index and {archived!r} in the file"


def list_archive(settings: Settings) -> list[dict[str, Any]]:
    """Return a row an archive file: file, n_bytes, pages, first_at, last_at (NULL: not in the index), place (local, store, both, gone).

    Raises:
        ArchiveError: The store behind the archive cannot be listed.
    """
    shelf = settings.shelf
    of_file: dict[str, list[dt.datetime]] = {}
    for page in _index(settings):
        if page["warc_length"] > 0:
            of_file.setdefault(page["warc_file"], []).append(page["fetched_at"])
    local, stored = set(shelf.local_names()), shelf.stored()
    rows = []
    for name in sorted({*local, *stored, *of_file}):
        times = of_file.get(name, [])
        place = "both" if name in local and name in stored else "local" if name in local else "store" if name in stored else "gone"
        about = {"first_at": min(times, default=None), "last_at": max(times, default=None), "place": place}
        rows.append({"file": name, "n_bytes": stored.get(name) or shelf.size(name), "pages": len(times), **about})
    return rows


def send_archive(settings: Settings) -> tuple[list[str], dict[str, str], list[str]]:
    """Upload what the store lacks, then drop local copies older than `archive_cache_days`; names sent, failures, names dropped."""
    sent, failed = settings.shelf.send()
    if failed:
        return sent, failed, []  # a store that takes nothing is no place to rely on
    return sent, failed, settings.shelf.evict(dt.datetime.now(dt.UTC) - dt.timedelta(days=settings.archive_cache_days))


def _index(settings: Settings) -> list[dict[str, Any]]:
    """Return the `page` rows; while a run writes, those that were published last."""
    if not settings.work_path.exists() and not settings.published_path.exists():
        return []
    try:
        con = open_published(settings.work_path if settings.work_path.exists() else settings.published_path)
    except WarehouseLockedError:
        con = open_published(settings.published_path)
    try:
        found: list[dict[str, Any]] = con.sql("FROM page ORDER BY warc_file, warc_offset").pl().to_dicts()
        return found
    finally:
        con.close()


def keep_sent(con: duckdb.DuckDBPyConnection, settings: Settings, run: Run) -> None:
    """Send the night's archive files to the store; what could not be sent is kept, named in `reject`, and sent by the next night."""
    if not settings.archive_url:
        return
    sent, failed, _ = send_archive(settings)
    rows = [reject_row("archive", name or settings.archive_url, "not_sent", why, run.run_id, run.at) for name, why in failed.items()]
    write_batch(con, {"reject": BY_NAME["reject"].frame(rows)}, run_id=run.run_id, at=run.at)
    resolve_rejects(con, "archive", [*sent, *([] if failed else [settings.archive_url])], run.at)
