"""Backfill: the same stages over past days of the archive, a day at a time. One bad day does not stop the others.

Days are those of the fetch. Without network: `fetch` is no stage of it; what is not archived is collected by a night.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.derive import MODES, DeriveSummary, Progress, derive_pages
from flows.difference import Difference, read_difference
from flows.fetch import Clock
from flows.matching import MatchSummary, match_new
from flows.publish import run_publication
from flows.runs import load_flow_settings, recorded_run, utc_now
from flows.settings import Settings, prepare_folders
from warehouse.connection import open_work
from warehouse.errors import WarehouseError
from warehouse.publish import copy_work

STAGES = ("extract", "match", "publish", "all")
Stage = Literal["extract", "match", "publish", "all"]
Mode = Literal["missing", "stale", "failed", "all"]


class BackfillError(ValueError):
    """A parameter that cannot be used; names it, its value and what is allowed. Nothing was written."""


@dataclass(slots=True)
class BackfillSummary:
    """What a backfill did: one entry a day, in order; days that failed with their reason."""

    days: dict[str, DeriveSummary] = field(default_factory=dict)
    failed_days: dict[str, str] = field(default_factory=dict)
    match: MatchSummary | None = None
    n_incidents: int | None = None


def check_parameters(start: dt.date | None, end: dt.date | None, stage: str, mode: str, today: dt.date) -> None:
    """Refuse parameters that cannot be meant.

    Raises:
        BackfillError: An unknown stage or mode, a start after the end, a start in the future.
    """
    if stage not in STAGES:
        raise BackfillError(f"stage {stage!r} is not known; allowed: {', '.join(STAGES)}")
    if mode not in MODES:
        raise BackfillError(f"mode {mode!r} is not known; allowed: {', '.join(MODES)}")
    if start and end and start > end:
        raise BackfillError(f"start {start} is after end {end}; give the earlier day first")
    if start and start > today:
        raise BackfillError(f"start {start} lies in the future; the archive ends {today}")


def run_backfill(
    settings: Settings,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    stage: str = "all",
    mode: str = "stale",
    clock: Clock = utc_now,
    progress: Progress | None = None,
    before_publish: Callable[[], None] | None = None,
    each_day: Callable[[Callable[[], DeriveSummary], dt.date], DeriveSummary] = lambda work, _: work(),
) -> BackfillSummary:
    """Run the stages over the days of the archive from start to end, both included; None is the archive's own bound.

    Args:
        settings: Archive and warehouse.
        start: First day, by fetch time.
        end: Last day, included.
        clock: Time that the run is stamped with.
        progress: Told after each batch.
        stage: extract (read pages), match (reports to incidents), publish, or all of them.
        mode: Which pages are read: missing, stale, failed, all.
        before_publish: Called with everything matched and the work file closed, before readers see it.
        each_day: Runs one day's reading; a flow wraps it in a task, so that each day has its line in the UI.

    Raises:
        BackfillError: Bad parameters; nothing was written.
        WarehouseError: No archive yet, the work file is locked, or a check failed.
    """
    check_parameters(start, end, stage, mode, clock().date())
    if not settings.work_path.exists():
        raise WarehouseError(f"{settings.work_path}: does not exist; collect something first with `vigil ingest`")
    prepare_folders(settings)
    summary = BackfillSummary()
    con = open_work(settings.work_path)
    try:
        days = _days(con.sql("SELECT DISTINCT CAST(fetched_at AS DATE) AS day FROM page ORDER BY day").fetchall(), start, end)
        with recorded_run(con, "backfill", clock, {"start": start, "end": end, "stage": stage, "mode": mode}) as run:
            if stage in {"extract", "all"}:
                for day in days:

                    def read(day: dt.date = day) -> DeriveSummary:
                        first = dt.datetime.combine(day, dt.time(), dt.UTC)
                        return derive_pages(con, settings, run, mode=mode, start=first, end=first + dt.timedelta(days=1), progress=progress)

                    try:
                        summary.days[str(day)] = each_day(read, day)
                    except Exception as error:
                        summary.failed_days[str(day)] = f"{type(error).__name__}: {error}".split("\n", 1)[0]
            if stage in {"match", "all"}:
                summary.match = match_new(con, run, everything=True)
    finally:
        con.close()
    if before_publish:
        before_publish()
    if stage in {"publish", "all"}:
        summary.n_incidents = run_publication(settings, clock=clock).n_incidents
    return summary


def rehearse_backfill(settings: Settings, *, stage: str = "all", **how: Any) -> tuple[BackfillSummary, Difference]:
    """Run a backfill on a copy of the work file: say what it would change, and leave everything as it is.

    Args:
        settings: Archive and warehouse.
        stage: extract or all read pages and match them; match only matches. publish changes nothing and is refused.
        how: start, end, mode, clock and progress of `run_backfill`.

    Raises:
        BackfillError, WarehouseError: As `run_backfill`; no file was changed.
    """
    if stage == "publish":
        raise BackfillError("stage publish changes no row, so that a dry run of it says nothing; choose extract, match or all")
    if not settings.work_path.exists():
        raise WarehouseError(f"{settings.work_path}: does not exist; collect something first with `vigil ingest`")
    with tempfile.TemporaryDirectory(prefix=".dry-run-", dir=settings.data_dir) as folder:
        copy = settings.model_copy(update={"data_dir": Path(folder)})
        copy_work(settings.work_path, copy.work_path)
        summary = BackfillSummary() if stage == "match" else run_backfill(copy, stage="extract", **how)
        summary.match = run_backfill(copy, **{**how, "stage": "match"}).match
        return summary, read_difference(settings.work_path, copy.work_path)


def _days(found: list[tuple[dt.date]], start: dt.date | None, end: dt.date | None) -> list[dt.date]:
    """Return the archive's days within the bounds; bounds that leave none out of several are a slip."""
    archived = [day for (day,) in found]
    days = [day for day in archived if (start is None or day >= start) and (end is None or day <= end)]
    if archived and not days:
        raise BackfillError(
            f"no page was fetched from {start or archived[0]} to {end or archived[-1]}; the archive holds {archived[0]} to {archived[-1]}"
        )
    return days


@flow(name="backfill", log_prints=False)
def backfill(start: dt.date | None = None, end: dt.date | None = None, stage: Stage = "all", mode: Mode = "stale") -> dict[str, object]:
    """Read days of the archive again, match their reports and publish. No network.

    Args:
        start: First day, by fetch time; empty: the archive's first.
        end: Last day, included; empty: the archive's last.
        stage: extract: read pages; match: reports to incidents; publish; all: one after the other.
        mode: Which pages: missing: never read; stale: also those read by another extractor; failed: those refused; all.
    """
    logger = get_run_logger()

    def each_day(work: Callable[[], DeriveSummary], day: dt.date) -> DeriveSummary:
        @task(name="day", task_run_name=str(day), cache_policy=NO_CACHE, persist_result=False)
        def read_day() -> dict[str, DeriveSummary]:
            return {"summary": work()}

        return read_day()["summary"]

    summary = run_backfill(load_flow_settings(), start=start, end=end, stage=stage, mode=mode, each_day=each_day)
    for day, read in summary.days.items():
        logger.info("%s: %d pages, %d reports, %s", day, read.pages, read.reports, dict(read.outcomes))
    for day, why in summary.failed_days.items():
        logger.error("%s failed: %s; run the backfill again for this day", day, why)
    if summary.failed_days:
        raise RuntimeError(
            f"{len(summary.failed_days)} days failed: {', '.join(summary.failed_days)}; see the log, then run again with mode=missing"
        )
    return {"days": len(summary.days), "incidents": summary.n_incidents}
