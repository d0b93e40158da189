"""Match: reports that are new or changed -> incidents, within the days and places around them; then tolls and versions.

copies of the days around -> article.duplicate_of -> days and places of the windows -> reach -> reports -> rematch
-> human decisions -> memberships, aliases -> resolve
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import NamedTuple

import duckdb
import polars as pl

from flows.runs import Run
from transforms.agreement import ReportKey
from transforms.copies import COPY_TIME, ArticleSketch, count_words, find_duplicates, find_meeting
from transforms.decision_records import Decision, find_named
from transforms.decisions import apply_decisions, find_active
from transforms.match import Membership, find_left_out, match_reports
from transforms.reach import Reach, find_reach
from transforms.rematch import find_aliases, window_of
from transforms.rows import Row
from transforms.schemas import BY_NAME
from warehouse.decisions import read_decisions, write_standings
from warehouse.gather import few_rows
from warehouse.incidents import read_bodies, read_memberships, read_reports, read_times_to_compare, read_waiting, write_memberships
from warehouse.queries import load_sql
from warehouse.store import read_frame, registered, transaction

KEY_COLUMNS = [column.name for column in fields(ReportKey)]


class Known(NamedTuple):
    """A report as matching sees it, the incident it belongs to now, and when that was resolved last (NULL: none)."""

    key: ReportKey
    incident_id: str | None
    resolved_at: dt.datetime | None


@dataclass(slots=True)
class MatchSummary:
    """What matching did: reports looked at, reports that belong to an incident, incidents that changed or went."""

    reports: int = 0
    joined: int = 0
    left_out: Counter[str] = field(default_factory=Counter)  # reports of no incident, by reason
    changed_incidents: int = 0
    gone_incidents: int = 0


def match_new(con: duckdb.DuckDBPyConnection, run: Run, *, everything: bool = False) -> MatchSummary:
    """Match all reports that belong to no incident yet, and those whose copies were found; resolve what changes.

    Args:
        con: Work file.
        run: The run, whose clock the versions hold from.
        everything: Match all reports afresh; needed after pages were read again, since a former reading is gone.
    """
    with _uncollected():
        return _match_new(con, run, everything=everything)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do not look for cycles of references: tens of thousands of small rows have none, and looking takes a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _match_new(con: duckdb.DuckDBPyConnection, run: Run, *, everything: bool) -> MatchSummary:
    began = time.monotonic()
    mark_copies(con, everything=everything)
    fresh, decisions = _with_decisions(con, _read_known(con, read_waiting(con, everything=everything)))
    known = {one.key.report_id: one for one in fresh}
    asked = set(known)
    reach = Reach(asked, asked)
    if not everything:
        reach, spots = _find_reach(con, [one.key for one in fresh], decisions)
        near = spots.filter(pl.col("report_id").is_in(sorted(reach.read - asked)))
        known |= {one.key.report_id: one for one in _read_known(con, near)}
    read = [known[report_id].key for report_id in sorted(reach.read | asked)]
    matched = sorted(reach.settled | asked)
    # Of what a vague report may mean not all is final; but decisions must see whole incidents.
    decided = apply_decisions(match_reports(read, None if decisions else set(matched)), read, decisions).within(set(matched))
    write_standings(con, decided.standings, None)
    aliases = _aliases(known, decided.memberships, set(matched), run)
    told_at = {report_id: known[report_id].key.as_of for report_id in matched}
    rows = _membership_rows(decided.memberships, told_at)
    moved = set(matched) if everything else asked | _find_moved(con, [known[report_id] for report_id in matched], rows)
    frame = BY_NAME["incident_report"].frame([row for row in rows if row["report_id"] in moved])
    moved_at = {report_id: told_at[report_id] for report_id in sorted(moved)}
    resolved_at = {one.incident_id: one.resolved_at for one in known.values() if one.incident_id and one.resolved_at}
    changed = write_memberships(con, moved_at, frame, aliases, resolved_at, run_id=run.run_id, at=run.at)
    write_standings(con, decided.standings, run.at)  # now, since a kill before this line leaves them waiting
    left_out = find_left_out((known[report_id].key for report_id in matched), decided.memberships)
    left_out |= dict.fromkeys(decided.discarded, "discarded")
    run.count("match", len(matched), len(matched), 0, time.monotonic() - began)
    remains = int(changed["remains"].sum()) if changed.height else 0
    return MatchSummary(len(matched), len(decided.memberships), Counter(left_out.values()), remains, changed.height - remains)


def _with_decisions(con: duckdb.DuckDBPyConnection, fresh: list[Known]) -> tuple[list[Known], list[Decision]]:
    """Return the reports to match and the decisions that bear on them; what these name is matched with them."""
    decisions, waiting = read_decisions(con)
    if not decisions:
        return fresh, []
    by_url: dict[str, list[Known]] = {}
    for known in _read_known(con, read_frame(con, "decided_to_match")):
        by_url.setdefault(known.key.canonical_url, []).append(known)
    named: dict[str, list[ReportKey]] = {}
    stored = {one.key.report_id: one for listed in by_url.values() for one in listed}
    for decision in decisions:
        for ref in (*decision.subject, *decision.other):
            named.setdefault(decision.decision_id, []).extend(find_named(ref, (one.key for one in by_url.get(ref.canonical_url, ()))))
    asked = [*(one.key for one in fresh), *(key for decision_id in sorted(waiting) for key in named.get(decision_id, ()))]
    active = find_active(decisions, asked, named)
    found = {one.key.report_id: one for one in fresh}
    for decision_id in sorted(active | waiting):
        found |= {key.report_id: stored[key.report_id] for key in named.get(decision_id, ())}
    return list(found.values()), [d for d in decisions if d.decision_id in active | waiting]


def mark_copies(con: duckdb.DuckDBPyConnection, *, everything: bool = False) -> None:
    """Set article.duplicate_of around the articles that wait to be matched; those for which it changes wait to be matched, too.

    A new article changes nothing about older ones, and what it changes about younger ones may change others for a week more.
    """
    times = read_times_to_compare(con, everything=everything)
    with transaction(con):
        for first, last in _spans(times):
            until = last
            while changes := _find_copies(con, first, until):
                newest = max(change["stated_at"] for change in changes)
                if newest <= until:
                    break
                until = newest
            if changes:
                frame = pl.DataFrame(changes).select("article_id", "stated_at", pl.col("duplicate_of").cast(pl.String))
                with registered(con, "batch_copies", frame):
                    con.execute(load_sql("queries/set_copies")).fetchall()
                    con.execute(load_sql("queries/queue_copies")).fetchall()


def _spans(times: Sequence[dt.datetime]) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Yield the times, which are in order, as spans between which more than two weeks lie."""
    first: dt.datetime | None = None
    for before, at in zip([None, *times], times, strict=False):
        if before is not None and first is not None and at - before > 2 * COPY_TIME:
            yield first, before
            first = None
        first = first or at
    if first is not None:
        yield first, times[-1]


def _find_copies(con: duckdb.DuckDBPyConnection, first: dt.datetime, last: dt.datetime) -> list[Row]:
    """Return the articles from `first` to a week after `last` whose duplicate_of is another than is stored, with the new one."""
    frame = read_frame(con, "articles_to_compare", first=first - COPY_TIME, last=last + COPY_TIME)
    met = frame.filter(find_meeting(frame["minhash"]))
    bodies = read_bodies(con, met)  # of those alone: all texts of three weeks would be read each night
    sketches = [
        ArticleSketch(
            r["article_id"], r["canonical_url"], r["stated_at"], r["minhash"], count_words(bodies[r["article_id"]]), r["duplicate_of"]
        )
        for r in met.to_dicts()
    ]
    copies = find_duplicates(sketches, since=first)
    compared = frame.filter(pl.col("stated_at") >= first).select("article_id", "duplicate_of", "stated_at")
    return [row | {"duplicate_of": copy} for row in compared.to_dicts() if (copy := copies.get(row["article_id"])) != row["duplicate_of"]]


def _find_reach(con: duckdb.DuckDBPyConnection, fresh: Sequence[ReportKey], decisions: Sequence[Decision]) -> tuple[Reach, pl.DataFrame]:
    """Return the reports that the fresh ones may bear on, and the days and places of their countries' days that tell which."""
    schema = {"country_iso3": pl.String, "first_on": pl.Date, "last_on": pl.Date}
    with registered(con, "batch_window", pl.DataFrame(window_of(fresh), schema=schema, orient="row")), few_rows(con):
        spots = read_frame(con, "spots_of_windows")
    named = {key.report_id for d in decisions for ref in (*d.subject, *d.other) for key in find_named(ref, fresh)}
    return find_reach(spots, {key.report_id for key in fresh}, named), spots


def _read_known(con: duckdb.DuckDBPyConnection, asked: pl.DataFrame) -> list[Known]:
    """Return reports (report_id, as_of) as matching sees them, each with the incident it belongs to now."""
    with registered(con, "batch_report", asked.select("report_id", "as_of")):
        return _known(read_reports(con))


def _known(frame: pl.DataFrame) -> list[Known]:
    rows = zip(frame.select(KEY_COLUMNS).rows(), frame.select("incident_id", "resolved_at").rows(), strict=True)
    return [Known(ReportKey(*key), *of_incident) for key, of_incident in rows]


def _membership_rows(memberships: Sequence[Membership], told_at: Mapping[str, dt.datetime]) -> list[Row]:
    return [
        {
            "report_id": m.report_id,
            "as_of": told_at[m.report_id],
            "incident_id": m.incident_id,
            "score": m.score,
            "reasons": json.dumps(m.reasons, ensure_ascii=False, sort_keys=True),
            "decided_by": m.decided_by,
        }
        for m in memberships
    ]


def _find_moved(con: duckdb.DuckDBPyConnection, matched: Sequence[Known], rows: Sequence[Row]) -> set[str]:
    """Return the matched reports whose membership is not what is stored: only their incidents are resolved again."""
    joined = {one.key.report_id: one.key.as_of for one in matched if one.incident_id}
    stored = {row["report_id"]: row for row in read_memberships(con, joined).to_dicts()}
    found = {str(row["report_id"]): row for row in rows}
    return {report_id for report_id in (one.key.report_id for one in matched) if stored.get(report_id) != found.get(report_id)}


def _aliases(known: dict[str, Known], memberships: Sequence[Membership], matched: set[str], run: Run) -> pl.DataFrame:
    """Return where ids went that no longer exist; reports that were not matched keep the incident they have."""
    before = {report_id: one.incident_id for report_id, one in known.items() if one.incident_id}
    after = {report_id: incident for report_id, incident in before.items() if report_id not in matched}
    after |= {m.report_id: m.incident_id for m in memberships}
    rows = [{"old_id": old, "incident_id": new, "changed_at": run.at, "reason": why} for old, new, why in find_aliases(before, after)]
    return BY_NAME["incident_alias"].frame(rows)
