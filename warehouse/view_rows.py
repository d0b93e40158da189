"""Views as rows: what the dear views of incidents answer lies in tables, so that a reader of a long history need not wait for it.

The work file keeps a table `NAME_row` beside each view that says `-- kept as rows`, sorted by incident. Before publishing, the rows of
the incidents that were touched since the last time are made anew (publish_queue names them), from a small database in memory that holds
those incidents alone; all rows are made anew where the views are others than before, and whenever all rows are checked. The views of the
published file read these tables; those of the work file compute, since between publications they would tell of what was. A small warehouse
keeps none: its views answer at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import duckdb

from transforms.schemas import BY_NAME
from warehouse.migrate import read_part
from warehouse.queries import load_sql
from warehouse.store import transaction
from warehouse.views import View, read_views, view_comments

FEW = 1_000  # incidents; the slowest view takes a tenth of a second for as many
PART = "rows"  # of schema_part: which views the rows are of
READ = ("incident", "incident_version", "incident_report", "incident_toll", "toll_claim", "report", "claim", "article", "outlet")


@cache
def kept_views() -> tuple[View, ...]:
    """Return the views that are kept as rows, each after those it reads."""
    return tuple(view for view in read_views() if view.is_kept)


def refresh_rows(con: duckdb.DuckDBPyConnection, *, everything: bool = False) -> bool:
    """Make the rows of the views anew: of the incidents touched since the last time, or of all; then none of them waits any more.

    Args:
        con: Connection of `open_work`, without a transaction.
        everything: All rows are wanted, whatever was touched.

    Returns:
        Whether rows are kept; False: the warehouse is small.
    """
    ((n_incidents,),) = con.sql("SELECT count(*) FROM incident").fetchall()
    digest = _digest(con)
    is_kept = int(n_incidents) > FEW
    if not is_kept:
        if read_part(con, PART):
            _drop_rows(con)
    elif everything or read_part(con, PART) != digest:
        _make_all(con, digest)
    else:
        _make_touched(con)
    con.execute("DELETE FROM publish_queue WHERE kind = 'incident'").fetchall()
    return is_kept


def read_from_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Let the views of a copy that is to be published read the rows; opened for writing by other code, it gets views that compute again."""
    with transaction(con):
        for view in kept_views():
            con.execute(f"CREATE OR REPLACE VIEW {view.name} AS FROM {view.name}_row")
        for comment in view_comments(kept_views()):
            con.execute(comment)
        con.execute("UPDATE schema_part SET digest = 'published' WHERE part = 'views'")


def _drop_rows(con: duckdb.DuckDBPyConnection) -> None:
    with transaction(con):
        for view in kept_views():
            con.execute(f"DROP TABLE IF EXISTS {view.name}_row")
        con.execute("DELETE FROM schema_part WHERE part = $1", [PART])


def _make_all(con: duckdb.DuckDBPyConnection, digest: str) -> None:
    """Make every table, sorted: a condition on the incident then opens one group of rows. Killed on the way, it begins again."""
    _drop_rows(con)
    con.execute("CHECKPOINT").fetchall()  # their blocks take the new rows
    with _apart(con) as work:
        for table in READ:
            con.execute(f"CREATE VIEW part.{table} AS FROM {work}.{table}")
        for view in _needed():
            con.execute(view.sql)
            if view.is_kept:
                order = "date, incident_id" if view.name == "incidents" else "incident_id"
                con.execute(f"CREATE OR REPLACE TABLE {work}.{view.name}_row AS FROM part.{view.name} ORDER BY {order}")
                con.execute(f"CREATE OR REPLACE VIEW part.{view.name} AS FROM {work}.{view.name}_row")
            elif not view.is_macro:  # several kept views read it
                con.execute(f"CREATE TABLE part.{view.name}_row AS FROM part.{view.name}")
                con.execute(f"CREATE OR REPLACE VIEW part.{view.name} AS FROM part.{view.name}_row")
    with transaction(con):
        for view in kept_views():
            told = replace(view, name=f"{view.name}_row", comment=f"{view.comment} The rows of the view {view.name} of the published file.")
            for comment in view_comments((told,)):
                con.execute(comment.replace(" VIEW ", " TABLE ", 1))
        con.execute("INSERT INTO schema_part VALUES ($1, $2)", [PART, digest])


def _make_touched(con: duckdb.DuckDBPyConnection) -> None:
    ((n_touched,),) = con.sql("SELECT count(*) FROM publish_queue WHERE kind = 'incident'").fetchall()
    if not n_touched:
        return
    with _apart(con, "rows/touched") as work:
        for view in _needed():
            con.execute(view.sql)
        for view in kept_views():
            con.execute(f"CREATE TABLE part.{view.name}_row AS FROM part.{view.name} ORDER BY incident_id")
        with transaction(con):
            for view in kept_views():
                con.execute(f"DELETE FROM {work}.{view.name}_row WHERE incident_id IN (FROM part.named)")  # noqa: S608 -- our names
                con.execute(f"INSERT INTO {work}.{view.name}_row FROM part.{view.name}_row")
            con.execute(f"DELETE FROM {work}.publish_queue WHERE kind = 'incident'")  # noqa: S608 -- our names


@contextmanager
def _apart(con: duckdb.DuckDBPyConnection, script: str = "") -> Iterator[str]:
    """Let unqualified names mean those of the database `part`, in memory; yields the quoted name of the work file's."""
    ((name,),) = con.sql("SELECT current_database()").fetchall()
    con.execute("ATTACH ':memory:' AS part")
    try:
        if script:
            con.execute(load_sql(script))
        con.execute("USE part")
        yield f'"{name}"'
    finally:
        con.execute(f'USE "{name}"')
        con.execute("DETACH part")


@cache
def _needed() -> tuple[View, ...]:
    """The kept views and all that they read, in the order of making."""
    known = {view.name: view for view in read_views()}
    wanted = [view.name for view in kept_views()]
    for name in wanted:
        wanted += [need for need in known[name].needs if need not in wanted]
    return tuple(view for view in read_views() if view.name in wanted)


def _digest(con: duckdb.DuckDBPyConnection) -> str:
    """Digest of what shapes the rows of incidents that nobody touched: the views, the tables, the names of publishers."""
    ((outlets,),) = con.sql("SELECT bit_xor(hash(o)) FROM outlet AS o").fetchall()
    tables = [BY_NAME[name].names for name in READ]
    return hashlib.sha256(f"{[view.sql for view in _needed()]} {tables} {outlets}".encode()).hexdigest()[:16]
