"""The quarantine: what was refused and waits, found by what a person asks for, put back or given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from warehouse.connection import open_published
from warehouse.queries import ask, load_sql
from warehouse.store import registered, transaction

STATES = ("open", "waiting", "stopped", "drained", "resolved")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rejects a person asks for; None asks for all. `id` is a reject id or its beginning, an address, or a feed or page id."""

    stage: str | None = None
    reason: str | None = None
    outlet: str | None = None
    state: str | None = "open"
    id: str | None = None


def find_rejects(database: Path, wanted: Wanted) -> pl.DataFrame:
    """Return rows of the view `rejects`, the newest refusal first, from a work file or a published file, opened read-only.

    Raises:
        WarehouseError: The file cannot be opened.
    """
    con = open_published(database)
    try:
        return select_rejects(con, wanted)
    finally:
        con.close()


def select_rejects(con: duckdb.DuckDBPyConnection, wanted: Wanted) -> pl.DataFrame:
    """Return rows of the view `rejects`, the newest refusal first."""
    return ask(con, load_sql("rejects/find"), asdict(wanted))


def retry_rejects(con: duckdb.DuckDBPyConnection, reject_ids: Sequence[str], at: datetime) -> None:
    """Let the next run ask for pages and feeds again as if they had never failed. Other stages read the archive: see `vigil backfill`."""
    with transaction(con), registered(con, "chosen_reject", _ids(reject_ids)):
        con.execute(load_sql("rejects/retry_pages"), {"at": at}).fetchall()
        con.execute(load_sql("rejects/retry_feeds")).fetchall()


def drain_rejects(con: duckdb.DuckDBPyConnection, reject_ids: Sequence[str], reason: str, at: datetime) -> None:
    """Give rejects up: they are not tried again and no longer count as open."""
    with transaction(con), registered(con, "chosen_reject", _ids(reject_ids)):
        con.execute(load_sql("rejects/drain"), {"at": at, "reason": reason}).fetchall()


def _ids(reject_ids: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame({"reject_id": list(reject_ids)}, schema={"reject_id": pl.String})
