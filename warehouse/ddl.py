"""DDL and comments that follow from `transforms.schemas`.

Nobody writes DDL by hand: `migrate` compares what this module says with what the numbered migrations make of an empty
database, and a test fails while the two differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transforms.columns import Column, Kind, Table
from transforms.schemas import TABLES

TYPES: dict[Kind, str] = {
    Kind.TEXT: "VARCHAR",
    Kind.INT: "BIGINT",
    Kind.SMALL: "SMALLINT",
    Kind.REAL: "DOUBLE",
    Kind.BOOL: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.TIME: "TIMESTAMP WITH TIME ZONE",
    Kind.TEXTS: "VARCHAR[]",
    Kind.HASHES: "UBIGINT[]",
}


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
        parts.append(
            f"CHECK (list_has_all([{allowed}], {column.name}))" if column.kind.is_list else f"CHECK ({column.name} IN ({allowed}))"
        )
    return " ".join(parts)


def create_table(table: Table) -> str:
    """Return the CREATE TABLE statement of one table, one column a line."""
    lines = [" ".join(filter(None, (c.name, TYPES[c.kind], constraints_of(c)))) for c in table]
    if table.has_index:
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
