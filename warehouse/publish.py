"""From the work file to the published file: checks, then a copy that readers see whole or not at all.

    run_checks                      a row that breaks one stops here: what is published stays as it is
    refresh_rows                    what the dear views answer of the incidents that were touched
    CHECKPOINT, close               the file is complete, nothing waits in its log
    before_copy                     what may only be done to rows that passed, and must be in the copy (retention)
    copy to a file beside target    under a lock, so that no run starts writing in between; its blocks are shared where the file system can
    views from rows                 the dear views of the copy read rows, where those of the work file compute (warehouse.view_rows)
    Parquet from the copy           the months that were touched, in a folder beside the target folder (warehouse.mirror)
    fsync, os.replace               readers of the old file keep it; new readers get the new one
    swap the Parquet folder

A kill at any moment leaves the old or the new published file, and `.new` or `.old` leftovers that the next run removes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from warehouse.checks import run_checks
from warehouse.connection import disk_errors, first_line, open_published, open_work
from warehouse.errors import ChecksFailedError, WarehouseError, WarehouseLockedError
from warehouse.migrate import write_comments
from warehouse.mirror import forget_mirror, swap_mirror, sync_folder, write_mirror
from warehouse.view_rows import read_from_rows, refresh_rows

COPY_BYTES = 8 * 1024 * 1024
FICLONE = 0x40049409  # of linux/fs.h: share the blocks of a file


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the file, its size, the Parquet folder, the number of incidents and checks."""

    path: Path
    n_bytes: int
    parquet: Path | None
    n_incidents: int
    n_checks: int


def publish(
    work: Path | str,
    target: Path | str,
    *,
    run_id: str,
    parquet: Path | str | None = None,
    before_copy: Callable[[], None] | None = None,
) -> Published:
    """Check the work file and publish a copy of it; no connection to it may be open in this process.

    Args:
        work: The work file.
        target: The file that readers open.
        run_id: Run that publishes, for its `check_result` rows.
        parquet: Folder of the Parquet mirror; None: none is written.
        before_copy: Called when the checks have passed; it may open the work file, and closes it.

    Raises:
        ChecksFailedError: Rows break a check; names each check with their number. Nothing was published.
        WarehouseError: A file cannot be read or written; what was published before is still there.
    """
    work, target = Path(work), Path(target)
    if not work.exists():
        raise WarehouseError(f"{work}: does not exist; run `vigil ingest` first")
    n_checks, has_rows = _check(work, target, run_id)
    if before_copy:
        before_copy()
    copy = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with hold_lock(work) as source:
            _copy(source, copy)
        if has_rows:
            _answer_from_rows(copy)
        n_incidents = _count_incidents(copy)
        fresh = write_mirror(copy, Path(parquet), run_id) if parquet else None
        copy.replace(target)
        sync_folder(target.parent)
        if parquet and fresh:
            swap_mirror(fresh, Path(parquet))
            _forget_months(work)
    except OSError as error:
        raise WarehouseError(f"{target}: cannot be published ({error.strerror or error}); free space or choose another folder") from error
    finally:
        copy.unlink(missing_ok=True)  # in place by now, or not good enough
    return Published(target, target.stat().st_size, Path(parquet) if parquet else None, n_incidents, n_checks)


def copy_work(work: Path, copy: Path, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Copy the work file, complete and closed, to another place; no connection to it may be open in this process.

    Args:
        work: The work file.
        copy: Where to.
        meanwhile: Called while no run can write: what is read there is of the same moment.

    Raises:
        WarehouseError: It cannot be read or written, or a run writes to it.
    """
    con = open_work(work)
    try:
        con.execute("CHECKPOINT").fetchall()
    finally:
        con.close()
    try:
        with hold_lock(work) as source:
            _copy(source, copy)
            meanwhile()
    except OSError as error:
        raise WarehouseError(f"{copy}: cannot be written ({error.strerror or error}); free space or choose another data folder") from error


def mirror(database: Path, folder: Path) -> None:
    """Write the Parquet mirror of a published file anew, and put it in place; the next publication trusts none of its months."""
    forget_mirror(folder)
    swap_mirror(write_mirror(database, folder, ""), folder)


def _check(work: Path, target: Path, run_id: str) -> tuple[int, bool]:
    """Return the number of checks, all passed, and whether the work file keeps rows of its views."""
    has_rows = False
    con = open_work(work)
    try:
        with disk_errors():
            results = run_checks(con, run_id)
            if not results["n_bad"].sum():
                has_rows = refresh_rows(con, everything=bool(results["is_full"].all()))
            write_comments(con)
            con.execute("CHECKPOINT").fetchall()
    finally:
        con.close()
    failed = {row["check_name"]: row["n_bad"] for row in results.to_dicts() if row["n_bad"]}
    if failed:
        listed = ", ".join(f"{name} ({n} rows)" for name, n in failed.items())
        raise ChecksFailedError(
            f"{target}: not published, checks failed: {listed}; see check_result of run {run_id} in {work}, mend the rows, publish again",
            failed,
        )
    return results.height, has_rows


@contextmanager
def hold_lock(work: Path) -> Iterator[BinaryIO]:
    """Hold the lock that DuckDB takes. Only this handle may open the file: closing another one would drop the lock."""
    with work.open("r+b") as handle:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WarehouseLockedError(f"{work}: a run began to write before it was copied; publish again when it has ended") from error
        if Path(f"{work}.wal").exists():
            raise WarehouseLockedError(f"{work}: a run wrote to it after the checks; publish again")
        yield handle


def _copy(source: BinaryIO, copy: Path) -> None:
    with copy.open("wb") as handle:
        if not _share_blocks(source, handle):
            shutil.copyfileobj(source, handle, COPY_BYTES)
        handle.flush()
        os.fsync(handle.fileno())


def _share_blocks(source: BinaryIO, target: BinaryIO) -> bool:
    """Let a new file share the blocks of another until one of them is written to; return whether the file system can.

    Btrfs, XFS and others can: a copy of any size costs a moment and no space. A write to either file then goes to a block of its own.
    """
    try:
        fcntl.ioctl(target.fileno(), FICLONE, source.fileno())
    except OSError:
        return False
    return True


def _answer_from_rows(copy: Path) -> None:
    con = open_work(copy)
    try:
        read_from_rows(con)
        con.execute("CHECKPOINT").fetchall()
    finally:
        con.close()


def _forget_months(work: Path) -> None:
    """The mirror holds what waited for it. Killed before this, or while another run writes, the next publication writes it once more."""
    try:
        con = open_work(work)
    except WarehouseLockedError:
        return
    try:
        con.execute("DELETE FROM publish_queue WHERE kind IN ('article_month', 'incident_month')").fetchall()
    finally:
        con.close()


def _count_incidents(copy: Path) -> int:
    """Open the copy as a reader would and count its incidents: a copy that cannot be read must not replace one that can."""
    con = open_published(copy)
    try:
        return int(con.sql("SELECT count(*) FROM incident").fetchall()[0][0])
    except duckdb.Error as error:
        raise WarehouseError(f"{copy}: the copy cannot be read: {first_line(error)}; check the disk and publish again") from error
    finally:
        con.close()
