"""Derive: archived pages -> articles, reports, claims, evidence -> incidents. No network; may be repeated at any time.

pages_to_derive -> batches by bytes -> worker processes (flows.reading) -> one transaction a batch -> copies -> match -> resolve
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Literal, Protocol

import duckdb
import polars as pl
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.artifacts import every_step
from flows.fetch import Clock
from flows.matching import MatchSummary, match_new
from flows.pool import open_pool
from flows.reading import BatchRows, batches_by_bytes, extractor_version, read_pages
from flows.retries import may_pass_later
from flows.runs import Run, load_flow_settings, name_run, recorded_run, utc_now
from flows.settings import Settings, prepare_folders
from transforms.rows import Row
from transforms.schemas import BY_NAME
from warehouse.connection import open_work
from warehouse.erasure import address_digest, read_erased
from warehouse.store import reject_row, replace_article_rows, resolve_rejects
from warehouse.waiting import WaitingPages

PAGES_A_BATCH = 500  # pages that one transaction writes at most, and a kill can cost: about 0.4 s of it are the same for any number
READ_AHEAD = 4  # tasks in flight per worker: they go on while a batch is written
PAGES_A_TASK = 40  # pages that a worker reads at once: small, so that workers end together
MODES = ("missing", "stale", "failed", "all")
Progress = Callable[[str, int, int, str], None]


class PageRows(Protocol):
    """Rows of queries/pages_to_derive.sql, whose number is known before all of them are in memory: a list, or WaitingPages."""

    def __len__(self) -> int:
        """Return the number of pages."""

    def __iter__(self) -> Iterator[Row]:
        """Yield the pages, in order of the archive."""


Reader = Callable[[PageRows, Settings, Run], Iterator[BatchRows]]  # pages -> their rows, in order of the pages


@dataclass(slots=True)
class DeriveSummary:
    """What derive did: pages by outcome, reports written, what the archive could not give back, and the wall time of reading."""

    pages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    damage: list[str] = field(default_factory=list)
    elapsed_s: float = 0.0


def derive_pages(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    run: Run,
    *,
    mode: str = "missing",
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    pages: PageRows | None = None,
    progress: Progress | None = None,
    reader: Reader | None = None,
) -> DeriveSummary:
    """Read pages of the archive and write what they say, a transaction a batch.

    Args:
        con: Work file.
        settings: Archive folder, processes, batch size.
        run: The run that reads; its clock stamps rejects.
        mode: missing (never read), stale (never read, or by another extractor), failed, all.
        start: First fetch time; None is open.
        end: Fetch time before which pages lie; None is open.
        pages: The pages themselves, as rows of queries/pages_to_derive.sql; None: those that mode, start and end name.
        progress: Told after each batch.
        reader: Where pages are read; None: in worker processes of this machine.
    """
    began = time.monotonic()
    if pages is None:
        version = extractor_version(settings.min_confidence, settings.clean)
        pages = WaitingPages(con, mode=mode, start=start, end=end, extractor_version=version)
    summary = DeriveSummary(pages=len(pages))
    for batch in _gathered((reader or _read_in_processes)(pages, settings, run), settings.batch_bytes):
        _write(con, batch, run, summary)
        if progress:
            progress("derive", sum(summary.outcomes.values()), summary.pages, f"{summary.reports} reports")
    summary.elapsed_s = time.monotonic() - began
    rejected = summary.outcomes["rejected"]
    run.count("derive", summary.pages, summary.pages - rejected, rejected, summary.elapsed_s)
    return summary


def _gathered(read: Iterable[BatchRows], n_bytes: int) -> Iterator[BatchRows]:
    """Gather what workers read into batches worth a transaction, in order: at most `PAGES_A_BATCH` pages or about `n_bytes`."""
    batch = BatchRows()
    try:
        for part in read:
            batch.add(part.rows)
            batch.n_bytes += part.n_bytes
            if len(batch.rows["derivation"]) >= PAGES_A_BATCH or batch.n_bytes >= n_bytes:
                yield batch
                batch = BatchRows()
    except Exception:
        if batch.rows["derivation"]:
            yield batch  # whatever ended the reading: what was read is written
        raise
    if batch.rows["derivation"]:
        yield batch


def _read_in_processes(pages: PageRows, settings: Settings, run: Run) -> Iterator[BatchRows]:
    """Yield batches in order of the pages, read ahead by a bounded number so that memory stays flat."""
    batches = batches_by_bytes(pages, settings.batch_bytes, min(PAGES_A_TASK, PAGES_A_BATCH))
    if settings.derive_processes <= 1 or len(pages) <= PAGES_A_TASK:
        for batch in batches:
            yield read_pages(batch, settings.shelf, run.run_id, run.at, settings.min_confidence, settings.clean)
        return
    with open_pool(settings.derive_processes) as pool:
        waiting: deque[Future[BatchRows]] = deque()
        try:
            for batch in batches:
                asked = (batch, settings.shelf, run.run_id, run.at, settings.min_confidence, settings.clean)
                waiting.append(pool.submit(read_pages, *asked))
                if len(waiting) > READ_AHEAD * settings.derive_processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # a run that was stopped must not read ahead to the end first


def _write(con: duckdb.DuckDBPyConnection, batch: BatchRows, run: Run, summary: DeriveSummary) -> None:
    """Write one batch in one transaction and count what became of its pages."""
    _leave_out_erased(batch, read_erased(con))
    rejects = [reject_row(r["stage"], r["input_ref"], r["reason"], r["message"], run.run_id, run.at) for r in batch.rows["reject"]]
    damaged = {r["input_ref"]: r["message"] for r in batch.rows["reject"] if r["reason"] == "archive"}
    kept = _already_read(con, list(damaged))
    frames = {table: BY_NAME[table].frame(rows) for table, rows in batch.rows.items() if table != "reject"}
    frames["derivation"] = frames["derivation"].filter(~pl.col("page_id").is_in(kept))
    _, unsound = replace_article_rows(con, {**frames, "reject": BY_NAME["reject"].frame(rejects)}, run_id=run.run_id, at=run.at)
    refused = set(unsound["article_id"].to_list())
    went_through = [row["page_id"] for row in batch.rows["derivation"] if row["outcome"] != "rejected" and row["article_id"] not in refused]
    for stage in ("clean", "extract", "load"):
        resolve_rejects(con, stage, went_through, run.at)
    summary.damage += damaged.values()
    for row in batch.rows["derivation"]:
        is_refused = row["article_id"] in refused
        summary.outcomes["rejected" if is_refused else row["outcome"]] += 1
        summary.reports += 0 if is_refused else row["n_reports"]


def _leave_out_erased(batch: BatchRows, erased: frozenset[str]) -> None:
    """Refuse articles at an address that was erased, which a page at another address declares as its own."""
    articles = {row["article_id"]: row for row in batch.rows["article"] if erased and address_digest(row["canonical_url"]) in erased}
    if not articles:
        return
    for table in ("article", "report", "claim", "evidence"):
        batch.rows[table] = [row for row in batch.rows[table] if row["article_id"] not in articles]
    for row in batch.rows["derivation"]:
        if row["article_id"] in articles:
            message = "its article was erased at another address; `vigil forget` with the page's own address erases its bytes, too"
            batch.rows["reject"].append({"stage": "load", "input_ref": row["page_id"], "reason": "erased", "message": message})
            row |= {"outcome": "rejected", "article_id": None, "n_reports": 0}


def _already_read(con: duckdb.DuckDBPyConnection, page_ids: list[str]) -> list[str]:
    """Return those of the pages that an earlier run read: an archive disk that is away must not empty the warehouse."""
    if not page_ids:
        return []
    found = con.execute("SELECT page_id FROM derivation WHERE article_id IS NOT NULL AND page_id IN (SELECT unnest($1))", [page_ids])
    return [page_id for (page_id,) in found.fetchall()]


def run_derivation(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    mode: str = "missing",
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    flow_name: str = "derive",
    progress: Progress | None = None,
    reader: Reader | None = None,
) -> tuple[DeriveSummary, MatchSummary]:
    """Read pages, then match and resolve what is new, as one recorded run; the arguments are those of `derive_pages`.

    Raises:
        ValueError: `mode` is not known.
        WarehouseLockedError: Another run has the work file.
    """
    if mode not in MODES:
        raise ValueError(f"mode {mode!r} is not known; allowed: {', '.join(MODES)}")
    prepare_folders(settings)
    parameters = {"mode": mode, "start": start, "end": end, "extractor_version": extractor_version(settings.min_confidence, settings.clean)}
    con = open_work(settings.work_path)
    try:
        with recorded_run(con, flow_name, clock, parameters) as run:
            read = derive_pages(con, settings, run, mode=mode, start=start, end=end, progress=progress, reader=reader)
            if progress:
                progress("match", 0, read.reports, "")
            # A page read again has lost its former reports: what they held together is matched afresh.
            return read, match_new(con, run, everything=mode != "missing")
    finally:
        con.close()


@task(
    name="derive",
    retries=1,
    retry_delay_seconds=60,
    retry_condition_fn=may_pass_later,
    timeout_seconds=12 * 3600,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def derive_archive(flags: dict[str, object], mode: str = "missing", tell: Progress | None = None) -> dict[str, object]:
    """Read the pages of the archive that are not read yet; a line of the log for every batch."""
    progress = every_step(get_run_logger(), [tell] if tell else [])
    read, matched = run_derivation(load_flow_settings(**flags), mode=mode, progress=progress)
    return {**asdict(read), "outcomes": dict(read.outcomes), "match": asdict(matched)}


@flow(name="derive", flow_run_name=name_run("derive"), log_prints=False)
def derive(mode: Literal["missing", "stale", "failed", "all"] = "missing") -> dict[str, object]:
    """Read archived pages, match their reports to incidents and resolve the tolls. No network.

    Args:
        mode: missing: never read; stale: also those read by another extractor; failed: those refused; all: everything.
    """
    summary = derive_archive({}, mode)
    get_run_logger().info("derived: %s", summary)
    return summary
