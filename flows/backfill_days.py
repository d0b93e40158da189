"""Backfill, without an orchestrator: a request -> days of its stages -> each day by itself -> match -> publish.

Each day has its row in `backfill_day`. One bad day does not stop the others; a stop leaves every day with what was written of it, and
says which days were not reached. Run again, it takes up what is missing; mode failed takes up what an earlier one left.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from flows.archive import Archive
from flows.archive_check import keep_sent
from flows.backfill_request import BackfillError, Plan, Request, check_request, plan_backfill, request_of
from flows.collect_store import WarehouseStore
from flows.collection import CollectSummary, fetch_pages
from flows.derive import DeriveSummary, Progress, derive_pages
from flows.difference import Difference, read_difference
from flows.fetch import Clock, Fetcher
from flows.gate import Gate
from flows.matching import MatchSummary, match_new
from flows.pages import PageFetcher
from flows.publish import run_publication
from flows.runs import Run, recorded_run, utc_now
from flows.settings import Settings, prepare_folders
from flows.stopping import Notice, is_stop, noticed_stop
from transforms.day_grid import DayPlan
from transforms.rows import Row
from warehouse.backfill import end_days, read_refused, read_rows, write_days
from warehouse.connection import first_line, open_work
from warehouse.errors import WarehouseError
from warehouse.publish import copy_work

DaySummary = DeriveSummary | CollectSummary
EachDay = Callable[[Callable[[], DaySummary], DayPlan], DaySummary]


@dataclass(slots=True)
class BackfillSummary:
    """What a backfill did.

    Attributes:
        plan: What it set out to do.
        days: Days read, in the order in which they were done.
        fetched: Days asked for, likewise.
        failed_days: Days that an error ended, with their reason.
        match: What matching did; None: it did not match.
        refused: Pages that this run refused, by stage and reason.
        n_incidents: Incidents published; None: nothing was.
    """

    plan: Plan = field(default_factory=Plan)
    days: dict[str, DeriveSummary] = field(default_factory=dict)
    fetched: dict[str, CollectSummary] = field(default_factory=dict)
    failed_days: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[str, str, int]] = field(default_factory=list)
    match: MatchSummary | None = None
    n_incidents: int | None = None

    @property
    def damage(self) -> list[str]:
        """What the archive could not give back."""
        return [message for read in self.days.values() for message in read.damage]


def run_backfill(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    progress: Progress | None = None,
    before_publish: Callable[[], None] | None = None,
    planned: Callable[[Plan], None] | None = None,
    each_day: EachDay = lambda work, _: work(),
    **parameters: Any,
) -> BackfillSummary:
    """Run the stages of a request over its days.

    Args:
        settings: Archive and warehouse.
        clock: Time that the run is stamped with.
        progress: Told after each batch, and each page that was asked for.
        before_publish: Called with everything matched and the work file closed, before readers see it.
        planned: Told the plan before anything is done.
        each_day: Runs one day; a flow wraps it in a task, so that each day has its line in the UI.
        parameters: start, end, stage, mode, feeds, order, reason of `Request`.

    Raises:
        BackfillError: Bad parameters; nothing was written.
        WarehouseError: No archive yet, the work file is locked, or a check failed.
    """
    request = request_of(**parameters)
    with _prepared(settings, request, clock) as con:
        summary = BackfillSummary(plan=plan_backfill(con, settings, request, clock))
        if planned:
            planned(summary.plan)
        with recorded_run(con, "backfill", clock, request.as_row()) as run, noticed_stop() as notice:
            _Days(con, settings, run, request, summary, clock, progress, each_day, notice).run()
            summary.refused = read_refused(con, run.run_id)
            if "match" in request.steps:
                if progress:
                    progress("match", 0, summary.plan.n_reports, "")
                summary.match = match_new(con, run, everything=True)
            if summary.failed_days:
                run.problem = f"{len(summary.failed_days)} days failed: {', '.join(summary.failed_days)}"
    if before_publish:
        before_publish()
    if "publish" in request.steps:
        if progress:
            progress("publish", 0, 1, "")
        summary.n_incidents = run_publication(settings, clock=clock).n_incidents
    return summary


def look_ahead(settings: Settings, *, clock: Clock = utc_now, **parameters: Any) -> Plan:
    """Return what a backfill with these parameters would do, with its time, and leave everything as it is.

    Raises:
        BackfillError, WarehouseError: As `run_backfill`.
    """
    request = request_of(**parameters)
    with _prepared(settings, request, clock) as con:
        return plan_backfill(con, settings, request, clock)


def rehearse_backfill(settings: Settings, *, stage: str = "all", **how: Any) -> tuple[BackfillSummary, Difference]:
    """Run a backfill on a copy of the work file: say what it would change, and leave everything as it is.

    Args:
        settings: Archive and warehouse.
        stage: clean, extract or all read pages and match them; match only matches. fetch and publish are refused.
        how: The other arguments of `run_backfill`.

    Raises:
        BackfillError, WarehouseError: As `run_backfill`; no file was changed.
    """
    if stage in {"fetch", "publish"}:
        why = "asks the network for what nobody knows yet" if stage == "fetch" else "changes no row"
        raise BackfillError(f"stage {stage} {why}, so that a dry run of it says nothing; choose clean, extract, match or all")
    if not settings.work_path.exists():
        raise _nothing_yet(settings)
    with tempfile.TemporaryDirectory(prefix=".dry-run-", dir=settings.data_dir) as folder:
        copy = settings.model_copy(update={"data_dir": Path(folder)})
        copy_work(settings.work_path, copy.work_path)
        reading = "clean" if stage == "clean" else "extract"
        summary = BackfillSummary() if stage == "match" else run_backfill(copy, stage=reading, **how)
        summary.match = run_backfill(copy, **{**how, "stage": "match"}).match
        return summary, read_difference(settings.work_path, copy.work_path)


@contextmanager
def _prepared(settings: Settings, request: Request, clock: Clock) -> Iterator[duckdb.DuckDBPyConnection]:
    """Check what can be checked without a file, then yield the open work file."""
    check_request(request, clock().date())
    if not settings.work_path.exists():
        raise _nothing_yet(settings)
    prepare_folders(settings)
    con = open_work(settings.work_path)
    try:
        yield con
    finally:
        con.close()


def _nothing_yet(settings: Settings) -> WarehouseError:
    return WarehouseError(f"{settings.work_path}: does not exist; collect something first with `vigil ingest`")


@dataclass(slots=True)
class _Days:
    """The days of one backfill, each with its row."""

    con: duckdb.DuckDBPyConnection
    settings: Settings
    run_row: Run
    request: Request
    summary: BackfillSummary
    clock: Clock
    progress: Progress | None
    each_day: EachDay
    notice: Notice

    def run(self) -> None:
        """Do the days in order; whatever ends this, no day of it stays open."""
        plan = self.summary.plan
        write_days(self.con, [self._row(day, "planned") for day in plan.days])
        try:
            fetching = [day for day in plan.days if day.stage == "fetch"]
            if fetching:
                self._fetch(fetching)
            for day in plan.days:
                if day.stage != "fetch":
                    self._do(day, lambda day=day: self._read(day))  # type: ignore[misc]
        except BaseException as error:
            end_days(self.con, self.run_row.run_id, "cancelled" if is_stop(error) else "failed")
            raise

    def _do(self, day: DayPlan, work: Callable[[], DaySummary]) -> None:
        """Do one day and write what became of it. An error ends the day; a stop, whatever it became on its way, ends the backfill."""
        began = time.monotonic()
        write_days(self.con, [self._row(day, "running") | {"started_at": self.clock()}])
        row = self._row(day, "done") | {"started_at": self.clock()}
        try:
            done = self.each_day(work, day)
        except Exception as error:
            if stop := self.notice.behind(error):
                raise stop from error
            why = f"{type(error).__name__}: {first_line(error)}"[:500]
            self.summary.failed_days[_key(self.summary, day)] = why
            write_days(self.con, [row | {"status": "failed", "message": why, "elapsed_s": time.monotonic() - began}])
            return
        if isinstance(done, CollectSummary):
            self.summary.fetched[str(day.day)] = done
            counts = (done.pages_asked, done.pages, sum(done.page_rejects.values()))
        else:
            self.summary.days[str(day.day)] = done
            refused = done.outcomes["rejected"]
            counts = (done.pages, done.pages - refused, refused)
        taken = dict(zip(("n_in", "n_out", "n_rejected"), counts, strict=True))
        write_days(self.con, [row | taken | {"elapsed_s": time.monotonic() - began}])

    def _read(self, day: DayPlan) -> DeriveSummary:
        pages = read_rows(self.con, day.stage, self.summary.plan.ids_of(day))
        return derive_pages(self.con, self.settings, self.run_row, pages=pages, progress=self._told(day))

    def _fetch(self, days: Sequence[DayPlan]) -> None:
        """Ask for the pages of all days with one fetcher: a host that wants a pause gets it between days, too."""
        settings, run = self.settings, self.run_row
        store = _ChosenEntries(self.con, run)
        with (
            Archive(settings.archive_dir, run.run_id, run.at, max_file_bytes=settings.archive_file_bytes) as archive,
            Fetcher(settings, self.clock) as fetcher,
        ):
            asker = PageFetcher(fetcher, Gate(fetcher, store.hosts()))

            def ask(day: DayPlan) -> CollectSummary:
                store.entries = read_rows(self.con, "fetch", self.summary.plan.ids_of(day))
                found = CollectSummary()
                fetch_pages(asker, self.summary.plan.feeds, store, archive, run.run_id, found, self._told(day))
                return found

            for day in days:
                self._do(day, lambda day=day: ask(day))  # type: ignore[misc]
        keep_sent(self.con, settings, run)

    def _told(self, day: DayPlan) -> Progress | None:
        """Return a progress that names the day."""
        tell = self.progress
        return (lambda _, done, total, note: tell(f"{day.stage} {day.day}", done, total, note)) if tell else None

    def _row(self, day: DayPlan, status: str) -> Row:
        return {
            "run_id": self.run_row.run_id, "stage": day.stage, "day": day.day, "mode": self.request.mode, "status": status,
            "n_planned": day.n, "n_in": None, "n_out": None, "n_rejected": None, "elapsed_s": None, "started_at": None, "message": None,
        }  # fmt: skip


class _ChosenEntries(WarehouseStore):
    """The work file for a collection that asks for the pages of chosen entries only."""

    entries: Sequence[Row] = ()

    def frontier(self, now: dt.datetime, max_attempts: int) -> list[Row]:
        """Return the chosen entries. A person asked for them: waiting times and numbers of attempts do not hold them back, rules do."""
        return list(self.entries)


def _key(summary: BackfillSummary, day: DayPlan) -> str:
    """Return how a failed day is called: by its date, with the stage only where several stages are cut into days."""
    return str(day.day) if len({planned.stage for planned in summary.plan.days}) == 1 else f"{day.stage} {day.day}"
