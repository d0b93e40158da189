"""Which events a document tells, and which sentences tell which.

Most articles tell one event. Another one begins at a later sentence whose signs (`event_signs`) sum up to enough points:
the text says so ("in a separate attack", "elsewhere"), or the sentence tells harm or an act of violence of another place,
day or number. It lasts to the end of its paragraph, or over the next ones while it has no count of its own.
A text whose only counts sum up a period or several events is an aggregate, and so is the sum over the places of a barrage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from transforms.barrages import Barrage, find_barrage
from transforms.document import Document
from transforms.event_signs import SignReader, counts_period, points_of
from transforms.records import CasualtyMention, Scope

THRESHOLD = 2.0  # points from which a sentence begins another event
_NEAR_LEAD = 0.5  # points more that a sentence beside the lead needs: it mostly tells on
MAX_EVENTS = 12  # an article that tells more is a list; the rest would be guesses
_LEAD = 1  # sentences of the body that always tell the primary event
_SHORTEST_LEAD = 7  # words; "BEIRUT" or "Share this" is no sentence
_LEAD_COUNTS = 3  # sentences whose counts decide whether a text only sums up
_FOLLOWING = 3  # sentences within which an announced event may get its count, in further paragraphs too


@dataclass(slots=True)
class _Event:
    """A further event while its sentences are gathered."""

    anchor: int
    role: str
    counts: set[tuple[str, int | None]]
    is_announced: bool = False  # the text says that it is another event: its count may follow
    place: int | None = None  # of a part of a barrage: the rank of its place
    sentences: list[int] = field(default_factory=list)


def find_events(doc: Document, mentions: Sequence[CasualtyMention]) -> list[Scope]:
    """Return the events of a document, the primary one first; always at least one, of all sentences no other claims.

    Args:
        doc: The document.
        mentions: All its casualty mentions.
    """
    if not doc.sentences:
        return [Scope(0, (), is_whole=True)]
    harmed = {m.sentence for m in mentions if not m.uncertain and not m.aggregate}
    barrage, events = _find_further(doc, mentions)
    claimed = {index for event in events for index in event.sentences}
    rest = tuple(s.index for s in doc.sentences if s.index not in claimed)
    if harmed and not any(index in harmed for index in rest) and any(e.role != "background" for e in events):
        barrage, events, rest = None, [], tuple(s.index for s in doc.sentences)
    anchor = next((index for index in rest if index in harmed), rest[0])
    further = [
        Scope(event.anchor, tuple(event.sentences), event.role, is_whole=False, barrage="" if event.place is None else "part")
        for event in events
    ]
    if barrage is not None:
        return [Scope(anchor, rest, "primary", is_aggregate=True, is_whole=False, barrage="whole", area=barrage.area), *further]
    return [Scope(anchor, rest, "primary", is_aggregate(mentions), is_whole=not further), *further]


def own_mentions(doc: Document, scope: Scope, mentions: Sequence[CasualtyMention]) -> list[CasualtyMention]:
    """Return the casualty mentions that speak of one event, in order.

    A headline counts for all events of its article ("One killed in Nikopol; glide bomb injures six in Kupiansk"): what it
    repeats of another event belongs to that one. The toll of an earlier event is its own there, and no other's.
    """
    inside = set(scope.sentences)
    elsewhere = {(m.effect, m.quantity.best) for m in mentions if m.sentence not in inside}
    own = [m for m in mentions if m.sentence in inside and not (doc.in_title(m.span.start) and (m.effect, m.quantity.best) in elsewhere)]
    if scope.role == "primary":
        return own
    return [replace(m, aggregate=False) if m.aggregate and not counts_period(doc, m.sentence) else m for m in own]


def is_aggregate(mentions: Sequence[CasualtyMention]) -> bool:
    """Tell whether a text only sums up: it counts people, and every count of the lead is of a period or of several events."""
    counted = [m for m in mentions if not m.uncertain and m.quantity.rule not in {"number.one", "number.plural"}]
    lead = [m for m in counted if m.sentence < _LEAD_COUNTS] or counted
    return bool(lead) and all(m.aggregate for m in lead)


def _find_further(doc: Document, mentions: Sequence[CasualtyMention]) -> tuple[Barrage | None, list[_Event]]:
    """Find the events behind the first sentences, in order, each with its sentences, and whether the first sentences sum them up."""
    lead = _lead_end(doc)
    if lead == len(doc.sentences):
        return None, []
    reader = SignReader(doc, mentions, lead)
    barrage = find_barrage(doc, reader.mentions, lead)
    parts = barrage.parts if barrage else {}
    events: list[_Event] = []
    for first, last in _paragraphs(doc):
        current = _follow(reader, events, first)
        for index in range(max(first, lead), last):
            begun: _Event | None = None
            if index in parts:
                begun = _begin_part(reader, index, events, parts[index])
            elif reader.is_violent(index):
                begun = _begin(reader, index, events)
            if begun is not None and begun is not current and (begun in events or len(events) < MAX_EVENTS - 1):
                current = begun
                if begun not in events:
                    events.append(begun)
            if current is not None:
                current.sentences.append(index)
                current.counts |= reader.counts(index)
    return barrage, events


def _begin_part(reader: SignReader, index: int, events: Sequence[_Event], place: int) -> _Event:
    """Return the event of one place of a barrage: a new one, or the one that an earlier sentence began."""
    known = next((event for event in events if event.place == place), None)
    return known or _Event(index, "secondary", reader.counts(index), place=place)


def _begin(reader: SignReader, index: int, events: Sequence[_Event]) -> _Event | None:
    """Return the event that a sentence begins or takes up again; None where it tells on what was told before."""
    signs = reader.read(index)
    counts = reader.counts(index)
    again = next((event for event in events if counts & event.counts), None)
    if again is not None:
        return again
    needed = THRESHOLD + (_NEAR_LEAD if index == reader.opening.end else 0.0)
    if points_of(signs) < needed or not signs & {"act", "other_deed", "new_count", "one_person", "abduction", "past_toll"}:
        return None
    is_announced = bool(signs & {"opening", "other_deed"})
    role = "background" if reader.is_past(index) and not is_announced else "secondary"
    return _Event(index, role, counts, is_announced)


def _follow(reader: SignReader, events: Sequence[_Event], first: int) -> _Event | None:
    """Return the announced event that a new paragraph tells on: it has no count yet, and gets one within a few sentences."""
    event = events[-1] if events else None
    if event is None or event.counts or not event.is_announced or event.sentences[-1] != first - 1:
        return None
    ahead = range(first, event.anchor + _FOLLOWING + 1)
    return event if any(m.effect != "missing" for index in ahead for m in reader.mentions.get(index, ())) else None


def _lead_end(doc: Document) -> int:
    """Return the number of the sentence behind the lead: headline, datelines and buttons, and the first sentences of the body."""
    left = _LEAD
    for sentence in doc.sentences:
        if not doc.in_title(sentence.start) and doc.folded.count(" ", sentence.start, sentence.end) >= _SHORTEST_LEAD:
            left -= 1
        if left == 0:
            return sentence.index + 1
    return len(doc.sentences)


def _paragraphs(doc: Document) -> list[tuple[int, int]]:
    """Return the paragraphs as numbers of first sentence and of the sentence behind the last."""
    bounds: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(doc.sentences) + 1):
        if index == len(doc.sentences) or "\n" in doc.text[doc.sentences[index - 1].end : doc.sentences[index].start]:
            bounds.append((first, index))
            first = index
    return bounds
