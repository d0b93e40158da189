"""What a column and a table are. `schemas` is written in these words; DDL, comments, validation and the dictionary read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

TEXT = pl.String()
INT = pl.Int64()
SMALL = pl.Int16()
REAL = pl.Float64()
BOOL = pl.Boolean()
DATE = pl.Date()
TIME = pl.Datetime("us", "UTC")
TEXTS = pl.List(pl.String())
HASHES = pl.List(pl.UInt64())


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table.

    Attributes:
        name: Column name; `_at` is a UTC timestamp, `_on` a date, `_min/_best/_max` are inclusive.
        dtype: polars dtype; the DuckDB type follows from it.
        meaning: One sentence that a stranger understands, with what NULL means where that is not plain "unknown".
        unit: Unit of a number, or None.
        minimum, maximum: Inclusive bounds of a number.
        values: Closed set of allowed values; for a list column the set of its items.
        required: NULL is refused.
        filled_by: Dotted name of the function that fills an extracted column; None for bookkeeping.
    """

    name: str
    dtype: pl.DataType
    meaning: str
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str | int, ...] | None = None
    required: bool = False
    filled_by: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, its natural key, its columns in order."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...] = field(default_factory=tuple)

    def __getitem__(self, name: str) -> Column:
        """Return the column of that name; KeyError names the table."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name!r}")

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def frame_schema(self) -> pl.Schema:
        """The polars schema of a frame of this table. Always pass it: mixed rows silently become strings otherwise."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    def frame(self, rows: Iterable[dict[str, object]]) -> pl.DataFrame:
        """Return rows as a frame of exactly this table's columns; a missing key is NULL, an unknown one an error.

        Raises:
            KeyError: A row has a key that is no column of the table.
        """
        listed = list(rows)
        for row in listed:
            if unknown := row.keys() - set(self.names):
                raise KeyError(f"table {self.name} has no column {sorted(unknown)}")
        return pl.DataFrame([{n: row.get(n) for n in self.names} for row in listed], schema=self.frame_schema, strict=True)
