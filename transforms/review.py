"""What a person should look at, ranked by what is gained: people concerned x doubt.

    contested or withheld count   people: highest number said            doubt: (highest - lowest) / highest, at least 0.1
    unsure count                  people: the number                     doubt: 1 - confidence
    doubtful join                 people: killed and injured it tells    doubt: 1 - score
    possible duplicate            people: the smaller of the two tolls   doubt: nearness in place x in time x class x toll
    report left out               people: killed and injured it tells    doubt: 0.5
    decision that does not hold   people: 1                              doubt: 1

People count at least 1: an incident without numbers is still one. doubt is 0..1; 1 is a toss-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from transforms.agreement import class_feature, count_fit
from transforms.geo import distance_km

Row = Mapping[str, Any]
DOUBTFUL_SCORE = 0.6  # joins below it are shown
UNSURE_CONFIDENCE = 0.75  # counts read with less are shown: one in four of them is wrong
NEAR_KM, NEAR_DAYS = 50.0, 3
LEAST_DOUBT, DUPLICATE_DOUBT = 0.1, 0.15
WHY = '--reason "..."'


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that needs a person.

    Attributes:
        kind: contested, withheld, unsure, doubtful join, possible duplicate, left out, decision.
        people: People concerned.
        doubt: 0..1.
        says: What it is.
        incident_id: Incident; None: it belongs to none.
        commands: What settles it: one of them.
    """

    kind: str
    people: int
    doubt: float
    says: str
    incident_id: str | None
    commands: tuple[str, ...]

    @property
    def gain(self) -> float:
        """What a decision is expected to gain."""
        return self.people * self.doubt


def rank_matters(matters: Iterable[Matter]) -> list[Matter]:
    """Return matters, the greatest gain first; equal ones in a fixed order."""
    return sorted(matters, key=lambda m: (-m.gain, m.kind, m.incident_id or "", m.says))


def judge_counts(rows: Iterable[Row]) -> Iterator[Matter]:
    """Yield contested and withheld counts; rows of review/contested.sql."""
    for row in rows:
        highest, lowest = row["highest"] or 0, row["lowest"] or 0
        kind = "withheld" if row["is_withheld"] else "contested"
        said = f"{row['toll']}: {lowest} to {highest} are said, {'none' if row['count_best'] is None else row['count_best']} is shown"
        doubt = max(LEAST_DOUBT, (highest - lowest) / highest if highest else 0.0)
        command = f"vigil review set {row['incident_id']} {row['toll']}_best NUMBER {WHY}"
        yield Matter(kind, max(1, highest), round(doubt, 3), said, row["incident_id"], (command,))


def judge_confidence(rows: Iterable[Row]) -> Iterator[Matter]:
    """Yield counts that rest on one unsure reading; rows of review/low_confidence.sql."""
    for row in rows:
        says = (
            f'{row["toll"]}: {row["count_best"]} was read from "{row["words"] or ""}" with confidence {row["confidence"]:.2f}, {row["url"]}'
        )
        command = f"vigil review set {row['incident_id']} {row['toll']}_best NUMBER {WHY}"
        yield Matter("unsure", max(1, row["count_best"]), round(1 - row["confidence"], 3), says, row["incident_id"], (command,))


def judge_joins(rows: Iterable[Row]) -> Iterator[Matter]:
    """Yield doubtful joins; rows of review/doubtful_joins.sql."""
    for row in rows:
        says = f"{row['url']} joined with {row['score']:.2f}"
        commands = tuple(
            f"vigil review {words} {row['report_id']} {WHY}"
            for words in (f"merge {row['incident_id']}", f"split {row['incident_id']} --report")
        )
        yield Matter("doubtful join", max(1, row["people"]), round(1 - row["score"], 3), says, row["incident_id"], commands)


def judge_neighbours(rows: Iterable[Row]) -> Iterator[Matter]:
    """Yield pairs that may be one incident; rows of review/neighbours.sql."""
    for row in rows:
        km = distance_km(row["one_latitude"], row["one_longitude"], row["other_latitude"], row["other_longitude"])
        kind = class_feature(row["one_class"], row["other_class"])
        if kind is None or km > NEAR_KM:
            continue
        nearness = (1 - km / (2 * NEAR_KM)) * (1 - row["days"] / (NEAR_DAYS + 1))
        alike = 1.0 if row["one_class"] == row["other_class"] else 0.6
        doubt = nearness * alike * _toll_fit(row)
        if doubt < DUPLICATE_DOUBT:
            continue
        people = min(sum(row[f"{side}_{harm}"] or 0 for harm in ("killed", "injured")) for side in ("one", "other"))
        says = f"{row['other']} is {km:.0f} km and {row['days']} days away ({row['one_place']}, {row['other_place']})"
        commands = tuple(f"vigil review {words} {row['other']} {WHY}" for words in (f"merge {row['one']}", f"split {row['one']} --report"))
        yield Matter("possible duplicate", max(1, people), round(doubt, 3), says, row["one"], commands)


def _toll_fit(row: Row) -> float:
    """Return how well two tolls go together, 0..1: equal 1, not comparable 0.5."""
    fits = [
        max(count_fit(row[f"one_{harm}"], row[f"other_{harm}"]), count_fit(row[f"other_{harm}"], row[f"one_{harm}"]))
        for harm in ("killed", "injured")
        if row[f"one_{harm}"] is not None and row[f"other_{harm}"] is not None
    ]
    return max(0.0, min(1.0, sum(fits) / len(fits))) if fits else 0.5


def judge_left_out(rows: Iterable[Row]) -> Iterator[Matter]:
    """Yield reports that several incidents fit; rows of review/left_out.sql."""
    for row in rows:
        says = f"{row['url']} tells of an event and belongs to no incident"
        commands = tuple(f"vigil review merge {incident_id} {row['report_id']} {WHY}" for incident_id in row["incidents"])
        yield Matter("left out", max(1, row["people"]), 0.5, says, None, commands)


def judge_decisions(rows: Iterable[Row]) -> Iterator[Matter]:
    """Yield decisions that do not hold; rows of review/decisions.sql."""
    for row in rows:
        told = {
            "overruled": "a later decision says otherwise",
            "lost": "its reports are gone or belong to no incident",
            "in_force": f"it leaves out {row['n_reports']} reports, {row['n_reports'] - row['n_named']} of them joined since",
        }[row["standing"]]
        what = f"{row['action']} {row['column_name'] or ''}".strip()
        says = f"decision {row['decision_id']} ({what}) {row['standing'].replace('_', ' ')}: {told}"
        yield Matter("decision", 1, 1.0, says, row["incident_id"], (f"vigil review undo {row['decision_id']} {WHY}",))
