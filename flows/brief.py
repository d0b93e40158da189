"""The morning brief as a flow: written after publishing, for the night that was published."""

from __future__ import annotations

import datetime as dt

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.brief_file import write_brief
from flows.runs import load_reader_settings


@task(name="brief", timeout_seconds=600, cache_policy=NO_CACHE, persist_result=False)
def brief_night(flags: dict[str, object], night: dt.date | None = None) -> list[str]:
    """Write the brief; the task's line in the UI says where it lies."""
    return [str(path) for path in write_brief(load_reader_settings(**flags), night)]


@flow(name="brief", log_prints=False, validate_parameters=True)
def brief(date: dt.date | None = None) -> list[str]:
    """Write the morning brief of a night from the published file.

    Args:
        date: Day (UTC) on which the night's runs began; empty: the last night on record.
    """
    written = brief_night({}, date)
    get_run_logger().info("brief: %s", ", ".join(written))
    return written
