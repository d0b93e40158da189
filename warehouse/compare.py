"""Two warehouses side by side: which rows and values of a table differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from transforms.columns import Table

# What tells of runs and their clocks, and not of the world: the same archive read again gives other ones.
OF_THE_RUN = frozenset(
    {"run_id", "first_seen_at", "last_changed_at", "valid_from", "valid_to", "first_at", "last_at", "resolved_at", "attempts", "applied_at"}
)


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row that two warehouses do not share.

    Attributes:
        table: Table.
        key: Its natural key, columns by name.
        stored: The row as the one has it; None: it lacks it.
        derived: The row as the other has it; None: it lacks it.
    """

    table: str
    key: dict[str, Any]
    stored: dict[str, Any] | None
    derived: dict[str, Any] | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that differ; empty where one lacks the row."""
        if self.stored is None or self.derived is None:
            return ()
        return tuple(name for name, value in self.stored.items() if value != self.derived[name])


def find_differences(
    con: duckdb.DuckDBPyConnection, table: Table, stored: str, where: str = "true", *, but: Collection[str] = ()
) -> Iterator[RowDifference]:
    """Yield the rows of a table that differ between an attached database and the connection's own, by key.

    Args:
        con: Connection.
        table: Table that both have.
        stored: Name under which the other database is attached.
        where: SQL condition that chooses the rows of both; columns are the table's.
        but: Columns that may differ, beside those of the run.
    """
    key = ", ".join(table.key)
    whole = ", ".join(f"{name}: {name}" for name in table.names if name not in OF_THE_RUN and name not in but)
    ours, others = (
        f"SELECT {key}, true AS is_here, {{{whole}}} AS whole FROM {source}{table.name} WHERE {where}"  # noqa: S608 -- our names
        for source in ("", f"{stored}.")
    )
    found = con.execute(
        f"SELECT {key}, s.is_here, s.whole, d.is_here, d.whole FROM ({others}) AS s FULL JOIN ({ours}) AS d USING ({key})"  # noqa: S608
        f" WHERE s.is_here IS NULL OR d.is_here IS NULL OR s.whole IS DISTINCT FROM d.whole ORDER BY {key}"
    )
    while rows := found.fetchmany(1_000):
        for *keys, is_stored, one, is_derived, other in rows:
            yield RowDifference(
                table.name, dict(zip(table.key, keys, strict=True)), one if is_stored else None, other if is_derived else None
            )


def count_rows(con: duckdb.DuckDBPyConnection, table: Table, stored: str, where: str = "true") -> int:
    """Return how many rows of a table an attached database has, of those chosen."""
    ((n,),) = con.execute(f"SELECT count(*) FROM {stored}.{table.name} WHERE {where}").fetchall()  # noqa: S608 -- our names
    return int(n)


def read_whole(con: duckdb.DuckDBPyConnection, stored: str) -> None:
    """Read every value of every table of an attached database.

    Raises:
        duckdb.Error: A block is damaged.
    """
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = $1 ORDER BY 1", [stored]).fetchall():
        con.execute(f"SELECT bit_xor(hash(t)) FROM {stored}.{name} AS t").fetchall()  # noqa: S608 -- our names
