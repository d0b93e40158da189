"""One SQL statement on the published file, for `vigil sql`."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from warehouse.connection import first_line, open_published
from warehouse.errors import QueryError


def query(path: Path | str, sql: str) -> pl.DataFrame:
    """Return the result of one SQL statement on a published file, opened read-only.

    Raises:
        WarehouseError: The file cannot be opened.
        QueryError: The statement is wrong; one line, as DuckDB says it.
    """
    con = open_published(path)
    try:
        result = con.sql(sql)
        found: pl.DataFrame = pl.DataFrame() if result is None else result.pl()
        return found
    except duckdb.Error as error:
        raise QueryError(first_line(error)) from error
    finally:
        con.close()
