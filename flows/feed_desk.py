"""The operator's desk for feeds: what is listed and how it does, a trial of one, changes of the own list. `feeds_cli` prints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flows.feed_source import load_base_feeds, load_feeds
from flows.fetch import Answer, Clock, Fetcher, FetchError
from flows.gate import Gate
from flows.own_feeds import changed_own_rows
from flows.polling import find_new_address
from flows.settings import Settings, require_contact
from transforms.feed_advice import advise
from transforms.feedlist import FeedListError, feed_cells, feed_of_url, merge_own_rows
from transforms.feeds import FeedError, ParsedFeed, parse_feed
from transforms.intervals import find_asked_hours
from transforms.rows import Row
from transforms.schedule import weight_of
from transforms.urls import host_of, site_of
from warehouse.errors import WarehouseError, WarehouseLockedError
from warehouse.feeds import read_feed_story, read_health


@dataclass(frozen=True, slots=True)
class Trial:
    """One request for a feed of which nothing is kept: its class, what it holds, how often it wants to be asked."""

    url: str
    status: str
    message: str
    answer: Answer | None = None
    parsed: ParsedFeed | None = None
    asked_h: float | None = None

    @property
    def is_readable(self) -> bool:
        """Whether a night could read the feed."""
        return self.status == "ok"


def list_feeds(settings: Settings, clock: Clock) -> list[Row]:
    """Return every feed that is listed or was polled, with its health; `is_listed` False: of no list any more, and not polled."""
    listed = {feed["feed_id"]: feed for feed in load_feeds(settings, clock)}
    known = {row["feed_id"]: row for row in _read_health(settings)}
    rows: list[Row] = []
    for feed_id, row in known.items():
        now = listed.get(feed_id)
        changed = {} if now is None else {"active": now["active"], "inactive_reason": now["inactive_reason"], "url": now["url"]}
        if now is not None and not now["active"]:
            changed["state"] = "off"  # paused since the last run
        elif now is not None and row["state"] == "off":
            changed["state"] = "new"  # switched on since the last run
        rows.append({**row, **changed, "is_listed": now is not None})
    for feed_id, feed in listed.items():
        if feed_id not in known:
            rows.append({**feed, "state": "new" if feed["active"] else "off", "is_listed": True, "last_status": None})
    return rows


def find_feed(settings: Settings, clock: Clock, name: str) -> Row:
    """Return one feed of `list_feeds` by its id or address.

    Raises:
        FeedListError: There is none; names the nearest.
    """
    rows = list_feeds(settings, clock)
    found = [row for row in rows if name in (row["feed_id"], row["url"])]
    if not found:
        near = [row["feed_id"] for row in rows if name.lower() in row["feed_id"] or name.lower() in row["url"].lower()][:5]
        hint = f"did you mean {', '.join(near)}?" if near else "`vigil feeds list` shows all"
        raise FeedListError(f"feed {name!r} is not known; {hint}")
    return found[0]


def try_feed(settings: Settings, clock: Clock, url: str) -> Trial:
    """Ask for a feed once, as a night would, and keep nothing.

    Raises:
        FeedListError: It is no http or https address.
        SettingsError: It is on the real web and no contact is set.
    """
    feed_of_url(url)
    require_contact(settings, [url])
    with Fetcher(settings, clock) as fetcher:
        gate, reach = Gate(fetcher), fetcher.reach_of(url)
        try:
            gate.check_feed(url, reach)
            answer = fetcher.fetch(
                url, max_bytes=settings.max_feed_bytes, reach=reach, permit=lambda target: gate.check_redirect(target, reach)
            )
        except FetchError as error:
            return Trial(url, error.status, str(error))
    try:
        parsed = parse_feed(answer.body, answer.final_url, answer.header("content-type"))
    except FeedError as error:
        return Trial(url, error.status, f"{url}: {error}", answer)
    asked = find_asked_hours(answer.header("cache-control"), parsed.ttl, parsed.period, parsed.frequency)
    return Trial(url, "ok", parsed.flaw or "", answer, parsed, asked)


def trial_lines(trial: Trial) -> Iterator[str]:
    """Yield what a trial found."""
    if not trial.is_readable or trial.answer is None or trial.parsed is None:
        yield f"{trial.status} ({weight_of(trial.status)}): {trial.message}"
        return
    answer, parsed = trial.answer, trial.parsed
    validators = ", ".join(name for name in ("etag", "last-modified") if answer.header(name)) or "none: each poll costs a whole answer"
    dates = [entry.published_at or entry.updated_at for entry in parsed.entries]
    newest = max((date for date in dates if date), default=None)
    size = f"{len(parsed.entries)} entries in {len(answer.body)} bytes, {answer.elapsed_ms} ms"
    yield f"ok: {parsed.format or 'feed'} {parsed.title!r}, {size}"
    if trial.message:
        yield f"read though malformed: {trial.message}"
    yield f"newest entry: {f'{newest:%Y-%m-%d %H:%M} UTC' if newest else 'none is dated'}"
    yield f"validators: {validators}"
    yield f"asks to be polled: {f'every {trial.asked_h:g} h' if trial.asked_h else 'as often as we like'}"
    without = sum(entry.url is None for entry in parsed.entries)
    if without:
        yield f"{without} entries have no usable address"
    if moved := find_new_address(answer):
        yield f"moved for good to {moved}"


def why_lines(settings: Settings, clock: Clock, name: str) -> Iterator[str]:
    """Yield what explains how one feed does and when it is asked next."""
    feed = find_feed(settings, clock, name)
    told = _read_story(settings, feed)
    yield f"{feed['feed_id']}: {feed['publisher']}, {feed['url']}"
    yield f"state: {feed['state']}" + (f" ({feed['inactive_reason']})" if feed.get("inactive_reason") else "")
    if not feed["is_listed"]:
        yield "listed: no longer; it is not polled, its history stays"
    yield f"to do: {advise(feed['feed_id'], feed['state'], feed['last_status'])}"
    yield f"next poll: {_next_poll(feed, clock())}"
    if feed.get("moved_to"):
        yield f"moved to: {feed['moved_to']}"
    if feed.get("n_polls"):
        yield from _history(feed)
    yield from _host_lines(told["host"], clock())
    for row in told["opt_outs"]:
        detail = f": {row['detail']}" if row["detail"] else ""
        yield f"opt-out: {row['signal']} in {row['origin']}{detail}, last seen {row['last_seen_at']:%Y-%m-%d}"
    for row in told["page_rejects"]:
        again = f", next try after {row['next_at']:%Y-%m-%d %H:%M}" if row["next_at"] else ""
        yield f"pages refused: {row['n']} {row['reason']}{again}"
    for row in told["polls"]:
        brought = f"{row['n_new']} new of {row['n_entries']}" if row["n_entries"] is not None else row["message"] or ""
        weight = f" ({row['weight']})" if row["weight"] else ""
        yield f"  {row['polled_at']:%Y-%m-%d %H:%M}  {row['status']}{weight}  {brought}"


def add_feeds(settings: Settings, feeds: Sequence[Row], clock: Clock) -> tuple[list[str], list[str]]:
    """Add feeds to the own list, all or none; return the ids added, and those of addresses that are listed already.

    Raises:
        FeedListError: A line cannot be used; nothing was written.
    """
    base = load_base_feeds(settings, clock)
    with changed_own_rows(settings.own_feeds_path) as own:
        listed = {feed["url"]: feed["feed_id"] for feed in merge_own_rows(base, list(own.values()), str(settings.own_feeds_path))}
        known, taken = [], {*listed.values(), *own}
        added: list[str] = []
        for feed in feeds:
            if feed["url"] in listed:
                known.append(listed[feed["url"]])
                continue
            feed_id = _free_id(feed["feed_id"], taken)
            own[feed_id] = feed_cells(feed | {"feed_id": feed_id})
            taken.add(feed_id)
            added.append(feed_id)
        merge_own_rows(base, list(own.values()), str(settings.own_feeds_path))  # what could not be read back must not be written
    return added, known


def change_feed(settings: Settings, clock: Clock, name: str, **cells: str) -> Row:
    """Change cells of one feed in the own list; return the feed as it was.

    Raises:
        FeedListError: There is no such feed, or the change cannot be used; nothing was written.
    """
    feed = find_feed(settings, clock, name)
    if not feed["is_listed"]:
        raise FeedListError(f"feed {name!r} is of no list any more and is not polled; `vigil feeds add {feed['url']}` lists it again")
    base = load_base_feeds(settings, clock)
    with changed_own_rows(settings.own_feeds_path) as own:
        now = merge_own_rows(base, list(own.values()), str(settings.own_feeds_path))
        if taken := next((f["feed_id"] for f in now if f["url"] == cells.get("url") and f["feed_id"] != feed["feed_id"]), None):
            raise FeedListError(
                f"{cells['url']} is polled already, as {taken}; `vigil feeds pause {feed['feed_id']}` leaves one of the two"
            )
        own[feed["feed_id"]] = {**own.get(feed["feed_id"], {}), "feed_id": feed["feed_id"], **cells}
        merge_own_rows(base, list(own.values()), str(settings.own_feeds_path))
    return feed


def _read_health(settings: Settings) -> list[Row]:
    for path in (settings.work_path, settings.published_path):
        try:
            if path.exists():
                return read_health(path)
        except WarehouseLockedError:  # a run writes: what it published last is the newest that can be read
            continue
    return []


def _read_story(settings: Settings, feed: Row) -> dict[str, list[Row]]:
    for path in (settings.work_path, settings.published_path):
        try:
            if path.exists():
                return read_feed_story(path, feed["feed_id"], site_of(feed["url"]), host_of(feed["url"]))
        except (WarehouseLockedError, WarehouseError):
            continue
    return {"polls": [], "host": [], "opt_outs": [], "page_rejects": []}


def _free_id(wanted: str, taken: set[str]) -> str:
    numbered = (f"{wanted[:74]}-{n}" for n in range(2, 10_000))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _next_poll(feed: Row, now: dt.datetime) -> str:
    if feed["state"] == "off" or not feed["is_listed"]:
        return "never, as it is"
    at: dt.datetime | None = feed.get("next_poll_at")
    if at is None or at <= now:
        return "at the next run"
    if feed.get("failures_in_row"):
        weight = feed.get("last_weight") or "soft"
        return f"after {at:%Y-%m-%d %H:%M} UTC: {feed['failures_in_row']} failures in a row, the last one {weight}"
    parts = [f"{feed['poll_interval_h']:.3g} h from its share of new items" if feed.get("poll_interval_h") is not None else ""]
    parts.append(f"{feed['asked_interval_h']:.3g} h as it asks" if feed.get("asked_interval_h") else "")
    return f"after {at:%Y-%m-%d %H:%M} UTC: {', '.join(filter(None, parts)) or 'as its host asked'}"


def _history(feed: Row) -> Iterator[str]:
    ok = f"{feed['ok_share']:.0%} of {feed['n_polls']} polls answered"
    yield f"history: {ok}, {feed['n_entries']} entries, {feed['n_articles']} articles"
    usual_week = f"usually {feed['usual_week']:g}" if feed["usual_week"] is not None else "history too short"
    yield f"volume: {feed['last_week']} new in the week before its last answer ({usual_week}), {feed['last_day']} in the last day"
    if feed["silent_days"] is not None:
        gap = f"; 95 of 100 gaps are within {feed['usual_gap_days']:g} days" if feed["usual_gap_days"] is not None else ""
        yield f"quiet for: {feed['silent_days']:.1f} days{gap}"
    if feed["n_overflows"]:
        yield f"overflows: {feed['n_overflows']} polls at which everything was new; entries may be lost"


def _host_lines(hosts: Sequence[dict[str, Any]], now: dt.datetime) -> Iterator[str]:
    for host in hosts:
        asked = f", asked {host['robots_asked_at']:%Y-%m-%d %H:%M}" if host["robots_asked_at"] else ""
        lost = f", out of reach since {host['robots_lost_at']:%Y-%m-%d %H:%M}" if host["robots_lost_at"] else ""
        yield f"host: {host['site']}, robots.txt {host['robots_status'] or 'never asked for'}{asked}{lost}"
        if host["closed_until"] and host["closed_until"] > now:
            yield f"host: left alone until {host['closed_until']:%Y-%m-%d %H:%M} UTC, refused {host['n_refusals']} times in a row"
