"""Opening the two files: the work file for its single writer, the published file for readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.errors import DiskError, WarehouseError, WarehouseLockedError
from warehouse.migrate import check_version, migrate

Options = dict[str, str | bool | int | float | list[str]]
HOLDER = re.compile(r"Conflicting lock is held in (?P<program>\S+) \(PID (?P<pid>\d+)\)")
# What DuckDB's errors say when the disk takes no more; the system's own words stand at their end.
DISK = re.compile(
    r"No space left|quota exceeded|Read-only file system|File too large|Input/output error"
    r"|Could not (?:write|sync|truncate|move)|Cannot (?:open|create) .{1,500}Permission denied",
    re.IGNORECASE | re.DOTALL,
)
# Nothing is downloaded at run time: a query that needs an extension fails instead of reaching for the network.
OFFLINE: Options = {"autoinstall_known_extensions": "false"}
# DuckDB 2 would write files that the shells analysts have (1.5) cannot read.
READABLE_BY = "v1.5.0"
# A checkpoint writes the last group of rows of a table with an index anew, texts and all: with DuckDB's own 122,880 it would write the
# articles of forty nights. But what describes a column in a group is read, all groups of it, when the column is first asked for: with
# 8,192 rows that was a seventh of matching a night beside a million incidents. Groups of another size are merged at the next checkpoint.
GROUP_ROWS = 32_768
# A checkpoint writes the index blocks that were touched, too, and a night touches most of them: once, when a stage ends, is enough.
# It is bounded since its rows are held in memory, and read when the file is opened after a kill.
LOG_BYTES = "128MB"


def open_work(path: Path | str, *, memory_limit: str | None = None, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open the work file for writing, make or migrate its tables, and keep every other process out until closed.

    Args:
        path: The work file; its folder is made when absent.
        memory_limit: DuckDB's limit, as it writes it (`2GB`); None: its default, 80 % of memory.
        threads: Number of threads; None: all cores.

    Raises:
        WarehouseLockedError: Another process has it open; the message names the process.
        WarehouseError: The folder cannot be written, the file is no DuckDB file, or a newer Vigil wrote it.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(f"{path.parent}: cannot make the data folder ({error.strerror}); choose one that you may write") from error
    con = _connect(path, read_only=False)
    try:
        with disk_errors():
            con.execute("SET TimeZone = 'UTC'")
            con.execute(f"SET checkpoint_threshold = '{LOG_BYTES}'")
            if memory_limit:
                con.execute(f"SET memory_limit = '{_plain(memory_limit)}'")
            if threads:
                con.execute(f"SET threads = {int(threads)}")
            migrate(con, str(path))
    except duckdb.Error as error:
        con.close()
        raise WarehouseError(f"{path}: cannot be prepared: {first_line(error)}; restore a backup or move it away") from error
    except WarehouseError:
        con.close()
        raise
    return con


def open_published(path: Path | str) -> duckdb.DuckDBPyConnection:
    """Open a published file read-only. It never blocks a writer, and keeps its snapshot when a newer file is published.

    Raises:
        WarehouseError: The file is absent, no DuckDB file, or from a newer Vigil.
    """
    path = Path(path)
    if not path.exists():
        raise WarehouseError(f"{path}: does not exist; run `vigil demo` or `vigil ingest` first, or point to another file")
    con = _connect(path, read_only=True)
    try:
        con.execute("SET TimeZone = 'UTC'")
        check_version(con, str(path))
    except WarehouseError:
        con.close()
        raise
    return con


def open_attached(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a closed file read-only as `published`, in a connection that may make tables in memory beside it.

    Raises:
        duckdb.Error: It cannot be opened.
    """
    con = _attach(path, "AS published (READ_ONLY)")
    con.execute("SET TimeZone = 'UTC'")
    return con


@contextmanager
def one_thread(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Use one thread for the block: handing many small statements to more costs half as much again."""
    ((threads,),) = con.execute("SELECT current_setting('threads')").fetchall()
    con.execute("SET threads = 1")
    try:
        yield
    finally:
        con.execute(f"SET threads = {threads}")


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what DuckDB says of a disk that takes no more into an error that a person can act on.

    Raises:
        DiskError: The block failed because of the disk; any other error passes as it is.
    """
    try:
        yield
    except duckdb.Error as error:
        if DISK.search(str(error)):
            raise DiskError(f"{first_line(error)}; free space or mend the disk, then run again: it goes on where it was") from error
        raise


def first_line(error: BaseException) -> str:
    """Return an error's message on one line, without DuckDB's caret drawing."""
    return " ".join(str(error).split("\n\n", maxsplit=1)[0].split())


def _connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        if read_only:
            return _attach(path, "AS published (READ_ONLY)")
        return _attach(path, f"AS work (ROW_GROUP_SIZE {GROUP_ROWS}, STORAGE_VERSION '{READABLE_BY}')")
    except duckdb.Error as error:
        text = str(error)
        if holder := HOLDER.search(text):
            raise WarehouseLockedError(
                f"{path}: process {holder['pid']} ({Path(holder['program']).name}) has it open; "
                f"wait until it ends, or end it (`ps -p {holder['pid']}` shows what it is)"
            ) from error
        if DISK.search(text):
            raise DiskError(
                f"{path}: cannot be opened for writing ({first_line(error)}); free space, check the disk and your rights"
            ) from error
        if "Could not set lock" in text:
            raise WarehouseLockedError(f"{path}: another process has it open; wait until it ends") from error
        if "Unique file handle conflict" in text:
            raise WarehouseLockedError(f"{path}: this process has it open in another way; close that connection first") from error
        if "not a valid DuckDB" in text or isinstance(error, duckdb.SerializationException | duckdb.InternalException):
            raise WarehouseError(f"{path}: is not a DuckDB file or is damaged; restore a backup or move it away") from error
        raise WarehouseError(f"{path}: cannot be opened: {first_line(error)}; check the path and your rights on it") from error


def _attach(path: Path, how: str) -> duckdb.DuckDBPyConnection:
    """Open a file in a connection of its own, as the default database: only attached files can be told how many rows make a group.

    Not by duckdb.connect(path): that opens the file once more to look at it, also where this process has it open, and when the system
    closes that handle, the lock that keeps other processes out is gone.
    """
    con = duckdb.connect(config=OFFLINE)
    try:
        con.execute("SET enable_progress_bar = false")  # DuckDB would draw it into what a command prints, after two seconds
        name = str(path).replace("'", "''")
        con.execute(f"SET temp_directory = '{name}.tmp'")  # else what memory does not hold would go where the program was started
        con.execute(f"ATTACH '{name}' {how}")
        con.execute(f"USE {how.split()[1]}")
    except duckdb.Error:
        con.close()
        raise
    return con


def _plain(limit: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)", limit):
        raise WarehouseError(f"memory limit {limit!r} is not understood; write a number and a unit, as in '2GB'")
    return limit
