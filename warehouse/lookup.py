"""Rows by key, at a cost that does not follow the size of the table: through the index, or by a time along which rows were written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import polars as pl

from transforms.columns import Table
from transforms.schemas import BY_NAME
from warehouse.ddl import quote_text
from warehouse.gather import few_rows

KEYS_AT_ONCE = 1_000  # DuckDB asks the index for up to 2,048 constants; for more, or for a table of keys, it reads the whole column


def read_by_key(con: duckdb.DuckDBPyConnection, table: str, keys: Iterable[str], columns: Sequence[str]) -> pl.DataFrame:
    """Return columns of those rows of a table with a key of one text column that have one of these keys, in no order.

    Args:
        con: Connection.
        table: Table of schemas.py.
        keys: Keys; those that no row has are passed over.
        columns: Names of its columns, or expressions with a name.
    """
    (key,) = BY_NAME[table].key
    asked = f"SELECT {', '.join(columns)} FROM {table} WHERE "  # noqa: S608 -- our names
    wanted = sorted(set(keys))
    parts = [wanted[start : start + KEYS_AT_ONCE] for start in range(0, len(wanted), KEYS_AT_ONCE)]
    conditions = [f"{key} IN ({', '.join(map(quote_text, part))})" for part in parts] or ["false"]
    return pl.concat([con.sql(asked + condition).pl() for condition in conditions])


def read_by_time(con: duckdb.DuckDBPyConnection, table: Table, like: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return columns of those rows of a table without an index that have the key and the time (`Table.found_by`) of one of these rows.

    Args:
        con: Connection.
        table: A table with `found_by`.
        like: Rows with its key and that time.
        columns: Names of its columns.
    """
    by = [*table.key, *filter(None, (table.found_by,))]
    con.register("like_rows", like.select(by))
    try:
        with few_rows(con):
            return con.sql(f"SELECT {', '.join(columns)} FROM {table.name} SEMI JOIN like_rows USING ({', '.join(by)})").pl()  # noqa: S608
    finally:
        con.unregister("like_rows")
