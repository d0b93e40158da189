"""Match: reports that are new or changed -> incidents, within the days around them; then tolls and versions.

copies of the days around -> article.duplicate_of -> reports of the windows -> rematch -> human decisions -> memberships,
aliases -> resolve
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
import polars as pl

from flows.runs import Run
from transforms.agreement import ReportKey
from transforms.copies import ArticleSketch, count_words, find_duplicates
from transforms.decision_records import Decision, find_named
from transforms.decisions import apply_decisions, find_active
from transforms.match import Membership, find_left_out
from transforms.rematch import Window, find_aliases, rematch, window_of
from transforms.rows import Row
from transforms.schemas import BY_NAME
from warehouse.decisions import read_decisions, write_standings
from warehouse.incidents import write_memberships
from warehouse.queries import load_sql
from warehouse.store import read_frame, registered, transaction

Known = tuple[ReportKey, str | None]  # a report, and the incident it belongs to now
COPY_DAYS = 7  # a syndicated text appears within a week, or it is another story


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
    began = time.monotonic()
    mark_copies(con, everything=everything)
    fresh, decisions = _with_decisions(con, _read_keys(con, everything=everything))
    windows = window_of(key for key, _ in fresh)
    known: dict[str, Known] = {key.report_id: (key, incident) for key, incident in fresh}
    known |= {key.report_id: (key, incident) for key, incident in _read_windows(con, windows)}
    memberships, settled = rematch((key for key, _ in known.values()), windows)
    asked = {key.report_id for key, _ in fresh}
    matched = sorted(settled | asked)
    decided = apply_decisions(memberships, (known[report_id][0] for report_id in matched), decisions)
    write_standings(con, decided.standings, None)
    aliases = _aliases(known, decided.memberships, set(matched), run)
    rows = _membership_rows(decided.memberships)
    moved = set(matched) if everything else asked | _find_moved(con, matched, rows)
    frame = BY_NAME["incident_report"].frame([row for row in rows if row["report_id"] in moved])
    changed = write_memberships(con, sorted(moved), frame, aliases, run_id=run.run_id, at=run.at)
    write_standings(con, decided.standings, run.at)  # now, since a kill before this line leaves them waiting
    left_out = find_left_out((known[report_id][0] for report_id in matched), decided.memberships)
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
    for known in _read_keys(con, decided=True):
        by_url.setdefault(known[0].canonical_url, []).append(known)
    named: dict[str, list[ReportKey]] = {}
    incidents = {key.report_id: incident for listed in by_url.values() for key, incident in listed}
    for decision in decisions:
        for ref in (*decision.subject, *decision.other):
            named.setdefault(decision.decision_id, []).extend(find_named(ref, (key for key, _ in by_url.get(ref.canonical_url, ()))))
    asked = [*(key for key, _ in fresh), *(key for decision_id in sorted(waiting) for key in named.get(decision_id, ()))]
    active = find_active(decisions, asked, named)
    found = {key.report_id: (key, incident) for key, incident in fresh}
    for decision_id in sorted(active | waiting):
        found |= {key.report_id: (key, incidents[key.report_id]) for key in named.get(decision_id, ())}
    return list(found.values()), [d for d in decisions if d.decision_id in active | waiting]


def mark_copies(con: duckdb.DuckDBPyConnection, *, everything: bool = False) -> None:
    """Set article.duplicate_of around the articles that wait to be matched; those for which it changes wait to be matched, too."""
    rows = read_frame(con, "articles_to_compare", days=COPY_DAYS, everything=everything).to_dicts()
    sketches = [ArticleSketch(r["article_id"], r["canonical_url"], r["stated_at"], r["minhash"], count_words(r["body"])) for r in rows]
    copies, seen = find_duplicates(sketches), {r["article_id"] for r in rows}
    changes = []
    for row in rows:
        # An original that lies before the days read was found on an earlier night and stays the original.
        original = copies.get(row["article_id"]) or (row["duplicate_of"] if row["duplicate_of"] not in seen else None)
        if original != row["duplicate_of"]:
            changes.append({"article_id": row["article_id"], "duplicate_of": original})
    if changes:
        frame = pl.DataFrame(changes, schema={"article_id": pl.String, "duplicate_of": pl.String})
        with transaction(con), registered(con, "batch_copies", frame):
            con.execute(load_sql("queries/set_copies")).fetchall()
            con.execute(load_sql("queries/queue_copies")).fetchall()


def _read_keys(con: duckdb.DuckDBPyConnection, *, everything: bool = False, decided: bool = False) -> list[Known]:
    """Return reports as matching sees them, each with the incident it belongs to now, as reports_to_match.sql says."""
    return _known(read_frame(con, "reports_to_match", everything=everything, decided=decided))


def _read_windows(con: duckdb.DuckDBPyConnection, windows: Sequence[Window]) -> list[Known]:
    """Return all reports of the windows' countries and days, read at once: a night has a hundred windows."""
    schema = {"country_iso3": pl.String, "first_on": pl.Date, "last_on": pl.Date}
    with registered(con, "batch_window", pl.DataFrame(windows, schema=schema, orient="row")):
        return _known(read_frame(con, "windows_to_match"))


def _known(frame: pl.DataFrame) -> list[Known]:
    return [
        (ReportKey(**{name: value for name, value in row.items() if name != "incident_id"}), row["incident_id"]) for row in frame.to_dicts()
    ]


def _membership_rows(memberships: Sequence[Membership]) -> list[Row]:
    return [
        {
            "report_id": m.report_id,
            "incident_id": m.incident_id,
            "score": m.score,
            "reasons": json.dumps(m.reasons, ensure_ascii=False, sort_keys=True),
            "decided_by": m.decided_by,
        }
        for m in memberships
    ]


def _find_moved(con: duckdb.DuckDBPyConnection, matched: Sequence[str], rows: Sequence[Row]) -> set[str]:
    """Return the matched reports whose membership is not what is stored: only their incidents are resolved again."""
    with registered(con, "batch_matched", pl.DataFrame({"report_id": matched}, schema={"report_id": pl.String})):
        stored = {row["report_id"]: row for row in read_frame(con, "memberships_of").to_dicts()}
    found = {str(row["report_id"]): row for row in rows}
    return {report_id for report_id in matched if stored.get(report_id) != found.get(report_id)}


def _aliases(known: dict[str, Known], memberships: Sequence[Membership], matched: set[str], run: Run) -> pl.DataFrame:
    """Return where ids went that no longer exist; reports that were not matched keep the incident they have."""
    before = {report_id: incident for report_id, (_, incident) in known.items() if incident}
    after = {report_id: incident for report_id, incident in before.items() if report_id not in matched}
    after |= {m.report_id: m.incident_id for m in memberships}
    rows = [{"old_id": old, "incident_id": new, "changed_at": run.at, "reason": why} for old, new, why in find_aliases(before, after)]
    return BY_NAME["incident_alias"].frame(rows)
