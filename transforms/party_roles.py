"""Which parties of a sentence did it: roles read from the grammar of violent verbs, nouns, claims and blame.

Agent of an active verb ("gunmen killed"), agent after "by", owner of a deed ("Russian missile strike"), claimant, blamed.
Never the victim ("killed 12 Taliban", "attack on Hezbollah", "militants were killed"), never the speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.deed_words import DeedWords
from transforms.deeds import Clause, Party, read_clause
from transforms.document import Document, once
from transforms.value_class import dataclass

# Weight of each way of being named. A claim of one's own tells most; "suspected" alone tells least.
ROLE_WEIGHT = {
    "claim": 6.0, "own_words": 5.0, "blame": 3.5, "by": 4.0, "agent": 4.0, "deed": 3.0, "clash": 1.5, "suspected": 1.0,
    "against_attackers": 1.5, "identified": 2.0,
}  # fmt: skip

_AGENT = re.compile(r"n(?P<mid>(?:[TwkgdUWH,)(t\"'x]|[Oxf][TUkw]{0,3}n?|&[TUwk]{0,2}n){0,9}?)(?P<verb>[VIv])")
# An agent whose verb stands in another clause: "rode into the town and killed", "rode into the town, where they killed".
_COORDINATE = re.compile(r"[TUgkfj,]{0,3}n(?:[^nEyNOf.;\"]|[Of][TUwk]{0,4}n?){1,20}&[Tw]{0,2}(?P<verb>[VI])")
_THEY = re.compile(r"y[THw]{0,2}(?P<verb>[VI])")
_BEHIND = re.compile(r" (?:was|were|is|are|be|been)(?: \w+){0,3}? (?:behind|responsible for)\b")
_FIRST_PARTY = re.compile(r"[TUgkfj,]{0,4}n")
_BY = re.compile(r"B(?P<mid>[TUWg&]{0,4}(?:[wgT][xf])?[TUwgk]{0,4})n")
_DEED = re.compile(r"n'?(?P<mid>[WUk,]{0,3})X")
_CLAIM = re.compile(r"n(?P<mid>[^.;nNs]{0,6})(?:R(?P<to>[^.;n]{0,4})[rXvV]|a)")
_BLAME_ON = re.compile(r"L(?P<mid>[^.;B]{0,8}?)(?P<on>[Oxfw])[TUg]{0,3}n")
_ON_WORDS = frozenset({"on", "upon", "to"})
_BLAME_OBJECT = re.compile(r"L[TUg]{0,3}n(?=[^.;n]{0,3}[xf]|[,.]|$)")
# "Boko Haram is suspected" needs no word of blame.
_BLAMED = re.compile(r"n[HTw,]{0,3}(?:E[Tw]{0,3}|H[Tw]{0,2}E)L")
_SUSPECTED = re.compile(r"nE[Tw]?U(?![UTkn])")
_CLASH = re.compile(r"n[^.;n]{0,4}(?:[&xf]|[xf]?w)[TU]{0,3}n|(?<=[xf])[TU]{0,3}n")
_MEMBERS = re.compile(r"n(?:H?E|,|t[HE]{1,2})?[TwUEgkx]{0,8}[xf]?[TUgwk]{0,4}n")
_BELONG = re.compile(
    r"\b(?:believed|thought|suspected|alleged|said|reportedly|members?|belong\w*|linked|affiliated|loyal|allied"
    r"|identified|described|from|with|were|are) "
)
_OWN_WORDS = re.compile(
    r"[^.;]{0,30}?\b(?:said|says|announced|confirmed|acknowledged|admitted)(?: (?:on )?\w+)?(?: that)? (?:it|they"
    r"|its \w+|their \w+) (?:had |have |has )?"
    r"(?:killed|carried out|attacked|struck|targeted|bombed|hit|shot(?! down)|fired|launched|conducted|executed|ambushed"
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
_OF_PLACE = re.compile(r"wfT?$")
_FROM_HOME = re.compile(r"n[xf][TUwk]{0,3}n$")
_GROUP_KINDS = frozenset({"non_state_armed_group", "cartel_or_gang", "militia"})
_SPEAKING_KINDS = frozenset({"individual", "state_police"})
_BE_HARMED = re.compile(r"[HTw]{0,2}E[Tw]{0,1}V|V[OBj]")
_GROUP = re.compile(r"\b(?:group|militia|faction|movement|network|gang|cartel|army|rebels|militants|insurgents|jihadists)$")
_NAMED_AFTER = re.compile(r",[TUgw]{0,3}n")
_NAMED_BEFORE = re.compile(r"n,T[TUk]{0,2}$")
_A_FACTION_OF = re.compile(r"n,TU?w?gfT?$")
_VICTIM = re.compile(r"(?:[Vv](?:[TU]{1,3}f)?[TU]{0,4}|X[w]?O[TU]{0,3})n|n(?=[HTw]{0,2}E[Tw]{0,1}V)|n(?=V[OBj])")
_BEFORE_BY = re.compile(r"[VIvXRsL](?=[^VIvXRsL.;]{0,10}$)|[VIX](?=[^VIvXRsL.;jt]{0,42}$)")
_LOOK_BACK = 45  # roles
# "a town held by X", "troops backed by X": what stands before "by" is another deed than the harm.
_OTHER_DEED = re.compile(r"\b(?:held|run|made|given|led|claimed|\w+ed) $")
_HANDS = re.compile(r"[ai][tn] the hands of")


@dataclass(frozen=True, slots=True)
class PartyRole:
    """One way in which one party is said to have acted."""

    party: Party
    role: str


def find_roles(doc: Document, clause: Clause) -> Iterator[PartyRole]:
    """Yield the acting roles of the parties of one sentence, in the order of the rules."""
    roles = clause.roles
    if "n" not in roles:
        if "y" in roles:
            yield from _they(doc, clause)
        return
    words = DeedWords.of(doc.lexicons)
    for told in (*_agents(doc, clause), *_by_agents(doc, clause), *_they(doc, clause)):
        yield PartyRole(told.party, "against_attackers") if _stopped_attacker(doc, clause, told) else told
    for match in _DEED.finditer(roles):
        party = clause.parties[match.start()]
        if _owns_deed(doc, words, clause, match, party):
            yield PartyRole(party, "deed")
    if "R" in roles or "L" in roles or "a" in roles:
        yield from _claims_and_blame(doc, clause)
    if _names_clash(doc) and not words.clash.isdisjoint(_words(doc, clause)):
        yield from _fighting(clause)
    if "s" in roles:
        for party in clause.parties.values():
            if _OWN_WORDS.match(doc.folded, party.span.end, clause.sentence.end):
                yield PartyRole(party, "own_words")
    yield from _members(doc, clause)
    yield from _suspected(doc, clause)


@once
def _names_clash(doc: Document) -> bool:
    return any(word in doc.folded for word in DeedWords.of(doc.lexicons).clash)


def _suspected(doc: Document, clause: Clause) -> Iterator[PartyRole]:
    """Yield the parties that are said to be behind a deed, or that words such as "suspected" doubt."""
    low, high = clause.sentence.start, clause.sentence.end
    is_told = doc.folded.find(" behind", low, high) >= 0 or doc.folded.find(" responsible for", low, high) >= 0
    for at, party in clause.parties.items() if is_told else ():
        if not _is_object(clause.roles, at) and _BEHIND.match(doc.folded, party.span.end, clause.sentence.end):
            yield PartyRole(party, "blame")
    for match in _SUSPECTED.finditer(clause.roles):
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


def _by_agents(doc: Document, clause: Clause) -> Iterator[PartyRole]:
    """Yield who stands behind "by": of a deed, or of a claim ("claimed by"); never of a statement ("said by")."""
    roles = clause.roles
    for match in _BY.finditer(roles):
        party = clause.parties[match.end() - 1]
        low, high = clause.spans[match.start()]
        if _HANDS.fullmatch(doc.folded, low, high):
            yield PartyRole(party, "by")
            continue
        before = _BEFORE_BY.search(roles, max(0, match.start() - _LOOK_BACK), match.start())
        if before is None or before.group() in "sL" or _is_of_another(clause, match.end() - 1):
            continue
        if roles[match.start() - 1] in "wT" and _OTHER_DEED.search(doc.folded, max(clause.sentence.start, low - 24), low):
            continue
        if before.end() < match.start() - 10 and _is_bare_country(party):
            continue
        yield PartyRole(party, "claim" if before.group() == "R" else "by")


def _they(doc: Document, clause: Clause) -> Iterator[PartyRole]:
    """Yield the agent of a verb whose subject is "they" or that shares the subject of the clause before it."""
    roles = clause.roles
    if "y" in roles:
        for match in _THEY.finditer(roles):
            if match.end() < len(roles) and _PASSIVE_END.match(roles, match.end()) and roles[match.end() - 1] == "V":
                continue
            party = _party_before(clause, match.start())
            if party is None and clause.sentence.index:
                previous = read_clause(doc, clause.sentence.index - 1)
                party = _first_party(previous) if previous is not None else None
            if party is not None:
                yield PartyRole(party, "agent")
    second = _COORDINATE.match(roles)
    if second is not None and not _PASSIVE_END.match(roles, second.end()):
        party = clause.parties[roles.index("n")]
        if not _is_bare_country(party):
            yield PartyRole(party, "agent")


def _first_party(clause: Clause) -> Party | None:
    """Return the party that opens a sentence, where it can be one that attacks."""
    match = _FIRST_PARTY.match(clause.roles)
    return clause.parties[match.end() - 1] if match and _can_attack(clause, match.end() - 1) else None


def _party_before(clause: Clause, before: int) -> Party | None:
    """Return the last party of a sentence before a role that can be one that attacks."""
    return next((clause.parties[at] for at in sorted(clause.parties, reverse=True) if at < before and _can_attack(clause, at)), None)


def _can_attack(clause: Clause, at: int) -> bool:
    """Tell whether a party is neither a place or target, nor harmed, nor of a kind that most often only speaks."""
    party = clause.parties[at]
    if _is_bare_country(party) or _is_object(clause.roles, at) or clause.roles[max(0, at - 1) : at] == "B":
        return False
    if party.actor is None and (party.word is None or party.word.kind in _SPEAKING_KINDS):
        return False
    return _BE_HARMED.match(clause.roles, at + 1) is None


def _claims_and_blame(doc: Document, clause: Clause) -> Iterator[PartyRole]:
    roles = clause.roles
    for match in _CLAIM.finditer(roles):
        if "N" in roles[max(0, match.start() - 3) : match.end()] or _is_object(roles, match.start()):
            continue
        if not _is_of_another(clause, match.start()):
            yield PartyRole(_in_full(doc, clause, match.start()), "claim")
    if "L" not in roles:
        return
    for match in _BLAME_ON.finditer(roles):
        if _is_blame(doc, clause, match) and not _is_of_another(clause, match.end() - 1):
            yield PartyRole(_in_full(doc, clause, match.end() - 1), "blame")
    for match in _BLAME_OBJECT.finditer(roles):
        if not _is_of_another(clause, match.end() - 1):
            yield PartyRole(_in_full(doc, clause, match.end() - 1), "blame")
    for match in _BLAMED.finditer(roles):
        home = _FROM_HOME.search(roles, 0, match.start() + 1)  # "gunmen from the north were blamed"
        yield PartyRole(clause.parties[home.start() if home else match.start()], "blame")


def _is_blame(doc: Document, clause: Clause, match: re.Match[str]) -> bool:
    """Tell whether the word before the party is the "on" of "blamed the attack on X", not any preposition."""
    word = doc.folded[slice(*clause.spans[match.start("on")])]
    if word in _ON_WORDS:
        return True
    verb = doc.folded[slice(*clause.spans[match.start()])]
    if word == "at":
        return "finger" in verb
    return word in {"of", "from"} and match.group("mid") in ("", "T", "w", "Tw")


def _is_of_another(clause: Clause, at: int) -> bool:
    """Tell whether a country's adjective belongs to a noun that is no party: "Sudanese authorities", "a Chechen blogger"."""
    party = clause.parties[at]
    return _is_bare_country(party) and clause.roles[at + 1 : at + 2] in tuple("wkUWTg" if party.is_country_name else "wkUTg")


def _in_full(doc: Document, clause: Clause, at: int) -> Party:
    """Return the name beside a group in apposition: "a rebel group, the Allied Front", "the Allied Front, a rebel group"."""
    party = clause.parties[at]
    if party.actor is not None and (faction := _A_FACTION_OF.search(clause.roles, 0, at)):
        party = clause.parties[faction.start()]  # "the Allied Front, a breakaway faction of the other army"
        return party if party.actor is not None else clause.parties[at]
    if party.actor is not None or party.word_span is None or not _GROUP.search(doc.folded, party.span.start, party.span.end):
        return party
    after, before = _NAMED_AFTER.match(clause.roles, at + 1), _NAMED_BEFORE.search(clause.roles, 0, at)
    beside = [clause.parties[at] for at in (after.end() - 1 if after else -1, before.start() if before else -1) if at >= 0]
    return next((named for named in beside if named.actor is not None), party)


def _fighting(clause: Clause) -> Iterator[PartyRole]:
    """Yield both sides of a fight, those it harmed left out."""
    harmed = [id(party) for party in find_victims(clause)]
    for match in _CLASH.finditer(clause.roles):
        for at in {match.start(), match.end() - 1} & clause.parties.keys():
            party = clause.parties[at]
            if not _is_bare_country(party) and id(party) not in harmed:
                yield PartyRole(party, "clash")


def _members(doc: Document, clause: Clause) -> Iterator[PartyRole]:
    """Yield the group that "gunmen believed to be members of X" belong to, and what "armed men thought to be bandits" are."""
    for match in _MEMBERS.finditer(clause.roles):
        first, second = clause.parties[match.start()], clause.parties[match.end() - 1]
        if first.actor is not None or first.word is None or first.word.weight != 1.0:
            continue
        if not _BELONG.search(doc.folded, first.span.end, second.span.start):
            continue
        if second.actor is not None:
            yield PartyRole(second, "blame")
        elif first.word.kind == "unidentified" and second.word is not None and second.word.kind in _GROUP_KINDS:
            yield PartyRole(second, "identified")


def find_victims(clause: Clause) -> list[Party]:
    """Return the parties of one sentence that were harmed or attacked, in order."""
    return [clause.parties[m.start() if clause.roles[m.start()] == "n" else m.end() - 1] for m in _VICTIM.finditer(clause.roles)]


def _agents(doc: Document, clause: Clause) -> Iterator[PartyRole]:
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
        if match.group("mid").startswith(",") and _OF_PLACE.search(roles, max(0, low - 3), low):
            continue  # "the town, a stronghold of the rebels, was hit"
        if match.group("verb") == "V" and _is_custody(doc, clause, party, verb):
            continue
        role = "against_attackers" if _hits_attackers(clause, party, verb) else "agent"
        yield PartyRole(_in_full(doc, clause, low), role)


def _is_custody(doc: Document, clause: Clause, party: Party, verb: int) -> bool:
    """Tell whether police or soldiers only seized or captured: weapons, suspects."""
    kind = party.actor.entry["kind"] if party.actor is not None else party.word.kind if party.word is not None else ""
    return kind.startswith("state") and doc.folded[slice(*clause.spans[verb])] in {"seized", "captured"}


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
