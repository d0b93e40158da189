"""An incident as a dossier that people read in a terminal: values, toll, who says what, sources, history."""

from __future__ import annotations

import datetime as dt
import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from flows.terminal import printable
from transforms.schemas import TOLL_EFFECTS
from warehouse.dossier import Dossier

Row = dict[str, Any]
WIDTH = 110


def dossier_json(dossier: Dossier) -> str:
    """Return the dossier as one JSON object."""
    return json.dumps(asdict(dossier), ensure_ascii=False, default=str, indent=1)


def dossier_text(dossier: Dossier) -> str:
    """Return the dossier as text, safe for a terminal, with a heading a part."""
    parts = {
        "Values": _value_lines(dossier), "Toll": _toll_lines(dossier), "Who says which number": _count_lines(dossier),
        "Who says what else": _statement_lines(dossier), "Sources": _source_lines(dossier),
        "Decisions": _decision_lines(dossier), "History": _history_lines(dossier),
    }  # fmt: skip
    lines = list(_head_lines(dossier))
    for title, body in parts.items():
        listed = list(body)
        if listed:
            lines += ["", title.upper(), *listed]
    return "\n".join(lines) + "\n"


def _head_lines(dossier: Dossier) -> Iterator[str]:
    row = dossier.incident
    where = ", ".join(str(row[name]) for name in ("place", "admin1", "country_iso3") if row[name]) or "place not known"
    what = " ".join(str(row[name]) for name in ("event_class", "weapon_class") if row[name]) or "kind not known"
    yield printable(f"{where} | {_days(row)} | {what}")
    yield f"incident {row['incident_id']}"
    for former in dossier.former_ids:
        yield f"  formerly {former['old_id']}, until {_time(former['changed_at'])}: {printable(former['reason'])}"
    yield f"{row['n_reports']} reports of {row['n_sources']} outlets, {row['n_independent_sources']} with their own text"
    yield f"first seen {_time(row['first_seen_at'])}, last changed {_time(row['last_changed_at'])}"
    if row["contested"]:
        yield f"CONTESTED: {', '.join(row['contested'])}"


def _value_lines(dossier: Dossier) -> Iterator[str]:
    for value in dossier.values:
        shown = ", ".join(map(str, value.value)) if isinstance(value.value, list) else value.value
        source = f'"{value.quote}" ({value.rule}; {value.url})' if value.quote else _without_words(value.rule)
        yield from _item(f"{value.column:<16} {shown}", source)


def _without_words(rule: str | None) -> str:
    return "set by a person, see DECISIONS" if rule == "decision" else "follows from several reports"


def _decision_lines(dossier: Dossier) -> Iterator[str]:
    for row in dossier.decisions:
        value = f" {row['column_name']} = {row['value'] or 'unknown'}" if row["column_name"] else ""
        taken = f"{_time(row['decided_at'])}  {row['action']}{value}, by {row['decided_by']}: {row['standing'] or 'waits for a match'}"
        undone = f"; undone {_time(row['undone_at'])} by {row['undone_by']}: {row['undone_reason']}" if row["undone_at"] else ""
        yield from _item(taken, f"{row['reason']} (decision {row['decision_id']}){undone}")


def _toll_lines(dossier: Dossier) -> Iterator[str]:
    row = dossier.incident
    for effect in TOLL_EFFECTS:
        low, best, high = (row[f"{effect}_{part}"] for part in ("min", "best", "max"))
        if (low, best, high) == (None, None, None):
            continue
        bounds = f"{'?' if low is None else low} to {'open' if high is None else high}"
        yield f"  {effect:<16} {'no single number' if best is None else best:<6} ({bounds}; {row[f'{effect}_quantifier'] or 'as stated'})"
    yield f"  by the rule {row['toll_rule']}"


def _count_lines(dossier: Dossier) -> Iterator[str]:
    for toll, rows in groupby(dossier.counts, key=lambda row: str(row["toll"])):
        yield f"  {toll}"
        for row in rows:
            count = "vague" if row["count_best"] is None else row["count_best"]
            standing = "" if row["is_current"] else ", not used now"
            standing += ", counts the other side's dead" if row["is_other_side"] else ""
            said = f'"{row["words"]}"' if row["words"] else "the report's own sum"
            yield from _item(f"  {_time(row['stated_at'])}  {count}  {_speaker(row)}{standing}", f"{said} {row['url']}")


def _statement_lines(dossier: Dossier) -> Iterator[str]:
    for row in dossier.statements:
        about = " ".join(f"{name} {row[name]}" for name in ("accuses", "denies") if row[name])
        general = ", of conduct in general" if row["is_general"] else ""
        channel = f" on {row['channel']}" if row["channel"] else ""
        head = f"{_time(row['as_of'])}  {row['claim_type']} {about}".rstrip()
        yield from _item(f"{head}: {_speaker(row)} {row['stance']}{channel}{general}", f'"{row["words"]}" {row["url"]}')


def _source_lines(dossier: Dossier) -> Iterator[str]:
    for row in dossier.sources:
        marks = [name for name in ("copy", "superseded") if row[f"is_{name}"]] + ([] if row["is_counted"] else ["not counted"])
        agency = [f"credits {row['wire_origin']}"] if row["wire_origin"] else []
        notes = ", ".join([row["role"], *marks, *agency])
        yield from _item(f"{_time(row['stated_at'])}  {row['outlet']}  {row['title'] or 'no headline'}", f"{row['url']} ({notes})")
        reasons = json.loads(row["reasons"])
        because = "; ".join(f"{name}: {reason['value']} ({reason['contribution']:+.2f})" for name, reason in reasons.items())
        yield from _folded(f"joined with {row['score']:.2f} by {row['decided_by']}: {because}", "      ")


def _history_lines(dossier: Dossier) -> Iterator[str]:
    before: Row = {}
    for row in dossier.versions:
        names = [name for name in row if name not in {"valid_from", "valid_to", "run_id", "incident_id"} and row[name] != before.get(name)]
        told = names if before else [n for n in ("killed_best", "injured_best", "place", "event_date_start") if row[n] is not None]
        moved = "; ".join(f"{name} {_moved(before.get(name), row[name], is_first=not before)}" for name in told)
        yield from _item(f"{_time(row['valid_from'])}  {moved or 'opened'}", "")
        before = row


def _moved(old: Any, new: Any, *, is_first: bool) -> str:
    return f"{new}" if is_first else f"{'nothing' if old is None else old} -> {'nothing' if new is None else new}"


def _speaker(row: Row) -> str:
    name = row["speaker"] or "the narrator"
    side = row.get("side") or row.get("speaker_side")
    details = ", ".join(str(part) for part in (row["speaker_role"], row["speaker_class"], side and f"speaks for {side}") if part)
    return f"{name} ({details})" if row["speaker"] else name


def _days(row: Row) -> str:
    start, end = row["event_date_start"], row["event_date_end"]
    return "day not known" if start is None else f"{start}" if start == end else f"{start} to {end}"


def _time(when: dt.datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else "time not known"


def _item(head: str, body: str) -> Iterator[str]:
    yield from _folded(head, "  ", more="    ")
    if body:
        yield from _folded(body, "      ")


def _folded(text: str, indent: str, more: str | None = None) -> Iterator[str]:
    yield from textwrap.wrap(
        printable(text), WIDTH, initial_indent=indent, subsequent_indent=more or indent, break_long_words=False, break_on_hyphens=False
    )
