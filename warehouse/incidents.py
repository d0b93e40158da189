"""Memberships in, incidents out: the default resolver of warehouse/sql, run over the incidents that a match touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache

import duckdb
import polars as pl

from transforms.schemas import BY_NAME
from warehouse.queries import list_sql, load_sql
from warehouse.store import registered, require_utc, transaction, upsert, upsert_statement

STATE = BY_NAME["incident"]
FEW = 5_000  # incidents
SCRATCH = re.compile(r"CREATE OR REPLACE TEMP TABLE (\w+)")


def write_memberships(
    con: duckdb.DuckDBPyConnection,
    matched: Sequence[str],
    memberships: pl.DataFrame,
    aliases: pl.DataFrame | None = None,
    *,
    run_id: str,
    at: datetime,
) -> pl.DataFrame:
    """Replace the memberships of the matched reports and resolve every incident that this touches, in one transaction.

    Nothing waits to be matched after that, so `matched` must hold all reports that waited.
    Incidents left without reports disappear and their last version is closed; a version is appended only where a value
    changed. Any order of reports and any repetition of the call gives the same incidents.

    Args:
        con: Connection of `open_work`.
        matched: report_id of all reports that were matched; one without a row in `memberships` belongs to no incident.
        memberships: Rows of `incident_report`.
        aliases: Rows of `incident_alias`: ids that incidents had before; None: none changed.
        run_id: Run that matched, for the versions.
        at: The run's clock, from which the versions hold.

    Returns:
        One row a changed incident, by id: incident_id, remains (false: it lost all its reports).
    """
    scope = pl.DataFrame({"report_id": [*matched, *memberships["report_id"].to_list()]}, schema={"report_id": pl.String}).unique(
        maintain_order=True
    )
    with transaction(con), registered(con, "batch_scope", scope):
        con.execute(load_sql("queries/touched"))
        con.execute("DELETE FROM incident_report WHERE report_id IN (SELECT report_id FROM batch_scope)").fetchall()
        upsert(con, BY_NAME["incident_report"], memberships)
        con.execute(load_sql("queries/touched_more"))
        if aliases is not None:
            upsert(con, BY_NAME["incident_alias"], aliases)
        con.execute(load_sql("queries/repoint_aliases"))
        con.execute("DELETE FROM match_queue").fetchall()
        return _resolve_touched(con, run_id, at)


def resolve_all(con: duckdb.DuckDBPyConnection, *, run_id: str, at: datetime) -> pl.DataFrame:
    """Resolve every incident anew, for instance after the resolver's rule changed.

    Returns:
        One row a changed incident, as `write_memberships`.
    """
    with transaction(con):
        con.execute(
            "CREATE OR REPLACE TEMP TABLE touched AS SELECT incident_id FROM incident_report UNION SELECT incident_id FROM incident"
        )
        return _resolve_touched(con, run_id, at)


def _resolve_touched(con: duckdb.DuckDBPyConnection, run_id: str, at: datetime) -> pl.DataFrame:
    con.execute("SET VARIABLE run_id = $1", [run_id])
    con.execute("SET VARIABLE run_at = $1", [require_utc(at)])
    with _few_threads(con):
        for name in list_sql("resolve"):
            con.execute(load_sql(f"resolve/{name}"))
        con.execute(upsert_statement(STATE, STATE.names, "resolve_row"))
        changed = con.sql("SELECT incident_id, remains FROM resolve_changed ORDER BY incident_id").pl()
        con.execute("".join(f"DROP TABLE {name};" for name in ("touched", *_scratch_tables())))
    return changed


@contextmanager
def _few_threads(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Use one thread where few incidents are touched: handing forty small statements to more costs half as much again."""
    ((threads, n_touched),) = con.execute("SELECT current_setting('threads'), count(*) FROM touched").fetchall()
    if n_touched > FEW:
        yield
        return
    con.execute("SET threads = 1")
    try:
        yield
    finally:
        con.execute(f"SET threads = {threads}")


@cache
def _scratch_tables() -> tuple[str, ...]:
    """Return the names of the tables that the resolve steps leave behind."""
    return tuple(found for name in list_sql("resolve") for found in SCRATCH.findall(load_sql(f"resolve/{name}")))
