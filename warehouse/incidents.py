"""Memberships in, incidents out: the default resolver of warehouse/sql, run over the incidents that a match touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import polars as pl

from transforms.schemas import BY_NAME
from warehouse.queries import list_sql, load_sql
from warehouse.store import registered, require_utc, transaction, upsert

STATE = BY_NAME["incident"]


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
        con.execute(load_sql("queries/touched")).fetchall()
        con.execute("DELETE FROM incident_report WHERE report_id IN (SELECT report_id FROM batch_scope)").fetchall()
        upsert(con, BY_NAME["incident_report"], memberships)
        con.execute(load_sql("queries/touched_more")).fetchall()
        if aliases is not None:
            upsert(con, BY_NAME["incident_alias"], aliases)
        for statement in load_sql("queries/repoint_aliases").split(";\n"):
            con.execute(statement).fetchall()
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
    changed = pl.DataFrame()
    for name in list_sql("resolve"):
        if name == "060_drop":
            changed = con.sql("SELECT incident_id, remains FROM resolve_changed ORDER BY incident_id").pl()
            rows = con.sql("FROM resolve_row").pl()
            upsert(con, STATE, rows.select(pl.col(column.name).cast(column.dtype) for column in STATE))
        con.execute(load_sql(f"resolve/{name}"))
    return changed
