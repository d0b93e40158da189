"""The warehouse's side of backfills: what each day still needs, what a backfill has to do, and what became of each of its days.

`read_grid` counts and `read_chosen` chooses by the same SQL (warehouse/sql/backfill/*_states.sql), so that what the grid shows is
what a backfill of that mode takes up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from transforms.day_grid import Cell
from transforms.schemas import BY_NAME
from warehouse.queries import ask, load_sql
from warehouse.store import registered, transaction, upsert

Row = dict[str, Any]
_STATES = {"fetch": "entry_states", "clean": "page_states", "extract": "page_states", "match": "match_states"}
_CHOSEN = {
    "missing": "is_missing",
    "failed": "(is_refused OR is_left)",
    "stale": "(is_missing OR is_stale)",
}


@dataclass(frozen=True, slots=True)
class Reach:
    """What a look at the days covers.

    Attributes:
        extractor_version, cleaner_version: The present ones; rows of others are stale.
        refetch_days: Days after first sight within which a changed feed item is fetched again.
        start, end: First and last day; None is open.
        feeds: Feed ids; None: all, and pages that no feed led to.
    """

    extractor_version: str
    cleaner_version: str
    refetch_days: int
    start: dt.date | None = None
    end: dt.date | None = None
    feeds: Sequence[str] | None = None


def read_grid(con: duckdb.DuckDBPyConnection, reach: Reach) -> dict[dt.date, dict[str, Cell]]:
    """Return every day on which there is something, oldest first, with a cell a stage."""
    found: dict[dt.date, dict[str, Cell]] = {}
    counts = ", ".join(f"count(*) FILTER ({flag})" for flag in ("is_missing", "is_refused", "is_stale", "is_left AND NOT is_refused"))
    for stage in _STATES:
        source, parameters = _within(stage, reach)
        rows = con.execute(f"SELECT day, count(*), {counts}, max(left_by) FROM {source} GROUP BY day", parameters).fetchall()  # noqa: S608
        for day, *cell in rows:
            found.setdefault(day, {})[stage] = Cell(*cell)
    return {day: found[day] for day in sorted(found)}


def read_chosen(con: duckdb.DuckDBPyConnection, stage: str, mode: str, reach: Reach) -> pl.DataFrame:
    """Return what a stage has to do in a mode: columns day and id (of a page; of an entry for fetch), a row each.

    Read it before the days of the backfill itself are written, or days that an earlier one left count as begun anew.
    """
    key = "entry_id" if stage == "fetch" else "page_id"
    source, parameters = _within(stage, reach)
    chosen = f"SELECT day, {key} AS id FROM {source} WHERE {_chosen(stage, mode)} ORDER BY day, id"  # noqa: S608 -- our names
    return ask(con, chosen, parameters).cast({"day": pl.Date(), "id": pl.String()})


@dataclass(frozen=True, slots=True)
class Bounds:
    """First and last day on which there is anything for a stage, how many things in all, and how many within the days asked for."""

    first: dt.date | None
    last: dt.date | None
    n_all: int
    n_within: int


def read_days(con: duckdb.DuckDBPyConnection, stage: str, start: dt.date | None, end: dt.date | None) -> Bounds:
    """Return which days there are for a stage: of feed items for fetch, of pages for the others."""
    column, table = ("first_seen_at", "entry") if stage == "fetch" else ("fetched_at", "page")
    days = f"(SELECT CAST({column} AS DATE) AS day FROM {table})"  # noqa: S608 -- our names
    within = "($start IS NULL OR day >= CAST($start AS DATE)) AND ($end IS NULL OR day <= CAST($end AS DATE))"
    sql = f"SELECT min(day), max(day), count(*), count(*) FILTER ({within}) FROM {days}"  # noqa: S608 -- our names
    return Bounds(*con.execute(sql, {"start": start, "end": end}).fetchall()[0])


def read_rows(con: duckdb.DuckDBPyConnection, stage: str, ids: Sequence[str]) -> list[Row]:
    """Return the rows that fetching (entries) or reading (pages) works on."""
    name, key = ("entries_to_ask", "entry_id") if stage == "fetch" else ("pages_to_read", "page_id")
    with registered(con, "batch_asked", pl.DataFrame({key: list(ids)}, schema={key: pl.String})):
        found: pl.DataFrame = con.sql(load_sql(f"backfill/{name}")).pl()
    return found.to_dicts()


def read_rates(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, float]]:
    """Return how many things the stages fetch, derive and match did lately, and in how many seconds."""
    return {stage: (n, seconds) for stage, n, seconds in con.execute(load_sql("backfill/rates")).fetchall()}


def read_refused(con: duckdb.DuckDBPyConnection, run_id: str) -> list[tuple[str, str, int]]:
    """Return how many things a run refused, by stage and reason, the most frequent first."""
    found: list[tuple[str, str, int]] = con.execute(load_sql("backfill/refused"), {"run_id": run_id}).fetchall()
    return found


def count_reports(con: duckdb.DuckDBPyConnection) -> int:
    """Return the number of reports: what matching looks at."""
    return int(con.execute("SELECT count(*) FROM report").fetchall()[0][0])


def read_feed_ids(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the ids of all feeds that the warehouse knows, sorted."""
    return [feed_id for (feed_id,) in con.execute("SELECT feed_id FROM feed ORDER BY feed_id").fetchall()]


def write_days(con: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> None:
    """Write rows of `backfill_day` in a transaction of their own."""
    with transaction(con):
        upsert(con, BY_NAME["backfill_day"], BY_NAME["backfill_day"].frame(rows))


def end_days(con: duckdb.DuckDBPyConnection, run_id: str | None, status: str) -> None:
    """Say of all days that did not come to their end how that was; run_id None: of whatever run."""
    con.execute(load_sql("backfill/end_days"), {"run_id": run_id, "status": status}).fetchall()


def _chosen(stage: str, mode: str) -> str:
    """Return the condition of a mode. Pages that are there are not asked for again, whatever the mode: the network is no archive."""
    return _CHOSEN.get(mode, "(is_missing OR is_refused OR is_stale)" if stage == "fetch" else "true")


def _within(stage: str, reach: Reach) -> tuple[str, dict[str, Any]]:
    """Return the states of a stage within the days and feeds as a source for FROM, and its parameters."""
    parameters: dict[str, Any] = {"start": reach.start, "end": reach.end}
    if stage == "fetch":
        parameters["refetch_days"] = reach.refetch_days
    elif stage != "match":
        parameters |= {"stage": stage, "extractor_version": reach.extractor_version, "cleaner_version": reach.cleaner_version}
    where = "($start IS NULL OR day >= CAST($start AS DATE)) AND ($end IS NULL OR day <= CAST($end AS DATE))"
    if reach.feeds is not None:
        where += " AND feed_id IN (SELECT unnest(CAST($feeds AS VARCHAR[])))"
        parameters["feeds"] = list(reach.feeds)
    return f"(SELECT * FROM ({load_sql(f'backfill/{_STATES[stage]}')}) WHERE {where})", parameters  # noqa: S608 -- our own texts
