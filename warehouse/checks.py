"""SQL checks: each file of warehouse/sql/checks returns the rows that break it. None may, or nothing is published.

A night changes little of a long history, so it checks what it touched: `publish_queue` names it, sql/scope copies it with all that it
points to into a small database in memory, and the same checks run there. All rows are checked where they are few, when the last such
check is a week old or did not pass, and when asked (`vigil doctor --all-checks`): that finds what changed behind the program's back.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import duckdb
import polars as pl

from transforms.schemas import BY_NAME
from warehouse.connection import one_thread, open_published
from warehouse.queries import list_sql, load_sql
from warehouse.store import registered, transaction, upsert

SAMPLE_ROWS = 5
FEW = 20_000  # articles; all of them are checked in a second
FEW_TOUCHED = 20_000  # articles, pages and incidents that wait; more are worth all threads
ALL_AFTER = dt.timedelta(days=7)
# Rows at the end of each table among which a touched one is found whatever time it bears: at least, and for each article and page that
# waits. Together twice (articles) to fourteen times (claims) what the captured stream brings: more than were written since the last time.
LATELY = 5_000
LATELY_EACH = {"article": 1, "derivation": 1, "report": 2, "incident_report": 2, "claim": 4, "evidence": 10}


def run_checks(con: duckdb.DuckDBPyConnection, run_id: str, *, everything: bool | None = None) -> pl.DataFrame:
    """Run all checks and write their `check_result` rows; where all pass, nothing waits for them any more.

    Args:
        con: Connection of `open_work`.
        run_id: Run that checks.
        everything: Whether to look at all rows, or at those touched since the last publication; None: as is due.

    Returns:
        One row a check, in the order of their names, as the table: n_bad 0 where all is well, and a JSON sample.
    """
    is_full = is_full_check_due(con, run_id) if everything is None else everything
    with nullcontext() if is_full else _touched_rows(con):
        rows = [check(con, name) | {"run_id": run_id, "is_full": is_full} for name in list_sql("checks")]
        months = con.sql(load_sql("scope/months")).pl()
    frame = BY_NAME["check_result"].frame(rows)
    with transaction(con):
        upsert(con, BY_NAME["check_result"], frame)
        if not frame["n_bad"].sum():
            with registered(con, "batch_month", months):
                con.execute(load_sql("scope/keep_months"))
    return frame


def is_full_check_due(con: duckdb.DuckDBPyConnection, run_id: str) -> bool:
    """Return whether all rows are to be checked: they are few, or were not checked and found well for a week before this run."""
    ((n_articles, started_at, checked_at),) = con.execute(load_sql("scope/state"), {"run_id": run_id}).fetchall()
    return n_articles <= FEW or started_at is None or checked_at is None or started_at - checked_at >= ALL_AFTER


def check(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, object]:
    """Run one check; return its name, the number of rows that break it, and up to five of them as JSON (NULL: none)."""
    bad = con.sql(load_sql(f"checks/{name}")).pl()
    sample = json.dumps(bad.head(SAMPLE_ROWS).to_dicts(), default=str, ensure_ascii=False) if bad.height else None
    return {"check_name": name, "n_bad": bad.height, "sample": sample}


def check_published(path: Path) -> list[dict[str, object]]:
    """Run all checks on every row of a published file; returns one row a check, as `check`.

    Raises:
        WarehouseError: The file cannot be opened.
    """
    con = open_published(path)
    try:
        return [check(con, name) for name in list_sql("checks")]
    finally:
        con.close()


@contextmanager
def _touched_rows(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let unqualified names mean the rows touched since the last publication."""
    state = "SELECT current_database(), count(*), count(*) FILTER (kind <> 'incident') FROM publish_queue"
    ((name, n_touched, n_read),) = con.sql(state).fetchall()
    con.execute("ATTACH ':memory:' AS scope")
    with one_thread(con) if n_touched <= FEW_TOUCHED else nullcontext():
        try:
            for table, each in LATELY_EACH.items():
                first = f"(SELECT count(*) FROM {table}) - {LATELY + each * n_read}"  # noqa: S608 -- our names
                con.execute(f"SET VARIABLE late_{table} = {first}")
            con.execute(load_sql("scope/copy"))
            con.execute("USE scope")
            con.execute(load_sql("views/report_tolls"))
            yield
        finally:
            con.execute(f'USE "{name}"')
            con.execute("DETACH scope")
