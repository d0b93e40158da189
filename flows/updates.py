"""Further looks at pages whose articles report an incident: tolls rise for days, mostly without a word in the feed.

When a look is due follows the age of the story (VIGIL_UPDATE_AGES_H). What came is kept as a version of the page if its bytes
differ; that the page did not change, or is gone, is kept, too. Run again, it goes on: state lives in the warehouse.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable

import duckdb

from flows.archive import Archive, ArchiveError, read_page
from flows.fetch import Clock, Fetcher, FetchError
from flows.gate import Gate
from flows.pages import FetchedPage, PageFetcher, keep_page
from flows.runs import Run
from flows.settings import Settings
from transforms.rows import Row, make_id
from transforms.schedule import PageRequest
from transforms.schemas import BY_NAME
from warehouse.erasure import address_digest, read_erased
from warehouse.store import read_frame, write_batch

Progress = Callable[[str, int, int, str], None]
BATCH_ROWS = 200  # looks that one transaction writes at most, and a kill can cost
GONE = frozenset({"http_404", "http_410"})


def check_updates(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    run: Run,
    feeds: Iterable[Row],
    archive: Archive,
    *,
    clock: Clock,
    progress: Progress | None = None,
) -> Counter[str]:
    """Look again at the pages that are due, of the feeds of this run; return how many changed, did not, are gone or failed.

    Args:
        con: Work file.
        settings: Ages at which looks are due, politeness, caps.
        run: The run that looks.
        feeds: Its feeds; pages of feeds that are switched off are not asked for.
        archive: Archive of the run.
        clock: Time that rows are stamped with.
        progress: Told after every page.
    """
    began = time.monotonic()
    found: Counter[str] = Counter()
    feed_urls = {feed["feed_id"]: feed["url"] for feed in feeds if feed["active"]}
    due = _due(con, settings, feed_urls, clock)
    if not due:
        return found
    requests = [
        PageRequest(row["url"], row["entry_id"], row["feed_id"], feed_urls[row["feed_id"]], row | _validators(settings, row))
        for row in due.values()
    ]
    erased, rows = read_erased(con), _Rows()
    with Fetcher(settings, clock) as fetcher:
        gate = Gate(fetcher, read_frame(con, "hosts").to_dicts())
        for done, fetched in enumerate(PageFetcher(fetcher, gate).run(requests), start=1):
            status = _keep(fetched, due[fetched.request.url], run.run_id, archive, rows, erased, clock)
            found[status] += 1
            if len(rows.checks) >= BATCH_ROWS:
                rows.write(con, run, archive, clock)
            if progress:
                progress("update", done, len(requests), f"{found['changed']} changed")
    rows.write(con, run, archive, clock)
    write_batch(con, {name: BY_NAME[name].frame(known) for name, known in gate.book.take_changed().items()}, run_id=run.run_id, at=clock())
    run.count("update", len(requests), len(requests), 0, time.monotonic() - began)  # each look leaves its row, whatever came
    return found


def _due(con: duckdb.DuckDBPyConnection, settings: Settings, feed_urls: dict[str, str], clock: Clock) -> dict[str, Row]:
    if not settings.update_ages:
        return {}
    rows = read_frame(con, "updates_due", ages=list(settings.update_ages), now=clock()).to_dicts()
    return {row["url"]: row for row in rows if row["feed_id"] in feed_urls}


def _validators(settings: Settings, row: Row) -> Row:
    """Return the validators of the archived answer, for a conditional request; none where its record cannot be read."""
    try:
        page = read_page(settings.shelf, row["warc_file"], row["warc_offset"], row["warc_length"])
    except ArchiveError:
        return {}
    return {"If-None-Match": page.header("etag"), "If-Modified-Since": page.header("last-modified")}


class _Rows:
    """Rows gathered until they are worth a transaction."""

    def __init__(self) -> None:
        self.checks: list[Row] = []
        self.pages: list[Row] = []

    def write(self, con: duckdb.DuckDBPyConnection, run: Run, archive: Archive, clock: Clock) -> None:
        """Bring the records to disk, then the rows that point to them into the warehouse."""
        if not self.checks:
            return
        archive.flush()
        frames = {"page": BY_NAME["page"].frame(self.pages), "page_check": BY_NAME["page_check"].frame(self.checks)}
        write_batch(con, frames, run_id=run.run_id, at=clock())
        self.checks, self.pages = [], []


def _keep(fetched: FetchedPage, known: Row, run_id: str, archive: Archive, rows: _Rows, erased: frozenset[str], clock: Clock) -> str:
    page, answer, error = fetched.request, fetched.answer, fetched.error
    at = answer.requested_at if answer else clock()
    check: Row = {
        "check_id": make_id("check", page.url, at.isoformat()), "run_id": run_id, "url": page.url, "checked_at": at,
        "age_h": known["age_h"],
        "status": "unchanged", "reason": None, "http_status": answer.http_status if answer else None, "page_id": None,
    }  # fmt: skip
    if error is not None and error.http_status == 304:
        check |= {"http_status": 304}
    elif answer is None:
        error = error or FetchError("other", "no answer")
        check |= {"status": "gone" if error.status in GONE else "failed", "reason": error.status, "http_status": error.http_status}
    elif erased and address_digest(answer.final_url) in erased:
        check |= {"status": "failed", "reason": "erased"}
    elif hashlib.sha256(answer.body).hexdigest() != known["sha256"]:
        row = keep_page(page, answer, archive, run_id)
        rows.pages.append(row)
        check |= {"status": "changed", "page_id": row["page_id"]}
    rows.checks.append(check)
    return str(check["status"])
