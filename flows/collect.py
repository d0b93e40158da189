"""Collect as a Prefect flow. The work itself is in `collection`, which runs as well without Prefect.

One task for the night: politeness and retries are kept per host and per request inside it, where a task each would cost more
than the request. Run again, it goes on where it was: state lives in the warehouse.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.archive import Archive
from flows.archive_check import keep_sent
from flows.artifacts import every_step
from flows.collect_store import WarehouseStore
from flows.collection import CollectSummary, Progress, collect_once
from flows.feed_source import load_feeds
from flows.fetch import Clock
from flows.late import let_late_ones_go
from flows.retries import may_pass_later
from flows.runs import Run, load_flow_settings, name_run, recorded_run, utc_now
from flows.settings import Settings, prepare_folders
from flows.updates import check_updates
from transforms.rows import Row
from warehouse.connection import open_work
from warehouse.errors import ClockError

HOURS = 3600
CLOCK_SLACK = dt.timedelta(hours=1)  # clocks that are kept by NTP are set by seconds; versions of a page lie hours apart


def collect_feeds(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    run: Run,
    *,
    feeds: list[Row] | None = None,
    clock: Clock = utc_now,
    progress: Progress | None = None,
) -> CollectSummary:
    """Poll feeds and fetch pages within a run that is open already.

    Args:
        con: Work file.
        settings: Limits, politeness, folders; its `feeds` names the list when `feeds` is None.
        run: The run, which takes the counts.
        feeds: Feed rows.
        clock: Time that rows are stamped with; the demo and replays set their own.
        progress: Told after every poll and page.
    """
    listed = load_feeds(settings, clock) if feeds is None else feeds
    with Archive(settings.archive_dir, run.run_id, run.at, max_file_bytes=settings.archive_file_bytes) as archive:
        summary = collect_once(settings, listed, WarehouseStore(con, run), archive, clock=clock, run_id=run.run_id, progress=progress)
        summary.updates = check_updates(con, settings, run, listed, archive, clock=clock, progress=progress)
    keep_sent(con, settings, run)
    return summary


def require_clock(con: duckdb.DuckDBPyConnection, settings: Settings, now: dt.datetime) -> None:
    """Refuse to collect while the machine's clock lies behind the last collection.

    The time of a fetch tells which version of an article is the newest: a page stamped with a clock that was set back would
    count as older than the one it corrects, and an old toll would stand as the latest.

    Raises:
        ClockError: It does, by more than an hour, and that is not allowed by the settings.
    """
    last: dt.datetime | None = con.sql("SELECT max(started_at) FROM run WHERE flow = 'collect'").fetchall()[0][0]
    if last is None or settings.allow_clock_back or now >= last - CLOCK_SLACK:
        return
    raise ClockError(
        f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the last collection was at {last:%Y-%m-%d %H:%M}: set the clock and run again;"
        " if it is right and was wrong then, set VIGIL_ALLOW_CLOCK_BACK=true until that time has come"
    )


def run_collection(settings: Settings, *, clock: Clock = utc_now, progress: Progress | None = None) -> CollectSummary:
    """Run one whole collection: folders, feeds, warehouse, archive, and the record of the run.

    Raises:
        SettingsError, FeedListError: Before anything is written.
        WarehouseLockedError: Another run has the work file.
        ClockError: The clock lies behind the last collection.
    """
    feeds = load_feeds(settings, clock)
    prepare_folders(settings)
    con = open_work(settings.work_path)
    try:
        require_clock(con, settings, clock())
        with recorded_run(con, "collect", clock, {"feeds": settings.feeds}) as run:
            return collect_feeds(con, settings, run, feeds=feeds, clock=clock, progress=progress)
    finally:
        con.close()


@task(
    name="collect",
    retries=1,
    retry_delay_seconds=60,
    retry_condition_fn=may_pass_later,
    timeout_seconds=6 * HOURS,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def collect_night(flags: dict[str, Any], tell: Progress | None = None) -> dict[str, Any]:
    """Run one collection; a line of the log for every feed and every hundredth page."""
    logger = get_run_logger()
    summary = run_collection(load_flow_settings(**flags), progress=every_step(logger, [tell] if tell else []))
    for feed_id, url in summary.feeds_moved.items():
        logger.warning("feed %s has moved for good to %s; `vigil feeds why %s` says what to do", feed_id, url, feed_id)
    return summary.as_row()


@flow(name="collect", flow_run_name=name_run("collect"), log_prints=False, on_running=[let_late_ones_go])
def collect(feeds: str = "") -> dict[str, Any]:
    """Poll the feeds that are due, fetch the pages of new entries and archive them.

    Args:
        feeds: CSV or OPML file, OPML address or feed address; empty: the feeds that the settings name.
    """
    summary = collect_night({"feeds": feeds or None})
    get_run_logger().info("collected: %s", summary)
    return summary
