"""Publish: SQL checks on the work file, then a copy that readers see whole or not at all, and its Parquet mirror."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.alerts import raise_alerts
from flows.fetch import Clock
from flows.retention import prune_nightly
from flows.retries import may_pass_later
from flows.runs import load_flow_settings, name_run, recorded_run, utc_now
from flows.settings import Settings, prepare_folders
from warehouse.connection import open_work
from warehouse.errors import ChecksFailedError
from warehouse.publish import Published, publish


def run_publication(settings: Settings, *, clock: Clock = utc_now, told: Callable[[str], None] | None = None) -> Published:
    """Check and publish the work file as one recorded run, then tell people what changed for them.

    A night lets old pages go between the checks and the copy, as the retention rule says.

    Args:
        settings: Folders, and the retention rule.
        clock: Now.
        told: Given what retention did, on one line. None: it is not applied; a correction publishes as well and is no housekeeping.

    Raises:
        ChecksFailedError: Rows break a check; what was published before stays.
        WarehouseError: A file cannot be read, written or is locked.
    """
    prepare_folders(settings)
    con = open_work(settings.work_path)
    try:
        # Recorded before, since the published copy holds its own run; a failure below shows as check_result rows and an error.
        with recorded_run(con, "publish", clock, {}) as run:
            run_id, at = run.run_id, run.at
    finally:
        con.close()

    def retire() -> None:
        if told and (said := prune_nightly(settings, clock=clock)):
            told(said)

    parquet = settings.data_dir / "parquet"
    try:
        published = publish(settings.work_path, settings.published_path, run_id=run_id, parquet=parquet, before_copy=retire)
    except ChecksFailedError:
        raise_alerts(settings, run_id, at, is_public=False)
        raise
    raise_alerts(settings, run_id, at, is_public=True)
    return published


@task(
    name="publish",
    retries=1,
    retry_delay_seconds=60,
    retry_condition_fn=may_pass_later,
    timeout_seconds=3600,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def publish_warehouse(flags: dict[str, object]) -> dict[str, object]:
    """Check and publish; the task's line in the UI says how many incidents are public."""
    published = run_publication(load_flow_settings(**flags), told=get_run_logger().info)
    return {key: str(value) for key, value in asdict(published).items()}


@flow(name="publish", flow_run_name=name_run("publish"), log_prints=False, validate_parameters=True)
def publish_night() -> dict[str, object]:
    """Check the work file and publish it for analysts, with its Parquet mirror."""
    summary = publish_warehouse({})
    get_run_logger().info("published: %s", summary)
    return summary
