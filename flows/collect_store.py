"""Collection's view of the warehouse: the work file of one run behind `collection.CollectStore`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import duckdb

from flows.runs import Run
from transforms.rows import Row
from transforms.schemas import BY_NAME
from warehouse.erasure import address_digest, read_erased
from warehouse.store import read_frame, read_known_entries, reject_row, resolve_rejects, write_batch


class WarehouseStore:
    """The work file, for the run that holds it. Implements `flows.collection.CollectStore`."""

    def __init__(self, con: duckdb.DuckDBPyConnection, run: Run) -> None:
        self.con, self.run = con, run
        self.erased = read_erased(con)

    def feed_states(self) -> dict[str, Row]:
        """Return all `feed` rows by feed_id."""
        return {row["feed_id"]: row for row in read_frame(self.con, "feed_states").to_dicts()}

    def hosts(self) -> list[Row]:
        """Return all `host` rows."""
        return read_frame(self.con, "hosts").to_dicts()

    def known_entries(self, entry_ids: Sequence[str]) -> dict[str, Row]:
        """Return those of the entries that exist, by entry_id."""
        return read_known_entries(self.con, entry_ids)

    def frontier(self, now: dt.datetime, max_attempts: int) -> list[Row]:
        """Return entries whose page is to be fetched, newest first."""
        return read_frame(self.con, "frontier", now=now, max_attempts=max_attempts).to_dicts()

    def is_erased(self, url: str | None) -> bool:
        """Tell whether the article at an address was erased: it is neither kept nor asked for again."""
        return bool(url and self.erased and address_digest(url) in self.erased)

    def write(self, rows: Mapping[str, Sequence[Row]], resolved: Mapping[str, Sequence[str]], at: dt.datetime) -> None:
        """Upsert rows in one transaction, then mark rejects as resolved: killed in between, they stay open and harm nothing."""
        if frames := {table: BY_NAME[table].frame(listed) for table, listed in rows.items() if listed}:
            write_batch(self.con, frames, run_id=self.run.run_id, at=at)
        for stage, refs in resolved.items():
            resolve_rejects(self.con, stage, refs, at)

    def reject(self, stage: str, input_ref: str, reason: str, message: str, at: dt.datetime, retry_after: dt.datetime | None) -> Row:
        """Return one `reject` row."""
        return reject_row(stage, input_ref, reason, message, self.run.run_id, at, retry_after)

    def count(self, stage: str, n_in: int, n_out: int, n_rejected: int, elapsed_s: float) -> None:
        """Add to the counts of one stage of the run."""
        self.run.count(stage, n_in, n_out, n_rejected, elapsed_s)
