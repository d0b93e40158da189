"""What a column and a table are. `schemas` is written in these words; DDL, comments, validation and the dictionary read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


class Kind(Enum):
    """Kind of a column's values; the polars dtype and the DuckDB type follow from it.

    polars itself is loaded where the first frame is made: reading a text needs the names of columns, and no frame.
    """

    TEXT = "text"
    INT = "whole number"
    SMALL = "small whole number"
    REAL = "number"
    BOOL = "true or false"
    DATE = "day"
    TIME = "time, UTC"
    TEXTS = "list of texts"
    HASHES = "list of hashes"

    @property
    def is_list(self) -> bool:
        """Whether a value is a list of items."""
        return self in {Kind.TEXTS, Kind.HASHES}

    @property
    def dtype(self) -> pl.DataType:
        """The polars dtype."""
        import polars as pl

        dtypes: dict[Kind, pl.DataType] = {
            Kind.TEXT: pl.String(),
            Kind.INT: pl.Int64(),
            Kind.SMALL: pl.Int16(),
            Kind.REAL: pl.Float64(),
            Kind.BOOL: pl.Boolean(),
            Kind.DATE: pl.Date(),
            Kind.TIME: pl.Datetime("us", "UTC"),
            Kind.TEXTS: pl.List(pl.String()),
            Kind.HASHES: pl.List(pl.UInt64()),
        }
        return dtypes[self]


TEXT, INT, SMALL, REAL, BOOL = Kind.TEXT, Kind.INT, Kind.SMALL, Kind.REAL, Kind.BOOL
DATE, TIME, TEXTS, HASHES = Kind.DATE, Kind.TIME, Kind.TEXTS, Kind.HASHES


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table.

    Attributes:
        name: Column name; `_at` is a UTC timestamp, `_on` a date, `_min/_best/_max` are inclusive.
        kind: Kind of its values; polars dtype and DuckDB type follow from it.
        meaning: One sentence that a stranger understands, with what NULL means where that is not plain "unknown".
        unit: Unit of a number, or None.
        minimum, maximum: Inclusive bounds of a number.
        values: Closed set of allowed values; for a list column the set of its items.
        required: NULL is refused.
        filled_by: Dotted name of the function that fills an extracted column; None for bookkeeping.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str | int, ...] | None = None
    required: bool = False
    filled_by: str | None = None

    @property
    def dtype(self) -> pl.DataType:
        """The polars dtype."""
        return self.kind.dtype


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: Its name.
        grain: What a row is.
        key: Columns of its natural key.
        columns: Its columns in order.
        has_index: DuckDB keeps an index of the key, which finds single rows and refuses a second one. Without: rows come and go with all
            rows of their article or incident, and a check before publishing refuses a key that stands twice.
        found_by: Column with a time that rows of one key always share and along which rows are written: without an index they are found
            by it and the key, since DuckDB skips what was written at other times.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...] = field(default_factory=tuple)
    has_index: bool = True
    found_by: str | None = None

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
        import polars as pl

        return pl.Schema({column.name: column.dtype for column in self.columns})

    def frame(self, rows: Iterable[dict[str, object]]) -> pl.DataFrame:
        """Return rows as a frame of exactly this table's columns; a missing key is NULL, an unknown one an error.

        Raises:
            KeyError: A row has a key that is no column of the table.
        """
        import polars as pl

        listed, names = list(rows), self.names
        known = set(names)
        for row in listed:
            if unknown := row.keys() - known:
                raise KeyError(f"table {self.name} has no column {sorted(unknown)}")
        return pl.DataFrame([{n: row.get(n) for n in names} for row in listed], schema=self.frame_schema, strict=True)
