"""Human corrections: what a person asks for is checked as a whole, written as decisions, and put in force by a match."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.fetch import Clock
from flows.matching import MatchSummary, match_new
from flows.publish import run_publication
from flows.runs import recorded_run, utc_now
from flows.settings import Settings
from transforms.decision_records import ReportRef
from transforms.decision_values import ValueRefusedError, check_state, parse_value
from transforms.decisions import make_decision_id
from transforms.rows import make_id
from transforms.urls import UrlError, canonical_url
from warehouse.connection import open_work
from warehouse.decisions import REF, undo_decisions, write_decisions
from warehouse.dossier import find_incident_id
from warehouse.errors import UnknownIncidentError, WarehouseError
from warehouse.queries import ask, load_sql
from warehouse.store import read_frame

Row = dict[str, Any]
SURE_PREFIX = 6  # characters of an id that no longer exists
KINDS = ("merge", "split", "set", "discard")


class DecisionError(ValueError):
    """A correction that cannot be meant; says which, and what is allowed. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Order:
    """One correction as a person asks for it.

    Attributes:
        kind: merge, split, set, discard.
        incident: Id, former id, beginning of one, or a report (id, address, address#ordinal) that stands for its incident.
        other: The incident or report to merge into it.
        reports: Reports to split off: ids or addresses.
        column, value: What to set; value `null` is unknown.
        where: file:line that asks for it, for messages; empty: the command line.
    """

    kind: str
    incident: str
    reason: str
    decided_by: str
    other: str = ""
    reports: tuple[str, ...] = ()
    column: str = ""
    value: str = ""
    where: str = ""


@dataclass(slots=True)
class Corrected:
    """What came of it: ids of new decisions in order, how many were in force already, what the match changed, what was published."""

    decision_ids: list[str]
    n_known: int
    match: MatchSummary | None = None
    n_published: int | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    incident_id: str | None
    reports: list[Row]


def correct(settings: Settings, orders: Sequence[Order], *, publish: bool = False, clock: Clock = utc_now) -> Corrected:
    """Check all orders, write them as decisions, match what they touch, and publish if asked.

    Raises:
        DecisionError: One of them cannot be meant; names each that cannot. Nothing was written.
        WarehouseError: No work file, or another process has it.
    """
    con = _open(settings)
    try:
        planned, faults, n_known = [], [], 0
        for order in orders:
            try:
                plan = _plan(con, order)
                planned += [(order, *plan)] if plan else []
                n_known += not plan
            except (DecisionError, UnknownIncidentError, ValueRefusedError) as error:
                faults.append(f"{order.where}{error}")
        faults += _check_sets(con, planned) if not faults else []
        if faults:
            raise DecisionError("; ".join(faults) + ("; nothing was written" if len(orders) > 1 else ""))
        new = [(decision, reports) for _, decision, reports in planned]
        result = Corrected([row["decision_id"] for row, _ in new], n_known)
        if new:
            with recorded_run(con, "review", clock, {"decisions": result.decision_ids}) as run:
                _write(con, new, run.at)
                result.match = match_new(con, run)
    finally:
        con.close()
    result.n_published = run_publication(settings, clock=clock).n_incidents if publish else None
    return result


def undo(
    settings: Settings, ids: Sequence[str], *, reason: str, decided_by: str, publish: bool = False, clock: Clock = utc_now
) -> Corrected:
    """Take decisions back and restore what the rule says, as far as no other decision speaks.

    Raises:
        DecisionError: There is no such decision, several begin so, or it is undone already.
    """
    _require(reason, decided_by)
    con = _open(settings)
    try:
        held = dict(con.sql("SELECT decision_id, undone_at FROM decision ORDER BY decision_id").fetchall())
        chosen = [_find_decision(held, wanted) for wanted in ids]
        with recorded_run(con, "review", clock, {"undone": chosen}) as run:
            undo_decisions(con, chosen, reason=reason, decided_by=decided_by, at=run.at)
            matched = match_new(con, run)
    finally:
        con.close()
    n_published = run_publication(settings, clock=clock).n_incidents if publish else None
    return Corrected(chosen, 0, matched, n_published)


def _find_decision(held: dict[str, Any], wanted: str) -> str:
    found = [wanted] if wanted in held else [decision_id for decision_id in held if wanted and decision_id.startswith(wanted)]
    if len(found) != 1:
        raise DecisionError(f"decision {wanted!r} " + ("is not known" if not found else f"may mean {', '.join(found)}") + "; `vigil sql "
                            '"FROM decision"` lists them')  # fmt: skip
    if held[found[0]] is not None:
        raise DecisionError(f"decision {found[0]} was undone at {held[found[0]]:%Y-%m-%d %H:%M} already")
    return found[0]


def _open(settings: Settings) -> duckdb.DuckDBPyConnection:
    if not settings.work_path.exists():
        raise WarehouseError(f"{settings.work_path}: does not exist; collect something first with `vigil ingest`")
    return open_work(settings.work_path)


def _require(reason: str, decided_by: str) -> None:
    for name, text in (("reason", reason), ("decided_by", decided_by)):
        if not text.strip() or not text.isprintable() or len(text) > 1000:
            flag = "--reason" if name == "reason" else "--by NAME (or VIGIL_REVIEWER)"
            raise DecisionError(f"{name} {text[:50]!r} must be one line that says {'why' if name == 'reason' else 'who'}; give {flag}")


def _plan(con: duckdb.DuckDBPyConnection, order: Order) -> tuple[Row, list[Row]] | None:
    """Return the rows of one decision; target ids are found, values are read. None: it is in force already."""
    if order.kind not in KINDS:
        raise DecisionError(f"kind {order.kind!r} is not known; allowed: {', '.join(KINDS)}")
    _require(order.reason, order.decided_by)
    _refuse_extra(order)
    if order.kind == "discard" and _is_discarded(con, order.incident):
        return None
    subject, other, value = _find_target(con, order.incident), [], None
    rows = subject.reports
    if order.kind == "merge":
        other = _to_merge(con, order, subject)
        if not other:
            return None
    elif order.kind == "split":
        rows, other = _to_split(con, order, subject)
    elif order.kind == "set":
        value = parse_value(order.column, order.value)[1]
    first, *_ = refs = [ReportRef(**{name: row[name] for name in REF}) for row in rows]
    others = [ReportRef(**{name: row[name] for name in REF}) for row in other]
    named = others if order.kind == "split" else others[:1]
    decision_id = make_decision_id(order.kind, first, named, order.column or None, value)
    decision = {
        "decision_id": decision_id, "action": order.kind, "column_name": order.column or None, "value": value,
        "reason": " ".join(order.reason.split()), "decided_by": order.decided_by.strip(), "incident_id": subject.incident_id,
    }  # fmt: skip
    if _is_in_force(con, decision):
        return None
    if order.kind in {"set", "discard"} and subject.incident_id is None:
        raise DecisionError(f"report {order.incident!r} belongs to no incident: there is nothing to {order.kind}")
    sides = (("subject", refs), ("other", others))
    return decision, [
        {"decision_id": decision_id, "part": part, "position": n, **{name: getattr(ref, name) for name in REF}}
        for part, listed in sides
        for n, ref in enumerate(dict.fromkeys(listed))
    ]


def _is_in_force(con: duckdb.DuckDBPyConnection, decision: Row) -> bool:
    """Tell whether this very decision holds, or one that sets the same value in the same incident."""
    sql = load_sql("review/in_force")
    return bool(
        con.execute(sql, {name: decision[name] for name in ("decision_id", "action", "incident_id", "column_name", "value")}).fetchall()
    )


def _is_discarded(con: duckdb.DuckDBPyConnection, wanted: str) -> bool:
    """Tell whether an incident id is that of a discarded incident: it has no row any more, but its reports are named."""
    named = con.sql(load_sql("review/discarded_reports")).fetchall()
    ids = {make_id("incident", make_id(article_id, ordinal)) for article_id, ordinal in named}
    return len(wanted) >= SURE_PREFIX and any(incident_id.startswith(wanted) for incident_id in ids)


def _refuse_extra(order: Order) -> None:
    """Refuse an order that lacks what its kind needs or carries what it does not know: a slip of columns must not pass."""
    given = {"other": order.other, "report": order.reports, "column": order.column, "value": order.value}
    needs = {"merge": {"other"}, "split": {"report"}, "set": {"column", "value"}, "discard": set()}[order.kind]
    if missing := sorted(name for name in needs if not given[name]):
        raise DecisionError(f"{order.kind} needs {' and '.join(missing)}" + ("; `null` means unknown" if "value" in missing else ""))
    if extra := sorted(name for name, value in given.items() if value and name not in needs):
        raise DecisionError(f"{order.kind} has no use for {' and '.join(extra)}; leave it empty")


def _to_merge(con: duckdb.DuckDBPyConnection, order: Order, subject: _Target) -> list[Row]:
    other = _find_target(con, order.other)
    if other.incident_id is None or other.incident_id != subject.incident_id:
        return other.reports
    if order.other.startswith(("http://", "https://")) or order.other == other.reports[0]["report_id"]:
        return other.reports[:1]  # a report that the rule put there with doubt: a person confirms it
    asked = {"decision_id": None, "action": "merge", "incident_id": subject.incident_id, "column_name": None, "value": None}
    if con.execute(load_sql("review/in_force"), asked).fetchall():
        return []  # a person merged them before
    raise DecisionError(f"incidents {order.incident!r} and {order.other!r} are one already: {subject.incident_id}")


def _to_split(con: duckdb.DuckDBPyConnection, order: Order, subject: _Target) -> tuple[list[Row], list[Row]]:
    """Return the reports that stay and those that leave; of an address that tells several events those of the incident."""
    leaving: dict[str, Row] = {}
    for wanted in order.reports:
        found = _find_reports(con, wanted)
        if not found:
            raise DecisionError(f"report {wanted!r} is not known; `vigil show {subject.incident_id}` lists the incident's articles")
        inside = [row for row in found if row["incident_id"] == subject.incident_id]
        leaving |= {row["report_id"]: row for row in inside or found}
    staying = [row for row in subject.reports if row["report_id"] not in leaving]
    if not staying:
        raise DecisionError(f"all reports of incident {order.incident!r} would leave it: leave one, or discard it")
    return staying, list(leaving.values())


def _find_target(con: duckdb.DuckDBPyConnection, wanted: str) -> _Target:
    """Return an incident with its reports, the founding one first; named by a report, that one is first."""
    reports = _find_reports(con, wanted)
    if not reports:
        if not wanted or wanted.startswith(("http://", "https://")):
            raise DecisionError(f"{wanted!r} is no incident, and no report has this address")
        incident_id = find_incident_id(con, wanted, "the work file")
        return _Target(incident_id, read_frame(con, "reports_of", incident_id=incident_id, report_id=None, url=None).to_dicts())
    first = next((row for row in reports if row["incident_id"]), reports[0])
    members = (
        read_frame(con, "reports_of", incident_id=first["incident_id"], report_id=None, url=None).to_dicts() if first["incident_id"] else []
    )
    return _Target(first["incident_id"], [first, *(row for row in members if row["report_id"] != first["report_id"])])


def _find_reports(con: duckdb.DuckDBPyConnection, wanted: str) -> list[Row]:
    """Return the reports with this id, address, or address#ordinal; empty: it is none of these."""
    address, _, ordinal = wanted.rpartition("#")
    url = address if ordinal.isdigit() and address else wanted
    try:
        url = canonical_url(url) if url.startswith(("http://", "https://")) else ""
    except UrlError as error:
        raise DecisionError(str(error)) from error
    found = read_frame(con, "reports_of", incident_id=None, report_id=wanted, url=url or None).to_dicts()
    return [row for row in found if not (url and address and ordinal.isdigit()) or row["ordinal"] == int(ordinal)]


def _check_sets(con: duckdb.DuckDBPyConnection, planned: Iterable[tuple[Order, Row, list[Row]]]) -> list[str]:
    """Return what is wrong with the values that are set in one incident, taken together."""
    asked: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    for order, decision, _ in planned:
        if order.kind == "set":
            asked.setdefault(decision["incident_id"], {})[order.column] = parse_value(order.column, order.value)[0]
            places.setdefault(decision["incident_id"], order.where)
    faults = []
    for incident_id, values in asked.items():
        (row,) = ask(con, "FROM incident WHERE incident_id = $id", {"id": incident_id}).to_dicts()
        try:
            check_state(row, values)
        except ValueRefusedError as error:
            faults.append(f"{places[incident_id]}incident {incident_id}: {error}")
    return faults


def _write(con: duckdb.DuckDBPyConnection, plans: Sequence[tuple[Row, list[Row]]], at: dt.datetime) -> None:
    """Write decisions in the order in which they were asked for: the later one wins."""
    last = con.sql("SELECT max(decided_at) FROM decision").fetchall()[0][0]
    start = max(at, last + dt.timedelta(microseconds=1)) if last else at
    decisions = [{**row, "incident_id": None, "decided_at": start + dt.timedelta(microseconds=n)} for n, (row, _) in enumerate(plans)]
    write_decisions(con, decisions, [report for _, reports in plans for report in reports])
