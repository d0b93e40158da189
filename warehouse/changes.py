"""What changed between versions of articles, read from the published file."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

from transforms.article_address import main_address
from transforms.changes import Told, find_changes
from transforms.urls import canonical_url
from warehouse.connection import open_published
from warehouse.dossier import find_incident_id
from warehouse.errors import QueryError
from warehouse.queries import ask, load_sql

Row = dict[str, Any]
COLUMNS = ("seen_at", "before_at", "topic", "kind", "old_words", "new_words", "title", "canonical_url", "outlet", "incident_ids")


def read_changes(published: Path, *, url: str | None = None, incident: str | None = None, night: dt.date | None = None) -> list[Row]:
    """Return the changes of casualty and attribution sentences, in the order in which they were seen.

    Args:
        published: The published file.
        url: Address of an article, in any of its spellings; None: all.
        incident: Id, former id or the beginning of one; None: all.
        night: Day of the fetch that showed the new words, UTC; None: any.

    Returns:
        A row a changed sentence and topic, with `COLUMNS`: seen_at is the fetch that showed the new words, before_at the last
        one that showed the old; old_words NULL: added; new_words NULL: removed. topic page, kind gone: the page is no longer there.

    Raises:
        QueryError: No article has this address.
        UnknownIncidentError: No incident begins so, or several do.
    """
    con = open_published(published)
    try:
        urls = _urls(con, url, incident, str(published))
        versions = _rows(con, "versions", urls=urls, night=night)
        ids = sorted({row[name] for row in versions for name in ("article_id", "previous_id")})
        claims: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for row in _rows(con, "claims", article_ids=ids) if ids else ():
            claims[row["article_id"]].append((row["span_start"], row["span_end"], row["claim_type"]))
        found = [change for row in versions for change in _changes(row, claims)]
        found += [_gone(row) for row in _rows(con, "gone", urls=urls, night=night)]
        incidents: dict[str, list[str]] = defaultdict(list)
        for row in _rows(con, "incidents", urls=sorted({row["canonical_url"] for row in found})) if found else ():
            incidents[row["canonical_url"]].append(row["incident_id"])
        found.sort(key=lambda row: (row["seen_at"], row["canonical_url"]))
        return [row | {"incident_ids": incidents[row["canonical_url"]]} for row in found]
    finally:
        con.close()


def last_night(published: Path) -> dt.date | None:
    """Return the day of the newest fetch, UTC; None: nothing was fetched."""
    con = open_published(published)
    try:
        day: dt.date | None = con.sql(load_sql("changes/last_night")).fetchall()[0][0]
        return day
    finally:
        con.close()


def _urls(con: duckdb.DuckDBPyConnection, url: str | None, incident: str | None, where: str) -> list[str] | None:
    if incident is not None:
        incident_id = find_incident_id(con, incident, where)
        return [row["canonical_url"] for row in _rows(con, "urls_of_incident", incident_id=incident_id)]
    if url is None:
        return None
    try:
        spellings = [url, canonical_url(url), main_address(url)]
    except ValueError as error:
        raise QueryError(f"{error}; give the address of an article as `vigil show` prints it") from error
    found = [row["canonical_url"] for row in _rows(con, "urls_of_address", urls=spellings)]
    if not found:
        raise QueryError(f"{url}: no article has this address; `vigil show INCIDENT` prints those of an incident")
    return found


def _changes(row: Row, claims: dict[str, list[tuple[int, int, str]]]) -> list[Row]:
    old = Told(row["previous_text"], claims.get(row["previous_id"], ()))
    new = Told(row["text"], claims.get(row["article_id"], ()))
    about = {"seen_at": row["fetched_at"], "before_at": row["previous_at"], **{n: row[n] for n in ("title", "canonical_url", "outlet")}}
    return [
        about | {"topic": change.topic, "kind": change.kind, "old_words": change.old, "new_words": change.new}
        for change in find_changes(old, new)
    ]


def _gone(row: Row) -> Row:
    about = {name: row[name] for name in ("title", "canonical_url", "outlet")}
    gone = {"topic": "page", "kind": "gone", "old_words": None, "new_words": None}
    return about | gone | {"seen_at": row["checked_at"], "before_at": row["previous_at"]}


def _rows(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[Row]:
    return ask(con, load_sql(f"changes/{name}"), parameters).to_dicts()
