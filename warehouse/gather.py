"""A few rows of a long table, without looking through all of it.

Keys are digests, which stand anywhere: looking through one column of a million takes some tenth of a second. But rows lie in the order
in which they were written, and where the time of a row is known too, DuckDB skips all groups of rows of other times. Where it is not,
most of what a night wants was written lately and lies at the table's end, which DuckDB finds by row number. The rest are a few rows of any
age: for a list of constants, and for nothing else, it asks the index of the primary key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from warehouse.ddl import quote_text

LATELY = 200_000  # rows: some weeks of a large watch; their keys are looked through in some hundredths of a second
CONSTANTS = 1_000  # keys; DuckDB asks the index for 2,048 at most, and looking through a row group costs as much as some hundred


def gather(con: duckdb.DuckDBPyConnection, into: str, table: str, key: str, wanted: str, columns: str = "*") -> None:
    """Make a temporary table of the rows of a table whose key is among those wanted.

    Args:
        con: Connection of `open_work`.
        into: Name of the temporary table, replaced where it exists.
        table: Table whose primary key is the one column `key`.
        key: That column.
        wanted: SELECT of the keys in one column; text, NULL and doublets are allowed.
        columns: What to select, the key among it.
    """
    with few_rows(con):
        con.execute(f"CREATE OR REPLACE TEMP TABLE gather_key AS SELECT DISTINCT k FROM ({wanted}) AS w (k) WHERE k IS NOT NULL")  # noqa: S608
    sizes = f"SELECT (SELECT coalesce(max(rowid), 0) FROM {table}), (SELECT count(*) FROM gather_key)"  # noqa: S608 -- our names
    ((last, n_wanted),) = con.execute(sizes).fetchall()
    since = last - LATELY
    if n_wanted > LATELY:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT {columns} FROM {table} WHERE {key} IN (FROM gather_key)")  # noqa: S608
    else:
        rows = f"SELECT rowid AS n, {key} AS k FROM {table} WHERE {key} IN (FROM gather_key)"  # noqa: S608
        con.execute(f"CREATE OR REPLACE TEMP TABLE gather_row AS {rows} AND rowid >= {since}")
        old = since > 0 and [k for (k,) in con.execute("SELECT k FROM gather_key ANTI JOIN gather_row USING (k) ORDER BY k").fetchall()]
        if old and len(old) > CONSTANTS:
            con.execute(f"INSERT INTO gather_row {rows} AND rowid < {since}")
        gather_numbered(con, into, table, "SELECT n FROM gather_row", columns)
        if old and len(old) <= CONSTANTS:
            constants = ", ".join(map(quote_text, old))
            con.execute(f"INSERT INTO {into} SELECT {columns} FROM {table} WHERE {key} IN ({constants})")  # noqa: S608
        con.execute("DROP TABLE gather_row")
    con.execute("DROP TABLE gather_key")


def gather_timed(con: duckdb.DuckDBPyConnection, into: str, table: str, key: str, wanted: str, columns: str = "*") -> None:
    """Make a temporary table of the rows of a table that have one of the keys and its time.

    Args:
        con: Connection of `open_work`.
        into: Name of the temporary table, replaced where it exists.
        table: Table with a column as_of.
        key: Its column that the keys stand in.
        wanted: SELECT of keys and times in two columns.
        columns: What to select.
    """
    _name_wanted(con, wanted)
    _gather_joined(con, into, f"SELECT {columns} FROM {table} AS t SEMI JOIN gather_key AS w ON t.{key} = w.k AND t.as_of = w.told")  # noqa: S608
    con.execute("DROP TABLE gather_key")


def gather_articles(con: duckdb.DuckDBPyConnection, into: str, wanted: str, columns: str = "*") -> None:
    """Make a temporary table of articles by id and time.

    Args:
        con: Connection of `open_work`.
        into: Name of the temporary table, replaced where it exists.
        wanted: SELECT of ids and times in two columns; time: publication, else the fetch.
        columns: What to select.
    """
    _name_wanted(con, wanted)
    found = f"SELECT {columns} FROM article AS a SEMI JOIN gather_key AS w ON a.article_id = w.k AND a."  # noqa: S608 -- our names
    # Apart, so that each condition is on one column: DuckDB then skips articles of other times.
    _gather_joined(con, into, f"{found}published_at = w.told UNION ALL {found}fetched_at = w.told WHERE a.published_at IS NULL")
    con.execute("DROP TABLE gather_key")


def gather_resolved(con: duckdb.DuckDBPyConnection, into: str, table: str, columns: str) -> None:
    """Make a temporary table of the rows of a table that belong to the incidents of touched_at and bear their time.

    Args:
        con: Connection of `open_work`.
        into: Name of the temporary table, replaced where it exists.
        table: Table with columns incident_id and resolved_at.
        columns: What to select.
    """
    _gather_joined(con, into, f"SELECT {columns} FROM {table} SEMI JOIN touched_at USING (incident_id, resolved_at)")  # noqa: S608


def _name_wanted(con: duckdb.DuckDBPyConnection, wanted: str) -> None:
    """Make gather_key (k, told): a table of its own, since a filter that reaches into a frame makes DuckDB load all of pyarrow."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE gather_key AS FROM ({wanted}) AS w (k, told)")


def _gather_joined(con: duckdb.DuckDBPyConnection, into: str, found: str) -> None:
    """Make a temporary table of what a join with times finds: of the rows of other times no column is read."""
    with few_rows(con):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS {found}")


def gather_numbered(con: duckdb.DuckDBPyConnection, into: str, table: str, numbers: str, columns: str = "*") -> None:
    """Make a temporary table of the rows of a table by their row numbers; of the other rows no block is opened.

    Args:
        con: Connection of `open_work`.
        into: Name of the temporary table, replaced where it exists.
        table: Table.
        numbers: SELECT of row numbers in one column, each once.
        columns: What to select.
    """
    with few_rows(con):
        con.execute(f"CREATE OR REPLACE TEMP TABLE gather_number AS {numbers}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT {columns} FROM {table} WHERE rowid IN (FROM gather_number)")  # noqa: S608
    con.execute("DROP TABLE gather_number")


@contextmanager
def few_rows(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let DuckDB open only the blocks that may hold one of a night's values, in a join on row numbers or times."""
    con.execute("SET dynamic_or_filter_threshold = 1000000")
    try:
        yield
    finally:
        con.execute("RESET dynamic_or_filter_threshold")
