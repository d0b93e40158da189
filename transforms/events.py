"""Which events a document tells, and which sentences tell which.

Most articles tell one event. Another one begins where the text says so ("in a separate attack", "elsewhere"), or where a
later paragraph tells harm done by violence at another place than the first event's. It lasts to the end of its paragraph.
A text whose only counts sum up a period or several events is an aggregate.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass

from transforms.document import Document
from transforms.fields.places import find_places
from transforms.geo import distance_km
from transforms.place_context import find_place_context
from transforms.records import CasualtyMention, Scope

_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_DEED = "attack|blast|bombing|explosion|strike|airstrike|raid|shooting|incident|ambush|clash|bomb|shelling|suicide bomber"
_NEW_EVENT = re.compile(
    r"(?:[\"'(-]\s*)?(?:meanwhile|elsewhere|separately|also (?:on|in|at)"
    r"|in (?:a |an |yet )?(?:separate|another|different|second|third|related|unrelated|other|similar)\b"
    rf"|(?:a|an) (?:separate|second|third|unrelated|similar) (?:\w+ ){{0,3}}?(?:{_DEED})"
    rf"|another (?:\w+ ){{0,3}}?(?:{_DEED})"
    rf"|(?:earlier|later) (?:on )?(?:{_DAYS}|in the day|that day|the same day)|on the same day|the same day|hours (?:earlier|later))"
)
_VIOLENCE = re.compile(
    r"\b(?:attack|bomb|shell|strik|struck|missile|rocket|mortar|artillery"
    r"|drone|warplane|air ?raid|gunm[ae]n|shot\b|shoot|opened fire|stabb|knife"
    r"|ambush|clash|explo|blast|grenade|landmine|\bmine\b|raid|massacre|murder|behead"
    r"|execut|assassinat|kidnap|abduct|suicide|militant|rebel|insurgent|troops|soldiers)"
)
_CUES = frozenset({"in", "at", "near", "kind_of", "attacked", "beyond"})
_LEAD = 3  # sentences, headline included, that always tell the primary event
_APART_KM = 30.0  # a place nearer than this is where the first event was
_EFFECTS = frozenset({"killed", "injured", "abducted"})
MAX_EVENTS = 12  # an article that tells more is a list; the rest would be guesses


@dataclass(frozen=True, slots=True)
class _Home:
    """Where the primary event was; None: not known."""

    latitude: float | None
    longitude: float | None


def find_events(doc: Document, mentions: Sequence[CasualtyMention]) -> list[Scope]:
    """Return the events of a document, the primary one first; always at least one, of all sentences no other claims.

    Args:
        doc: The document.
        mentions: All its casualty mentions.
    """
    if not doc.sentences:
        return [Scope(0, (), is_whole=True)]
    harmed = {m.sentence for m in mentions if not m.uncertain and not m.aggregate}
    told = {(m.effect, m.quantity.best) for m in mentions if m.sentence < _LEAD and not doc.in_title(m.span.start)}
    counted: dict[int, list[CasualtyMention]] = defaultdict(list)
    for mention in mentions:
        if not (mention.uncertain or mention.aggregate or mention.subset) and mention.effect in _EFFECTS and mention.quantity.low != 0:
            counted[mention.sentence].append(mention)
    claimed: dict[int, int] = {}
    owners: set[int] = set()
    for first, last in _paragraphs(doc) if counted else ():
        own = [mention for index in range(first, last) for mention in counted.get(index, ())]
        anchor = _other_event(doc, first, last, own, told) if own else None
        if anchor is not None and len(owners) < MAX_EVENTS - 1:
            owners.add(anchor)
            claimed |= dict.fromkeys(range(anchor, last), anchor)
    rest = tuple(s.index for s in doc.sentences if s.index not in claimed)
    if not any(index in harmed for index in rest):
        claimed, rest = {}, tuple(s.index for s in doc.sentences)
    anchor = next((index for index in rest if index in harmed), rest[0])
    secondary = [
        Scope(start, tuple(index for index, owner in claimed.items() if owner == start), "secondary", is_whole=False)
        for start in dict.fromkeys(claimed.values())
    ]
    return [Scope(anchor, rest, "primary", is_aggregate(mentions), is_whole=not secondary), *secondary]


def own_mentions(doc: Document, scope: Scope, mentions: Sequence[CasualtyMention]) -> list[CasualtyMention]:
    """Return the casualty mentions that speak of one event, in order.

    A headline counts for all events of its article ("One killed in Nikopol; glide bomb injures six in Kupiansk"): what it
    repeats of another event belongs to that one.
    """
    inside = set(scope.sentences)
    elsewhere = {(m.effect, m.quantity.best) for m in mentions if m.sentence not in inside}
    return [m for m in mentions if m.sentence in inside and not (doc.in_title(m.span.start) and (m.effect, m.quantity.best) in elsewhere)]


def is_aggregate(mentions: Sequence[CasualtyMention]) -> bool:
    """Tell whether a text only sums up: it counts people, and every count of the lead is of a period or of several events."""
    counted = [m for m in mentions if not m.uncertain and m.quantity.rule not in {"number.one", "number.plural"}]
    lead = [m for m in counted if m.sentence < _LEAD] or counted
    return bool(lead) and all(m.aggregate for m in lead)


def _paragraphs(doc: Document) -> list[tuple[int, int]]:
    """Return the paragraphs as numbers of first sentence and of the sentence behind the last."""
    bounds: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(doc.sentences) + 1):
        if index == len(doc.sentences) or "\n" in doc.text[doc.sentences[index - 1].end : doc.sentences[index].start]:
            bounds.append((first, index))
            first = index
    return bounds


def _other_event(doc: Document, first: int, last: int, own: Sequence[CasualtyMention], told: Set[tuple[str, int | None]]) -> int | None:
    """Return the sentence of a paragraph at which another event begins, or None.

    It counts harm of its own (a number that the lead does not give), done by violence, and either the text says that it is
    another event, or it names another place.
    """
    if first < _LEAD or all((m.effect, m.quantity.best) in told and m.quantity.best is not None for m in own):
        return None
    start, end = doc.sentences[first].start, doc.sentences[last - 1].end
    if not _VIOLENCE.search(doc.folded, start, end):
        return None
    for index in range(first, last):
        sentence = doc.sentences[index]
        if any(m.sentence >= index for m in own) and _NEW_EVENT.match(doc.folded, sentence.start, sentence.end):
            return index
    numbered = [m for m in own if m.quantity.rule not in {"number.one", "number.plural"}]
    return first if numbered and _is_elsewhere(doc, first, numbered[0].sentence) else None


def _is_elsewhere(doc: Document, first: int, last: int) -> bool:
    """Tell whether the sentences from `first` to `last` name a settlement, as the place of a deed, far from the primary event."""
    home = _home(doc)
    if home.latitude is None or home.longitude is None:
        return False
    context = find_place_context(doc)
    found = [
        place
        for mention, place in zip(context.mentions, context.places, strict=True)
        if first <= mention.sentence <= last
        and place is not None
        and place.kind == "settlement"
        and mention.cue in _CUES
        and mention.strength >= 1
    ]
    return bool(found) and all(distance_km(home.latitude, home.longitude, p.latitude, p.longitude) > _APART_KM for p in found)


def _home(doc: Document) -> _Home:
    values = {f.column: f.value for f in find_places(doc, Scope(0, tuple(range(min(_LEAD, len(doc.sentences)))), is_whole=False))}
    if values.get("geo_precision") not in {1, 2, 3}:
        return _Home(None, None)
    return _Home(values.get("latitude"), values.get("longitude"))
