"""A few rows of a long table by their key, without looking through all of it.

Most of what a night wants was written lately and lies at the table's end, which DuckDB finds by row number. The rest are a few rows
of any age: for a list of constants, and for nothing else, it asks the index of the primary key.
"""

from __future__ import annotations

import duckdb

LATELY = 200_000  # rows: one or two of DuckDB's row groups
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
    con.execute(f"CREATE OR REPLACE TEMP TABLE gather_key AS SELECT DISTINCT k FROM ({wanted}) AS w (k) WHERE k IS NOT NULL")  # noqa: S608
    sizes = f"SELECT (SELECT coalesce(max(rowid), 0) FROM {table}), (SELECT count(*) FROM gather_key)"  # noqa: S608 -- our names
    ((last, n_wanted),) = con.execute(sizes).fetchall()
    since = last - LATELY
    rows = f"SELECT {columns} FROM {table} WHERE {key} IN "  # noqa: S608
    if since <= 0 or n_wanted > LATELY:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS {rows} (FROM gather_key)")
    else:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS {rows} (FROM gather_key) AND rowid >= {since}")
        old = [k for (k,) in con.execute(f"SELECT k FROM gather_key ANTI JOIN {into} ON {into}.{key} = k ORDER BY k").fetchall()]  # noqa: S608
        if len(old) > CONSTANTS:
            con.execute(f"INSERT INTO {into} {rows} (FROM gather_key) AND rowid < {since}")
        elif old:
            constants = ", ".join("'" + str(k).replace("'", "''") + "'" for k in old)
            con.execute(f"INSERT INTO {into} {rows} ({constants})")
    con.execute("DROP TABLE gather_key")
