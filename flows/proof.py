"""Proof: every value of the published file is derived again from the archived bytes, offline, and what differs is named.

    archive files      every record is whole, and says of its page what the page's row says
    pages -> scratch   the raw rows go into a scratch warehouse; derive, match and resolve run over them as on the first night
    scratch = stored   row by row, value by value; what a fault of the bytes made impossible is named once, not a hundred times

Earlier states of an incident (incident_version) are a record of what was known, and cannot be derived again; only the
current one is compared.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from flows.archive_check import check_file, check_page
from flows.derive import Progress, derive_pages
from flows.matching import match_new
from flows.reading import extractor_version
from flows.runs import Run
from flows.settings import Settings
from transforms.schemas import BY_NAME
from warehouse.compare import RowDifference, count_rows, find_differences, read_whole
from warehouse.connection import first_line, open_work
from warehouse.dossier import find_incident
from warehouse.errors import UnknownIncidentError, WarehouseError
from warehouse.incidents import resolve_all
from warehouse.queries import load_sql

# In the order in which they are derived: the first difference is the nearest to the cause.
READ = ("derivation", "article", "report", "claim", "evidence")
RESOLVED = ("incident_report", "toll_claim", "incident_toll", "incident")
DECIDED = "decision"  # how each one stands is derived, too
MOST = 10_000  # differences that are listed; more is no damage but another build


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be.

    Attributes:
        kind: archive (bytes), value (a row or column), version (read by another extractor), database.
        where: What it is about: a file and offset, or a table and the row's key.
        says: What is stored and what is derived, or what is wrong; what to do.
        url: Address of the article, where it is about one.
    """

    kind: str
    where: str
    says: str
    url: str | None = None


@dataclass(slots=True)
class Proof:
    """What was verified and what was found wrong."""

    pages: int = 0
    archive_files: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Nothing differs."""
        return not self.findings


def verify(settings: Settings, incident: str | None = None, *, progress: Progress | None = None) -> Proof:
    """Derive the published file, or one incident of it, again and compare every value.

    Args:
        settings: Where the published file and the archive lie.
        incident: Id, former id or the beginning of one; None: everything.
        progress: Told after each batch of pages.

    Raises:
        WarehouseError: There is no published file, or no such incident.
    """
    proof = Proof()
    if not settings.published_path.exists():
        raise WarehouseError(f"{settings.published_path}: does not exist; run `vigil demo` or `vigil ingest` first")
    try:
        chosen = find_incident(settings.published_path, incident) if incident else None
        with tempfile.TemporaryDirectory(prefix="vigil-verify-") as folder:
            con = open_work(Path(folder) / "scratch.duckdb")
            try:
                path = str(settings.published_path).replace("'", "''")
                con.execute(f"ATTACH '{path}' AS stored (READ_ONLY)")
                if chosen is None:
                    read_whole(con, "stored")  # DuckDB checks the sum of every block it reads
                _verify(con, settings, chosen, proof, progress)
            finally:
                con.close()
    except (duckdb.Error, WarehouseError) as error:
        if isinstance(error, UnknownIncidentError):
            raise
        proof.findings.append(
            Finding("database", str(settings.published_path), f"cannot be read ({first_line(error)}); publish again from the work file")
        )
    return proof


def _verify(con: duckdb.DuckDBPyConnection, settings: Settings, incident: str | None, proof: Proof, progress: Progress | None) -> None:
    con.execute(load_sql("proof/scope"), {"incident_id": incident, "extractor_version": extractor_version(settings.min_confidence)})
    for statement in load_sql("proof/raw").split(";\n"):
        con.execute(statement)
    proof.pages = int(con.sql("SELECT count(*) FROM proof_page").fetchall()[0][0])
    proof.findings += _other_versions(con, extractor_version(settings.min_confidence))
    proof.findings += _deleted(con)
    damaged = set(_check_archive(con, settings, proof, whole=incident is None))
    run = Run("verify", "verify", dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    derive_pages(con, settings, run, mode="all", progress=progress)
    _name_lost_pages(con, proof, damaged)
    for statement in load_sql("proof/trust").split(";\n"):
        con.execute(statement)
    if incident is None:
        match_new(con, run, everything=True)
    else:
        for statement in load_sql("proof/one_incident").split(";\n"):
            con.execute(statement, {"incident_id": incident} if "$incident_id" in statement else None)
        resolve_all(con, run_id=run.run_id, at=run.at)
    _compare(con, proof, incident)


def _other_versions(con: duckdb.DuckDBPyConnection, ours: str) -> Iterator[Finding]:
    for version, n in con.sql(load_sql("proof/other_versions")).fetchall():
        says = (
            f"{n} pages were read by it, not by this Vigil ({ours}), and are taken on trust;"
            " `vigil backfill --mode stale` reads them again, then verify"
        )
        yield Finding("version", f"extractor {version}", says)


def _deleted(con: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    for url, deleted_at in con.sql(load_sql("proof/deleted_pages")).fetchall():
        says = f"was deleted on {deleted_at:%Y-%m-%d} by `vigil archive prune --with-evidence`; what was read from it is taken on trust"
        yield Finding("archive", "a page that values rest on", says, url)


def _check_archive(con: duckdb.DuckDBPyConnection, settings: Settings, proof: Proof, *, whole: bool) -> Iterator[tuple[str, int]]:
    """Check the records of every archive file (or only of the pages asked about); yield file and offset of each damaged one."""
    con.execute("SELECT * FROM page ORDER BY warc_file, warc_offset")
    pages: dict[str, list[dict[str, Any]]] = {}
    names = [column[0] for column in con.description or ()]
    for row in con.fetchall():
        page = dict(zip(names, row, strict=True))
        pages.setdefault(page["warc_file"], []).append(page)
    proof.archive_files = len(pages)
    for name, rows in pages.items():
        if whole:
            for offset, says in check_file(settings.shelf, name, [row["warc_offset"] for row in rows]):
                url = next((row["url"] for row in rows if row["warc_offset"] == offset), None)
                proof.findings.append(Finding("archive", f"{name} at offset {offset}", says, url))
                yield name, offset
        for page in rows:
            for column, stored, archived in check_page(settings.shelf, page):
                says = f"stored {_shown(stored)}, the archive has {_shown(archived)}"
                proof.findings.append(Finding("value", f"page {page['page_id']} {column}", says, page["url"]))


def _name_lost_pages(con: duckdb.DuckDBPyConnection, proof: Proof, damaged: set[tuple[str, int]]) -> None:
    """Name each page whose bytes could not be read, unless its record was named already; their rows leave the comparison."""
    con.execute(load_sql("proof/lost_pages"))
    for file, offset, url, message in con.sql("SELECT warc_file, warc_offset, url, message FROM lost_page ORDER BY ALL").fetchall():
        if (file, offset) not in damaged:
            proof.findings.append(Finding("archive", f"{file} at offset {offset}", message, url))


def _compare(con: duckdb.DuckDBPyConnection, proof: Proof, incident: str | None) -> None:
    for name in (*READ, *RESOLVED, *((DECIDED,) if incident is None else ())):
        table = BY_NAME[name]
        where = _rows_of(name, incident)
        proof.rows[name] = count_rows(con, table, "stored", where)
        for difference in find_differences(con, table, "stored", where):
            if len(proof.findings) >= MOST:
                raise WarehouseError(f"more than {MOST} values differ: the file was built by other code or from another archive")
            proof.findings += _named(con, difference)
    for incident_id, is_there in con.execute(load_sql("proof/current_versions"), {"incident_id": incident}).fetchall():
        says = "is not the incident's current state" if is_there else "is missing"
        proof.findings.append(
            Finding("value", f"incident_version {incident_id}", f"the version that holds now {says}; run `vigil backfill --stage match`")
        )


def _rows_of(table: str, incident: str | None) -> str:
    """Return the SQL condition that chooses the rows which are derived in both warehouses."""
    if table in RESOLVED:
        return "true" if incident is None else f"incident_id = '{incident}'"
    if table == "derivation":
        return "page_id IN (SELECT page_id FROM proof_page WHERE is_ours) AND page_id NOT IN (SELECT page_id FROM lost_page)"
    if table == DECIDED:
        return "true"
    if incident is None:
        return "article_id NOT IN (SELECT article_id FROM trusted)"
    return "article_id IN (SELECT article_id FROM proof_page) AND article_id NOT IN (SELECT article_id FROM trusted)"


def _named(con: duckdb.DuckDBPyConnection, difference: RowDifference) -> Iterator[Finding]:
    """Yield one finding a value that differs, or one for a row that only one side has."""
    row = difference.stored or difference.derived or {}
    url = _url_of(con, row)
    key = ", ".join(str(value) for value in difference.key.values())
    where = f"{difference.table} {key}"
    if difference.derived is None:
        yield Finding("value", where, f"is stored, but the archive does not give it{_words(row)}", url)
    elif difference.stored is None:
        yield Finding("value", where, f"is missing: the archive gives it{_words(row)}", url)
    else:
        for column in difference.columns:
            stored, derived = difference.stored[column], difference.derived[column]
            yield Finding("value", f"{where} {column}", f"stored {_shown(stored, derived)}, derived {_shown(derived, stored)}", url)


def _url_of(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> str | None:
    found = con.execute(load_sql("proof/url_of"), {"article_id": row.get("article_id"), "report_id": row.get("report_id")}).fetchall()
    return str(found[0][0]) if found else None


def _words(row: dict[str, Any]) -> str:
    return f" ({row['column_name']}: {_shown(row['quote'])})" if "quote" in row else ""


def _shown(value: Any, other: Any = None) -> str:
    """Return a value on one line; of a long text the stretch where it first differs from the other one."""
    if isinstance(value, str) and isinstance(other, str) and len(value) > 60:
        at = next((n for n, pair in enumerate(zip(value, other, strict=False)) if pair[0] != pair[1]), min(len(value), len(other)))
        return f"{value[max(0, at - 20) : at + 20]!r} at character {at}"
    shown = repr(value) if isinstance(value, str) else "nothing" if value is None else str(value)
    return shown if len(shown) <= 100 else f"{shown[:97]}..."
