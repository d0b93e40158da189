"""Pages that wait to be read: their keys at once, their rows a chunk at a time, so that memory does not grow with the archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from warehouse.queries import ask, load_sql
from warehouse.store import read_frame, registered

Row = dict[str, Any]

PAGES_A_CHUNK = 1_000  # rows in memory at once; a feed's full text makes one up to 50 KB


class WaitingPages:
    """Rows of queries/pages_to_derive.sql, in order of the archive; len() is their number.

    The pages are those that waited when it was made: what is written meanwhile changes neither their number nor their order. Its
    connection may be used between two rows.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, **asked: Any) -> None:
        self._con = con
        keys = f"SELECT page_id FROM ({load_sql('queries/pages_to_derive')}) ORDER BY warc_file, warc_offset, page_id"  # noqa: S608 -- our own file
        self._keys = ask(con, keys, asked)

    def __len__(self) -> int:
        """Return the number of pages."""
        return self._keys.height

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows, read as they are asked for."""
        for chunk in self._keys.iter_slices(PAGES_A_CHUNK):
            with registered(self._con, "chunk_page", chunk):
                rows = read_frame(self._con, "pages_of_chunk").to_dicts()
            yield from rows
