"""Who is said to have done it, what kind of party that is, how responsibility is stated, and whose side the victims are on.

Rule: each way in which a sentence names a party as acting counts (`party_roles.ROLE_WEIGHT`), more in the sentences that
tell the event first, more for named actors than for words such as "gunmen". A country with its weapon or forces stands
for its armed forces. Attribution sums up who says so; Vigil judges nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache

from transforms.deeds import Party, find_verdicts, read_clause
from transforms.document import Document
from transforms.fields.weapons import is_used
from transforms.lexicons import Lexicons, Term
from transforms.party_roles import ROLE_WEIGHT, find_roles, find_victims
from transforms.party_sides import find_sides
from transforms.records import ClaimRecord, Finding, Scope, Span
from transforms.value_class import dataclass

MOST_SENTENCES = 40  # of a scope are read for claims and blame
TOLD_BY = 20  # sentences of a scope; who did it is told by then, later ones only add claims and blame
_NAMED_FACTOR, _STATE_FACTOR, _CAPITAL_FACTOR = 1.2, 1.1, 0.5
# Weapon words that a person must be behind: where the text names none, the kind is unidentified, and no name is made up.
_HAND_HELD = frozenset({"small_arms", "sniper", "suicide_vest", "ied_vehicle", "ied_roadside", "knife_blade"})
_SAYS_BEHIND = frozenset({"claim", "own_words", "blame", "suspected"})  # roles in which somebody says who was behind it
_IDENTIFIES = frozenset({"identified", "blame", "claim"})
_OF_A_FIGHT = frozenset({"clash", "sides"})  # roles in which nobody is said to have struck
_GROUP_KINDS = frozenset({"non_state_armed_group", "cartel_or_gang", "militia"})
# Forces that may be police as well as soldiers: the text's words stay, no army is named for them.
_MIXED_FORCES = frozenset({
    "security forces", "special forces", "junta", "regime", "coalition", "government loyalists", "paramilitary police", "joint task force",
    "border troops",
})  # fmt: skip
_BY_SOMEBODY = re.compile(r"(?:\b[A-Z][\w'’-]+ [A-Z][\w'’-]+|\b[Hh]e|\b[Ss]he)(?:, \d\d,)? (?:had |then |also |fatally )?$")
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
    called: dict[str, Term] = {}
    has_person = False
    victims: list[Party] = []
    verdicts = find_verdicts(doc, doc.sentences[scope.sentences[:MOST_SENTENCES][-1]].end) if len(scope.sentences) > TOLD_BY else set()
    for order, index in enumerate(scope.sentences[:MOST_SENTENCES]):
        if order >= TOLD_BY and index not in verdicts:
            continue
        clause = read_clause(doc, index)
        if clause is None or not clause.parties:
            continue
        place = 1.2 if index == scope.anchor else 1.0 if order < 4 or doc.in_title(clause.sentence.start) else 0.6 if order < 9 else 0.35
        for party in clause.parties.values():
            if party.actor is not None:  # "Boko Haram militants" may be "the militants" later
                called.setdefault(doc.folded[party.span.start : party.span.end].rpartition(" ")[2], party.actor)
        for found in find_roles(doc, clause):
            has_person = has_person or found.party.is_person
            _count(doc, candidates, _in_full(doc, found.party, called), found.role, place)
        victims += find_victims(clause)
    chosen = _choose(candidates)
    if chosen is None or (chosen.rank == "words" and chosen.roles.keys() == {"clash"}):
        chosen = _both_sides(doc, scope) or chosen
    findings: list[Finding] = []
    if chosen is None:
        findings += _nobody(doc, scope, "individual" if has_person else "unidentified")
    else:
        for role, spans in sorted(chosen.roles.items(), key=lambda item: -ROLE_WEIGHT.get(item[0], 0.0)):
            findings += [Finding("perpetrator", chosen.name, span, f"perpetrator.{role}") for span in spans[:2]]
        first = findings[0].span
        findings.append(Finding("perpetrator_kind", chosen.kind, first, f"perpetrator.{chosen.rank}"))
    findings += _attribution(doc, scope, chosen, candidates, claims)
    return [*findings, *_victim_side(doc, victims, chosen)]


def _in_full(doc: Document, party: Party, called: Mapping[str, Term]) -> Party:
    """Return "the militants" as the group that the text called militants before: "Boko Haram militants"."""
    if party.actor is not None or party.word_span is None or not doc.folded.startswith("the ", max(0, party.span.start - 4)):
        return party
    actor = called.get(doc.folded[party.word_span.start : party.word_span.end]) if party.span == party.word_span else None
    return replace(party, actor=actor) if actor is not None else party


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
    if party.country is not None and (party.word is None or _is_national_force(doc, party)):
        kind = party.word.kind if party.word is not None else "state_military"
        forces = _Forces.of(doc.lexicons).find(party.country, kind, doc)
        if forces is not None:
            return forces["canonical_name"], forces["kind"], "state", _STATE_FACTOR, party.span
        if party.word is None:
            return None
    if party.is_person:
        return None  # a suspect's name is not kept: nobody is guilty before a court says so
    text = doc.quote(party.span)
    words = _LEADING.sub("", text)
    span = Span(party.span.end - len(words), party.span.end)
    words = " ".join(words.split())  # no-break spaces and line breaks of the page are none of the name's
    if party.word is None:
        return (words, "individual", "words", _CAPITAL_FACTOR, span) if len(words) > 3 else None
    return words, party.word.kind, "words", party.word.weight, span


def _is_national_force(doc: Document, party: Party) -> bool:
    """Tell whether a party's word means a country's army or police as a whole: "Iraqi troops", not "Iraqi security forces"."""
    if party.word is None or party.word_span is None or party.word.kind not in ("state_military", "state_police"):
        return False
    words = doc.folded[party.span.start : party.span.end]
    return doc.folded[party.word_span.start : party.word_span.end] not in _MIXED_FORCES and "paramilitary" not in words


class _Forces:
    """The armed forces and police of each country, as a whole."""

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
    @lru_cache(maxsize=4)
    def of(cls, lexicons: Lexicons) -> _Forces:
        """Return the forces known to a language's lexicon."""
        return cls(lexicons)

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
        behind = [c for c in candidates.values() if c.rank in _NAMED_KINDS and c.roles.keys() & _SAYS_BEHIND]
        if behind:
            return max(behind, key=lambda c: c.score)
        identified = [c for c in candidates.values() if c.kind in _GROUP_KINDS and c.roles.keys() & _IDENTIFIES]
        if identified and best.kind == "unidentified":
            return max(identified, key=lambda c: c.score)
        if best.kind == "non_state_armed_group":
            named = [c for c in candidates.values() if c.kind == "non_state_armed_group" and c.rank == "named"]
            if len(named) == 1 and not {"against_attackers"} & best.roles.keys():
                return named[0]
    return best if best.score >= 0.5 else None


def _both_sides(doc: Document, scope: Scope) -> Candidate | None:
    """Return both sides of a fight as one party, where no side is said to have struck."""
    sides = find_sides(doc, scope)
    return Candidate(sides.words, sides.kind, "words", 0.0, {"sides": [sides.span]}) if sides is not None else None


def _nobody(doc: Document, scope: Scope, kind: str) -> Iterator[Finding]:
    """Yield the kind of who was behind a deed that names nobody ("was gunned down"), or only a person; the name stays NULL."""
    for index in dict.fromkeys((scope.anchor, *scope.sentences[:3]) if scope.sentences else ()):
        sentence = doc.sentences[index]
        for term in doc.terms_in("weapons", sentence.start, sentence.end):
            is_deed = term.entry["form"] == "act" and term.entry["weapon_class"] in _HAND_HELD
            if is_deed and is_used(doc, term, sentence.start):
                if _BY_SOMEBODY.search(doc.text, max(sentence.start, term.start - 40), term.start):
                    kind = "individual"
                yield Finding("perpetrator_kind", kind, Span(term.start, term.end), "perpetrator.nobody_named")
                return


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
    if chosen is None or chosen.kind == "unidentified" or chosen.roles.keys() <= _OF_A_FIGHT:
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
