"""The Parquet mirror: every table and most views of the published file, for readers that have no DuckDB.

What grows with history lies in parts by month, `NAME.parquet/month=2025-04/part.parquet`: texts and what was read from them by the month
of the fetch, incidents and what is told of them by the month of the event, pages, feed items and polls by their own. Everything else is one
file, `NAME.parquet`. A publication writes the months that runs have touched since the last one (publish_queue names them; of pages, items
and polls a digest of each month tells) and links the files of the others from the mirror before: files are never changed once written, so
that readers of the old mirror keep it.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb

from transforms.schemas import TABLES
from warehouse.connection import first_line, open_attached
from warehouse.errors import WarehouseError
from warehouse.migrate import newest_version, view_digest
from warehouse.views import read_views

MARK = "_made.json"  # which publication made the mirror, in which layout
LAYOUT = "months 2"
BY_OWN_TIME = {"page": "fetched_at", "derivation": "fetched_at", "entry": "first_seen_at", "feed_poll": "polled_at"}
OF_ARTICLES = ("article", "report", "claim", "evidence", "report_tolls")
OF_INCIDENTS = ("incident", "incident_version", "incident_report", "incident_toll", "toll_claim")
VIEWS_OF_INCIDENTS = ("casualty_claims", "contested_claims", "incident_sources", "incidents", "stances", "toll_history")
GONE = "gone"  # past states of incidents that are no more
MONTH_OF = "strftime({} AT TIME ZONE 'UTC', '%Y-%m')"
MONTH_OF_ARTICLE = MONTH_OF.format("fetched_at")
UNKNOWN = "unknown"  # incidents without a date
MONTH_OF_INCIDENT = f"coalesce(strftime(event_date_start, '%Y-%m'), '{UNKNOWN}')"
AT_FDCWD, RENAME_EXCHANGE = -100, 2


def write_mirror(database: Path, folder: Path, run_id: str) -> Path:
    """Write the mirror of a closed published file to `folder`.new, each file ordered by key.

    Args:
        database: The file.
        folder: The mirror before, whose unchanged months are linked.
        run_id: The publication.

    Returns:
        The folder written; swap it in when all is done.

    Raises:
        WarehouseError: A file cannot be written.
    """
    fresh = folder.with_name(f"{folder.name}.new")
    con = open_attached(database)
    try:
        layout = _layout(con)
        made = _read_mark(con, folder, layout)
        digests = {name: _digests(con, name) for name in BY_OWN_TIME}
        try:
            _write_all(con, fresh, folder if made else None, digests, made.get("digests", {}))
        except FileNotFoundError:  # a month that should be there is not: somebody has tidied up
            _write_all(con, fresh, None, digests, {})
        (fresh / MARK).write_text(json.dumps({"layout": layout, "run_id": run_id, "digests": digests}), encoding="utf-8")
    except duckdb.Error as error:
        shutil.rmtree(fresh, ignore_errors=True)  # a half of a mirror is no use, and on a full disk it is in the way
        raise WarehouseError(f"{fresh}: cannot be written: {first_line(error)}; free space or choose another folder") from error
    finally:
        con.close()
    return fresh


def swap_mirror(fresh: Path, folder: Path) -> None:
    """Put the fresh folder in place, in one step where the system can; else readers may miss it for the moment between two renames."""
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        if _exchange(fresh, folder):
            fresh.rename(old)
        else:
            folder.rename(old)
            fresh.rename(folder)
    else:
        fresh.rename(folder)
    sync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def forget_mirror(folder: Path) -> None:
    """Let the next publication write every month anew."""
    (folder / MARK).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _layout(con: duckdb.DuckDBPyConnection) -> str:
    """Return a digest of all that shapes months nobody touched: the tables, the views, the names of publishers."""
    ((outlets,),) = con.sql("SELECT bit_xor(hash(o)) FROM outlet AS o").fetchall()
    return hashlib.sha256(f"{LAYOUT} {newest_version()} {view_digest()} {outlets}".encode()).hexdigest()[:16]


def _read_mark(con: duckdb.DuckDBPyConnection, folder: Path, layout: str) -> dict[str, Any]:
    """Return what the mirror before says of itself.

    Nothing where it is of another layout, or of a publication that this database does not know: what came since would not be queued.
    """
    try:
        made: dict[str, Any] = dict(json.loads((folder / MARK).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # a mark that is no object is nobody's
        return {}
    known = con.execute("SELECT count(*) FROM check_result WHERE run_id = $1", [made.get("run_id")]).fetchall()[0][0]
    return made if made.get("layout") == layout and known else {}


def _digests(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """Return a digest of all rows of each month of a table, whatever their order: a fifth of what writing them costs."""
    month = MONTH_OF.format(BY_OWN_TIME[name])
    return dict(con.sql(f"SELECT {month}, count(*) || ' ' || bit_xor(hash(t)) FROM {name} AS t GROUP BY 1 ORDER BY 1").fetchall())  # noqa: S608


def _write_all(
    con: duckdb.DuckDBPyConnection, fresh: Path, before: Path | None, digests: dict[str, dict[str, str]], known: dict[str, dict[str, str]]
) -> None:
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    of_articles = {month: _within("fetched_at", month) for month in _months(con, "article", MONTH_OF_ARTICLE)}
    of_incidents = {month: _of_incidents(month) for month in [*_months(con, "incident", MONTH_OF_INCIDENT), GONE]}
    keys = {table.name: ", ".join(table.key) for table in TABLES}
    for name in [*keys, *(view.name for view in read_views() if view.is_mirrored and not view.is_macro)]:
        target, order = fresh / f"{name}.parquet", keys.get(name, "ALL")
        if name == "article":
            parts = {month: f"FROM article WHERE {within}" for month, within in of_articles.items()}
            _write_parts(con, parts, order, target, before, _changed(con, "article_month"))
        elif name in BY_OWN_TIME:
            if not digests[name]:
                _copy(con, f"FROM {name}", order, target)  # of no month, but there
            parts = {month: f"FROM {name} WHERE {_within(BY_OWN_TIME[name], month)}" for month in digests[name]}
            _write_parts(
                con, parts, order, target, before, {m for m, digest in digests[name].items() if known.get(name, {}).get(m) != digest}
            )
        elif name == "report_tolls":
            months = f"SELECT report_id, {MONTH_OF_ARTICLE} AS month FROM report JOIN article USING (article_id)"  # noqa: S608 -- our names
            _write_view(con, name, months, target, before, list(of_articles), _changed(con, "article_month"))
        elif name in OF_ARTICLES:
            rows = f"FROM {name} WHERE article_id IN (SELECT article_id FROM article WHERE "  # noqa: S608 -- our names
            parts = {month: f"{rows}{within})" for month, within in of_articles.items()}
            _write_parts(con, parts, order, target, before, _changed(con, "article_month"))
        elif name in OF_INCIDENTS:
            parts = {month: f"FROM {name} WHERE {within}" for month, within in of_incidents.items()}
            _write_parts(con, parts, order, target, before, _changed(con, "incident_month"))
        elif name not in VIEWS_OF_INCIDENTS:
            _copy(con, f"FROM {name}", order, target)
    months = f"SELECT incident_id, {MONTH_OF_INCIDENT} AS month FROM incident"  # noqa: S608 -- our names
    for name in VIEWS_OF_INCIDENTS:
        _write_view(con, name, months, fresh / f"{name}.parquet", before, list(of_incidents), _changed(con, "incident_month"))


def _write_view(
    con: duckdb.DuckDBPyConnection, name: str, month_of: str, target: Path, before: Path | None, months: list[str], changed: set[str]
) -> None:
    """Write a view, asked once for all months that are not linked; `month_of` gives the month of each of its keys."""
    key = "report_id" if name in OF_ARTICLES else "incident_id"
    con.execute("ATTACH ':memory:' AS part")
    try:
        con.execute(
            f"CREATE TABLE part.made AS SELECT v.*, coalesce(m.month, '{GONE}') AS part_month"  # noqa: S608 -- our names
            f" FROM {name} AS v LEFT JOIN ({month_of}) AS m USING ({key}) WHERE part_month IN (SELECT unnest($months))",
            {"months": sorted(changed) if before else [*months, GONE]},
        )
        parts = {month: f"SELECT * EXCLUDE (part_month) FROM part.made WHERE part_month = '{month}'" for month in months}  # noqa: S608
        _write_parts(con, parts, "ALL", target, before, changed)
    finally:
        con.execute("DETACH part")


def _within(column: str, month: str) -> str:
    """Condition on a time of a month, with constants: DuckDB then opens no blocks of other months."""
    first, after = _bounds(month)
    return f"{column} >= TIMESTAMPTZ '{first} 00:00:00+00' AND {column} < TIMESTAMPTZ '{after} 00:00:00+00'"


def _of_incidents(month: str) -> str:
    """Condition on rows of incidents of a month, of those without a date, or of those that are no more."""
    if month == GONE:
        return "incident_id NOT IN (SELECT incident_id FROM incident)"
    first, after = ("", "") if month == UNKNOWN else _bounds(month)
    within = "event_date_start IS NULL" if month == UNKNOWN else f"event_date_start >= DATE '{first}' AND event_date_start < DATE '{after}'"
    return f"incident_id IN (SELECT incident_id FROM incident WHERE {within})"  # noqa: S608 -- a month of ours


def _bounds(month: str) -> tuple[str, str]:
    """Return the first day of a month and of the next one."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year:04}-{number:02}-01", f"{year + number // 12:04}-{number % 12 + 1:02}-01"


def _write_parts(
    con: duckdb.DuckDBPyConnection, parts: dict[str, str], order: str, target: Path, before: Path | None, changed: set[str]
) -> None:
    """Write or link the file of each month: the rows that its query gives."""
    for month, source in parts.items():
        path = target / f"month={month}" / "part.parquet"
        path.parent.mkdir(parents=True)
        if before and month not in changed:
            os.link(before / target.name / path.parent.name / path.name, path)
        else:
            _copy(con, source, order, path)


def _copy(con: duckdb.DuckDBPyConnection, source: str, order: str, path: Path) -> None:
    quoted = str(path).replace("'", "''")
    con.execute(f"COPY ({source} ORDER BY {order}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)").fetchall()


def _months(con: duckdb.DuckDBPyConnection, table: str, month: str) -> list[str]:
    return [found for (found,) in con.sql(f"SELECT DISTINCT {month} FROM {table} ORDER BY 1").fetchall()]  # noqa: S608 -- our names


def _changed(con: duckdb.DuckDBPyConnection, kind: str) -> set[str]:
    return {GONE, *(month for (month,) in con.execute("SELECT key FROM publish_queue WHERE kind = $1", [kind]).fetchall())}


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; return whether this system and file system can."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    return bool(rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)
