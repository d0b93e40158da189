"""SQL checks: each file of warehouse/sql/checks returns the rows that break it. None may, or nothing is published."""

from __future__ import annotations

import json

import duckdb
import polars as pl

from transforms.schemas import BY_NAME
from warehouse.queries import list_sql, load_sql
from warehouse.store import transaction, upsert

SAMPLE_ROWS = 5


def run_checks(con: duckdb.DuckDBPyConnection, run_id: str) -> pl.DataFrame:
    """Run all checks and write their `check_result` rows.

    Returns:
        One row a check, in the order of their names, as the table: n_bad 0 where all is well, and a JSON sample.
    """
    rows = [check(con, name) | {"run_id": run_id} for name in list_sql("checks")]
    frame = BY_NAME["check_result"].frame(rows)
    with transaction(con):
        upsert(con, BY_NAME["check_result"], frame)
    return frame


def check(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, object]:
    """Run one check; return its name, the number of rows that break it, and up to five of them as JSON (NULL: none)."""
    bad = con.sql(load_sql(f"checks/{name}")).pl()
    sample = json.dumps(bad.head(SAMPLE_ROWS).to_dicts(), default=str, ensure_ascii=False) if bad.height else None
    return {"check_name": name, "n_bad": bad.height, "sample": sample}
