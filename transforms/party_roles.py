"""Which parties of a sentence did it: roles read from the grammar of violent verbs, nouns, claims and blame.

Agent of an active verb ("gunmen killed"), agent after "by", owner of a deed ("Russian missile strike"), claimant, blamed.
Never the victim ("killed 12 Taliban", "attack on Hezbollah", "militants were killed"), never the speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.deeds import Clause, DeedWords, Party
from transforms.document import Document

# Weight of each way of being named. A claim of one's own tells most; "suspected" alone tells least.
ROLE_WEIGHT = {
    "claim": 6.0, "own_words": 5.0, "blame": 3.5, "by": 4.0, "agent": 4.0, "deed": 3.0, "clash": 1.5, "suspected": 1.0,
    "against_attackers": 1.5,
}  # fmt: skip

_AGENT = re.compile(r"n(?P<mid>(?:[TwkgdUWH,)(t\"'x]|[Oxf][TUkw]{0,3}n?|&[TUwk]{0,2}n){0,9}?)(?P<verb>[VIv])")
_BY = re.compile(r"B(?P<mid>[TUWg&]{0,4}(?:[wg][xf])?[TUwg]{0,2})n")
_DEED = re.compile(r"n'?(?P<mid>[WUk,]{0,3})X")
_CLAIM = re.compile(r"n(?P<mid>[^.;nNs]{0,6})R(?P<to>[^.;n]{0,4})[rXvV]")
_BLAME_ON = re.compile(r"L[^.;]{0,8}?[Oxf][TUg]{0,3}n")
_BLAME_OBJECT = re.compile(r"L[TUg]{0,3}n(?=[^.;n]{0,3}[xf])")
# "Boko Haram is suspected" needs no word of blame.
_BLAMED = re.compile(r"n[HTw,]{0,3}E[Tw]?L")
_SUSPECTED = re.compile(r"nE[Tw]?U(?![UTkn])")
_CLASH = re.compile(r"n[^.;n]{0,4}(?:[&xf]|[xf]?w)[TU]{0,3}n|(?<=[xf])[TU]{0,3}n")
_MEMBERS = re.compile(r"n(?:H?E|,|t[HE]{1,2})?[TwUEg]{1,6}[xf]?[TUg]{0,2}n")
_BELONG = re.compile(
    r"\b(?:believed|thought|suspected|alleged|said|reportedly|members?|belong\w*|linked|affiliated|loyal|allied"
    r"|identified|described|from|were|are) "
)
_OWN_WORDS = re.compile(
    r"[^.;]{0,30}?\b(?:said|says|announced|confirmed|acknowledged|admitted)(?: (?:on )?\w+)?(?: that)? (?:it|they"
    r"|its \w+|their \w+) (?:had |have |has )?"
    r"(?:killed|carried out|attacked|struck|targeted|bombed|hit|shot|fired|launched|conducted|executed|ambushed"
    r"|detonated|was behind|were behind|stormed)\b"
)
_PASSIVE_END = re.compile(r"d?(?:[OBj.),]|$)")
_GOVERNED = re.compile(r"[OxvV][TU]{0,2}$")
_OBJECT = re.compile(r"[dTU&V]{0,5}n")
_ATTACKER_KINDS = frozenset({"unidentified", "non_state_armed_group", "cartel_or_gang", "individual"})
_IN_RETURN = re.compile(r"\b(?:response to|retaliation (?:for|to)|revenge for|reprisal for|avenge|after) (?:an? |the )?(?:\w+ )?$")
_ATTACKER = (
    r"(?:he|she|him|her|(?:the |an? |one |both |two |three )?(?:\w+ )?"
    r"(?:attackers?|assailants?|gunm[ae]n|suspects?|shooters?|bombers?|knifem[ae]n|assailants?))"
)
_FORCE = re.compile(
    r"\b(?:police|officers?|policem[ae]n|security forces|guards?|troops|soldiers|deput(?:y|ies)|swat|special forces|commandos?)\b"
)
_ATTACKER_BEFORE = re.compile(rf"\b{_ATTACKER} (?:was|were|had been|has been|being) (?:\w+ ){{0,4}}by (?:the |local |armed |\w+ )?$")
_ATTACKER_AFTER = re.compile(
    r" (?:have |had |then |later |also |fatally )?(?:shot|killed|shot and killed|shot dead"
    rf"|neutrali[sz]ed|gunned down|opened fire on|returned fire at) (?:dead )?{_ATTACKER}\b"
)
_VICTIM = re.compile(r"(?:[Vv][TU]{0,4}|X[w]?O[TU]{0,3})n|n(?=[HTw]{0,2}E[Tw]{0,1}V)|n(?=V[OBj])")
_BEFORE_BY = re.compile(r"[VIvXRsL](?=[^VIvXRsL.;]{0,10}$)")


@dataclass(frozen=True, slots=True)
class PartyRole:
    """One way in which one party is said to have acted."""

    party: Party
    role: str


def find_roles(doc: Document, clause: Clause) -> Iterator[PartyRole]:
    """Yield the acting roles of the parties of one sentence, in the order of the rules."""
    roles = clause.roles
    if "n" not in roles:
        return
    words = DeedWords.of(doc.lexicons)
    for told in (*_agents(clause), *_by_agents(clause)):
        yield PartyRole(told.party, "against_attackers") if _stopped_attacker(doc, clause, told) else told
    for match in _DEED.finditer(roles):
        party = clause.parties[match.start()]
        if _owns_deed(doc, words, clause, match, party):
            yield PartyRole(party, "deed")
    if "R" in roles or "L" in roles:
        yield from _claims_and_blame(clause)
    if not words.clash.isdisjoint(_words(doc, clause)):
        yield from _fighting(clause)
    if "s" in roles:
        for party in clause.parties.values():
            if _OWN_WORDS.match(doc.folded, party.span.end, clause.sentence.end):
                yield PartyRole(party, "own_words")
    yield from _members(doc, clause)
    for match in _SUSPECTED.finditer(roles):
        yield PartyRole(clause.parties[match.start()], "blame")
    for party in clause.parties.values():
        if party.is_suspected and (party.actor is not None or party.word is not None):
            yield PartyRole(party, "suspected")


def _stopped_attacker(doc: Document, clause: Clause, told: PartyRole) -> bool:
    """Tell whether police or soldiers acted against the attacker: "he was shot dead by police", "police killed the gunman"."""
    span = told.party.span
    if not _FORCE.search(doc.folded, span.start, span.end):
        return False
    if told.role == "by":
        return _ATTACKER_BEFORE.search(doc.folded, clause.sentence.start, span.start) is not None
    return _ATTACKER_AFTER.match(doc.folded, span.end, clause.sentence.end) is not None


def _by_agents(clause: Clause) -> Iterator[PartyRole]:
    """Yield who stands behind "by": of a deed, or of a claim ("claimed by"); never of a statement ("said by")."""
    roles = clause.roles
    for match in _BY.finditer(roles):
        before = _BEFORE_BY.search(roles, max(0, match.start() - 14), match.start())
        party = clause.parties[match.end() - 1]
        if before is None or before.group() in "sL" or (_is_bare_country(party) and roles[match.end() : match.end() + 1] in tuple("wkUWT")):
            continue
        yield PartyRole(party, "claim" if before.group() == "R" else "by")


def _claims_and_blame(clause: Clause) -> Iterator[PartyRole]:
    roles = clause.roles
    for match in _CLAIM.finditer(roles):
        if "N" not in roles[max(0, match.start() - 3) : match.end()] and not _is_object(roles, match.start()):
            yield PartyRole(clause.parties[match.start()], "claim")
    if "L" not in roles:
        return
    for pattern in (_BLAME_ON, _BLAME_OBJECT):
        for match in pattern.finditer(roles):
            yield PartyRole(clause.parties[match.end() - 1], "blame")
    for match in _BLAMED.finditer(roles):
        yield PartyRole(clause.parties[match.start()], "blame")


def _fighting(clause: Clause) -> Iterator[PartyRole]:
    """Yield both sides of a fight, those it harmed left out."""
    harmed = [id(party) for party in find_victims(clause)]
    for match in _CLASH.finditer(clause.roles):
        for at in {match.start(), match.end() - 1} & clause.parties.keys():
            party = clause.parties[at]
            if not _is_bare_country(party) and id(party) not in harmed:
                yield PartyRole(party, "clash")


def _members(doc: Document, clause: Clause) -> Iterator[PartyRole]:
    """Yield the group that "gunmen believed to be members of X" belong to."""
    for match in _MEMBERS.finditer(clause.roles):
        first, second = clause.parties[match.start()], clause.parties[match.end() - 1]
        is_pair = first.actor is None and first.word is not None and first.word.weight == 1.0 and second.actor is not None
        if is_pair and _BELONG.search(doc.folded, first.span.end, second.span.start):
            yield PartyRole(second, "blame")


def find_victims(clause: Clause) -> list[Party]:
    """Return the parties of one sentence that were harmed or attacked, in order."""
    return [clause.parties[m.start() if clause.roles[m.start()] == "n" else m.end() - 1] for m in _VICTIM.finditer(clause.roles)]


def _agents(clause: Clause) -> Iterator[PartyRole]:
    roles = clause.roles
    for match in _AGENT.finditer(roles):
        low, verb = match.start(), match.end() - 1
        party = clause.parties[low]
        before = roles[low - 1] if low else ""
        if _is_object(roles, low) or before == "B" or roles[max(0, low - 2) : low] == "BT":
            continue  # "in an attack on soldiers": a place or a target; "financed by X, attacked": another verb's agent
        if match.group("verb") == "V" and _PASSIVE_END.match(roles, verb + 1):
            continue  # "two militants killed in": they are the victims
        if _is_bare_country(party) and (before in ("x", "f", "T", "w") or match.group("mid") not in ("", "H", "w", "'")):
            continue
        if "n" in match.group("mid") and match.group("verb") == "v":
            continue
        yield PartyRole(party, "against_attackers" if _hits_attackers(clause, party, verb) else "agent")


def _is_bare_country(party: Party) -> bool:
    return party.actor is None and party.word is None and party.country is not None


def _is_object(roles: str, at: int) -> bool:
    """Tell whether a place or target word governs the party: "in X", "on the X"."""
    return at > 0 and _GOVERNED.search(roles, max(0, at - 4), at) is not None


def _hits_attackers(clause: Clause, party: Party, verb: int) -> bool:
    """Tell whether a state's men are said to have killed attackers: most often the end of the event, not its beginning."""
    kind = party.actor.entry["kind"] if party.actor is not None else party.word.kind if party.word is not None else ""
    is_state = kind.startswith("state")
    hit = _OBJECT.match(clause.roles, verb + 1)
    victim = clause.parties[hit.end() - 1] if is_state and hit else None
    return victim is not None and (victim.actor is not None or (victim.word is not None and victim.word.kind in _ATTACKER_KINDS))


def _owns_deed(doc: Document, words: DeedWords, clause: Clause, match: re.Match[str], party: Party) -> bool:
    """Tell whether "X attack" means an attack by X."""
    if _IN_RETURN.search(doc.folded, max(clause.sentence.start, party.span.start - 40), party.span.start):
        return False
    if party.actor is not None:
        return True
    deed = doc.folded[slice(*clause.spans[match.end() - 1])]
    if party.word is not None:
        return party.word.weight > 0.7
    if party.country is None:
        return False
    between = doc.folded[clause.spans[match.start()][1] : clause.spans[match.end() - 1][0]]
    is_armed = any(weapon in between for weapon in ("missile", "air", "drone", "rocket", "artillery", "naval"))
    if party.is_country_name and "'s" not in doc.folded[party.span.start : party.span.end + 2]:
        return is_armed  # "Burkina Faso attack": where it was; "Russian attack", "Russia's attack": whose it was
    return is_armed or deed in words.state_deeds


def _words(doc: Document, clause: Clause) -> set[str]:
    return set(doc.folded[clause.sentence.start : clause.sentence.end].replace(",", " ").replace(".", " ").split())
