"""How the archive stands: days x stages, from the work file, or from the published file while a run writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from flows.backfill_request import Request, check_feeds, reach_of
from flows.settings import Settings
from transforms.day_grid import Grid
from transforms.rows import Row
from warehouse.backfill import read_feed_ids, read_grid
from warehouse.brief import read_brief
from warehouse.connection import first_line, open_published, open_work
from warehouse.errors import WarehouseError, WarehouseLockedError


@dataclass(frozen=True, slots=True)
class Status:
    """The grid, and the process that writes while it was read (None: the grid is of this moment, else of the last publication)."""

    grid: Grid
    writer: str | None = None


def read_status(settings: Settings, request: Request) -> Status:
    """Return the grid of the days and feeds of a request.

    Raises:
        BackfillError: An unknown feed.
        WarehouseError: Nothing was collected yet, or a file cannot be read.
    """
    if not settings.work_path.exists() and not settings.published_path.exists():
        raise WarehouseError(f"{settings.work_path}: does not exist; collect something first with `vigil ingest`")
    writer = None
    try:
        con = open_work(settings.work_path) if settings.work_path.exists() else open_published(settings.published_path)
    except WarehouseLockedError as error:
        writer = str(error).split(": ", 1)[1].split(";", 1)[0]
        con = open_published(settings.published_path)
    try:
        check_feeds(request.feeds, read_feed_ids(con))
        return Status(read_grid(con, reach_of(settings, request)), writer)
    except duckdb.Error as error:
        raise WarehouseError(f"{settings.data_dir}: cannot be read: {first_line(error)}; publish once with this version") from error
    finally:
        con.close()


def last_days(grid: Grid, n: int) -> Grid:
    """Return the last n days of a grid; 0: all."""
    days = sorted(grid)[-n:] if n else sorted(grid)
    found: Mapping[dt.date, Mapping[str, object]] = {day: grid[day] for day in days}
    return found  # type: ignore[return-value]


def read_night(settings: Settings) -> Row | None:
    """Return the counts of the last night on record as the published file tells them; None: it cannot be read."""
    try:
        brief = read_brief(settings.published_path)
    except WarehouseError:
        return None
    return {
        "night": brief.night, "n_articles": sum(row["n_articles"] for row in brief.reading), "n_new": len(brief.new),
        "n_changed": len(brief.changed), "n_otherwise_changed": len(brief.otherwise_changed), "n_incidents": brief.totals["n_incidents"],
        "n_checks": len(brief.checks), "failed_checks": [row["check_name"] for row in brief.checks if row["n_bad"]],
        "rejects": [(row["stage"], row["reason"], row["n"], row["n_open"]) for row in brief.rejects],
    }  # fmt: skip
