"""Who is said to have done it: armed actors and countries named as the doers of violence."""

from __future__ import annotations

import re
from functools import lru_cache

from transforms.document import Document
from transforms.lexicons import Lexicons, Term
from transforms.records import Span, Speech
from transforms.value_class import dataclass

_ACTED = re.compile(
    r"(?:'s)?(?: (?:group|militants|fighters|forces|troops|army|military|gunmen"
    r"|rebels|insurgents|planes|warplanes|jets|aircraft|soldiers|militia|police))*,?"
    r" (?:(?:had|has|have|also|then|later|again|deliberately|itself) ){0,3}(?:(?:was|were) (?:behind|responsible for)|"
    r"carried out|launched|fired|shelled|bombed|attacked|struck|hit|shot|killed|targeted|opened fire"
    r"|conducted|raided|ambushed|dropped|detonated|stormed|abducted|kidnapped|massacred|beheaded"
    r"|executed|murdered|violated|destroyed|injured|wounded|planted|perpetrated|assassinated)\b"
)
_OF_COUNTRY = re.compile(
    r" (?:(?:air|missile|ballistic|cruise|drone|artillery|rocket|mortar|tank|military"
    r"|ground|naval|guided|aerial|glide|attack|army|kamikaze|fighter|shahed|iskander) )*"
    r"(?:(?P<act>air ?strikes?|strikes?|missiles?|drones?|shelling|bombing|bombardment"
    r"|rockets?|artillery|bombs?|raids?|attacks?|shells?|gunfire|fire|firing)"
    r"|warplanes?|jets?|planes?|aircraft|helicopters?|tanks?|snipers?|uavs?|forces"
    r"|troops|army|soldiers)\b(?! (?:was|were|had been|has been|have been) )"
)
_DONE_BY = re.compile(
    r"(?:killed|carried out|hit|struck|fired|launched|shot(?: dead)?|attacked|committed|perpetrated"
    r"|conducted|work of|targeted|bombed|shelled|abducted|beheaded) (?:dead )?(?:by )?(?:the |an? )?$"
)
_SELF = re.compile(
    r"\b(?:it|they|we|its [\w -]{0,24}?(?:forces|troops|soldiers|jets|planes|aircraft|warplanes|fighters|drones|army|navy|units"
    r"|militants|men|terrorists|insurgents|rebels|gunmen|combatants|guerrillas|mujahideen)"
    r"|our [\w -]{0,20}?(?:forces|troops|fighters|men)|(?:the )?(?:troops|soldiers|security forces|officers|air force))"
    r" (?:had |have |has |also |then ){0,2}(?:carried out|launched|fired|shelled|bombed|attacked|struck|hit|shot|killed"
    r"|targeted|opened fire|conducted|raided|ambushed|dropped|detonated|stormed|was behind|were behind|eliminated|destroyed)\b"
)
_OPENING_WORDS = 2  # "On Monday its forces struck ..., the army said": so few words name nobody else
_SILENT_KINDS = frozenset({"unidentified", "individual"})
# Aliases in actors.csv that are any country's: they name nobody by themselves.
_COMMON_NAMES = frozenset(
    {"police", "army", "military", "navy", "air force", "security forces", "government forces", "rebels", "coalition forces", "settlers"}
)
_ARMY_WORDS = ("Armed Forces", "Defense Forces", "Army", "Military")


@dataclass(frozen=True, slots=True)
class Accused:
    """An actor named as the doer, with the words that say so."""

    name: str
    span: Span


@lru_cache(maxsize=4)
def main_force(lexicons: Lexicons) -> dict[str, str]:
    """Return each country's regular armed forces, as actors.csv names them, by ISO 3166-1 alpha-2."""
    forces: dict[str, str] = {}
    for wanted in _ARMY_WORDS:
        for row in lexicons.rows("actors"):
            if row["kind"] == "state_military" and wanted.lower() in row["canonical_name"].lower():
                forces.setdefault(row["country_iso2"], row["canonical_name"])
    return forces


def named_actors(doc: Document, low: int, high: int) -> list[Term]:
    """Return the named armed actors between two offsets, one for each stretch of words: the one that bears the very name."""
    found: dict[int, Term] = {}
    for term in doc.terms_in("actors", low, high):
        if term.entry["kind"] in _SILENT_KINDS or doc.folded[term.start : term.end] in _COMMON_NAMES:
            continue
        if term.start not in found or term.entry.term.lower() == doc.folded[term.start : term.end]:
            found[term.start] = term
    return list(found.values())


def find_accused(doc: Document, low: int, high: int, acting: bool = False) -> Accused | None:
    """Find the first armed actor or country that stands between two offsets.

    Args:
        doc: The document.
        low: First offset.
        high: Offset after the last.
        acting: Only where the words say that it acted: "X shelled", "killed by X", "an X missile".

    Returns:
        The actor's canonical name and its words (with the verb, where `acting`); None where nobody is named.
    """
    named = [(term.start, term.end, term.entry.term) for term in named_actors(doc, low, high)]
    force = main_force(doc.lexicons)
    for term in doc.terms_in("demonyms", low, high):
        if any(start <= term.start < end for start, end, _ in named):
            continue
        adjective = doc.folded[term.start : term.end] != term.entry.term.lower()
        weapon = _OF_COUNTRY.match(doc.folded, term.end, high) if adjective else None
        country = term.entry["country_iso2"]
        if weapon is not None:
            named.append((term.start, weapon.end(), force.get(country, term.entry.term)))
        elif not adjective:
            named.append((term.start, term.end, term.entry.term))
    for start, end, name in sorted(named):
        if not acting:
            return Accused(name, Span(start, end))
        acted = _ACTED.match(doc.folded, end, high)
        if acted is not None:
            return Accused(name, Span(start, acted.end()))
        if done := _DONE_BY.search(doc.folded, max(low, start - 40), start):
            if " by " in done.group() or "work of" in done.group():
                return Accused(name, Span(done.start(), end))
        elif (
            (act := _OF_COUNTRY.search(doc.folded, start, end))
            and act.group("act")
            and doc.terms_in("demonyms", start, end)
            and not doc.terms_in("actors", start, end)
        ):
            return Accused(name, Span(start, end))
    return None


def find_self_accused(doc: Document, speech: Speech) -> Accused | None:
    """Find a statement in which a party says that it acted itself: "its forces struck ..."."""
    match = _SELF.search(doc.folded, speech.span.start, speech.span.end)
    if match is None or speech.speaker_span is None:
        return None
    # "X denied that its jets had struck ..., according to Y": what stands before its speaker may speak of others as "its".
    if speech.speaker_span.start > match.end() and not match.group().startswith(("we ", "our ")):
        opening = doc.sentence_at(match.start()).start
        if doc.folded.count(" ", opening, match.start()) > _OPENING_WORDS:
            return None
    named = find_accused(doc, speech.speaker_span.start, speech.speaker_span.end)
    side = speech.side or ""
    name = named.name if named else main_force(doc.lexicons).get(side, side if len(side) > 2 else None)
    return Accused(name, Span(match.start(), match.end())) if name else None
