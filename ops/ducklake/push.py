"""Write what a watch published into a lake that several watches share: DuckLake, its catalogue in PostgreSQL, its rows as Parquet.

    python ops/ducklake/push.py data/vigil.duckdb --watch north --catalog 'postgres:dbname=vigil host=db' --rows /lake/rows

Run it after each night. Only incidents that are new, changed or gone are written, in one transaction. Watches may write at once: DuckLake
tries again where two commits meet. The extensions ducklake and postgres_scanner must be at hand: `INSTALL ducklake; INSTALL postgres;` once
in any DuckDB shell with network, or --extensions with a folder that holds both .duckdb_extension files of exactly this DuckDB version.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

HERE = Path(__file__).parent


def open_lake(catalog: str, rows: str, extensions: Path | None = None, *, schema: str = "vigil_lake") -> duckdb.DuckDBPyConnection:
    """Attach the lake as `lake`.

    Args:
        catalog: What stands after `ducklake:`, as in `postgres:dbname=vigil host=db`.
        rows: Folder or bucket of the Parquet files, which all writers must see under the same name.
        extensions: Folder of the extension files; None: those that DuckDB has installed.
        schema: Schema of the catalogue's database that holds this lake; made when absent.

    Raises:
        duckdb.Error: An extension is not installed or of another version, or the catalogue cannot be reached.
    """
    con = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    for name in ("ducklake", *(["postgres_scanner"] if catalog.startswith("postgres:") else [])):
        con.execute(f"LOAD '{extensions / name}.duckdb_extension'" if extensions else f"LOAD {name}")
    if catalog.startswith("postgres:"):
        con.execute(f"ATTACH '{_quoted(catalog.removeprefix('postgres:'))}' AS catalogue (TYPE postgres)")
        con.execute(f'CREATE SCHEMA IF NOT EXISTS catalogue."{schema}"')
        con.execute("DETACH catalogue")
    con.execute(f"ATTACH 'ducklake:{_quoted(catalog)}' AS lake (DATA_PATH '{_quoted(rows)}', META_SCHEMA '{_quoted(schema)}')")
    con.execute("SET ducklake_max_retry_count = 50")  # a night is worth some waiting
    return con


def push(con: duckdb.DuckDBPyConnection, published: Path, watch: str) -> int:
    """Write what changed in a published file under the name of its watch; return how many incidents are new, changed or gone."""
    con.execute(f"ATTACH '{_quoted(str(published))}' AS published (READ_ONLY)")
    con.execute("SET VARIABLE watch = $1", [watch])
    if not con.execute("SELECT count(*) FROM duckdb_tables() WHERE database_name = 'lake' AND table_name = 'incident_sources'").fetchall()[
        0
    ][0]:
        con.execute((HERE / "tables.sql").read_text(encoding="utf-8"))
    con.execute((HERE / "push.sql").read_text(encoding="utf-8"))
    ((moved,),) = con.execute("SELECT count(*) FROM moved").fetchall()
    con.execute("DETACH published")
    return int(moved)


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def main() -> None:
    """Push one published file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("published", type=Path)
    parser.add_argument("--watch", required=True, help="name of this watch in the lake")
    parser.add_argument("--catalog", required=True, help="catalogue, as 'postgres:dbname=vigil host=db' or the path of a file")
    parser.add_argument("--rows", required=True, help="folder or bucket of the Parquet files")
    parser.add_argument("--schema", default="vigil_lake", help="schema of the catalogue's database for this lake")
    parser.add_argument("--extensions", type=Path, help="folder of the extension files")
    asked = parser.parse_args()
    con = open_lake(asked.catalog, asked.rows, asked.extensions, schema=asked.schema)
    print(f"{push(con, asked.published, asked.watch)} incidents new, changed or gone")  # noqa: T201


if __name__ == "__main__":
    main()
