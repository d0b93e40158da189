"""Memberships in, incidents out: the default resolver of warehouse/sql, run over the incidents that a match touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from functools import cache

import duckdb
import polars as pl

from transforms.schemas import BY_NAME
from warehouse.connection import one_thread
from warehouse.gather import few_rows, gather, gather_articles, gather_numbered, gather_resolved, gather_timed
from warehouse.queries import list_sql, load_sql
from warehouse.store import read_frame, registered, require_utc, transaction, upsert

MEMBER = BY_NAME["incident_report"]
FEW = 5_000  # incidents
OF_INCIDENTS = ("link", "report", "article", "version", "original", "statement", "stored")
GATHERED = ("touched", "touched_at", *(f"resolve_{name}" for name in OF_INCIDENTS))
SCRATCH = re.compile(r"CREATE OR REPLACE TEMP TABLE (\w+)")


def read_reports(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the reports of `batch_report` (report_id, as_of) as matching compares them, as queries/reports_to_match.sql says."""
    of_report = (
        "report_id, article_id, as_of, ordinal, event_date_start, event_date_end, date_precision, country_iso3, admin1, place, latitude,"
        " longitude, geonameid, geo_precision, event_class, weapon_class, perpetrator, killed_min, killed_best, killed_max,"
        " injured_min, injured_best, injured_max, role, is_aggregate, is_incident"
    )
    gather_timed(con, "match_report", "report", "report_id", "SELECT report_id, as_of FROM batch_report", of_report)
    of_article = "article_id, canonical_url, outlet, published_at, fetched_at, duplicate_of"
    gather_articles(con, "match_article", "SELECT article_id, as_of FROM match_report", of_article)
    _gather_originals(con, "match_original", "match_article", "canonical_url")
    of_member = "report_id, incident_id, resolved_at"
    gather_timed(con, "match_member", "incident_report", "report_id", "SELECT report_id, as_of FROM match_report", of_member)
    found = con.sql(load_sql("queries/reports_to_match")).pl()
    con.execute("DROP TABLE match_report; DROP TABLE match_article; DROP TABLE match_original; DROP TABLE match_member")
    return found


def _gather_originals(con: duckdb.DuckDBPyConnection, into: str, articles: str, column: str) -> None:
    """Make a table of the articles that others of a temporary table copy; most of them stand beside their copies."""
    beside = f"SELECT article_id, {column} FROM {articles}"  # noqa: S608 -- our names
    elsewhere = f"SELECT duplicate_of FROM {articles} WHERE duplicate_of NOT IN (SELECT article_id FROM {articles})"  # noqa: S608
    gather(con, into, "article", "article_id", elsewhere, f"article_id, {column}")
    con.execute(f"INSERT INTO {into} {beside} WHERE article_id IN (SELECT duplicate_of FROM {articles})")  # noqa: S608


def read_memberships(con: duckdb.DuckDBPyConnection, reports: Mapping[str, datetime]) -> pl.DataFrame:
    """Return memberships as they are stored: report_id, as_of, incident_id, score, reasons, decided_by.

    Args:
        con: Connection of `open_work`.
        reports: as_of by report_id.
    """
    with registered(con, "batch_matched", _timed_reports(reports)):
        of_member = "report_id, as_of, incident_id, score, reasons, decided_by"
        gather_timed(con, "match_member", "incident_report", "report_id", "SELECT report_id, as_of FROM batch_matched", of_member)
    found = con.sql("FROM match_member").pl()
    con.execute("DROP TABLE match_member")
    return found


def _timed_reports(reports: Mapping[str, datetime]) -> pl.DataFrame:
    columns = BY_NAME["report"].frame_schema
    return pl.DataFrame(list(reports.items()), schema={name: columns[name] for name in ("report_id", "as_of")}, orient="row")


def read_times_to_compare(con: duckdb.DuckDBPyConnection, *, everything: bool) -> list[datetime]:
    """Return when the articles were published that wait to be matched, or all: copies are looked for around them."""
    if everything:
        con.execute("CREATE OR REPLACE TEMP VIEW match_waiting AS SELECT article_id, published_at, fetched_at FROM article")
    else:
        _gather_waiting(con)
    found: list[datetime] = read_frame(con, "times_to_compare")["stated_at"].to_list()
    con.execute(f"DROP {'VIEW' if everything else 'TABLE'} match_waiting")
    return found


def read_bodies(con: duckdb.DuckDBPyConnection, articles: pl.DataFrame) -> dict[str, str]:
    """Return the text below the title of each article, by id.

    Args:
        con: Connection of `open_work`.
        articles: article_id, stated_at (publication, else the fetch).
    """
    if articles.is_empty():
        return {}
    with registered(con, "batch_met", articles.select("article_id", "stated_at")):
        gather_articles(con, "match_body", "SELECT article_id, stated_at FROM batch_met", "article_id, text[body_start + 1:] AS body")
    found = dict(con.sql("FROM match_body").fetchall())
    con.execute("DROP TABLE match_body")
    return found


def read_waiting(con: duckdb.DuckDBPyConnection, *, everything: bool) -> pl.DataFrame:
    """Return the reports of the articles that wait to be matched, or all: report_id, as_of, by id."""
    if everything:
        return read_frame(con, "everything_to_match")
    _gather_waiting(con)
    with few_rows(con):
        found = read_frame(con, "waiting_to_match")
    con.execute("DROP TABLE match_waiting")
    return found


def _gather_waiting(con: duckdb.DuckDBPyConnection) -> None:
    of_article = "article_id, published_at, fetched_at"
    gather_articles(con, "match_waiting", "SELECT article_id, as_of FROM match_queue", of_article)
    ((is_lost,),) = con.execute("SELECT (SELECT count(*) FROM match_waiting) < (SELECT count(*) FROM match_queue)").fetchall()
    if is_lost:  # a wrong time must not hide an article
        gather(con, "match_waiting", "article", "article_id", "SELECT article_id FROM match_queue", of_article)


def write_memberships(
    con: duckdb.DuckDBPyConnection,
    matched: Mapping[str, datetime],
    memberships: pl.DataFrame,
    aliases: pl.DataFrame | None = None,
    known: Mapping[str, datetime] | None = None,
    *,
    run_id: str,
    at: datetime,
) -> pl.DataFrame:
    """Replace the memberships of the matched reports and resolve every incident that this touches, in one transaction.

    Nothing waits to be matched after that, so `matched` must hold all reports that waited.
    Incidents left without reports disappear and their last version is closed; a version is appended only where a value
    changed. Any order of reports and any repetition of the call gives the same incidents.

    Args:
        con: Connection of `open_work`.
        matched: as_of by report_id of all reports that were matched; one without a row in `memberships` belongs to no incident.
        memberships: Rows of `incident_report`; resolved_at is written here.
        aliases: Rows of `incident_alias`: ids that incidents had before; None: none changed.
        known: When the incidents were last resolved that `memberships` may name, by id: those of all reports that were read, since an
            incident has the id of one of its reports. One that is not named is new. None: they are looked for, at the cost of a column.
        run_id: Run that matched, for the versions.
        at: The run's clock, from which the versions hold.

    Returns:
        One row a changed incident, by id: incident_id, remains (false: it lost all its reports).
    """
    scope = _timed_reports({**dict(memberships.select("report_id", "as_of").iter_rows()), **matched})
    joined = memberships.select("incident_id").unique()
    with transaction(con), registered(con, "batch_scope", scope), registered(con, "batch_member", joined):
        _set_run(con, run_id, at)
        _take_out(con, known)
        upsert(con, MEMBER, memberships.with_columns(resolved_at=pl.lit(at, dtype=MEMBER["resolved_at"].dtype)), is_new=True)
        if aliases is not None:
            upsert(con, BY_NAME["incident_alias"], aliases)
        con.execute(load_sql("queries/repoint_aliases"))
        con.execute("DELETE FROM match_queue").fetchall()
        return _resolve_touched(con)


def _take_out(con: duckdb.DuckDBPyConnection, known: Mapping[str, datetime] | None) -> None:
    """Delete the memberships of batch_scope; make touched_at of the incidents that they and those of batch_member belong to."""
    asked = "SELECT report_id, as_of FROM batch_scope"
    gather_timed(con, "scope_member", "incident_report", "report_id", asked, "incident_id, resolved_at, rowid AS n")
    _name_known(con, known)
    con.execute(load_sql("queries/touched"))
    with few_rows(con):
        con.execute("DELETE FROM incident_report WHERE rowid IN (SELECT n FROM scope_member)").fetchall()
    con.execute("DROP TABLE scope_member; DROP TABLE known_incident")


def _set_run(con: duckdb.DuckDBPyConnection, run_id: str, at: datetime) -> None:
    con.execute("SET VARIABLE run_id = $1", [run_id])
    con.execute("SET VARIABLE run_at = $1", [require_utc(at)])


def _name_known(con: duckdb.DuckDBPyConnection, known: Mapping[str, datetime] | None) -> None:
    """Make known_incident: incidents that exist and may be joined, each with the time by which its rows are found."""
    if known is None:
        found = "SELECT incident_id, resolved_at FROM incident WHERE incident_id IN (SELECT incident_id FROM batch_member)"
        con.execute(f"CREATE OR REPLACE TEMP TABLE known_incident AS {found}")
        return
    columns = BY_NAME["incident"].frame_schema
    schema = {name: columns[name] for name in ("incident_id", "resolved_at")}
    with registered(con, "batch_known", pl.DataFrame(list(known.items()), schema=schema, orient="row")):
        con.execute("CREATE OR REPLACE TEMP TABLE known_incident AS FROM batch_known")


def resolve_all(con: duckdb.DuckDBPyConnection, *, run_id: str, at: datetime) -> pl.DataFrame:
    """Resolve every incident anew, for instance after the resolver's rule changed.

    Returns:
        One row a changed incident, as `write_memberships`.
    """
    with transaction(con):
        _set_run(con, run_id, at)
        every = "SELECT incident_id, resolved_at FROM incident_report UNION SELECT incident_id, resolved_at FROM incident"
        con.execute(f"CREATE OR REPLACE TEMP TABLE touched_at AS {every}")
        return _resolve_touched(con)


def _resolve_touched(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Resolve the incidents of touched_at (incident_id, resolved_at: when it was resolved before, and this run's time)."""
    con.execute("CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT incident_id FROM touched_at")
    ((n_touched,),) = con.execute("SELECT count(*) FROM touched").fetchall()
    is_few = n_touched <= FEW
    with one_thread(con) if is_few else nullcontext():
        _gather_rows(con)
        with few_rows(con) if is_few else nullcontext():
            for name in list_sql("resolve"):
                con.execute(load_sql(f"resolve/{name}"))
        changed = con.sql("SELECT incident_id, remains FROM resolve_changed ORDER BY incident_id").pl()
        con.execute("".join(f"DROP TABLE {name};" for name in (*GATHERED, *_scratch_tables())))
    return changed


def _gather_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the steps of sql/resolve start from: what the touched incidents are made of, and what is stored of them."""
    gather_resolved(con, "resolve_link", "incident_report", "report_id, as_of, incident_id, rowid AS link")
    gather_timed(con, "resolve_report", "report", "report_id", "SELECT report_id, as_of FROM resolve_link")
    of_article = "article_id, canonical_url, address_key, outlet, published_at, fetched_at, duplicate_of, wire_origin, rowid AS n"
    gather_articles(con, "resolve_article", "SELECT article_id, as_of FROM resolve_report", of_article)
    versions = "SELECT rowid AS n FROM article WHERE address_key IN (SELECT address_key FROM resolve_article)"
    others = f"{versions} EXCEPT SELECT n FROM resolve_article"  # noqa: S608 -- our names
    gather_numbered(con, "resolve_version", "article", others, "article_id, canonical_url, fetched_at")
    _gather_originals(con, "resolve_original", "resolve_article", "outlet")
    of_claim = (
        "claim_id, report_id, article_id, claim_type, effect, victim_group, count_min, count_best, count_max, quantifier, denies,"
        " is_general, is_withheld, speaker, speaker_class, speaker_side, stance, span_start, span_end"
    )
    gather_timed(con, "resolve_statement", "claim", "report_id", "SELECT report_id, as_of FROM resolve_report", of_claim)
    gather_resolved(con, "resolve_stored", "incident", "*, rowid AS link")


@cache
def _scratch_tables() -> tuple[str, ...]:
    """Return the names of the tables that the resolve steps leave behind."""
    return tuple(dict.fromkeys(found for name in list_sql("resolve") for found in SCRATCH.findall(load_sql(f"resolve/{name}"))))
