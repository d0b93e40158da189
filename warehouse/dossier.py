"""Everything that the published file holds about one incident, gathered for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from transforms.schemas import EVENT_COLUMNS, TOLL_EFFECTS
from warehouse.connection import open_published
from warehouse.errors import UnknownIncidentError
from warehouse.queries import ask, load_sql

Row = dict[str, Any]
_OF_TOLLS = frozenset(f"{effect}_{part}" for effect in TOLL_EFFECTS for part in ("min", "best", "max", "quantifier"))
_OF_PLACE = frozenset({"latitude", "longitude", "geonameid", "place_alternatives"})  # read from the words that place was read from


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an incident (no toll) with the words it was read from, of the first report that gives it.

    quote and the rest are None where no report gives exactly this value: it follows from several.
    """

    column: str
    value: Any
    quote: str | None
    rule: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """One incident: its row, former ids, values with words, counts and other statements, articles, all states it had, corrections."""

    incident: Row
    former_ids: list[Row]
    values: list[Value]
    counts: list[Row]
    statements: list[Row]
    sources: list[Row]
    versions: list[Row]
    decisions: list[Row]


def find_incident(published: Path, wanted: str) -> str:
    """Return the current id of an incident, from its id, a former id or the beginning of one.

    Raises:
        UnknownIncidentError: None begins so, or several do.
    """
    con = open_published(published)
    try:
        return find_incident_id(con, wanted, str(published))
    finally:
        con.close()


def find_incident_id(con: duckdb.DuckDBPyConnection, wanted: str, where: str) -> str:
    """Return the current id of an incident in an open database, named `where` in messages; as `find_incident`.

    Raises:
        UnknownIncidentError: None begins so, or several do.
    """
    found = con.execute(load_sql("queries/incident_ids"), {"wanted": wanted}).fetchall()
    ids = list(dict.fromkeys(str(current) for _, current in found))
    if len(ids) == 1:
        return ids[0]
    if not ids:
        raise UnknownIncidentError(f'incident {wanted!r} is not in {where}; `vigil sql "FROM incidents"` lists them')
    more = " ..." if len(ids) > 5 else ""
    raise UnknownIncidentError(f"incident {wanted!r} may mean {len(ids)}: {', '.join(ids[:5])}{more}; give more of the id")


def read_dossier(published: Path, incident_id: str) -> Dossier:
    """Return the dossier of an incident.

    Args:
        published: The published file.
        incident_id: Current id, as `find_incident` gives it.
    """
    con = open_published(published)
    try:
        (incident,) = _rows(con, "incident", incident_id)
        values = _values(incident, _rows(con, "reports", incident_id), _rows(con, "evidence", incident_id))
        parts = [_rows(con, name, incident_id) for name in ("former_ids", "counts", "statements", "sources", "versions", "decisions")]
    finally:
        con.close()
    former_ids, counts, statements, sources, versions, decisions = parts
    return Dossier(incident, former_ids, values, counts, statements, sources, versions, decisions)


def _rows(con: duckdb.DuckDBPyConnection, name: str, incident_id: str) -> list[Row]:
    return ask(con, load_sql(f"dossier/{name}"), {"incident_id": incident_id}).to_dicts()


def _values(incident: Row, reports: Sequence[Row], evidence: Sequence[Row]) -> list[Value]:
    """Return the values other than tolls, each with its words; tolls have their own, in `counts`."""
    words: dict[tuple[str, str], Row] = {}
    for row in evidence:
        words.setdefault((row["report_id"], row["column_name"]), row)
    found = []
    for column in EVENT_COLUMNS:
        value = incident[column.name]
        if value in (None, []) or column.name in _OF_TOLLS | _OF_PLACE:
            continue
        if column.name in (incident["decided_columns"] or []):
            found.append(Value(column.name, value, None, "decision", None))
            continue
        giving = [r for r in reports if _gives(r[column.name], value) and (r["report_id"], column.name) in words]
        if giving:
            source = words[giving[0]["report_id"], column.name]
            found.append(Value(column.name, value, source["quote"], source["rule"], giving[0]["url"]))
        else:
            found.append(Value(column.name, value, None, None, None))
    return found


def _gives(reported: Any, value: Any) -> bool:
    return bool(set(reported or []) & set(value)) if isinstance(value, list) else reported == value
