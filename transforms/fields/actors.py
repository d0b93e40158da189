"""Who is said to have done it, what kind of party that is, how responsibility is stated, and whose side the victims are on.

Rule: each way in which a sentence names a party as acting counts (`party_roles.ROLE_WEIGHT`), more in the sentences that
tell the event first, more for named actors than for words such as "gunmen". A country with its weapon or forces stands
for its armed forces. Attribution sums up who says so; Vigil judges nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from weakref import WeakKeyDictionary

from transforms.deeds import Party, find_verdicts, read_clause
from transforms.document import Document
from transforms.fields.weapons import is_used
from transforms.lexicons import Lexicons
from transforms.party_roles import ROLE_WEIGHT, find_roles, find_victims
from transforms.records import ClaimRecord, Finding, Scope, Span

MOST_SENTENCES = 40  # of a scope are read for claims and blame
TOLD_BY = 20  # sentences of a scope; who did it is told by then, later ones only add claims and blame
_NAMED_FACTOR, _STATE_FACTOR, _CAPITAL_FACTOR = 1.2, 1.1, 0.5
# Who is behind a deed that names nobody, where the weapon's words imply a person: unidentified, and the rule says so.
_IMPLIED = {
    "small_arms": "unidentified gunmen", "sniper": "unidentified gunmen", "suicide_vest": "unidentified bomber",
    "ied_vehicle": "unidentified bombers", "ied_roadside": "unidentified bombers", "knife_blade": "unidentified attackers",
    "bomb": "unidentified bombers",
}  # fmt: skip
_SAYS_BEHIND = frozenset({"claim", "own_words", "blame", "suspected"})  # roles in which somebody says who was behind it
_NAMED_KINDS = frozenset({"named", "state"})
_LEADING = re.compile(
    r"^(?:(?:the|a|an|some|several|suspected|alleged|presumed|two|three|four|five|six|at least|\d[\d,]*(?!-)|group of|other|of)\s+)+",
    re.IGNORECASE,
)
_DENIES_PART = re.compile(
    r"\bden(?:ied|ies|y|ying)\b[^.;]{0,60}?\b(?:responsib\w+|involve\w+|role|carrying out|(?:being|was|were"
    r"|is) behind|having (?:carried|fired|launched|attacked|bombed)"
    r"|(?:it|they|its \w+) (?:had )?(?:carried|fired|launched|attacked|bombed|shelled|struck|was|were)|firing"
    r"|launching|link\w*|blame)\b"
    r"|\brejected (?:the )?(?:accusations?|allegations?|claims?|blame)\b"
)
_MUTUAL = re.compile(
    r"\b(?:blam\w+|accus\w+) each other\b|\btraded (?:blame|accusations)\b|\beach (?:side )?(?:blam\w+"
    r"|accus\w+) the other\b|\bboth sides (?:blam\w+|accus\w+)"
    r"|\bexchanged accusations\b|\bblamed one another\b"
)
_NO_CLAIM = re.compile(
    r"\b(?:no (?:group|one|organi[sz]ation|party|individual|militant group)\w*|nobody"
    r"|not (?:been )?)[^.;]{0,30}\b(?:claim\w*|taken|took) (?:of )?(?:responsib\w+|credit)?"
    r"|\bno (?:immediate )?claim of responsibility\b|\bit (?:was|is) not (?:immediately )?(?:clear|known) who\b"
)
_JUSTIFIED = re.compile(
    r"\b(?:army|military|forces|idf|ministry|coalition|air force|command"
    r"|spokes\w+)\b[^.;]{0,40}\bsaid\b[^.;]{0,40}\b(?:it|its \w+|the strike|they|we|troops|jets"
    r"|aircraft)\b[^.;]{0,30}"
    r"\b(?:struck|targeted|hit|carried out|attacked|eliminated)\b"
)
# Words that must stand in a sentence before its pattern is tried.
_SAID: dict[str, tuple[re.Pattern[str], tuple[str, ...]]] = {
    "deny": (_DENIES_PART, ("denied", "denies", "deny", "rejected")),
    "mutual": (_MUTUAL, ("each other", "accusations", "traded blame", "one another", "the other", "both sides")),
    "none": (_NO_CLAIM, ("claim", "credit", "clear who", "known who", " responsib")),
}


@dataclass(slots=True)
class Candidate:
    """One party with all that speaks for it."""

    name: str
    kind: str
    rank: str
    score: float = 0.0
    roles: dict[str, list[Span]] = field(default_factory=dict)


def find_actors(doc: Document, scope: Scope, claims: Sequence[ClaimRecord]) -> list[Finding]:
    """Return perpetrator, perpetrator_kind, attribution and victim_side of one event.

    Args:
        doc: The document.
        scope: The event's sentences.
        claims: What its speakers state of responsibility and denial; may be empty.
    """
    candidates: dict[str, Candidate] = {}
    victims: list[Party] = []
    verdicts = find_verdicts(doc, doc.sentences[scope.sentences[:MOST_SENTENCES][-1]].end) if len(scope.sentences) > TOLD_BY else set()
    for order, index in enumerate(scope.sentences[:MOST_SENTENCES]):
        if order >= TOLD_BY and index not in verdicts:
            continue
        clause = read_clause(doc, index)
        if clause is None or not clause.parties:
            continue
        place = 1.2 if index == scope.anchor else 1.0 if order < 4 or doc.in_title(clause.sentence.start) else 0.6 if order < 9 else 0.35
        for found in find_roles(doc, clause):
            _count(doc, candidates, found.party, found.role, place)
        victims += find_victims(clause)
    chosen = _choose(candidates) or _implied(doc, scope)
    findings: list[Finding] = []
    if chosen is not None:
        for role, spans in sorted(chosen.roles.items(), key=lambda item: -ROLE_WEIGHT.get(item[0], 0.0)):
            findings += [Finding("perpetrator", chosen.name, span, f"perpetrator.{role}") for span in spans[:2]]
        first = findings[0].span
        findings.append(Finding("perpetrator_kind", chosen.kind, first, f"perpetrator.{chosen.rank}"))
    findings += _attribution(doc, scope, chosen, candidates, claims)
    return [*findings, *_victim_side(doc, victims, chosen)]


def _count(doc: Document, candidates: dict[str, Candidate], party: Party, role: str, place: float) -> None:
    named = _name(doc, party)
    if named is None:
        return
    name, kind, rank, factor, span = named
    candidate = candidates.setdefault(name.lower(), Candidate(name, kind, rank))
    spans = candidate.roles.setdefault(role, [])
    if len(spans) < 3:
        candidate.score += ROLE_WEIGHT[role] * factor * place
    spans.append(span)


def _name(doc: Document, party: Party) -> tuple[str, str, str, float, Span] | None:
    """Return name, kind, rank, weight and words of a party: an actor of the lexicon, a state's forces, or the text's words."""
    if party.actor is not None:
        return party.actor.entry.term, party.actor.entry["kind"], "named", _NAMED_FACTOR, party.span
    if party.country is not None and (party.word is None or party.word.kind in ("state_military", "state_police")):
        kind = party.word.kind if party.word is not None else "state_military"
        forces = _Forces.of(doc.lexicons).find(party.country, kind, doc)
        if forces is not None:
            return forces["canonical_name"], forces["kind"], "state", _STATE_FACTOR, party.span
        if party.word is None:
            return None
    text = doc.quote(party.span)
    words = _LEADING.sub("", text)
    span = Span(party.span.end - len(words), party.span.end)
    if party.word is None:
        return (words, "individual", "words", _CAPITAL_FACTOR, span) if len(words) > 3 else None
    return words, party.word.kind, "words", party.word.weight, span


class _Forces:
    """The armed forces and police of each country, as a whole."""

    _made: ClassVar[WeakKeyDictionary[Lexicons, _Forces]] = WeakKeyDictionary()
    _NO_STATE = re.compile(r"coalition|taliban|nato\b|task force|mossad|intelligence", re.IGNORECASE)
    _WHOLE = re.compile(r"armed forces|defen[cs]e forces?|\barmy\b|military|police of|national police|police force", re.IGNORECASE)

    def __init__(self, lexicons: Lexicons) -> None:
        self._rows: dict[tuple[str, str], list[Mapping[str, str]]] = {}
        for row in lexicons.rows("actors"):
            if row["kind"] in ("state_military", "state_police") and not self._NO_STATE.search(row["canonical_name"]):
                self._rows.setdefault((row["country_iso2"], row["kind"]), []).append(row)
        for rows in self._rows.values():
            rows.sort(key=lambda row: (not self._WHOLE.search(row["canonical_name"]), "armed forces" not in row["canonical_name"].lower()))

    @classmethod
    def of(cls, lexicons: Lexicons) -> _Forces:
        """Return the forces known to a language's lexicon."""
        if lexicons not in cls._made:
            cls._made[lexicons] = cls(lexicons)
        return cls._made[lexicons]

    def find(self, country: str, kind: str, doc: Document) -> Mapping[str, str] | None:
        """Return the row of a country's forces, the one of the document's time where there are several."""
        rows = self._rows.get((country, kind), [])
        year = str(doc.published.year) if doc.published else None
        fitting = [r for r in rows if year is None or (r["active_from"][:4] <= year and (not r["active_to"] or r["active_to"][:4] >= year))]
        return next(iter(fitting), None)


def _choose(candidates: Mapping[str, Candidate]) -> Candidate | None:
    """Return the party with most weight; one that is named goes before mere words when somebody says that it was behind them."""
    if not candidates:
        return None
    best = max(candidates.values(), key=lambda c: c.score)
    if best.rank == "words":
        behind = [c for c in candidates.values() if c.rank in _NAMED_KINDS and _SAYS_BEHIND & c.roles.keys()]
        if behind:
            return max(behind, key=lambda c: c.score)
        if best.kind == "non_state_armed_group":
            named = [c for c in candidates.values() if c.kind == "non_state_armed_group" and c.rank == "named"]
            if len(named) == 1 and not {"against_attackers"} & best.roles.keys():
                return named[0]
    return best if best.score >= 0.5 else None


def _implied(doc: Document, scope: Scope) -> Candidate | None:
    """Return whom the weapon's words imply ("was gunned down") where the event's sentences name nobody."""
    for index in dict.fromkeys((scope.anchor, *scope.sentences[:3]) if scope.sentences else ()):
        sentence = doc.sentences[index]
        for term in doc.terms_in("weapons", sentence.start, sentence.end):
            name = _IMPLIED.get(term.entry.term, _IMPLIED.get(term.entry["weapon_class"]))
            is_deed = term.entry["form"] == "act" or term.entry.term == "bomb"
            if name is not None and is_deed and is_used(doc, term, sentence.start):
                return Candidate(name, "unidentified", "implied", 0.0, {"implied": [Span(term.start, term.end)]})
    return None


def _attribution(
    doc: Document, scope: Scope, chosen: Candidate | None, candidates: Mapping[str, Candidate], claims: Sequence[ClaimRecord]
) -> Iterator[Finding]:
    """Yield how responsibility is stated."""
    said = {name: _first(doc, scope, pattern, keys) for name, (pattern, keys) in _SAID.items()}
    if said["mutual"] is not None:
        yield Finding("attribution", "contested", said["mutual"], "attribution.mutual")
        return
    own_claim = chosen.roles.get("claim") if chosen is not None else None
    own_words = chosen.roles.get("own_words") if chosen is not None else None
    if chosen is not None and own_words and chosen.kind.startswith("state"):
        yield Finding("attribution", "accepted_and_justified", own_words[0], "attribution.own_words")
        return
    if own_claim or own_words:
        yield Finding("attribution", "claimed", (own_claim or own_words or [])[0], "attribution.claimed")
        return
    blamed = [c for c in candidates.values() if c.rank in _NAMED_KINDS and ({"blame", "by", "agent", "deed", "own_words"} & c.roles.keys())]
    sides = [c for c in blamed if "blame" in c.roles]
    if len(sides) > 1:
        yield Finding("attribution", "contested", sides[0].roles["blame"][0], "attribution.several_blamed")
        return
    denial = next((c.span for c in claims if c.claim_type == "denial" and c.denies == "responsibility"), said["deny"])
    if denial is not None and blamed:
        yield Finding("attribution", "blamed_and_denied", denial, "attribution.denied")
        return
    if chosen is None or chosen.kind == "unidentified":
        span = said["none"] or (next(iter(chosen.roles.values()))[0] if chosen is not None else None)
        if span is not None:
            yield Finding("attribution", "unattributed", span, "attribution.nobody_named")
        return
    justified = _first(doc, scope, _JUSTIFIED, (" said",)) if chosen.kind == "state_military" else None
    if justified is not None:
        yield Finding("attribution", "accepted_and_justified", justified, "attribution.justified")
        return
    accusation = next((c.span for c in claims if c.claim_type == "responsibility" and c.accuses), None)
    yield Finding("attribution", "blamed", accusation or next(iter(chosen.roles.values()))[0], "attribution.blamed")


def _first(doc: Document, scope: Scope, pattern: re.Pattern[str], keys: tuple[str, ...]) -> Span | None:
    """Return the first match of a pattern in the scope's sentences that hold one of its key words."""
    last = doc.sentences[scope.sentences[min(len(scope.sentences), MOST_SENTENCES) - 1]].end if scope.sentences else 0
    found: list[Span] = []
    for key in keys:
        at = doc.folded.find(key, 0, last)
        while at >= 0:
            sentence = doc.sentence_at(at)
            match = doc.search(pattern, sentence) if sentence.index in scope.sentences else None
            if match is not None:
                found.append(Span(match.start(), match.end()))
                break
            at = doc.folded.find(key, max(at + 1, sentence.end), last)
    return min(found, key=lambda span: span.start, default=None)


def _victim_side(doc: Document, victims: Sequence[Party], chosen: Candidate | None) -> Iterator[Finding]:
    """Yield the first side that was harmed: a named actor, a country's people or forces, or the text's words for armed people."""
    for party in victims:
        named = _name(doc, party)
        if named is None or (chosen is not None and named[0] == chosen.name):
            continue
        if named[2] == "words" and party.word is not None and party.word.kind in ("individual", "unidentified"):
            continue
        if party.actor is None and party.word is None:
            continue
        yield Finding("victim_side", named[0], named[4], "victim_side.harmed")
        return
