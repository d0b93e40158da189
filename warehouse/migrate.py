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
from pathlib import Path

import duckdb

from transforms.columns import Table
from transforms.schemas import BY_NAME, TABLES
from warehouse.ddl import constraints_of, create_table, create_tables, duckdb_type, table_comments
from warehouse.errors import WarehouseError
from warehouse.queries import list_sql, load_sql
from warehouse.views import read_views, view_comments

FOLDER = Path(__file__).parent / "sql" / "migrations"
Catalogue = dict[str, set[tuple[str, ...]]]


def newest_version() -> int:
    """Return the number of the newest migration that this code knows."""
    return max(int(name[:4]) for name in list_sql("migrations"))


def read_version(con: duckdb.DuckDBPyConnection) -> int:
    """Return the number of the newest migration applied to the database; 0 for an empty one."""
    if not con.sql("SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_version'").fetchall():
        return 0
    return int(con.sql("SELECT coalesce(max(version), 0) FROM schema_version").fetchall()[0][0])


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
    """Bring a database to the newest version; views and comments are made anew when anything was applied.

    Returns:
        Number of migrations applied; 0 when it was up to date.

    Raises:
        WarehouseError: The file was written by a newer Vigil.
    """
    version = check_version(con, path)
    pending = [name for name in list_sql("migrations") if int(name[:4]) > version]
    for name in pending:
        con.execute("BEGIN")
        try:
            con.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name VARCHAR NOT NULL)")
            con.execute(load_sql(f"migrations/{name}"))
            con.execute("INSERT INTO schema_version VALUES ($1, $2)", [int(name[:4]), name[5:]]).fetchall()
            con.execute("COMMIT")
        except duckdb.Error:
            con.execute("ROLLBACK")
            raise
    if pending or read_view_digest(con) != view_digest():
        write_views(con)
    return len(pending)


def view_digest() -> str:
    """Return a digest of all views and comments, kept as the comment of schema_version."""
    texts = [view.sql for view in read_views()] + list(table_comments())
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def read_view_digest(con: duckdb.DuckDBPyConnection) -> str | None:
    """Return the digest of the views and comments that the database holds; None before the first."""
    rows = con.sql("SELECT coalesce(comment, '') FROM duckdb_tables() WHERE table_name = 'schema_version'").fetchall()
    found = re.search(r"views ([0-9a-f]{16})", rows[0][0]) if rows else None
    return found[1] if found else None


def write_views(con: duckdb.DuckDBPyConnection) -> None:
    """Make all views and macros anew in one transaction, then all comments: replacing a view drops its comments."""
    views = read_views()
    con.execute("BEGIN")
    for view in views:
        con.execute(view.sql)
    for comment in [*table_comments(), *view_comments(views)]:
        con.execute(comment)
    con.execute(f"COMMENT ON TABLE schema_version IS 'migrations applied to this file; views {view_digest()}'")
    con.execute("COMMENT ON COLUMN schema_version.version IS 'number of the migration'")
    con.execute("COMMENT ON COLUMN schema_version.name IS 'what it changed'")
    con.execute("COMMIT")


def read_catalogue(con: duckdb.DuckDBPyConnection) -> Catalogue:
    """Return what each table is made of, without the order of its columns: types, constraints, keys."""
    found: Catalogue = {}
    for table, *column in con.sql(load_sql("queries/catalogue_columns")).fetchall():
        found.setdefault(table, set()).add(("column", *map(str, column)))
    for table, *constraint in con.sql(load_sql("queries/catalogue_constraints")).fetchall():
        found.setdefault(table, set()).add(("constraint", *map(str, constraint)))
    found.pop("schema_version", None)
    return found


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
    plain = {("column", c.name, duckdb_type(c.dtype)) for c in added}
    if wanted - have <= plain and not have - wanted and not any(constraints_of(c) for c in added):
        return "\n".join(f"ALTER TABLE {table.name} ADD COLUMN {c.name} {duckdb_type(c.dtype)};" for c in added)
    gone = sorted(had - set(table.names))
    exclude = f" EXCLUDE ({', '.join(gone)})" if gone else ""
    values = "".join(f", NULL AS {c.name} /* required: write a value for old rows */" for c in added if c.required)
    return (
        f"ALTER TABLE {table.name} RENAME TO {table.name}_before;\n{create_table(table)}\n"
        f"INSERT INTO {table.name} BY NAME SELECT *{exclude}{values} FROM {table.name}_before;\nDROP TABLE {table.name}_before;"
    )


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
