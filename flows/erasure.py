"""`vigil forget`: an article goes from the archive, the warehouse and what is published, and does not come back.

    erasure row, begun          from here on nothing of the address is fetched or kept
    archive records             overwritten in place, on disk
    rows                        deleted in one transaction, everything matched and resolved again without them
    work file                   written anew, since freed blocks keep their bytes; then published
    briefs                      those that name it are written anew

Killed at any point, it is begun and not finished; run again it goes on, and a second run after the end changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from flows.brief_file import rewrite_briefs
from flows.corrections import DecisionError
from flows.fetch import Clock
from flows.matching import match_new
from flows.publish import run_publication
from flows.runs import recorded_run, utc_now
from flows.settings import Settings
from flows.warc_erase import erase_records
from transforms.urls import UrlError, canonical_url
from warehouse.connection import open_work
from warehouse.erasure import Scope, address_digest, begin_erasure, delete_rows, find_scope, finish_erasure, rewrite_file
from warehouse.errors import WarehouseError
from warehouse.mirror import forget_mirror


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased: rows, archive records overwritten, incidents changed and gone; copies at other addresses, which stay."""

    counts: dict[str, int]
    n_records: int
    n_changed: int
    n_gone: int
    copies: list[str]


def forget(settings: Settings, url: str, *, reason: str, clock: Clock = utc_now) -> Forgotten:
    """Erase the article at an address, all its versions and all that was read from them, and publish what is left.

    Raises:
        DecisionError: The address is none, nothing is known of it, or there is no reason.
        WarehouseError, ArchiveError: A file is locked or cannot be written; run it again.
    """
    try:
        address = canonical_url(url)
    except UrlError as error:
        raise DecisionError(f"{error}; give the address of the article as `vigil show` prints it") from error
    if not reason.strip() or not reason.isprintable() or address in reason:
        raise DecisionError("--reason must be one line that says why, and does not name the address or a person: it is kept")
    if not settings.work_path.exists():
        raise WarehouseError(f"{settings.work_path}: does not exist; collect something first with `vigil ingest`")
    con = open_work(settings.work_path)
    try:
        scope = find_scope(con, address)
        if not scope.is_known:
            raise DecisionError(
                f"{address}: no page, article or feed item has this address; `vigil show INCIDENT` prints those of an incident"
            )
        with recorded_run(con, "forget", clock, {"address_sha256": address_digest(address)}) as run:
            begin_erasure(con, scope, reason=" ".join(reason.split()), run_id=run.run_id, at=run.at)
            n_records = _erase_archive(settings, scope)
            delete_rows(con, scope, n_records)
            matched = match_new(con, run, everything=True)  # it may have been the original of copies, or the anchor of an incident
            finish_erasure(con, scope, matched.gone_incidents, run.at)
    finally:
        con.close()
    rewrite_file(settings.work_path)
    forget_mirror(settings.data_dir / "parquet")
    run_publication(settings, clock=clock)
    rewrite_briefs(settings, scope.addresses)
    return Forgotten(scope.counts, n_records, matched.changed_incidents, matched.gone_incidents, scope.copies)


def _erase_archive(settings: Settings, scope: Scope) -> int:
    """Overwrite the records of the scope's pages, file by file."""
    n = 0
    for name in sorted({page["warc_file"] for page in scope.pages}):
        of_file = [page for page in scope.pages if page["warc_file"] == name and page["warc_length"] > 0]
        with settings.shelf.edited(name) as path:
            n += erase_records(path, [p["warc_offset"] for p in of_file], [p["warc_length"] for p in of_file], scope.addresses)
    return n
