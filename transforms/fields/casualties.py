"""How many were killed, injured, missing, abducted: the toll of one event from the casualty mentions of its scope.

Rule: the first stated number of the event is its count; a later one revises it when it speaks of a toll that moved, or
when it is the same harm told again with more. Parts ("including three children") never add, lists do. A single
unnumbered victim counts one only where no number is stated. Vague words give bounds and no best number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Any

from transforms.casualty_ages import find_minors
from transforms.casualty_counts import UNNUMBERED, Count, sum_mentions
from transforms.casualty_further import OTHERS, add_further
from transforms.document import Document
from transforms.place_context import find_place_context
from transforms.records import CasualtyMention, Finding, Scope

_LEAD = 5  # sentences: headline and the first four, where news says how many
_OF_HURT = re.compile(r" of (?:them|whom|the (?:wounded|injured|victims))\b")
_LONGEST_NATION = 24  # letters
_HOME_SHARE = 0.5  # of the votes for a country
_BESIDE = 3  # sentences
_ROUND = 10
_ROUNDED = frozenset({"number.more_than", "number.about"})
_MOST_SPANS = 8  # places of one text that a reconciled number quotes
_GROWTH = 4  # a toll that is more than this many times higher counts something else
_INFERRED = frozenset({"children", "attackers"})  # groups that are told by more than a mention of that group
EFFECTS = ("killed", "injured", "missing", "abducted")
_COLUMN_OF_GROUP = {
    ("killed", "children"): "children_killed",
    ("injured", "children"): "children_injured",
    ("killed", "women"): "women_killed",
    ("killed", "civilians"): "civilians_killed",
    ("killed", "security"): "security_killed",
    ("killed", "attackers"): "attackers_killed",
}


# A later sentence that gives another number for the same event says so.
_CONTRARY = re.compile(
    r"\b(?:however|but|although|though|contrary|other (?:sources?|reports?|accounts?|estimates?|witnesses)"
    r"|(?:another|separate|subsequent|further) (?:source|report|account)s?"
    r"|same (?:incident|attack)|witness(?:es)?|residents?|locals|villagers|claimed|claims|alleged|put the|placed the|estimated|later"
    r"|updated|revised|unofficial)\b"
)
_REVISED = re.compile(r"\b(?:revis(?:ed|es|ing)|correct(?:ed|s|ing)|lower(?:ed|s|ing)|reduc(?:ed|es|ing)|scal(?:ed|ing) (?:back|down)) ")
_FORMER = re.compile(
    r"\b(?:earlier|previously|initially|originally|at first) (?:[\w'-]+ ){0,2}?(?:said|put|gave|given|reported|stated|counted|told)\b"
    r"|\b(?:earlier|previous|initial|first|preliminary) (?:death |casualty )?(?:toll|figure|count|estimate|reports?|statement|tally)\b"
)
_NEAR_TOLL = 40  # characters before a toll in which the verb that revises it stands
_AGAINST = re.compile(
    r"\b(?:although|though|but|while|whereas|however)\b[^.;]{0,60}\b(?:said|says|claim\w*|put|reported|alleged|estimated|counted|accounts?|sources?)\b"
)


def find_casualties(doc: Document, scope: Scope, mentions: Sequence[CasualtyMention]) -> list[Finding]:
    """Return the findings of all toll columns of one event; a column without finding is NULL: not stated."""
    inside = set(scope.sentences)
    own = [m for m in mentions if m.sentence in inside and not m.uncertain and (scope.is_aggregate or not m.aggregate)]
    out: list[Finding] = []
    if not own:
        return out
    attackers = _attackers(own)
    killed = choose_count(doc, scope, _totals(own, "killed", attackers)) or _died_of_wounds(doc, own)
    for effect in EFFECTS:
        count = killed if effect == "killed" else choose_count(doc, scope, _totals(own, effect, attackers))
        if effect == "killed" and count is not None:
            count = _without_attackers(count, own, attackers)
        if effect == "injured" and count is not None:
            count = _without_killed(doc, count, killed)
        if count is None and effect in {"killed", "injured"}:
            count = _stated_none(own)
        if count is not None:
            out += _findings(effect, count)
    told = {(m.effect, m.group) for m in own}
    for (effect, group), column in _COLUMN_OF_GROUP.items():
        if group not in _INFERRED and (effect, group) not in told:
            continue
        groups = attackers if group == "attackers" else {group}
        count = _choose_part(doc, scope, _parts(own, effect, groups))
        if (effect, group) == ("killed", "children"):
            count = count or _only_victim(own, killed)
            if count is None or all(m.quantity.rule == "number.one" for m in count.mentions):
                named = _named_minors(doc, scope, own, killed)
                count = named if named is not None and (count is None or named.size > count.size) else count
        if count is not None:
            out += _findings(column, count)
    return _consistent(out)


def _died_of_wounds(doc: Document, own: Sequence[CasualtyMention]) -> Count | None:
    """Return how many of the injured died, where the text tells no other dead: "six were wounded; two of them succumbed"."""
    hurt = next((m for m in own if m.effect == "injured" and not m.subset and m.quantity.best != 0), None)
    if hurt is None:
        return None
    dead = [m for m in own if m.effect == "killed" and m.subset and m.span.start > hurt.span.start and m.quantity.best]
    return next((sum_mentions([m]) for m in dead if _OF_HURT.match(doc.folded, m.quantity.span.end)), None)


def _stated_none(own: Sequence[CasualtyMention]) -> Count | None:
    """Read "no casualties": it states none killed and none injured, where nothing else is said of either."""
    none = [m for m in own if m.effect == "casualties" and m.quantity.best == 0]
    return sum_mentions(none[:1]) if none else None


def _attackers(own: Sequence[CasualtyMention]) -> set[str]:
    """Fighters are the perpetrators where the event has other victims too; else they are its victims."""
    others = any(
        m.group not in {"attackers", "fighters"} and not m.subset and m.effect in {"killed", "injured"} and m.quantity.best != 0
        for m in own
    )
    return {"attackers", "fighters"} if others else {"attackers"}


def _without_attackers(count: Count, own: Sequence[CasualtyMention], attackers: set[str]) -> Count:
    """Count perpetrators apart: "five people including a suicide bomber were killed" = 4 killed, in the headline too."""
    told = {m.quantity.best for m in count.mentions}
    harms = {m.harm for m in count.mentions} | {m.harm for m in own if m.effect == "killed" and m.quantity.best in told}
    parts = [m for m in own if m.subset and m.group == "attackers" and m.harm in harms and m.quantity.best]
    parts = parts or _attackers_in_sum(count, own, attackers)
    less = parts[0].quantity.best if parts else 0
    if not less or count.best is None or count.best <= less:
        return count
    low, high = (n - less if n is not None else None for n in (count.low, count.high))
    return Count(low, count.best - less, high, count.quantifier, (*count.mentions, parts[0]))


def _attackers_in_sum(count: Count, own: Sequence[CasualtyMention], attackers: set[str]) -> list[CasualtyMention]:
    """Return the attackers that a toll counts too, for they and the others add up to it: 50 killed, "33 militants", "17 civilians"."""
    told = [m for m in own if m.group in attackers and m.effect == "killed" and not m.subset and m.quantity.rule not in UNNUMBERED]
    if not told:
        return []
    others = {c.best for c in _totals(own, "killed", attackers) if any(m.quantity.rule not in UNNUMBERED for m in c.mentions)}
    return [m for m in told if m.quantity.best and (count.best or 0) - m.quantity.best in others - {0}][:1]


def _without_killed(doc: Document, count: Count, killed: Count | None) -> Count | None:
    """Count who was shot and is not dead as injured: "six people were shot, one fatally" = 5; None when nobody is left."""
    if not any(m.rule.endswith(".shot") for m in count.mentions) or killed is None or not killed.size or killed.best is None:
        return count
    if any(OTHERS.match(doc.folded, m.quantity.span.end) for m in count.mentions):
        return count  # "officer killed, two others shot"
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
    return [sum_mentions(_listed(group)) for group in by_harm.values()]


def _parts(own: Sequence[CasualtyMention], effect: str, groups: Set[str]) -> list[Count]:
    """Return one candidate per harm word for a group: its mentions of that group added up ("ten children and an infant")."""
    by_harm: dict[tuple[int, bool], list[CasualtyMention]] = {}
    for mention in own:
        if mention.effect == effect and mention.group in groups:
            by_harm.setdefault((mention.harm, mention.subset), []).append(mention)
    return [sum_mentions(_members(group)) for group in by_harm.values()]


def _members(group: Sequence[CasualtyMention]) -> Sequence[CasualtyMention]:
    """Return the first mention of a group and the single ones behind it; a further number is part of it ("one of them an infant")."""
    rest = group[1:]
    is_list = all(m.additive for m in group[:-1])  # "seven soldiers, three policemen and a guard were killed"
    if group[0].quantity.best is None or (not is_list and any(m.quantity.rule != "number.one" for m in rest)):
        return group[:1]
    return group


def _choose_part(doc: Document, scope: Scope, counts: Sequence[Count]) -> Count | None:
    """Return the count that stands for a group; one single member yields to a number of them told as a part of the toll."""
    chosen = choose_count(doc, scope, counts)
    if chosen is None or chosen.size > 1:
        return chosen
    return next((c for c in counts if c.is_numbered and c.size > 1 and all(m.subset for m in c.mentions)), chosen)


def _only_victim(own: Sequence[CasualtyMention], killed: Count | None) -> Count | None:
    """Count the one dead as a child where the one who was shot is a child: "a boy of nine was shot; he died in hospital"."""
    shot = [m for m in own if m.rule.endswith(".shot") and m.effect == "injured" and not m.subset]
    hurt = [m for m in own if m.effect == "injured" and not m.rule.endswith(".shot") and m.quantity.best != 0 and m.group != "children"]
    if (
        killed is None
        or killed.best != 1
        or hurt
        or not shot
        or any(m.quantity.best != 1 or m.group not in {"children", "all"} for m in shot)
    ):
        return None
    children = [m for m in shot if m.group == "children"]
    return Count(1, 1, 1, "exact", (children[0], *killed.mentions)) if children else None


def _named_minors(doc: Document, scope: Scope, own: Sequence[CasualtyMention], killed: Count | None) -> Count | None:
    """Count the dead that are told by name with an age below 18, where no number of children is stated: at least so many."""
    if killed is None or not killed.size:
        return None
    minors = find_minors(doc, scope.sentences, own)
    if not minors or len(minors) > killed.size:
        return None
    count = len(minors)
    return Count(count, count, None if killed.size > count else count, "at_least", tuple(minors[:_MOST_SPANS]))


def _listed(group: Sequence[CasualtyMention]) -> list[CasualtyMention]:
    """Return the items of a list; vague items ("and several others") count only where nothing exact stands beside them."""
    exact = [m for m in group if m.quantity.quantifier != "vague"]
    return exact or list(group[:1])


def choose_count(doc: Document, scope: Scope, counts: Sequence[Count]) -> Count | None:
    """Return the count that stands for the event, or None.

    The first number of the lead (headline and first sentences) counts; where the lead has none, a single victim named
    there; only then a number further down. A later toll statement that is higher revises a number of the body: headlines
    are already up to date. Words that count ("shot") yield to those that say what came of it.
    """
    if not counts:
        return None
    lead = set(scope.sentences[:_LEAD])
    plain = _plain([c for c in counts if not _is_former(doc, c)] or counts)
    exact = [c for c in plain if c.is_numbered and c.quantifier != "vague" and c.size > 0]
    in_lead = [c for c in exact if c.sentence in lead]
    single = [c for c in plain if not c.is_numbered and c.best is not None]
    in_lead = in_lead or [c for c in single if c.sentence in lead][:1]
    pool = in_lead or exact or [c for c in plain if c.is_numbered and c.size > 0] or single or [c for c in plain if c.is_numbered] or plain
    if not pool:
        return None
    chosen = _most_exact(pool[0], exact)
    if chosen.is_of_some:  # "killed nine children ... in all, 20 people were killed": the part was told first
        chosen = next((c for c in exact if not c.is_of_some and chosen.size < c.size <= _GROWTH * chosen.size), chosen)
    if len(exact) > 1 and _is_of_guests(doc, chosen):  # "a dozen Americans were among the 270 wounded"
        near = [c for c in exact if c.sentence in lead or abs(c.sentence - chosen.sentence) < _BESIDE]
        chosen = next((c for c in near if c.size > chosen.size and not _is_of_guests(doc, c)), chosen)
    if doc.in_title(chosen.mentions[0].span.start):
        return chosen
    for later in pool:
        # "A man died, bringing the death toll to 31": said in one breath it is the same event, however far it has grown.
        is_bound = later.size <= _GROWTH * chosen.size or (later.is_toll and later.sentence == chosen.sentence)
        if later.sentence >= chosen.sentence and chosen.size < later.size and is_bound:
            if later.is_toll:
                chosen = later
            elif _is_contrary(doc, later) if later.sentence > chosen.sentence else _is_set_against(doc, chosen, later):
                chosen = _between(chosen, later)
    return add_further(doc, _revised_down(doc, chosen, exact), plain)


def _is_former(doc: Document, count: Count) -> bool:
    """Tell whether a number is given as what was said before: "initially reported 20 dead", "an earlier toll of 20"."""
    span = count.mentions[0].span
    start = doc.sentences[count.sentence].start
    return _FORMER.search(doc.folded, max(start, span.start - _NEAR_TOLL), span.end) is not None


def _revised_down(doc: Document, chosen: Count, counts: Sequence[Count]) -> Count:
    """Return the lower toll that a later sentence puts in the place of an earlier one: "police later revised the toll to nine"."""
    for later in counts:
        if later.is_toll and chosen.sentence < later.sentence and chosen.size / _GROWTH < later.size < chosen.size:
            at = later.mentions[0].span
            start = doc.sentences[later.sentence].start
            if _REVISED.search(doc.folded, max(start, at.start - _NEAR_TOLL), at.end):
                return later
    return chosen


def _is_of_guests(doc: Document, count: Count) -> bool:
    """Tell whether a count is of the members of one nation that the text does not mainly speak of: "12 Americans" in Brussels."""
    at = count.mentions[0].quantity.span.end + 1
    nations = (t for t in doc.terms_in("demonyms", at, at + _LONGEST_NATION) if t.start == at and doc.folded[t.end - 1] == "s")
    return any(find_place_context(doc).countries.get(t.entry["country_iso2"], 0.0) < _HOME_SHARE for t in nations)


def _most_exact(chosen: Count, counts: Sequence[Count]) -> Count:
    """Return the exact number that a rounded one stands for: "more than 30 were killed" is 31 where the text says "at least 31"."""
    rule, size = chosen.mentions[0].quantity.rule, chosen.best or 0
    if len(chosen.mentions) > 1 or rule not in _ROUNDED or size < _ROUND or size % _ROUND:
        return chosen
    near = range(size + 1, size + _ROUND)
    effect, group = chosen.mentions[0].effect, chosen.mentions[0].group
    return next(
        (c for c in counts if c.best in near and len(c.mentions) == 1 and (c.mentions[0].effect, c.mentions[0].group) == (effect, group)),
        chosen,
    )


def _plain(counts: Sequence[Count]) -> list[Count]:
    """Return the counts that say what came of the victims; with those that only tell of shots where one of these states a number first."""
    told = [c for c in counts if not any(m.rule.endswith(".shot") for m in c.mentions)]
    if not any(c.size for c in told):
        return list(counts)
    if any(c.is_numbered and c.size for c in told):
        return told
    shot = [c for c in counts if c.sentence <= told[0].sentence and c.is_numbered and any(m.rule.endswith(".shot") for m in c.mentions)]
    return [*shot, *told]


def _is_contrary(doc: Document, count: Count) -> bool:
    """Tell whether a sentence sets its number against an earlier one: another source, or a later hour."""
    return doc.search(_CONTRARY, doc.sentences[count.sentence]) is not None


def _is_set_against(doc: Document, first: Count, later: Count) -> bool:
    """Tell whether one sentence sets two sources against each other: "police said two died, although villagers counted ten"."""
    between = first.mentions[-1].span.end, later.mentions[0].span.start
    return between[0] < between[1] and _AGAINST.search(doc.folded, *between) is not None


def _between(lower: Count, higher: Count) -> Count:
    """Reconcile two numbers of two sources: they bound the toll; the higher is its best, as tolls rise more often than fall."""
    return Count(
        lower.low if lower.low is not None else lower.best,
        higher.best,
        higher.high,
        "range",
        (*higher.mentions, *lower.mentions)[:_MOST_SPANS],
    )


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
