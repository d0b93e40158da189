"""What a backfill is asked to do, checked before anything is written, and planned: days, pages, time.

Days are days of the fetch (stage fetch: of the first sight of a feed item). Only the stage fetch asks the network, and only when it is
named: docs/decisions/0014.
"""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass, field
from typing import Any, Literal

import duckdb
import polars as pl

from flows.feed_source import load_feeds
from flows.fetch import Clock
from flows.reading import extractor_version
from flows.settings import Settings, require_contact
from transforms.clean import CLEANER_VERSION
from transforms.day_grid import DayPlan, judge_time, order_days, span_words, time_words
from transforms.rows import Row
from transforms.schedule import REFETCH_FOR
from transforms.vocabularies import BACKFILL_MODE
from warehouse.backfill import Reach, count_reports, read_chosen, read_days, read_feed_ids, read_rates

STAGES = ("fetch", "clean", "extract", "match", "publish", "all")
ORDERS = ("oldest", "newest")
MODES = BACKFILL_MODE
Stage = Literal["fetch", "clean", "extract", "match", "publish", "all"]
Mode = Literal["missing", "failed", "stale", "all"]
Order = Literal["oldest", "newest"]
MAX_REASON = 500  # characters


class BackfillError(ValueError):
    """A parameter that cannot be used; names it, its value and what is allowed. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a backfill is asked to do.

    Attributes:
        start, end: First and last day, both included; None is the archive's own bound.
        stage: fetch (ask for pages), clean and extract (read pages), match, publish; all: extract, match and publish.
        mode: Which pages: missing, failed (and days that an earlier backfill left), stale (and missing), all.
        feeds: Feed ids; empty: all.
        order: Which day comes first.
        reason: Why, in the operator's words; kept with the run.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    stage: str = "all"
    mode: str = "stale"
    feeds: tuple[str, ...] = ()
    order: str = "oldest"
    reason: str = ""

    @property
    def steps(self) -> tuple[str, ...]:
        """Its stages one after the other."""
        return ("extract", "match", "publish") if self.stage == "all" else (self.stage,)

    @property
    def name(self) -> str:
        """What it is called: `2025-04-04..06 extract, missing`."""
        return f"{span_words(self.start, self.end)} {self.stage}, {self.mode}"

    def as_row(self) -> Row:
        """Return it as the `run` table keeps it."""
        return {
            "start": self.start, "end": self.end, "stage": self.stage, "mode": self.mode, "feeds": list(self.feeds), "order": self.order,
            "reason": self.reason,
        }  # fmt: skip


@dataclass(slots=True)
class Plan:
    """What a backfill will do: days in order, what each takes up, and how long it may take.

    Attributes:
        days: Days of the stages that are cut into days.
        chosen: By stage: day and id of each page (entry, for fetch).
        n_reports: Reports that matching will look at; 0: it does not match.
        seconds: Time at the rates of earlier runs, without publishing.
        unknown: Kinds of work whose rate no earlier run tells.
        feeds: Listed feeds that the stage fetch may ask; empty for other stages.
    """

    days: list[DayPlan] = field(default_factory=list)
    chosen: dict[str, pl.DataFrame] = field(default_factory=dict)
    n_reports: int = 0
    seconds: float = 0.0
    unknown: list[str] = field(default_factory=list)
    feeds: list[Row] = field(default_factory=list)

    @property
    def n_pages(self) -> int:
        """Pages in all."""
        return sum(day.n for day in self.days)

    def ids_of(self, planned: DayPlan) -> list[str]:
        """Return the ids that one day takes up."""
        return self.chosen[planned.stage].filter(pl.col("day") == planned.day)["id"].to_list()

    def lines(self) -> list[str]:
        """Return the plan in words: pages by stage and day, then the time."""
        rows = [f"{day.stage} {day.day}: {day.n} page{'s' if day.n != 1 else ''}" for day in self.days]
        return [*(rows or ["no day has anything to do"]), *([f"match: {self.n_reports} reports"] if self.n_reports else []), self.time()]

    def time(self) -> str:
        """Return how long it may take, in words, and what that rests on."""
        if not self.days and not self.n_reports:
            return "nothing to do"
        if self.unknown and not self.seconds:
            return "time: no earlier run tells how fast this goes"
        gap = f", without {' and '.join(self.unknown)}, of which no run tells" if self.unknown else ""
        return f"time: {time_words(self.seconds)} at the pace of earlier runs{gap}"


def check_request(request: Request, today: dt.date) -> None:
    """Refuse a request that cannot be meant, as far as can be told without the warehouse.

    Raises:
        BackfillError: An unknown stage, mode or order, a start after the end or in the future, a reason that is too long.
    """
    for name, value, allowed in (("stage", request.stage, STAGES), ("mode", request.mode, MODES), ("order", request.order, ORDERS)):
        if value not in allowed:
            raise BackfillError(f"{name} {value!r} is not known; allowed: {', '.join(allowed)}")
    if request.start and request.end and request.start > request.end:
        raise BackfillError(f"start {request.start} is after end {request.end}; give the earlier day first")
    if request.start and request.start > today:
        raise BackfillError(f"start {request.start} lies in the future; the archive ends {today}")
    if len(request.reason) > MAX_REASON:
        raise BackfillError(f"reason has {len(request.reason)} characters; allowed are {MAX_REASON}")


def plan_backfill(con: duckdb.DuckDBPyConnection, settings: Settings, request: Request, clock: Clock) -> Plan:
    """Return what a request will do; nothing is written.

    Raises:
        BackfillError: An unknown feed, or days of which the archive has none.
        FeedListError, SettingsError: The stage fetch cannot ask: no usable list of feeds, or no contact.
    """
    check_feeds(request.feeds, read_feed_ids(con))
    plan = Plan()
    for stage in request.steps:
        if stage == "match":
            plan.n_reports = count_reports(con)
        elif stage != "publish":
            _check_days(con, stage, request)
            if stage == "fetch":
                plan.feeds = _askable(settings, request, clock)
            plan.chosen[stage] = _choose(con, stage, request, reach_of(settings, request, plan.feeds if stage == "fetch" else None))
            counts = plan.chosen[stage].group_by("day").len().iter_rows()
            plan.days += [DayPlan(stage, day, n) for day, n in counts]
    plan.days = order_days(plan.days, newest_first=request.order == "newest")
    reading = sum(day.n for day in plan.days if day.stage != "fetch")
    todo = {"fetch": plan.n_pages - reading, "derive": reading, "match": plan.n_reports}
    plan.seconds, plan.unknown = judge_time(todo, read_rates(con))
    return plan


def check_feeds(wanted: tuple[str, ...], known: list[str]) -> None:
    """Refuse feeds that the warehouse does not know.

    Raises:
        BackfillError: Names the first of them, and the nearest or all that are known.
    """
    for feed in wanted:
        if feed in known:
            continue
        near = difflib.get_close_matches(feed, known, 1, cutoff=0.6)
        allowed = ", ".join(known) if len(known) <= 20 else f"the {len(known)} ids of `vigil feeds list`"
        raise BackfillError(f"feed {feed!r} is not known{f'; did you mean {near[0]!r}?' if near else ''}; allowed: {allowed}")


def reach_of(settings: Settings, request: Request, feeds: list[Row] | None = None) -> Reach:
    """Return the days and feeds that a request covers; given listed feeds, only those."""
    ids = list(request.feeds) if feeds is None else [feed["feed_id"] for feed in feeds]
    return Reach(
        extractor_version(settings.min_confidence, settings.clean), CLEANER_VERSION, REFETCH_FOR.days, request.start, request.end,
        ids if ids or feeds is not None else None,
    )  # fmt: skip


def _choose(con: duckdb.DuckDBPyConnection, stage: str, request: Request, reach: Reach) -> pl.DataFrame:
    chosen = read_chosen(con, stage, request.mode, reach)
    if request.stage == "all":  # a page is cleaned whenever it is read: what an older cleaner read is read again, too
        chosen = pl.concat([chosen, read_chosen(con, "clean", request.mode, reach)]).unique(maintain_order=True)
    return chosen


def _check_days(con: duckdb.DuckDBPyConnection, stage: str, request: Request) -> None:
    """Refuse bounds that leave out everything there is: that is a slip."""
    bounds = read_days(con, stage, request.start, request.end)
    if bounds.n_all and not bounds.n_within:
        what = "item was seen in a feed" if stage == "fetch" else "page was fetched"
        raise BackfillError(
            f"no {what} from {request.start or bounds.first} to {request.end or bounds.last};"
            f" the archive holds {bounds.first} to {bounds.last}"
        )


def _askable(settings: Settings, request: Request, clock: Clock) -> list[Row]:
    """Return the listed feeds that are switched on and asked for: pages of others are nobody's to ask for."""
    listed = [feed for feed in load_feeds(settings, clock) if feed["active"]]
    found = [feed for feed in listed if not request.feeds or feed["feed_id"] in request.feeds]
    if missing := [feed_id for feed_id in request.feeds if feed_id not in {feed["feed_id"] for feed in found}]:
        raise BackfillError(
            f"feed {missing[0]!r} is switched off or no longer listed, and its pages are not asked for; see `vigil feeds list`"
        )
    require_contact(settings, (feed["url"] for feed in found))
    return found


def request_of(**parameters: Any) -> Request:
    """Return a request of parameters as a form or a command line gives them: feeds as any list, None for what was not given."""
    feeds = tuple(dict.fromkeys(feed.strip() for feed in parameters.pop("feeds", None) or () if feed.strip()))
    return Request(**{name: value for name, value in parameters.items() if value is not None}, feeds=feeds)
