"""What is known of hosts across runs: robots.txt as last read, refusals, wishes to be left alone. Rows of the table `host`."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from transforms.rows import Row
from transforms.schemas import BY_NAME


class HostBook:
    """The `host` rows of a run, and the opt-outs found in it. Threads work on different hosts; one thread writes what changed."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows: dict[str, Row] = {row["site"]: dict(row) for row in rows}
        self._changed: set[str] = set()
        self._opt_outs: dict[tuple[str, str, str], Row] = {}
        self._lock = threading.Lock()

    def row_of(self, site: str) -> Row:
        """Return what is known of a host; a host never asked has a row of unknowns."""
        with self._lock:
            row = self._rows.get(site)
            return dict(row) if row else dict.fromkeys(BY_NAME["host"].names) | {"site": site, "n_refusals": 0}

    def update(self, site: str, **values: Any) -> None:
        """Note something about a host; nothing is written when it says what is known."""
        row = self.row_of(site)
        if any(row[name] != value for name, value in values.items()):
            with self._lock:
                self._rows[site] = row | values
                self._changed.add(site)

    def note_opt_out(self, row: Row) -> None:
        """Note an opt-out, a row of `opt_out`; of several of a kind the latest."""
        with self._lock:
            self._opt_outs[row["outlet"], row["signal"], row["origin"]] = row

    def take_changed(self) -> dict[str, list[Row]]:
        """Return rows by table that changed since the last call."""
        with self._lock:
            hosts, opt_outs = [self._rows[site] for site in sorted(self._changed)], list(self._opt_outs.values())
            self._changed.clear()
            self._opt_outs.clear()
        return {name: rows for name, rows in (("host", hosts), ("opt_out", opt_outs)) if rows}
