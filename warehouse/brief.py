"""What one night brought, gathered from the published file for a brief: read only, by warehouse/sql/brief."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connection import first_line, open_published
from warehouse.errors import QueryError, WarehouseError
from warehouse.queries import load_sql

Row = dict[str, Any]
DAYS_SHOWN = 14  # days of events in the charts: two weeks show whether a day is unusual


class UnknownNightError(QueryError):
    """No run began on that day; the message names the nights that there are."""


@dataclass(frozen=True, slots=True)
class Brief:
    """One night, as rows of warehouse/sql/brief; times are UTC.

    Attributes:
        night: Day on which the runs began.
        runs: Runs of the night.
        extractors: Versions that read the articles known by then.
        incidents: Incidents that the night added or changed, greatest toll first, `was_` columns: before the night.
        gone: Incidents that went away.
        moves: Steps of the killed of incidents that existed before, by incident_id.
        contested: Pairs of statements that contradict each other, by incident_id.
        voices: Who gives which number on contested counts, by incident_id.
        stances: Accusations and denials where somebody denies, by incident_id.
        n_open_disputes: Incidents of earlier nights that stay contested.
        by_day: People killed by day of the event, the last days.
        by_country: The same days by country.
        by_weapon: The same days by class of weapon.
        feeds: Feeds, those in trouble first.
        stages: What every stage took in, let out and refused.
        rejects: Refusals of the night by stage and reason.
        n_open_rejects: Refusals of earlier nights that are still open.
        checks: Checks of the night's last publication.
        reading: Articles of the night by language.
        totals: Incidents known at the end of the night.
    """

    night: dt.date
    runs: list[Row]
    extractors: list[Row]
    incidents: list[Row]
    gone: list[Row]
    moves: dict[str, list[Row]]
    contested: dict[str, list[Row]]
    voices: dict[str, list[Row]]
    stances: dict[str, list[Row]]
    n_open_disputes: int
    by_day: list[Row]
    by_country: list[Row]
    by_weapon: list[Row]
    feeds: list[Row]
    stages: list[Row]
    rejects: list[Row]
    n_open_rejects: int
    checks: list[Row]
    reading: list[Row]
    totals: Row

    @property
    def first_day(self) -> dt.date:
        """First day of the charts."""
        return self.night - dt.timedelta(days=DAYS_SHOWN - 1)

    @property
    def new(self) -> list[Row]:
        """Incidents first seen in the night."""
        return [row for row in self.incidents if row["is_new"]]

    @property
    def changed(self) -> list[Row]:
        """Incidents of earlier nights whose killed or injured changed."""
        return [row for row in self.incidents if not row["is_new"] and (row["is_killed_changed"] or row["is_injured_changed"])]

    @property
    def otherwise_changed(self) -> list[Row]:
        """Incidents of earlier nights that changed in something else: more sources, another place."""
        return [row for row in self.incidents if not row["is_new"] and not row["is_killed_changed"] and not row["is_injured_changed"]]


def read_brief(published: Path, night: dt.date | None = None) -> Brief:
    """Return what a night brought, as the published file tells it; the state of that night, not of today.

    Args:
        published: The published file.
        night: Day (UTC) on which its runs began; None: the last one on record.

    Raises:
        WarehouseError: The file cannot be opened or read.
        UnknownNightError: No run began on that day, or none at all.
    """
    con = open_published(published)
    try:
        return _read(con, _find_night(con, published, night))
    except duckdb.Error as error:
        raise WarehouseError(f"{published}: cannot be read: {first_line(error)}; publish again with this version of Vigil") from error
    finally:
        con.close()


def _find_night(con: duckdb.DuckDBPyConnection, published: Path, wanted: dt.date | None) -> dt.date:
    nights: list[dt.date] = [row["night"] for row in _rows(con, "nights")]
    if not nights:
        raise UnknownNightError(f"{published}: holds no run; run `vigil ingest` first")
    if wanted is None:
        return nights[-1]
    if wanted not in nights:
        nearest = min(nights, key=lambda night: (abs((night - wanted).days), night))
        raise UnknownNightError(
            f"no run began on {wanted} (UTC); {published} has {len(nights)} nights from {nights[0]} to {nights[-1]},"
            f" the nearest is {nearest}"
        )
    return wanted


def _read(con: duckdb.DuckDBPyConnection, night: dt.date) -> Brief:
    since = dt.datetime.combine(night, dt.time(), dt.UTC)
    window: Row = {"since": since, "until": since + dt.timedelta(days=1)}
    until = {"until": window["until"]}
    days = {"first": night - dt.timedelta(days=DAYS_SHOWN - 1), "last": night}
    incidents = _rows(con, "incidents", **window)
    touched = {"incident_ids": [row["incident_id"] for row in incidents], **until}
    older = {"incident_ids": [row["incident_id"] for row in incidents if not row["is_new"] and row["is_killed_changed"]], **until}
    return Brief(
        night=night,
        runs=_rows(con, "runs", **window),
        extractors=_rows(con, "extractors", **until),
        incidents=incidents,
        gone=_rows(con, "gone", **window),
        moves=_by_incident(_rows(con, "moves", **older)),
        contested=_by_incident(_rows(con, "contested", **touched)),
        voices=_by_incident(_rows(con, "voices", **touched)),
        stances=_by_incident(_rows(con, "stances", **touched)),
        n_open_disputes=_rows(con, "open_disputes", **window)[0]["n"],
        by_day=_rows(con, "by_day", **window, **days),
        by_country=_rows(con, "by_country", **window, **days),
        by_weapon=_rows(con, "by_weapon", **window, **days),
        feeds=_rows(con, "feeds", **window),
        stages=_rows(con, "stages", **window),
        rejects=_rows(con, "rejects", **window),
        n_open_rejects=_rows(con, "open_rejects", **window)[0]["n"],
        checks=_rows(con, "checks", **window),
        reading=_rows(con, "reading", **window),
        totals=_rows(con, "totals", **until)[0],
    )


def _by_incident(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["incident_id"], []).append(row)
    return found


def _rows(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Row]:
    result = con.execute(load_sql(f"brief/{name}"), parameters or None)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
