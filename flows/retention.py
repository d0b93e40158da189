"""Retention: pages older than VIGIL_ARCHIVE_KEEP_DAYS lose their archived bytes, each night and by `vigil archive prune`. Off by default.

No page goes that a published value rests on, unless that is asked for. Each page that goes leaves a row in page_deletion, its
`page` row with a record of length 0, and all that was read from it: what is deleted is the bytes, not the knowledge.

    file with pages to go  ->  new file of what stays, on disk  ->  rows point to it, one transaction  ->  old file deleted

Killed anywhere, the old file or both are there; run again, it goes on, and a copy that nothing points to is deleted.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from flows.fetch import Clock
from flows.runs import Run, recorded_run, utc_now
from flows.settings import Settings, SettingsError, prepare_folders
from flows.shelf import Shelf
from flows.warc import MAX_RECORD_BYTES, ArchiveError, iter_members
from transforms.rows import Row
from transforms.schemas import BY_NAME
from warehouse.connection import open_work
from warehouse.errors import WarehouseError
from warehouse.store import read_frame, transaction, upsert

Progress = Callable[[str, int, int, str], None]


@dataclass(slots=True)
class Pruned:
    """What went, or would go: pages, of them such that published values rest on, bytes of their records; files that could not be read."""

    pages: int = 0
    evidence: int = 0
    n_bytes: int = 0
    files: int = 0
    kept_evidence: int = 0
    damage: list[str] = field(default_factory=list)


def prune(
    settings: Settings,
    *,
    keep_days: int | None = None,
    with_evidence: bool = False,
    dry_run: bool = False,
    clock: Clock = utc_now,
    progress: Progress | None = None,
) -> Pruned:
    """Delete the bytes of pages that are older than the retention rule allows.

    Args:
        settings: Archive and warehouse.
        keep_days: Age in days from which pages go; None: the setting archive_keep_days.
        with_evidence: Also pages that published values rest on; `vigil verify` can then no longer prove those.
        dry_run: Only count.
        clock: Now.
        progress: Told after every file.

    Raises:
        SettingsError: No age is set.
        WarehouseLockedError: A run has the work file.
    """
    days = settings.archive_keep_days if keep_days is None else keep_days
    if days <= 0:
        raise SettingsError("archive_keep_days is 0, which keeps every page: set VIGIL_ARCHIVE_KEEP_DAYS or give --older-than DAYS")
    prepare_folders(settings)
    con = open_work(settings.work_path)
    done = Pruned()
    try:
        old = read_frame(con, "pages_to_prune", before=clock() - dt.timedelta(days=days)).to_dicts()
        done.kept_evidence = 0 if with_evidence else sum(page["is_evidence"] for page in old)
        going: dict[str, list[Row]] = defaultdict(list)
        for page in old:
            if with_evidence or not page["is_evidence"]:
                going[page["warc_file"]].append(page)
        if dry_run or not going:
            for name, pages in going.items():
                _count(done, name, pages)
            return done
        parameters = {"keep_days": days, "with_evidence": with_evidence}
        with recorded_run(con, "retention", clock, parameters) as run:
            for number, (name, pages) in enumerate(sorted(going.items()), start=1):
                _prune_file(con, settings.shelf, name, pages, run, days, done)
                if progress:
                    progress("retention", number, len(going), f"{done.pages} pages")
            run.count("retention", len(old), len(old), 0, 0.0)
    finally:
        con.close()
    return done


def prune_nightly(settings: Settings, *, clock: Clock = utc_now) -> str | None:
    """Apply the rule of the settings and return what was done, on one line; None: no rule is set, or nothing is old enough.

    What stands in its way is in that line, too: housekeeping stops no night, and the next one tries again.
    """
    if settings.archive_keep_days <= 0:
        return None
    try:
        done = prune(settings, clock=clock)
    except (ArchiveError, WarehouseError, OSError) as error:
        return f"retention: nothing deleted, {error}"
    if not done.pages and not done.damage:
        return None
    left = f"; {len(done.damage)} files left as they are, the first: {done.damage[0]}" if done.damage else ""
    size = f"{done.n_bytes / 1e6:.1f} MB"
    return f"retention: {done.pages} pages older than {settings.archive_keep_days} days deleted ({size}, {done.kept_evidence} kept){left}"


def _count(done: Pruned, name: str, pages: list[Row]) -> None:
    done.files += bool(name)
    done.pages += len(pages)
    done.evidence += sum(page["is_evidence"] for page in pages)
    done.n_bytes += sum(page["warc_length"] for page in pages)


def _prune_file(con: duckdb.DuckDBPyConnection, shelf: Shelf, name: str, pages: list[Row], run: Run, days: int, done: Pruned) -> None:
    fresh_name = _next_name(name)
    fresh = shelf.folder / fresh_name
    try:
        places = _copy_without(shelf.path(name), fresh, {page["warc_offset"] for page in pages})
        if places:
            shelf.upload(fresh_name)
        else:
            fresh.unlink()
    except (ArchiveError, OSError) as error:  # damaged (what stays could not be told from what goes), gone, or no space for the copy
        fresh.unlink(missing_ok=True)
        done.damage.append(str(error) if isinstance(error, ArchiveError) else f"{name}: {error.strerror or error}")
        return
    _point(con, name, fresh_name, places, pages, run, days)
    shelf.delete(name)
    _count(done, name, pages)


def _copy_without(source: Path, target: Path, going: set[int]) -> dict[int, int]:
    """Copy the records of a file but those that go with a page: redirects before it, request and note behind it.

    Returns:
        New offset of each response that stays, by its old one; empty when none stays.
    """
    places: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []  # redirects, whose page is still to come
    is_going, n_responses = False, 0
    with source.open("rb") as file, target.open("wb") as out:

        def copy(offset: int, length: int) -> None:
            places[offset] = out.tell()
            out.write(os.pread(file.fileno(), length, offset))

        for offset, length, member, _ in iter_members(file, source, min(MAX_RECORD_BYTES, 4_000)):
            kind = _kind(member)
            if kind == "redirect":
                waiting.append((offset, length))
            elif kind == "response":
                is_going = offset in going
                n_responses += not is_going
                for hop in [] if is_going else waiting:
                    copy(*hop)
                waiting = []
            if kind != "redirect" and not (is_going and kind in {"response", "request", "metadata"}):
                copy(offset, length)
        out.flush()
        os.fsync(out.fileno())
    return places if n_responses else {}


def _kind(member: bytes) -> str:
    head, _, block = member.partition(b"\r\n\r\n")
    kind = next((line[11:].strip().decode("ascii", "replace") for line in head.split(b"\r\n") if line.startswith(b"WARC-Type: ")), "")
    status = block.split(b" ", 2)[1:2]
    return "redirect" if kind == "response" and status and status[0] in {b"301", b"302", b"303", b"307", b"308"} else kind


def _point(
    con: duckdb.DuckDBPyConnection, name: str, fresh_name: str, places: dict[int, int], pages: Iterable[Row], run: Run, days: int
) -> None:
    """Let the rows of the pages that stay point to the new file, and record those that went, in one transaction."""
    listed = list(pages)
    going = {page["page_id"] for page in listed}
    of_file = read_frame(con, "pages_of_file", warc_file=name).to_dicts()
    moved = [
        {"page_id": row["page_id"], "warc_file": fresh_name, "warc_offset": places[row["warc_offset"]], "warc_length": row["warc_length"]}
        for row in of_file
        if row["page_id"] not in going and row["warc_offset"] in places
    ]
    gone = [{"page_id": page_id, "warc_file": name, "warc_offset": 0, "warc_length": 0} for page_id in sorted(going)]
    why = f"older than {days} days"
    deletions = [
        {
            "page_id": page["page_id"], "run_id": run.run_id, "deleted_at": run.at, "url": page["url"], "fetched_at": page["fetched_at"],
            "sha256": page["sha256"], "warc_file": name, "n_bytes": page["warc_length"], "was_evidence": int(page["is_evidence"]),
            "reason": f"{why}, published values rest on it" if page["is_evidence"] else f"{why}, no published value rests on it",
        }
        for page in listed
    ]  # fmt: skip

    with transaction(con):
        upsert(con, BY_NAME["page_deletion"], BY_NAME["page_deletion"].frame(deletions))
        full = {row["page_id"]: row for row in of_file}
        rows = [full[row["page_id"]] | row for row in (*moved, *gone) if row["page_id"] in full]
        upsert(con, BY_NAME["page"], BY_NAME["page"].frame(rows))


def _next_name(name: str) -> str:
    """Return the name of the copy: `x.warc.gz` -> `x-r1.warc.gz` -> `x-r2.warc.gz`."""
    stem, dot, rest = name.partition(".warc")
    base, dash, number = stem.rpartition("-r")
    stem = f"{base}-r{int(number) + 1}" if dash and number.isdigit() else f"{stem}-r1"
    return f"{stem}{dot}{rest}"
