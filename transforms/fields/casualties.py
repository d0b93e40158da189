"""How many were killed, injured, missing, abducted: the toll of one event from the casualty mentions of its scope.

Rule: the first stated number of the event is its count; a later one revises it when it speaks of a toll that moved, or
when it is the same harm told again with more. Parts ("including three children") never add, lists do. A single
unnumbered victim counts one only where no number is stated. Vague words give bounds and no best number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transforms.document import Document
from transforms.records import CasualtyMention, Finding, Scope

_LEAD = 5  # sentences: headline and the first four, where news says how many
_GROWTH = 4  # a toll that is more than this many times higher counts something else
EFFECTS = ("killed", "injured", "missing", "abducted")
_UNNUMBERED = ("number.one", "number.plural")
_COLUMN_OF_GROUP = {
    ("killed", "children"): "children_killed",
    ("injured", "children"): "children_injured",
    ("killed", "women"): "women_killed",
    ("killed", "civilians"): "civilians_killed",
    ("killed", "security"): "security_killed",
    ("killed", "attackers"): "attackers_killed",
}


@dataclass(frozen=True, slots=True)
class Count:
    """One candidate for a column: what one sentence says of it, its list added up."""

    low: int | None
    best: int | None
    high: int | None
    quantifier: str
    mentions: tuple[CasualtyMention, ...]

    @property
    def is_numbered(self) -> bool:
        """A number or quantity word states it."""
        return any(m.quantity.rule not in _UNNUMBERED for m in self.mentions)

    @property
    def is_of_some(self) -> bool:
        """It counts children or women only."""
        return all(m.group in {"children", "women"} for m in self.mentions)

    @property
    def is_toll(self) -> bool:
        """It speaks of a toll, as it stands now."""
        return any(m.rule == "casualty.toll" for m in self.mentions)

    @property
    def sentence(self) -> int:
        """Number of the sentence that states it first."""
        return self.mentions[0].sentence

    @property
    def size(self) -> int:
        """The number to compare by; bounds where no best one is stated."""
        return self.best if self.best is not None else self.low or self.high or 0


def find_casualties(doc: Document, scope: Scope, mentions: Sequence[CasualtyMention]) -> list[Finding]:
    """Return the findings of all toll columns of one event; a column without finding is NULL: not stated."""
    inside = set(scope.sentences)
    own = [m for m in mentions if m.sentence in inside and not m.uncertain and (scope.is_aggregate or not m.aggregate)]
    out: list[Finding] = []
    attackers = _attackers(own)
    killed = choose_count(doc, scope, _totals(own, "killed", attackers))
    for effect in EFFECTS:
        count = killed if effect == "killed" else choose_count(doc, scope, _totals(own, effect, attackers))
        if effect == "killed" and count is not None:
            count = _without_attackers(count, own)
        if effect == "injured" and count is not None:
            count = _without_killed(count, killed)
        if count is None and effect in {"killed", "injured"}:
            count = _stated_none(own)
        if count is not None:
            out += _findings(effect, count)
    for (effect, group), column in _COLUMN_OF_GROUP.items():
        groups = attackers if group == "attackers" else {group}
        count = choose_count(doc, scope, [_sum([m]) for m in own if m.effect == effect and m.group in groups])
        if count is not None:
            out += _findings(column, count)
    return _consistent(out)


def _stated_none(own: Sequence[CasualtyMention]) -> Count | None:
    """Read "no casualties": it states none killed and none injured, where nothing else is said of either."""
    none = [m for m in own if m.effect == "casualties" and m.quantity.best == 0]
    return _sum(none[:1]) if none else None


def _attackers(own: Sequence[CasualtyMention]) -> set[str]:
    """Fighters are the perpetrators where the event has other victims too; else they are its victims."""
    others = any(m.group not in {"attackers", "fighters"} and not m.subset and m.effect in {"killed", "injured"} for m in own)
    return {"attackers", "fighters"} if others else {"attackers"}


def _without_attackers(count: Count, own: Sequence[CasualtyMention]) -> Count:
    """Count perpetrators apart: "five people including a suicide bomber were killed" = 4 killed."""
    harms = {m.harm for m in count.mentions}
    parts = [m for m in own if m.subset and m.group == "attackers" and m.harm in harms and m.quantity.best]
    less = parts[0].quantity.best if parts else 0
    if not less or count.best is None or count.best <= less:
        return count
    low, high = (n - less if n is not None else None for n in (count.low, count.high))
    return Count(low, count.best - less, high, count.quantifier, (*count.mentions, parts[0]))


def _without_killed(count: Count, killed: Count | None) -> Count | None:
    """Count who was shot and is not dead as injured: "six people were shot, one fatally" = 5; None when nobody is left."""
    if not any(m.rule.endswith(".shot") for m in count.mentions) or killed is None or not killed.size or killed.best is None:
        return count
    if count.best is None or count.best <= killed.best:
        return None
    low, high = (n - killed.best if n is not None else None for n in (count.low, count.high))
    return Count(low, count.best - killed.best, high, count.quantifier, (*count.mentions, *killed.mentions))


def _totals(own: Sequence[CasualtyMention], effect: str, attackers: set[str]) -> list[Count]:
    """Return one candidate per harm word, in order: its mentions that are no part of another, added up as one list."""
    by_harm: dict[int, list[CasualtyMention]] = {}
    for mention in own:
        if mention.effect == effect and not mention.subset and mention.group not in attackers:
            by_harm.setdefault(mention.harm, []).append(mention)
    return [_sum(_listed(group)) for group in by_harm.values()]


def _listed(group: Sequence[CasualtyMention]) -> list[CasualtyMention]:
    """Return the items of a list; vague items ("and several others") count only where nothing exact stands beside them."""
    exact = [m for m in group if m.quantity.quantifier != "vague"]
    return exact or list(group[:1])


def _sum(mentions: Sequence[CasualtyMention]) -> Count:
    """Add a list up; the sum is as exact as its least exact item."""
    quantities = [m.quantity for m in mentions]

    def total(values: Iterable[int | None]) -> int | None:
        listed = list(values)
        return None if None in listed else sum(v for v in listed if v is not None)

    order = ("vague", "range", "at_most", "at_least", "about", "exact")
    quantifier = min((q.quantifier for q in quantities), key=order.index)
    return Count(
        total(q.low for q in quantities), total(q.best for q in quantities), total(q.high for q in quantities), quantifier, tuple(mentions)
    )


def choose_count(doc: Document, scope: Scope, counts: Sequence[Count]) -> Count | None:
    """Return the count that stands for the event, or None.

    The first number of the lead (headline and first sentences) counts; where the lead has none, a single victim named
    there; only then a number further down. A later toll statement that is higher revises a number of the body: headlines
    are already up to date. Words that count ("shot") yield to those that say what came of it.
    """
    lead = set(scope.sentences[:_LEAD])
    plain = [c for c in counts if not any(m.rule.endswith(".shot") for m in c.mentions)] or list(counts)
    exact = [c for c in plain if c.is_numbered and c.quantifier != "vague" and c.size > 0]
    in_lead = [c for c in exact if c.sentence in lead]
    single = [c for c in plain if not c.is_numbered and c.best is not None and c.sentence in lead]
    pool = (
        in_lead or single[:1] or exact or [c for c in plain if c.is_numbered and c.size > 0] or [c for c in plain if c.is_numbered] or plain
    )
    if not pool:
        return None
    chosen = pool[0]
    if chosen.is_of_some:  # "killed nine children ... in all, 20 people were killed": the part was told first
        chosen = next((c for c in exact if not c.is_of_some and chosen.size < c.size <= _GROWTH * chosen.size), chosen)
    if not doc.in_title(chosen.mentions[0].span.start):
        for later in pool[1:]:
            if later.is_toll and chosen.size < later.size <= _GROWTH * chosen.size:
                chosen = later
    return chosen


def _findings(column: str, count: Count) -> list[Finding]:
    """Spell one count as its four columns, each with all spans it was read from."""
    values = {"min": count.low, "best": count.best, "max": count.high, "quantifier": count.quantifier}
    return [
        Finding(f"{column}_{part}", value, mention.span, mention.rule)
        for part, value in values.items()
        if value is not None
        for mention in count.mentions
    ]


_PARTS = (
    ("children_killed", "killed"),
    ("women_killed", "killed"),
    ("civilians_killed", "killed"),
    ("security_killed", "killed"),
    ("children_injured", "injured"),
)


def _consistent(findings: list[Finding]) -> list[Finding]:
    """Withhold a part that is larger than its whole: one of the two was misread, and a wrong number is worse than none."""
    values = {f.column: f.value for f in findings}
    bad = {part for part, whole in _PARTS if _exceeds(values, part, whole)}
    return [f for f in findings if f.column.rsplit("_", 1)[0] not in bad]


def _exceeds(values: Mapping[str, Any], part: str, whole: str) -> bool:
    """Tell whether any number of a part lies above the whole; a whole without number is no bound."""
    numbers = [values[f"{part}_{bound}"] for bound in ("min", "best", "max") if values.get(f"{part}_{bound}") is not None]
    bounds = [values[f"{whole}_{bound}"] for bound in ("max", "best", "min") if values.get(f"{whole}_{bound}") is not None]
    return bool(numbers and bounds) and max(numbers) > bounds[0]
