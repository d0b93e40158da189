"""Alerts after a publication: what changed is looked at, each alert is written once, and sent until somebody took it.

    look_for_alerts   in one transaction: new alerts, those that are over, and that this publication was looked at
    send_waiting      events of Prefect inside a flow run; the channels of the settings elsewhere, and where no automation listens
    raise_alerts      both; a defect in them never undoes a night that was published
    send_failure      a night that ended with an error, where no orchestrator watches it

Killed in between, the next publication finds or sends the same again: their ids follow from what was seen.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from functools import cache

from prefect import runtime

from flows.alert_channels import ChannelError, channels_of, send
from flows.alert_words import Row, event_payload, plain, word_alert
from flows.extraction import load_tools
from flows.settings import Settings, SettingsError
from transforms.alerts import (
    Thresholds,
    bound_alerts,
    choose_new,
    find_check_alerts,
    find_feed_alerts,
    find_toll_alerts,
    late_alert,
)
from transforms.feedlist import FeedListError
from transforms.masking import gather_public_names, mask_quote
from transforms.rows import make_id
from warehouse.alerts import (
    read_changes,
    read_checks,
    read_feeds,
    read_known,
    read_last_publication,
    read_waiting,
    write_look,
    write_told,
)
from warehouse.connection import open_work
from warehouse.errors import ChecksFailedError
from warehouse.export import read_publishers

logger = logging.getLogger(__name__)


def raise_alerts(settings: Settings, run_id: str, at: dt.datetime, *, is_public: bool) -> list[str]:
    """Look for alerts after a publication and send those that wait.

    Args:
        settings: Thresholds and channels.
        run_id: The publication.
        at: Its start.
        is_public: False: its checks failed, and readers see what they saw before.

    Returns:
        What could not be done, a line each; it is also logged, and tried again after the next publication.
    """
    try:
        look_for_alerts(settings, run_id, at, is_public=is_public)
        failures = send_waiting(settings, at)
    except Exception as error:
        logger.exception("alerts were not looked for; the next publication looks again")
        return [f"{type(error).__name__}: {error}".split("\n", 1)[0]]
    for failure in failures:
        logger.warning("alert not sent, tried again after the next publication: %s", failure)
    return failures


def look_for_alerts(settings: Settings, run_id: str, at: dt.datetime, *, is_public: bool = True) -> list[Row]:
    """Write what a publication tells that nobody was told of yet; return it, the gravest first."""
    thresholds = Thresholds(settings.alert_killed, settings.alert_change, settings.alert_feed_days, settings.alerts_per_night)
    con = open_work(settings.work_path)
    try:
        found = find_feed_alerts(read_feeds(con), thresholds, at) + find_check_alerts(read_checks(con, run_id), at)
        if is_public:  # what nobody can read has not changed for anybody
            found += find_toll_alerts(read_changes(con, at), thresholds)
        new, ended = choose_new(found, read_known(con, at), at)
        mask = _masker(settings)
        alerts = [
            word_alert(alert, mask) | {"run_id": run_id, "raised_at": at, "told_at": None, "told_by": None, "ended_at": None}
            for alert in bound_alerts(new, thresholds.per_night, run_id)
        ]
        write_look(con, run_id, at, alerts, ended, is_public=is_public)
    finally:
        con.close()
    return alerts


def look_for_late_night(settings: Settings, at: dt.datetime) -> Row | None:
    """Write, once, that no night was published for too long; None: one was, or it was told already.

    Raises:
        WarehouseError: Nothing was published yet, or the work file is locked.
    """
    last = read_last_publication(settings.published_path)
    late = late_alert(last["at"], at, dt.timedelta(hours=settings.alert_late_h))
    if late is None:
        return None
    row = word_alert(late, str) | {"run_id": last["run_id"], "raised_at": at, "told_at": None, "told_by": None, "ended_at": None}
    con = open_work(settings.work_path)
    try:
        new, _ = choose_new([late], read_known(con, at), at)
        write_look(con, last["run_id"], at, [row] if new else [], [], is_public=False)
    finally:
        con.close()
    return row if new else None


def send_waiting(settings: Settings, at: dt.datetime) -> list[str]:
    """Send the alerts that wait; return what failed. One that any channel took counts as told, and says by which."""
    con = open_work(settings.work_path)
    try:
        waiting = read_waiting(con)
        if not waiting:
            return []
        ids, payloads = [row["alert_id"] for row in waiting], [event_payload(row) for row in waiting]
        told_by, failures = [], []
        if runtime.flow_run.id:
            from flows.automations import emit_alerts, is_listening  # noqa: PLC0415 -- Prefect's client

            emit_alerts(payloads)
            told_by.append("events")
            if is_listening():
                write_told(con, ids, at, "events")
                return []
        for channel in channels_of(settings):
            try:
                send(settings, channel, payloads)
                told_by.append(channel)
            except ChannelError as error:
                failures.append(str(error))
        if told_by or not failures:
            write_told(con, ids, at, ", ".join(told_by) or "nobody")
        return failures
    finally:
        con.close()


def send_failure(settings: Settings, error: Exception, at: dt.datetime) -> None:
    """Tell that a night ended with an error, unless it never began: a misspelt setting is told to whoever starts it.

    Of failed checks each has been told by itself.
    """
    if isinstance(error, (SettingsError, FeedListError, ChecksFailedError)) or runtime.flow_run.id:
        return
    why = plain(f"{type(error).__name__}: {error}")
    alert = {
        "alert_id": make_id("alert", "nightly.failed", at.isoformat()), "kind": "nightly.failed", "severity": "grave", "subject": "nightly",
        "headline": "The night failed", "message": f"The night failed: {why}. Run it again, it goes on; `vigil doctor` looks at the rest.",
        "was_number": None, "now_number": None, "quote": None, "url": None, "raised_at": at,
    }  # fmt: skip
    for channel in channels_of(settings):
        try:
            send(settings, channel, [event_payload(alert)])
        except ChannelError as failure:
            logger.warning("alert not sent: %s", failure)


def make_test_payload(at: dt.datetime) -> Row:
    """Return what `vigil alerts test` sends."""
    said = "This is a test: alerts of Vigil reach you this way."
    row = {
        "alert_id": make_id("alert", "test", at.isoformat()), "kind": "test", "severity": "notice", "subject": "test", "headline": "Test",
        "message": said, "was_number": None, "now_number": None, "quote": None, "url": None, "raised_at": at,
    }  # fmt: skip
    return event_payload(row)


def _masker(settings: Settings) -> Callable[[str], str]:
    """Return what masks the names of private persons, loaded with the first quote."""

    @cache
    def known() -> object:
        outlets = read_publishers(settings.published_path) if settings.published_path.exists() else []
        return gather_public_names(*load_tools(), outlets=outlets)

    return lambda quote: mask_quote(quote, known())  # type: ignore[arg-type]
