"""Numbered migrations: warehouse/sql/migrations/NNNN_name.sql, applied in order, each in one transaction.

`transforms.schemas` stays the source: a test makes an empty database by the migrations and one by `ddl.create_tables()`
and compares their catalogues. After a change of schemas.py run

    python -m warehouse.migrate new what_changed     # writes the next .sql file: ADD COLUMN, or a rebuild of the table
    python -m warehouse.migrate snapshot             # before the first release: writes 0001 anew

DuckDB cannot add a column with a CHECK or change one, so such a table is rebuilt: rename, create, insert by name, drop.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import duckdb

from transforms.columns import Table
from transforms.schemas import BY_NAME, TABLES
from warehouse.ddl import TYPES, constraints_of, create_table, create_tables, quote_text, table_comments
from warehouse.errors import WarehouseError
from warehouse.queries import list_sql, load_sql
from warehouse.views import read_views, view_comments

FOLDER = Path(__file__).parent / "sql" / "migrations"
Catalogue = dict[str, set[tuple[str, ...]]]
OWN_TABLES = ("schema_version", "schema_part")
PARTS = """CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS schema_part (part VARCHAR PRIMARY KEY, digest VARCHAR NOT NULL)"""
OWN_COMMENTS = (
    "COMMENT ON TABLE schema_version IS 'migrations applied to this file'",
    "COMMENT ON COLUMN schema_version.version IS 'number of the migration'",
    "COMMENT ON COLUMN schema_version.name IS 'what it changed'",
    "COMMENT ON TABLE schema_part IS 'what of this file follows from the code: views and comments are made anew when it changed'",
    "COMMENT ON COLUMN schema_part.part IS 'views or comments'",
    "COMMENT ON COLUMN schema_part.digest IS 'digest of their text'",
)


def newest_version() -> int:
    """Return the number of the newest migration that this code knows."""
    return max(int(name[:4]) for name in list_sql("migrations"))


def read_version(con: duckdb.DuckDBPyConnection) -> int:
    """Return the number of the newest migration applied to the database; 0 for an empty one."""
    try:
        return int(con.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchall()[0][0])
    except duckdb.CatalogException:  # asking the catalogue first takes ten times as long
        return 0


def check_version(con: duckdb.DuckDBPyConnection, path: str) -> int:
    """Return the database's version; refuse one that this code is too old for.

    Raises:
        WarehouseError: The file was written by a newer Vigil.
    """
    version, known = read_version(con), newest_version()
    if version > known:
        raise WarehouseError(f"{path}: has schema version {version}, this Vigil knows {known}; upgrade Vigil or choose another data folder")
    return version


def migrate(con: duckdb.DuckDBPyConnection, path: str = "database") -> int:
    """Bring a database to the newest version; views are made anew when anything was applied or their text changed.

    Returns:
        Number of migrations applied; 0 when it was up to date.

    Raises:
        WarehouseError: The file was written by a newer Vigil.
    """
    version = check_version(con, path)
    pending = [name for name in list_sql("migrations") if int(name[:4]) > version]
    for name in pending:
        applied = f"INSERT INTO schema_version VALUES ({int(name[:4])}, {quote_text(name[5:])})"  # noqa: S608 -- a file of ours
        _in_one_transaction(con, [PARTS, load_sql(f"migrations/{name}"), applied])
    if pending or read_part(con, "views") != view_digest():
        write_views(con)
    return len(pending)


def view_digest() -> str:
    """Return a digest of the SQL of all views."""
    return _digest(view.sql for view in read_views())


def comment_digest() -> str:
    """Return a digest of all comments and of the views that carry some of them."""
    return _digest([view_digest(), *table_comments()])


def read_part(con: duckdb.DuckDBPyConnection, part: str) -> str | None:
    """Return the digest of the `views` or `comments` that the database holds; None before the first."""
    rows = con.execute("SELECT digest FROM schema_part WHERE part = $1", [part]).fetchall()
    return str(rows[0][0]) if rows else None


def write_views(con: duckdb.DuckDBPyConnection) -> None:
    """Make all views and macros anew in one transaction. That drops their comments."""
    _in_one_transaction(
        con,
        [
            *(view.sql for view in read_views()),
            "DELETE FROM schema_part WHERE part IN ('views', 'comments')",
            _keep_part("views", view_digest()),
        ],
    )


def write_comments(con: duckdb.DuckDBPyConnection) -> bool:
    """Write the comments of all tables, views and columns, unless the database holds them already.

    DuckDB rebuilds a table's entry for each comment, 0.7 s in all. Nobody reads comments in the work file, so only
    publishing asks for them.

    Returns:
        Whether they were written.
    """
    if read_part(con, "comments") == comment_digest():
        return False
    _in_one_transaction(con, [*table_comments(), *view_comments(read_views()), *OWN_COMMENTS, _keep_part("comments", comment_digest())])
    return True


def _in_one_transaction(con: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> None:
    con.execute("BEGIN")
    try:
        con.execute(";\n".join(statement.rstrip().removesuffix(";") for statement in statements))
    except duckdb.Error:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")


def _keep_part(part: str, digest: str) -> str:
    return f"INSERT OR REPLACE INTO schema_part VALUES ({quote_text(part)}, {quote_text(digest)})"  # noqa: S608 -- our own texts


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def read_catalogue(con: duckdb.DuckDBPyConnection) -> Catalogue:
    """Return what each table is made of, without the order of its columns: types, constraints, keys."""
    found: Catalogue = {}
    for table, *column in con.sql(load_sql("queries/catalogue_columns")).fetchall():
        found.setdefault(table, set()).add(("column", *map(str, column)))
    for table, *constraint in con.sql(load_sql("queries/catalogue_constraints")).fetchall():
        found.setdefault(table, set()).add(("constraint", *map(str, constraint)))
    return {table: parts for table, parts in found.items() if table not in OWN_TABLES}


@cache
def find_differences() -> tuple[Catalogue, Catalogue]:
    """Return the catalogue that the migrations make and the one that schemas.py asks for."""
    migrated, wanted = duckdb.connect(), duckdb.connect()
    for name in list_sql("migrations"):
        migrated.execute(load_sql(f"migrations/{name}"))
    wanted.execute(create_tables())
    return read_catalogue(migrated), read_catalogue(wanted)


def write_change(table: Table, have: set[tuple[str, ...]]) -> str:
    """Return the SQL that takes one existing table to what schemas.py says."""
    had = {part[1] for part in have if part[0] == "column"}
    added = [column for column in table if column.name not in had]
    wanted = find_differences()[1][table.name]
    plain = {("column", c.name, TYPES[c.kind]) for c in added}
    if wanted - have <= plain and not have - wanted and not any(constraints_of(c) for c in added):
        return "\n".join(f"ALTER TABLE {table.name} ADD COLUMN {c.name} {TYPES[c.kind]};" for c in added)
    gone = sorted(had - set(table.names))
    exclude = f" EXCLUDE ({', '.join(gone)})" if gone else ""
    values = "".join(f", NULL AS {c.name} /* required: write a value for old rows */" for c in added if c.required)
    before = f"{table.name}_before"
    copied = f"INSERT INTO {table.name} BY NAME SELECT *{exclude}{values} FROM {before}"  # noqa: S608 -- names of schemas.py
    return f"ALTER TABLE {table.name} RENAME TO {before};\n{create_table(table)}\n{copied};\nDROP TABLE {before};"


def draft_migration() -> str:
    """Return the SQL of the next migration; empty when the migrations already make what schemas.py says."""
    have, want = find_differences()
    parts = [f"DROP TABLE {name};" for name in sorted(have.keys() - want.keys())]
    parts += [create_table(BY_NAME[t.name]) for t in TABLES if t.name not in have]
    parts += [write_change(t, have[t.name]) for t in TABLES if t.name in have and have[t.name] != want[t.name]]
    return "\n\n".join(parts) + "\n" if parts else ""


def main(arguments: list[str] | None = None) -> int:
    """Write migration files: `new NAME` the next one, `snapshot` 0001 anew while it is the only one."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.migrate", description=main.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("new").add_argument("name")
    commands.add_parser("snapshot")
    chosen = parser.parse_args(arguments)
    if chosen.command == "snapshot":
        names = [path.name for path in FOLDER.glob("*.sql")]
        if names not in ([], ["0001_tables.sql"]):
            parser.error("0001 has followers and may be applied somewhere: use `new NAME`")
        path, text = FOLDER / "0001_tables.sql", create_tables()
    else:
        path = FOLDER / f"{newest_version() + 1:04d}_{re.sub(r'[^a-z0-9]+', '_', chosen.name.lower())}.sql"
        text = draft_migration()
    if not text:
        print("schemas.py and the migrations agree: nothing to write")  # noqa: T201
        return 0
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path}; read it before you commit it")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
