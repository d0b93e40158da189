"""One night without an orchestrator: collect, derive, publish, and a summary that a tired person can read."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from flows.alerts import send_failure
from flows.collect import run_collection
from flows.collection import CollectSummary
from flows.derive import DeriveSummary, Progress, run_derivation
from flows.fetch import Clock
from flows.matching import MatchSummary
from flows.publish import run_publication
from flows.runs import utc_now
from flows.settings import Settings, SettingsError
from warehouse.publish import Published
from warehouse.queries import load_sql
from warehouse.query import query


@dataclass(frozen=True, slots=True)
class Night:
    """What one night did."""

    collected: CollectSummary
    read: DeriveSummary
    matched: MatchSummary
    published: Published
    said: tuple[str, ...] = ()  # what retention did

    def text(self) -> str:
        """Return the summary, a line a stage."""
        polls, c, r, m = Counter(self.collected.polls), self.collected, self.read, self.matched
        refused = sum(c.page_rejects.values())
        lines = [
            f"feeds      {sum(polls.values())} polled: {_listed(polls)}"
            + (f"; {c.feeds_waiting} not due yet" if c.feeds_waiting else "")
            + (f"; {c.feeds_inactive} switched off" if c.feeds_inactive else ""),
            *(f"moved      {feed}: for good to {url}; `vigil feeds why {feed}` says what to do" for feed, url in c.feeds_moved.items()),
            f"pages      {c.pages} fetched, {refused} refused" + (f" ({_listed(c.page_rejects)})" if refused else ""),
            *([f"updates    {sum(c.updates.values())} pages looked at again: {_listed(c.updates)}"] if c.updates else []),
            f"read       {r.pages} pages: {_listed(r.outcomes)}; {r.reports} reports",
            f"incidents  {m.changed_incidents} new or changed; {self.published.n_incidents} in all,"
            f" {self.published.n_checks} checks passed",
            *self.said,
            f"published  {self.published.path}",
        ]
        return "\n".join(lines)


def clock_at(settings: Settings, at: str | None) -> Clock:
    """Return the clock of a night: the machine's, or one that stands at a moment of a replay.

    Raises:
        SettingsError: It is no moment, lies ahead, or before a run that the work file holds: rows would tell a past that never was.
    """
    if at is None:
        return utc_now
    try:
        moment = dt.datetime.fromisoformat(at)
    except ValueError as error:
        raise SettingsError(f"--at {at!r} is no moment; write it as 2016-03-23T23:59") from error
    moment = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    if moment > utc_now():
        raise SettingsError(f"--at {at!r} lies ahead; give a moment of the past, or leave it away")
    runs = query(settings.work_path, load_sql("queries/last_runs"))["started_at"].to_list() if settings.work_path.exists() else []
    if runs and (last := max(runs)) > moment:
        raise SettingsError(
            f"--at {at!r} lies before the last run in {settings.work_path} ({last:%Y-%m-%d %H:%M} UTC); choose another data folder"
        )
    return lambda: moment


def run_night(settings: Settings, *, clock: Clock = utc_now, progress: Progress | None = None) -> Night:
    """Run collect, derive and publish, one after the other; each is a recorded run, and a rerun goes on where it was."""
    said: list[str] = []
    try:
        collected = run_collection(settings, clock=clock, progress=progress)
        read, matched = run_derivation(settings, clock=clock, progress=progress)
        published = run_publication(settings, clock=clock, told=said.append)
    except Exception as error:
        send_failure(settings, error, clock())
        raise
    return Night(collected, read, matched, published, tuple(said))


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.most_common() if count) or "none"
