"""DDL and comments that follow from `transforms.schemas`.

Nobody writes DDL by hand: `migrate` compares what this module says with what the numbered migrations make of an empty
database, and a test fails while the two differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from transforms.columns import Column, Table
from transforms.schemas import TABLES

SCALARS: dict[pl.DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Int64(): "BIGINT",
    pl.Int16(): "SMALLINT",
    pl.UInt64(): "UBIGINT",
    pl.Float64(): "DOUBLE",
    pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE",
    pl.Datetime("us", "UTC"): "TIMESTAMP WITH TIME ZONE",
}


def duckdb_type(dtype: pl.DataType) -> str:
    """Return the DuckDB type of a polars dtype.

    Raises:
        ValueError: The warehouse has no type for it.
    """
    if isinstance(dtype, pl.List):
        inner = dtype.inner
        return duckdb_type(inner() if isinstance(inner, type) else inner) + "[]"
    if dtype not in SCALARS:
        raise ValueError(f"dtype {dtype} of transforms.schemas has no DuckDB type; add one to warehouse.ddl.SCALARS")
    return SCALARS[dtype]


def quote_text(text: object) -> str:
    """Return a value as an SQL literal: numbers bare, text in single quotes."""
    return str(text) if isinstance(text, int | float) else "'" + str(text).replace("'", "''") + "'"


def constraints_of(column: Column) -> str:
    """Return NOT NULL and CHECK text of one column, empty when it has neither bounds nor a closed set."""
    parts = ["NOT NULL"] if column.required else []
    low, high = (f"{bound:.15g}" for bound in (column.minimum or 0, column.maximum or 0))
    if column.minimum is not None and column.maximum is not None:
        parts.append(f"CHECK ({column.name} BETWEEN {low} AND {high})")
    elif column.minimum is not None:
        parts.append(f"CHECK ({column.name} >= {low})")
    elif column.maximum is not None:
        parts.append(f"CHECK ({column.name} <= {high})")
    if column.values is not None:
        allowed = ", ".join(quote_text(value) for value in column.values)
        is_list = isinstance(column.dtype, pl.List)
        parts.append(f"CHECK (list_has_all([{allowed}], {column.name}))" if is_list else f"CHECK ({column.name} IN ({allowed}))")
    return " ".join(parts)


def create_table(table: Table) -> str:
    """Return the CREATE TABLE statement of one table, one column a line."""
    lines = [" ".join(filter(None, (c.name, duckdb_type(c.dtype), constraints_of(c)))) for c in table]
    lines.append(f"PRIMARY KEY ({', '.join(table.key)})")
    return f"CREATE TABLE {table.name} (\n  " + ",\n  ".join(lines) + "\n);"


def create_tables(tables: Iterable[Table] = TABLES) -> str:
    """Return the DDL of all tables in their order, a blank line between."""
    return "\n\n".join(create_table(table) for table in tables) + "\n"


def column_comment(column: Column) -> str:
    """Return what a column's comment says: meaning, unit, and the function that fills it."""
    unit = f" [{column.unit}]" if column.unit else ""
    source = f" (by {column.filled_by})" if column.filled_by else ""
    return f"{column.meaning}{unit}{source}"


def table_comments(tables: Iterable[Table] = TABLES) -> Iterator[str]:
    """Yield COMMENT statements of every table and column. Run them last: replacing a view or a table drops its comments."""
    for table in tables:
        yield f"COMMENT ON TABLE {table.name} IS {quote_text(table.grain)}"
        for column in table:
            yield f"COMMENT ON COLUMN {table.name}.{column.name} IS {quote_text(column_comment(column))}"
