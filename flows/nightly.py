"""A night: collect -> derive -> publish -> brief. Tasks, since each may be retried by itself; a rerun goes on where it was."""

from __future__ import annotations

from prefect import flow, get_run_logger

from flows.brief import brief_night
from flows.collect import collect_night
from flows.derive import derive_archive
from flows.late import let_late_ones_go
from flows.publish import publish_warehouse


@flow(name="nightly", log_prints=False, on_running=[let_late_ones_go])
def nightly(feeds: str = "") -> dict[str, object]:
    """Poll the feeds, read what is new, publish the incidents, and write the morning brief.

    Args:
        feeds: CSV or OPML file, OPML address or feed address; empty: the feeds that the settings name.
    """
    logger = get_run_logger()
    flags: dict[str, object] = {"feeds": feeds or None}
    collected = collect_night(flags)
    logger.info("collected: %s", collected)
    derived = derive_archive(flags)
    logger.info("derived: %s", derived)
    published = publish_warehouse(flags)
    logger.info("published: %s", published)
    briefs = brief_night(flags)
    logger.info("brief: %s", ", ".join(briefs))
    return {"collect": collected, "derive": derived, "publish": published, "brief": briefs}
