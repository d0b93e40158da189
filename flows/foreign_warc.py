"""`vigil backfill --warc`: pages of archives that others made, such as Common Crawl's news crawl, become pages of ours.

Each page is copied into an archive file of our own, so that nothing depends on the foreign file afterwards: it may be on a
borrowed disk. Its time is that of the record; no feed led to it. The same file twice adds nothing.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from flows.archive import Archive
from flows.archive_check import keep_sent
from flows.fetch import Answer, Clock, FetchError
from flows.pages import keep_page, refuse_unreadable
from flows.progress import told_progress
from flows.runs import Run, recorded_run, utc_now
from flows.settings import Settings, SettingsError, prepare_folders
from flows.terminal import printable, say
from flows.warc import ArchiveError, WarcPage, iter_warc
from transforms.rows import Row, make_id
from transforms.schedule import PageRequest
from transforms.schemas import BY_NAME
from transforms.urls import UrlError, canonical_url
from warehouse.connection import open_work
from warehouse.erasure import address_digest, read_erased
from warehouse.store import reject_row, write_batch

Progress = Callable[[str, int, int, str], None]
BATCH_ROWS = 500  # pages that one transaction writes, and a kill can cost
EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)  # before it there was no web
REPORT_EVERY = 200  # pages between two lines of progress


@dataclass(slots=True)
class Imported:
    """What was taken: pages added, pages known before, refused by class; files that end in damage; first and last day."""

    files: int = 0
    added: int = 0
    known: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    damage: list[str] = field(default_factory=list)
    days: set[dt.date] = field(default_factory=set)


def import_warcs(settings: Settings, files: Sequence[Path], *, clock: Clock = utc_now, progress: Progress | None = None) -> Imported:
    """Copy the pages of WARC files into the archive and index them; `backfill` reads them like any other.

    Only successful answers with readable markup are taken. What is refused leaves a `reject` row that names file and offset.
    A file that ends in damage gives the pages before it.

    Args:
        settings: Caps, archive, warehouse.
        files: `.warc` or `.warc.gz` files.
        clock: Time that the run is stamped with.
        progress: Told every few hundred pages.

    Raises:
        ArchiveError: A file is absent or no WARC (then nothing was written), or the archive cannot be written.
    """
    for path in files:
        _check(path)
    prepare_folders(settings)
    con = open_work(settings.work_path)
    found = Imported()
    try:
        with recorded_run(con, "import", clock, {"files": [path.name for path in files]}) as run:
            began = time.monotonic()
            with Archive(settings.archive_dir, run.run_id, run.at, max_file_bytes=settings.archive_file_bytes) as archive:
                for path in files:
                    _Import(con, settings, run, archive, found, progress).take(path)
            n_refused = sum(found.refused.values())
            keep_sent(con, settings, run)
            run.count("import", found.added + found.known + n_refused, found.added + found.known, n_refused, time.monotonic() - began)
    finally:
        con.close()
    return found


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(5)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    if not head.startswith((b"\x1f\x8b", b"WARC/")):
        raise ArchiveError(f"{path}: is no WARC file (it begins with {head!r}); give a .warc or .warc.gz file")


class _Import:
    """The work on one file: pages gathered until they are worth a transaction."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, settings: Settings, run: Run, archive: Archive, found: Imported, progress: Progress | None
    ) -> None:
        self.con, self.settings, self.run, self.archive, self.found, self.progress = con, settings, run, archive, found, progress
        self.pages: list[Row] = []
        self.rejects: list[Row] = []
        self.erased = read_erased(con)
        self.known = {row[0] for row in con.sql("SELECT page_id FROM page").fetchall()}

    def take(self, path: Path) -> None:
        """Take the pages of one file."""
        try:
            for number, page in enumerate(iter_warc(path, self.settings.max_page_bytes), start=1):
                self._take_page(path, page)
                if len(self.pages) + len(self.rejects) >= BATCH_ROWS:
                    self._write()
                if self.progress and number % REPORT_EVERY == 0:
                    self.progress("import", number, 0, f"{path.name}: {self.found.added} pages added")
        except ArchiveError as error:
            if not str(error).startswith(str(path)):
                raise  # our own archive cannot be written
            self.found.damage.append(str(error))
            self._refuse(path.name, "damaged", str(error))
        self._write()
        self.found.files += 1

    def _take_page(self, path: Path, page: WarcPage) -> None:
        where = f"{path.name} at offset {page.offset}"
        try:
            url = canonical_url(page.url)
            if not 200 <= page.http_status < 300:
                raise FetchError("http_status", f"{url}: answered {page.http_status}")
            if not EARLIEST <= page.fetched_at <= self.run.at:
                raise FetchError("bad_date", f"{url}: its record is dated {page.fetched_at:%Y-%m-%d}, which cannot be")
            answer = Answer(url, url, page.http_status, page.headers, page.body, page.fetched_at, 0)
            refuse_unreadable(url, answer)
            if self.erased and address_digest(url) in self.erased:
                raise FetchError("erased", "is an article that was erased; not taken")
        except UrlError as error:
            return self._refuse(where, "bad_address", str(error))
        except FetchError as error:
            return self._refuse(where, error.status, str(error))
        page_id = make_id("page", url, page.fetched_at.isoformat())
        if page_id in self.known:
            self.found.known += 1
            return None
        self.known.add(page_id)
        row = keep_page(PageRequest(url, "", "", ""), answer, self.archive, self.run.run_id)
        self.pages.append(row)
        self.found.added += 1
        self.found.days.add(page.fetched_at.date())
        return None

    def _refuse(self, where: str, reason: str, message: str) -> None:
        self.rejects.append(reject_row("import", where, reason, f"{where}: {message}"[:500], self.run.run_id, self.run.at))
        self.found.refused[reason] += 1

    def _write(self) -> None:
        """Bring the records to disk, then the rows that point to them into the warehouse."""
        self.archive.flush()
        frames = {"page": BY_NAME["page"].frame(self.pages), "reject": BY_NAME["reject"].frame(self.rejects)}
        write_batch(self.con, frames, run_id=self.run.run_id, at=self.run.at)
        self.pages, self.rejects = [], []


def take_warcs(settings: Settings, files: Sequence[Path], *, dry_run: bool = False) -> Imported:
    """Import WARC files with progress, and print what came: the first part of `vigil backfill --warc`.

    Raises:
        SettingsError: A dry run is wanted: taking pages writes the archive.
    """
    if dry_run:
        raise SettingsError("--warc writes the archive and --dry-run writes nothing; give one of them")
    with told_progress() as progress:
        found = import_warcs(settings, files, progress=progress)
    for line in import_lines(found):
        say(printable(line))
    return found


def import_lines(found: Imported) -> list[str]:
    """Return what an import did, a line a matter."""
    refused = sum(found.refused.values())
    why = ", ".join(f"{count} {reason}" for reason, count in found.refused.most_common())
    taken = f"imported: {found.added} pages of {found.files} files, {found.known} known before"
    return [taken + (f", {refused} refused ({why})" if refused else ""), *(f"damaged: {message}" for message in found.damage)]
