"""Erasing an article and all that came from it, and the record of it without its content."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from transforms.schemas import BY_NAME, TABLES
from transforms.urls import UrlError, canonical_url
from warehouse.connection import open_work
from warehouse.errors import WarehouseLockedError
from warehouse.publish import hold_lock
from warehouse.queries import load_sql
from warehouse.store import transaction, upsert

Row = dict[str, Any]
COUNTED = ("n_pages", "n_articles", "n_reports", "n_claims")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an address stands for.

    Attributes:
        addresses: The address, and those that its pages were asked for and answered at.
        pages: Rows of `page`, for their archive records.
        counts: n_pages, n_articles, n_reports, n_claims.
        copies: Addresses of other articles with nearly the same text: they are not erased with it.
        is_known: It is there, or was erased before.
    """

    addresses: frozenset[str]
    pages: list[Row]
    counts: dict[str, int]
    copies: list[str]
    is_known: bool


def address_digest(url: str) -> str:
    """Return the SHA-256 of an address in its one spelling: all that is kept of an erased one."""
    with suppress(UrlError):  # what is no web address is digested as it is
        url = canonical_url(url)
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def read_erased(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Return the digests of all erased addresses."""
    return frozenset(digest for (digest,) in con.sql("SELECT address_sha256 FROM erasure").fetchall())


def find_scope(con: duckdb.DuckDBPyConnection, url: str) -> Scope:
    """Return what is to be erased with an address; leaves temporary tables behind for `delete_rows`."""
    for statement in load_sql("erasure/scope").split(";\n"):
        con.execute(statement, {"url": url} if "$url" in statement else None)
    addresses = frozenset(address for (address,) in con.sql("SELECT url FROM erased_address").fetchall())
    pages = con.sql("SELECT * FROM page WHERE page_id IN (SELECT page_id FROM erased_page) ORDER BY warc_file, warc_offset").pl().to_dicts()
    (counts,) = con.sql(load_sql("erasure/counts")).pl().to_dicts()
    copies = [copy for (copy,) in con.sql(load_sql("erasure/copies")).fetchall()]
    held = con.sql("SELECT count(*) FROM entry WHERE url IN (SELECT url FROM erased_address)").fetchall()[0][0]
    return Scope(addresses, pages, counts, copies, bool(pages or held or counts["n_articles"] or address_digest(url) in read_erased(con)))


def begin_erasure(con: duckdb.DuckDBPyConnection, scope: Scope, *, reason: str, run_id: str, at: datetime) -> None:
    """Record the erasure before anything goes: from here on nothing of these addresses is fetched or kept."""
    known = read_erased(con)
    rows = [
        {"address_sha256": digest, "run_id": run_id, "erased_at": at, "reason": reason, "n_records": 0, "n_incidents": 0, **scope.counts}
        for digest in sorted({address_digest(address) for address in scope.addresses} - known)
    ]
    with transaction(con):
        upsert(con, BY_NAME["erasure"], BY_NAME["erasure"].frame(rows))
        # One that was begun and not ended keeps its time and counts.
        _of_scope(con, scope, "UPDATE erasure SET finished_at = NULL WHERE address_sha256 = $digest")


def delete_rows(con: duckdb.DuckDBPyConnection, scope: Scope, n_records: int) -> None:
    """Delete every row of the scope in one transaction: pages, texts, reports, claims, quotes, feed items, refusals, memberships."""
    with transaction(con):
        con.execute(load_sql("erasure/delete"))
        _of_scope(con, scope, "UPDATE erasure SET n_records = n_records + $n WHERE address_sha256 = $digest", n=n_records)


def finish_erasure(con: duckdb.DuckDBPyConnection, scope: Scope, n_incidents: int, at: datetime) -> None:
    """Record that the rows are gone and the tolls recomputed; the file itself is written anew after it."""
    with transaction(con):
        change = "UPDATE erasure SET n_incidents = n_incidents + $n, finished_at = $at WHERE address_sha256 = $digest"
        _of_scope(con, scope, change, n=n_incidents, at=at)


def _of_scope(con: duckdb.DuckDBPyConnection, scope: Scope, statement: str, **parameters: Any) -> None:
    for digest in sorted({address_digest(address) for address in scope.addresses}):
        con.execute(statement, {"digest": digest, **parameters}).fetchall()


def rewrite_file(work: Path) -> None:
    """Write a work file anew from its rows: blocks that DuckDB freed keep their bytes. A kill leaves the old or the new file.

    Raises:
        WarehouseLockedError: A run has it, or wrote to it meanwhile.
    """
    fresh = work.with_name(f".{work.name}.new")
    fresh.unlink(missing_ok=True)
    before = work.stat()
    try:
        con = open_work(fresh)
        try:
            old = str(work).replace("'", "''")
            con.execute(f"ATTACH '{old}' AS old (READ_ONLY)")
            for table in TABLES:  # in the order in which they lie, which is that of time: a night finds them by it
                con.execute(f"INSERT INTO {table.name} BY NAME FROM old.{table.name} ORDER BY rowid").fetchall()
            con.execute("DETACH old")
            con.execute("CHECKPOINT").fetchall()
        finally:
            con.close()
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        with hold_lock(work):
            after = work.stat()
            if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
                raise WarehouseLockedError(f"{work}: a run wrote to it while it was written anew; run it again when that has ended")
            fresh.replace(work)
    finally:
        fresh.unlink(missing_ok=True)
        fresh.with_name(f"{fresh.name}.wal").unlink(missing_ok=True)
