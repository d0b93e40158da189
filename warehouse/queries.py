"""SQL files of the package: queries with `$name` parameters, resolve steps, checks and views."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb
import polars as pl


@cache
def load_sql(name: str) -> str:
    """Return the text of one SQL file, named below warehouse/sql without the ending: `queries/frontier`.

    Raises:
        KeyError: There is no such file; the message lists those of the folder.
    """
    folder, _, stem = name.rpartition("/")
    path = files("warehouse").joinpath("sql", *folder.split("/"), f"{stem}.sql")
    if not path.is_file():
        raise KeyError(f"warehouse/sql/{name}.sql does not exist; {folder or 'sql'} has: {', '.join(list_sql(folder))}")
    return path.read_text(encoding="utf-8")


@cache
def list_sql(folder: str) -> tuple[str, ...]:
    """Return the names of all SQL files of one folder below warehouse/sql, sorted, without the ending."""
    found = files("warehouse").joinpath("sql", *folder.split("/")).iterdir()
    return tuple(sorted(entry.name.removesuffix(".sql") for entry in found if entry.name.endswith(".sql")))


def ask(con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """Return the result of a statement, its `$name` parameters filled.

    `con.sql` with parameters keeps the result as the text of its values and reads that again: eight times the time for rows with lists.
    """
    found: pl.DataFrame = con.execute(sql, dict(parameters)).pl() if parameters else con.sql(sql).pl()
    return found
