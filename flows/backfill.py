"""Backfill as a cockpit: the flow behind the UI's form. The work itself is in `backfill_days`, which `vigil backfill` runs as well.

Parameters are checked before anything is written. Each day is a task: its own line in the UI, its own end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows.artifacts import LiveProgress, every_step, show_markdown
from flows.backfill_days import BackfillSummary, DaySummary, look_ahead, rehearse_backfill, run_backfill
from flows.backfill_request import BackfillError, Mode, Order, Plan, Request, Stage, check_request, request_of
from flows.backfill_words import difference_markdown, grid_markdown, plan_markdown, summary_lines, summary_markdown
from flows.difference import Difference, read_difference
from flows.runs import load_flow_settings, utc_now
from flows.settings import Settings
from flows.status import read_status
from flows.terminal import printable
from transforms.day_grid import DayPlan
from warehouse.errors import WarehouseError

MATCHING, PUBLISHING = 0.9, 0.97  # of the bar in the UI: how much is done when matching begins, and publishing


def name_backfill() -> str:
    """Return the name of the run: `backfill 2025-04-04..06 extract, missing`."""
    given = runtime.flow_run.parameters
    request = Request(
        _day(given.get("start")), _day(given.get("end")), stage=str(given.get("stage", "all")), mode=str(given.get("mode", "stale"))
    )
    return printable(f"{'dry run of a ' if given.get('dry_run') else ''}backfill {request.name}")


@flow(name="backfill", flow_run_name=name_backfill, log_prints=False)
def backfill(
    start: dt.date | None = None,
    end: dt.date | None = None,
    stage: Stage = "all",
    mode: Mode = "stale",
    feeds: list[str] | None = None,
    order: Order = "oldest",
    dry_run: bool = False,
    reason: Annotated[str, Field(max_length=500)] = "",
) -> dict[str, object]:
    """Run stages over past days, a day at a time. Only the stage fetch asks the network.

    Args:
        start: First day, by fetch time (stage fetch: by the first sight of an item); empty: the first there is.
        end: Last day, included; empty: the last there is.
        stage: fetch: ask for pages; clean, extract: read archived pages; match: reports to incidents; publish;
            all: extract, match, publish.
        mode: missing: pages not there or never read; failed: those refused, and days that a backfill left;
            stale: missing, and those read by another version; all.
        feeds: Ids of feeds, as `vigil feeds list` shows them; empty: all.
        order: Which day comes first.
        dry_run: Only say which days have how much to do and how long it would take; change nothing.
        reason: Why, in your words; kept with the run.
    """
    settings, log = load_flow_settings(), get_run_logger()
    parameters: dict[str, Any] = {
        "start": start, "end": end, "stage": stage, "mode": mode, "feeds": feeds, "order": order, "reason": reason,
    }  # fmt: skip
    request = request_of(**parameters)
    check_request(request, utc_now().date())
    if dry_run:
        plan = look_ahead(settings, **parameters)
        for line in plan.lines():
            log.info("%s", line)
        show_markdown(log, "backfill-plan", plan_markdown(request, plan), f"What a backfill {request.name} would do")
        _show_grid(settings, log)
        return {"days": len(plan.days), "pages": plan.n_pages, "seconds": round(plan.seconds)}
    summary = _run(settings, log, request, parameters)
    for line in summary_lines(summary):
        log.info("%s", line)
    for day, why in summary.failed_days.items():
        log.error("%s failed: %s", day, printable(why))
    if summary.failed_days:
        raise RuntimeError(
            f"{len(summary.failed_days)} of {len(summary.plan.days)} days failed: {', '.join(summary.failed_days)}; the others are done."
            " Their reasons stand in the log and in the artifact backfill-summary; mend them, then run again with mode=failed"
        )
    return {"days": len(summary.days) + len(summary.fetched), "incidents": summary.n_incidents}


def _run(settings: Settings, log: Any, request: Request, parameters: dict[str, Any]) -> BackfillSummary:
    """Run it with a bar, and leave what it did, how the days stand and what changed in the UI."""
    done: dict[str, int] = {}
    bar: list[LiveProgress] = []

    def planned(plan: Plan) -> None:
        for line in plan.lines():
            log.info("%s", line)

        def share(stage: str, n: int, _: int) -> float:
            if stage in {"match", "publish"}:
                return MATCHING if stage == "match" else PUBLISHING
            done[stage] = n
            return MATCHING * sum(done.values()) / max(plan.n_pages, 1)

        bar.append(LiveProgress(log, "backfill-progress", share))

    def tell(stage: str, n: int, total: int, note: str) -> None:
        bar[0].tell(stage, n, total, note)

    try:
        summary = run_backfill(
            settings, planned=planned, progress=every_step(log, [tell]), each_day=_in_a_task,
            before_publish=lambda: _show_difference(settings, log, request), **parameters,
        )  # fmt: skip
    except BaseException as error:
        if bar:
            bar[0].end(f"stopped: {type(error).__name__}; what was written is kept", is_whole=False)
        raise
    bar[0].end("done" if not summary.failed_days else f"done, but for {len(summary.failed_days)} days", is_whole=not summary.failed_days)
    show_markdown(
        log, "backfill-summary", summary_markdown(request, summary, str(settings.published_path)), f"What the backfill {request.name} did"
    )
    _show_grid(settings, log)
    return summary


def _in_a_task(work: Callable[[], DaySummary], day: DayPlan) -> DaySummary:
    """Do one day as a task, so that it has its line in the UI. The rows are in the warehouse; nothing is kept of the result."""

    @task(name="day", task_run_name=f"{day.stage} {day.day}", cache_policy=NO_CACHE, persist_result=False)
    def one_day() -> dict[str, DaySummary]:
        return {"summary": work()}

    return one_day()["summary"]


def _show_grid(settings: Settings, log: Any) -> None:
    try:
        markdown = grid_markdown(read_status(settings, Request()).grid)
    except WarehouseError as error:
        log.warning("the grid could not be read: %s", error)
        return
    show_markdown(log, "archive-days", markdown, "Days of the archive and how each stage stands on them")


def _show_difference(settings: Settings, log: Any, request: Request) -> None:
    """Show what is about to be published against what is public; called with the work file closed."""
    if request.stage in {"fetch", "publish"} or not settings.published_path.exists():
        return
    try:
        change: Difference = read_difference(settings.published_path, settings.work_path)
    except WarehouseError as error:
        log.warning("the difference could not be read, the run goes on: %s", error)
        return
    show_markdown(log, "backfill-difference", difference_markdown(change), "What changes against the published file")


def _day(value: Any) -> dt.date | None:
    """Return a day of the form, None for nothing or what is none: the run's checks say so."""
    try:
        return dt.date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


__all__ = ["BackfillError", "BackfillSummary", "backfill", "rehearse_backfill", "run_backfill"]
