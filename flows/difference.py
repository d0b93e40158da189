"""What another reading of the archive changes: row by row, value by value, with the old and the new words.

A backfill writes it before anything is published; `--dry-run` reads a copy of the work file and leaves everything as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.terminal import printable
from transforms.schemas import BY_NAME
from warehouse.compare import find_differences
from warehouse.connection import first_line, open_work
from warehouse.errors import WarehouseError
from warehouse.queries import load_sql

TABLES = ("article", "report", "claim", "incident")
# They tell of the reading and not of what was read.
IGNORED = {
    "article": frozenset(
        {"page_id", "feed_id", "fetched_at", "text", "extractor_version", "cleaner_version", "minhash", "relevance", "relevance_reasons"}
    ),
    "report": frozenset({"extractor_version", "relevance"}),
    "claim": frozenset({"rule", "as_of"}),
}
COLUMNS = ("table", "row_id", "kind", "column", "before", "after", "words_before", "words_after", "about", "url")
SCHEMA = pl.Schema({name: pl.String() for name in COLUMNS})
SHOWN = 2_000  # rows on the page; the Parquet file has all


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs. `changes`: one row a value that changed (kind changed) or a row that came or went (added, gone; column NULL)."""

    changes: pl.DataFrame
    counts: pl.DataFrame


def read_difference(before: Path, after: Path) -> Difference:
    """Compare two work files (or published files), neither of them open in this process.

    Args:
        before: The file as it was.
        after: The file after another reading.
    """
    con = open_work(after)
    try:
        path = str(before).replace("'", "''")
        con.execute(f"ATTACH '{path}' AS before (READ_ONLY)")
        return find_changes(con)
    except duckdb.Error as error:
        raise WarehouseError(f"{before}: cannot be compared: {first_line(error)}; publish again, or restore a backup") from error
    finally:
        con.close()


def find_changes(con: duckdb.DuckDBPyConnection) -> Difference:
    """Compare a connection's own tables with those of the database that is attached as `before`."""
    rows = [row for name in TABLES for row in _rows(con, name)]
    con.register("change", pl.DataFrame(rows, schema=SCHEMA, orient="row"))
    try:
        changes = con.sql(load_sql("difference/words")).pl()
        counts = con.sql(load_sql("difference/counts")).pl()
    finally:
        con.unregister("change")
    return Difference(changes.cast(dict(SCHEMA.items())), counts)


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> Iterator[tuple[Any, ...]]:
    for found in find_differences(con, BY_NAME[name], "before", but=IGNORED.get(name, ())):
        (row_id,) = found.key.values()
        if found.stored is None or found.derived is None:
            yield (name, row_id, "gone" if found.derived is None else "added", *([None] * 7))
            continue
        for column in found.columns:
            yield (name, row_id, "changed", column, _text(found.stored[column]), _text(found.derived[column]), *([None] * 4))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)


def write_difference(difference: Difference, folder: Path, *, title: str) -> Sequence[Path]:
    """Write the difference as difference.parquet (all rows), difference.csv (counts) and difference.html (counts and the first rows).

    Raises:
        WarehouseError: The folder cannot be written.
    """
    environment = Environment(
        loader=PackageLoader("flows", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("difference.html").render(
        title=title,
        counts=difference.counts.to_dicts(),
        rows=[{name: printable(value) for name, value in row.items()} for row in difference.changes.head(SHOWN).to_dicts()],
        total=difference.changes.height,
    )
    paths = [folder / f"difference.{kind}" for kind in ("parquet", "csv", "html")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        difference.changes.write_parquet(paths[0])
        difference.counts.write_csv(paths[1])
        paths[2].write_text(page, encoding="utf-8")
    except OSError as error:
        raise WarehouseError(f"{folder}: cannot be written ({error.strerror or error}); choose another folder") from error
    return paths


def difference_lines(difference: Difference) -> Iterator[str]:
    """Yield the counts by table, kind and column, the most frequent first."""
    if difference.counts.is_empty():
        yield "no difference"
        return
    yield f"{'table':<10} {'kind':<8} {'column':<24} rows"
    for row in difference.counts.to_dicts():
        yield f"{row['table']:<10} {row['kind']:<8} {row['column'] or '':<24} {row['n']}"
