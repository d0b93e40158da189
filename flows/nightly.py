"""A night: collect -> derive -> publish -> brief. Tasks, since each may be retried by itself; a rerun goes on where it was."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger

from flows.artifacts import LiveProgress, show_link, show_markdown
from flows.brief import brief_night
from flows.collect import collect_night
from flows.derive import derive_archive
from flows.late import let_late_ones_go
from flows.night_words import night_markdown, share_of_night, what_to_do
from flows.publish import publish_warehouse
from flows.runs import load_flow_settings, utc_now
from flows.status import read_night


@flow(name="nightly", flow_run_name=lambda: f"night of {utc_now():%Y-%m-%d}", log_prints=False, on_running=[let_late_ones_go])
def nightly(feeds: str = "") -> dict[str, object]:
    """Poll the feeds, read what is new, publish the incidents, and write the morning brief.

    Args:
        feeds: CSV or OPML file, OPML address or feed address; empty: the feeds that the settings name.
    """
    log = get_run_logger()
    flags: dict[str, object] = {"feeds": feeds or None}
    done: dict[str, Any] = {}
    bar = LiveProgress(log, "night-progress", share_of_night)
    try:
        done["collect"] = collect_night(flags, bar.tell)
        log.info("collected: %s", done["collect"])
        done["derive"] = derive_archive(flags, tell=bar.tell)
        log.info("derived: %s", done["derive"])
        bar.tell("publish", 0, 1, "")
        done["publish"] = publish_warehouse(flags)
        log.info("published: %s", done["publish"])
        bar.tell("brief", 0, 1, "")
        done["brief"] = brief_night(flags)
        log.info("brief: %s", ", ".join(done["brief"]))
    except Exception as error:
        bar.end(f"stopped: {type(error).__name__}", is_whole=False)
        show_markdown(log, "night-summary", night_markdown(done, None, error), "How far the night came, and what to do")
        log.error("the night stopped: %s", what_to_do(error))
        raise
    bar.end("done")
    show_markdown(log, "night-summary", night_markdown(done, read_night(load_flow_settings(**flags)), None), "What the night brought")
    if done["brief"]:
        address = f"file://{done['brief'][0]}"
        show_link(log, "night-brief", address, "The morning brief", f"On the machine that ran it: {done['brief'][0]}")
    return done
