"""Human decisions over what the rule matched: merge, split, discard. Pure, and the same however often it is applied.

    memberships of the rule -> parts -> each decision in the order of its time -> memberships, and how each decision stands

A decision hangs on reports, never on ids of incidents, which change as older reports arrive. It finds its reports again by
the article's address, in every version of the article, and by what the event was where the order of events changed.
Decisions on different incidents do not see each other; of two on the same thing the later one wins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from transforms.agreement import ReportKey, score_of, weigh
from transforms.decision_records import Decision, ReportRef, Standing, find_named
from transforms.match import Membership, Reasons, explain
from transforms.rematch import Window, window_of
from transforms.report_groups import specificity
from transforms.rows import make_id
from transforms.spots import judge_left_out


@dataclass(frozen=True, slots=True)
class Decided:
    """What is true after all decisions: memberships, how each decision stands, reports left out because a person said so."""

    memberships: list[Membership]
    standings: list[Standing]
    discarded: frozenset[str]

    def within(self, report_ids: Collection[str]) -> Decided:
        """Return what of it is about these reports; how decisions stand stays as it is."""
        rows = [row for row in self.memberships if row.report_id in report_ids]
        return Decided(rows, self.standings, frozenset(r for r in self.discarded if r in report_ids))


def make_decision_id(action: str, subject: ReportRef, others: Iterable[ReportRef], column: str | None, value: str | None) -> str:
    """Return the id of a decision: what is decided on which events; the same decision taken again has the same id."""
    named = sorted((ref.canonical_url, ref.ordinal) for ref in others)
    about = [(subject.canonical_url, subject.ordinal), *named]
    if action == "merge":
        about.sort()  # neither side comes first
    return make_id("decision", action, about, column, value)


def find_active(decisions: Iterable[Decision], fresh: Iterable[ReportKey], named: Mapping[str, Sequence[ReportKey]]) -> set[str]:
    """Return the decisions that must be applied when these reports are matched, because they touch the same days.

    Args:
        decisions: All decisions that may still be in force.
        fresh: Reports to match.
        named: The reports that each decision names, as far as they are there; one without any is always looked at.

    Returns:
        Their ids. What they name is to be matched, too: a decision joins incidents of distant days.
    """
    waiting = {d.decision_id for d in decisions if named.get(d.decision_id)}
    active = {d.decision_id for d in decisions} - waiting
    ids, keys = {report.report_id for report in fresh}, list(fresh)
    windows: list[Window] = window_of(keys)
    while reached := {d for d in waiting if any(k.report_id in ids or _is_within(k, windows) for k in named[d])}:
        active |= reached
        waiting -= reached
        keys += [key for decision_id in reached for key in named[decision_id]]
        windows = window_of(keys)
    return active


def _is_within(report: ReportKey, windows: Iterable[Window]) -> bool:
    first, last = report.days
    return any(report.country_iso3 == w.country_iso3 and first <= w.last_on and last >= w.first_on for w in windows)


def apply_decisions(memberships: Sequence[Membership], reports: Iterable[ReportKey], decisions: Iterable[Decision]) -> Decided:
    """Return what the rule matched, corrected by the decisions.

    Args:
        memberships: What the rule matched; not what an earlier correction made of it.
        reports: The reports it matched, those left out among them.
        decisions: Decisions to apply, in any order; undone ones only have their standing told.
    """
    keys = {report.report_id: report for report in reports}
    ordered = sorted(decisions, key=lambda d: (d.decided_at, d.decision_id))
    undone = [Standing(d.decision_id, "undone", None, 0) for d in ordered if d.is_undone]
    in_time = [d for d in ordered if not d.is_undone]
    if not in_time:
        return Decided(list(memberships), undone, frozenset())
    ledger = _Ledger(memberships, keys)
    for decision in in_time:
        ledger.apply(decision)
    ids, rows = ledger.settle()
    standings = [*undone, *ledger.judge(in_time, ids)]
    return Decided(rows, sorted(standings, key=lambda s: s.decision_id), frozenset(ledger.discarded()))


@dataclass(slots=True)
class _Part:
    """Reports that are one incident, or none when a person discarded it. `incident_id` is the rule's, until the part changes."""

    reports: set[str]
    incident_id: str | None = None
    is_discarded: bool = False


class _Ledger:
    """Parts and decisions, one after the other."""

    def __init__(self, memberships: Sequence[Membership], keys: Mapping[str, ReportKey]) -> None:
        self.keys = keys
        self.rows = {row.report_id: row for row in memberships}
        self.by_hand: dict[str, Decision] = {}
        self.named: dict[str, tuple[list[str], list[str]]] = {}
        self.part_of: dict[str, _Part] = {}
        self._urls: dict[str, list[ReportKey]] = {}
        for key in keys.values():
            self._urls.setdefault(key.canonical_url, []).append(key)
        parts: dict[str, _Part] = {}
        for row in memberships:
            part = self.part_of[row.report_id] = parts.setdefault(row.incident_id, _Part(set(), row.incident_id))
            part.reports.add(row.report_id)

    def apply(self, decision: Decision) -> None:
        """Apply one decision to what the earlier ones left."""
        subject, other = self._find(decision.subject, decision.other)
        self.named[decision.decision_id] = subject, other
        if decision.action == "merge" and subject and other:
            self._merge(decision, self._standing_for(subject), self._standing_for(other))
        elif decision.action == "split" and subject and other:
            # What the rule leaves out by now (a summary, say) is apart already: a split opens no incident from it.
            self._split(decision, set(subject), {r for r in other if r in self.part_of})
        elif decision.action == "discard" and subject:
            self._discard(subject)

    def _standing_for(self, named: Sequence[str]) -> str:
        """Return the report that stands for all: the first one that belongs to an incident, else the first."""
        return next((report_id for report_id in named if report_id in self.part_of), named[0])

    def _find(self, subject: Sequence[ReportRef], other: Sequence[ReportRef]) -> tuple[list[str], list[str]]:
        """Return the reports that each side names. An exact reference of one side goes before a fallback of the other one."""
        exact = {(ref.article_id, ref.ordinal) for ref in subject} if other else set()
        sides: list[list[str]] = []
        for refs, kept_out in ((subject, set[str]()), (other, exact)):
            found: dict[str, None] = {}
            for ref in refs:
                for key in find_named(ref, self._urls.get(ref.canonical_url, ())):
                    is_exact = (key.article_id, key.ordinal) == (ref.article_id, ref.ordinal)
                    if is_exact or (key.article_id, key.ordinal) not in kept_out:
                        found[key.report_id] = None
            sides.append(list(found))
        mine = set(sides[1])
        return [report_id for report_id in sides[0] if report_id not in mine], sides[1]

    def _part(self, report_id: str) -> _Part:
        """Return a report's part; one that the rule left out gets a part of its own."""
        return self.part_of.setdefault(report_id, _Part({report_id}))

    def _unite(self, parts: Iterable[_Part]) -> None:
        distinct = list({id(part): part for part in parts}.values())
        if len(distinct) < 2:
            return
        whole = _Part(set().union(*(part.reports for part in distinct)), None, all(part.is_discarded for part in distinct))
        for report_id in whole.reports:
            self.part_of[report_id] = whole

    def _merge(self, decision: Decision, one: str, other: str) -> None:
        kept, joining = self._part(one), self._part(other)
        self.by_hand |= dict.fromkeys({other} if kept is joining else joining.reports, decision)
        self._unite((kept, joining))

    def _split(self, decision: Decision, subject: set[str], other: set[str]) -> None:
        """Take the other reports out of every part that holds some of the subject; they and what goes with them are one incident."""
        pieces: list[_Part] = []
        for part in {id(self._part(r)): self._part(r) for r in sorted(other)}.values():
            stay, leave = part.reports & subject, part.reports & other
            if not stay:
                pieces.append(part)
                continue
            leave |= {r for r in part.reports - stay - leave if self._goes_with(r, leave, stay)}
            part.reports -= leave
            part.incident_id = None
            piece = _Part(leave)
            self.part_of |= dict.fromkeys(leave, piece)
            self.by_hand |= dict.fromkeys(leave, decision)
            pieces.append(piece)
        self._unite(pieces)

    def _goes_with(self, report_id: str, leave: set[str], stay: set[str]) -> bool:
        """Tell whether a report that came after the split goes with those that leave: the same text does, then what is more like them."""
        report = self.keys[report_id]

        def is_text_of(side: set[str]) -> bool:
            return any((self.keys[r].story_url, self.keys[r].ordinal) == (report.story_url, report.ordinal) for r in side)

        def likeness(side: set[str]) -> float:
            return max((-1.0 if (score := score_of(weigh(self.keys[r], report))) is None else score) for r in side)

        leaves, stays = is_text_of(leave), is_text_of(stay)
        return leaves if leaves != stays else likeness(leave) > likeness(stay)

    def _discard(self, subject: Sequence[str]) -> None:
        named, first = set(subject), self._standing_for(subject)
        for part in {id(self._part(r)): self._part(r) for r in subject}.values():
            # Reports that nobody judged stay, unless they joined the incident itself since.
            if first in part.reports or part.reports <= named:
                part.is_discarded = True

    def discarded(self) -> Iterator[str]:
        """Yield the reports that a person discarded."""
        return (report_id for report_id, part in self.part_of.items() if part.is_discarded)

    def settle(self) -> tuple[dict[str, str], list[Membership]]:
        """Return the incident of each report, and the memberships in the order of the rule's."""
        ids: dict[str, str] = {}
        rows: list[Membership] = []
        for part in {id(part): part for part in self.part_of.values() if not part.is_discarded}.values():
            incident_id = part.incident_id or self._incident_id(part.reports)
            ids |= dict.fromkeys(part.reports, incident_id)
            rows += self._rows_of(part, incident_id)
        return ids, sorted(rows, key=lambda row: (row.incident_id, self.keys[row.report_id].age_key))

    def _incident_id(self, reports: Collection[str]) -> str:
        told = [self.keys[report_id] for report_id in reports]
        founder = min([r for r in told if r.is_tight and judge_left_out(r) is None] or told, key=lambda r: r.age_key)
        return make_id("incident", founder.report_id)

    def _rows_of(self, part: _Part, incident_id: str) -> Iterator[Membership]:
        """Yield the memberships of a part; where the report that the rule compared with left, the others are compared anew."""
        by_rule = sorted(part.reports - self.by_hand.keys())
        anchor: ReportKey | None = None
        if by_rule and not any("anchor" in self.rows[r].reasons for r in by_rule if r in self.rows):
            anchor = min((self.keys[r] for r in by_rule), key=lambda r: (-specificity(r), *r.age_key))
        for report_id in sorted(part.reports):
            key = self.keys[report_id]
            if (decision := self.by_hand.get(report_id)) is not None:
                why: Reasons = {"decision": {"value": f"{decision.action} {decision.decision_id}: {decision.reason}", "contribution": 1.0}}
                yield Membership(report_id, incident_id, 1.0, why, "human")
            elif anchor is not None or report_id not in self.rows:
                yield Membership(report_id, incident_id, *explain(anchor or key, key, "left by a decision"))
            else:
                row = self.rows[report_id]
                yield Membership(report_id, incident_id, row.score, row.reasons, row.decided_by)

    def judge(self, decisions: Sequence[Decision], ids: Mapping[str, str]) -> Iterator[Standing]:
        """Yield how each decision stands at the end."""
        setting: dict[tuple[str | None, str | None], str] = {}  # the last decision on each column of each incident
        about = {d.decision_id: self._incident_of(*self.named[d.decision_id], ids) for d in decisions}
        setting |= {(about[d.decision_id], d.column_name): d.decision_id for d in decisions if d.action == "set"}
        for decision in decisions:
            incident_id = about[decision.decision_id]
            standing = self._standing(decision, *self.named[decision.decision_id])
            if decision.action == "set" and standing == "in_force":
                latest = setting[incident_id, decision.column_name] == decision.decision_id
                standing = "lost" if incident_id is None else "in_force" if latest else "overruled"
            yield Standing(decision.decision_id, standing, incident_id, self._n_reports(decision))

    def _n_reports(self, decision: Decision) -> int:
        named = [r for side in self.named[decision.decision_id] for r in side]
        return len(set().union(*(self.part_of[r].reports for r in named[:1] if r in self.part_of)))

    def _incident_of(self, subject: Sequence[str], other: Sequence[str], ids: Mapping[str, str]) -> str | None:
        return ids.get(self._standing_for(subject or other)) if subject or other else None

    def _standing(self, decision: Decision, subject: Sequence[str], other: Sequence[str]) -> str:
        if not subject or (decision.action in {"merge", "split"} and not other):
            return "lost"
        if decision.action == "discard":
            part = self.part_of.get(self._standing_for(subject))
            holds = part is None or part.is_discarded
        elif decision.action == "merge":
            holds = self._part(self._standing_for(subject)) is self._part(self._standing_for(other))
        else:
            stay, leave = ({id(self.part_of[r]) for r in side if r in self.part_of} for side in (subject, other))
            holds = not stay & leave
        return "in_force" if holds else "overruled"
