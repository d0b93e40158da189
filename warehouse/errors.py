"""What the warehouse raises: one line that says what, which file or row, and what to do."""

from __future__ import annotations


class WarehouseError(Exception):
    """Something the warehouse cannot do; the message says which file and what to do about it."""


class DiskError(WarehouseError):
    """The disk does not take what is to be written: it is full, read-only or damaged. Nothing of the batch was kept; run again later."""


class ClockError(WarehouseError):
    """The machine's clock lies behind what the warehouse holds already; nothing was written."""


class WarehouseLockedError(WarehouseError):
    """Another process writes the file."""


class QueryError(WarehouseError):
    """A statement that DuckDB refuses; the message is its own, on one line."""


class UnknownIncidentError(QueryError):
    """There is no such incident; the message names those that come near."""


class ChecksFailedError(WarehouseError):
    """Checks found rows that must not be published.

    Attributes:
        failed: Name of each failed check and how many rows break it.
    """

    def __init__(self, message: str, failed: dict[str, int]) -> None:
        super().__init__(message)
        self.failed = failed


class SeedError(WarehouseError):
    """A seed that cannot be read; the message starts with file:line."""
