"""Human decisions in the warehouse: reading them for a match, writing new ones, and how each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from transforms.decision_records import Decision, ReportRef, Standing
from transforms.schemas import BY_NAME
from warehouse.queries import load_sql
from warehouse.store import read_frame, registered, require_utc, transaction, upsert

Row = dict[str, Any]
REF = ("canonical_url", "article_id", "ordinal", "place", "event_date_start", "event_class")


def read_decisions(con: duckdb.DuckDBPyConnection) -> tuple[list[Decision], set[str]]:
    """Return the decisions that a match must know, and the ids of those that wait for one."""
    rows = read_frame(con, "decisions_in_force").to_dicts()
    if not rows:
        return [], set()
    sides: dict[tuple[str, str], list[ReportRef]] = {}
    for row in read_frame(con, "decision_reports").to_dicts():
        sides.setdefault((row["decision_id"], row["part"]), []).append(ReportRef(**{name: row[name] for name in REF}))
    waiting = {row["decision_id"] for row in rows if row.pop("is_waiting")}
    found = []
    for row in rows:
        subject, other = (tuple(sides.get((row["decision_id"], part), ())) for part in ("subject", "other"))
        found.append(Decision(**row, subject=subject, other=other))
    return found, waiting


def write_standings(con: duckdb.DuckDBPyConnection, standings: Iterable[Standing], applied_at: datetime | None) -> None:
    """Write how decisions stand; applied_at None: the memberships that follow from it are still to be written."""
    rows = [asdict(standing) for standing in standings]
    if not rows:
        return
    columns = {"decision_id": pl.String, "standing": pl.String, "incident_id": pl.String, "n_reports": pl.Int64}
    frame = pl.DataFrame(rows, schema=columns)
    with transaction(con), registered(con, "batch_standing", frame):
        con.execute(load_sql("queries/set_standings"), {"applied_at": applied_at and require_utc(applied_at)}).fetchall()


def write_decisions(con: duckdb.DuckDBPyConnection, decisions: Sequence[Row], reports: Sequence[Row]) -> None:
    """Write new decisions and what they hang on, in one transaction; one that is taken again takes its new time and reason."""
    ids = pl.DataFrame({"decision_id": [row["decision_id"] for row in decisions]}, schema={"decision_id": pl.String})
    with transaction(con):
        with registered(con, "batch_ids", ids):
            con.execute("DELETE FROM decision_report WHERE decision_id IN (SELECT decision_id FROM batch_ids)").fetchall()
        upsert(con, BY_NAME["decision"], BY_NAME["decision"].frame(decisions))
        upsert(con, BY_NAME["decision_report"], BY_NAME["decision_report"].frame(reports))


def undo_decisions(con: duckdb.DuckDBPyConnection, ids: Sequence[str], *, reason: str, decided_by: str, at: datetime) -> None:
    """Take decisions back; the next match restores what the rule says."""
    with transaction(con):
        for decision_id in ids:
            parameters = {"decision_id": decision_id, "reason": reason, "decided_by": decided_by, "at": require_utc(at)}
            con.execute(load_sql("queries/undo_decision"), parameters).fetchall()
