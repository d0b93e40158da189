"""What alerts are found in, and what became of them, in the work file; SQL in warehouse/sql/alerts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from transforms.schemas import BY_NAME
from warehouse.connection import open_published
from warehouse.queries import load_sql
from warehouse.store import transaction, upsert

Row = dict[str, Any]


def read_changes(con: duckdb.DuckDBPyConnection, at: dt.datetime) -> list[Row]:
    """Return the incidents that came, changed or went since the last look, as warehouse/sql/alerts/incidents.sql has them.

    Args:
        con: Connection of `open_work`.
        at: Start of the publication that is looked at.
    """
    since = _rows(con, "since", at=at)[0]["since"]
    return _rows(con, "incidents", since=since)


def read_feeds(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return one row of `feed_health` for each feed."""
    found: list[Row] = con.sql(load_sql("feeds/health")).pl().to_dicts()
    return found


def read_checks(con: duckdb.DuckDBPyConnection, run_id: str) -> list[Row]:
    """Return the checks of one publication: name, and how many rows break it."""
    return _rows(con, "checks", run_id=run_id)


def read_known(con: duckdb.DuckDBPyConnection, at: dt.datetime) -> list[Row]:
    """Return the alerts that a new one may repeat."""
    return _rows(con, "known", at=at)


def read_waiting(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return the alerts that wait to be sent, the gravest first."""
    return _rows(con, "waiting")


def write_look(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    at: dt.datetime,
    alerts: Sequence[Mapping[str, Any]],
    ended: Sequence[str],
    *,
    is_public: bool,
) -> None:
    """Write what one look found, in one transaction: the same look twice leaves what it left once.

    Args:
        con: Connection of `open_work`.
        run_id: Publication.
        at: Its start.
        alerts: New alerts.
        ended: Ids of alerts whose feed or check is well again.
        is_public: Whether it was published: what did not become public has not changed for readers, and is looked at again.
    """
    with transaction(con):
        upsert(con, BY_NAME["alert"], BY_NAME["alert"].frame([dict(alert) for alert in alerts]))
        con.execute(load_sql("alerts/end"), {"at": at, "alert_ids": list(ended)}).fetchall()
        if is_public:
            look = {"run_id": run_id, "looked_at": at, "n_alerts": len(alerts)}
            upsert(con, BY_NAME["alert_look"], BY_NAME["alert_look"].frame([look]))


def write_told(con: duckdb.DuckDBPyConnection, alert_ids: Iterable[str], at: dt.datetime, by: str) -> None:
    """Write that alerts were sent, and by what."""
    with transaction(con):
        con.execute(load_sql("alerts/told"), {"at": at, "by": by, "alert_ids": list(alert_ids)}).fetchall()


def read_last(database: Path, kind: str | None, limit: int) -> pl.DataFrame:
    """Return the last alerts of a work file or published file, the newest first, opened read-only.

    Raises:
        WarehouseError: The file cannot be opened.
    """
    con = open_published(database)
    try:
        found: pl.DataFrame = con.execute(load_sql("alerts/last"), {"kind": kind, "limit": limit}).pl()
        return found
    finally:
        con.close()


def read_last_publication(database: Path) -> Row:
    """Return start and id of the last publication (NULL: none) of a published file.

    Raises:
        WarehouseError: The file cannot be opened.
    """
    con = open_published(database)
    try:
        return _rows(con, "last_publication")[0]
    finally:
        con.close()


def _rows(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Row]:
    found: list[Row] = con.execute(load_sql(f"alerts/{name}"), parameters or None).pl().to_dicts()
    return found
