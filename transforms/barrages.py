"""Barrages: one text sums up what struck several places and then counts each: "12 killed across Ukraine ... In Kyiv, nine ...".

The sum is of several events: an aggregate, which opens no incident, so that nobody is counted twice. Each place with its own
count is an event of its own. The view `barrages` holds sum and places together again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transforms.document import Document
from transforms.event_words import event_words
from transforms.fields.dates import NONE_STATED_RULE
from transforms.gazetteer import AREAS, Place
from transforms.place_context import PlaceContext, find_place_context
from transforms.place_meanings import is_near
from transforms.records import CasualtyMention, Finding, Quantity, ReportRecord

_FEWEST = 2  # places with counts of their own
_EFFECTS = ("killed", "injured")
_PLACED = frozenset({"settlement", "admin2"})
_CUES = frozenset({"in", "at", "near", "attacked"})
_REACH = 40  # characters between "across" and the area that it names
_APART_KM = 30.0  # a city and its district are one place
_ASSUMED = frozenset({NONE_STATED_RULE, "event_class.harm"})  # what a part's own words do not say
_OPEN = frozenset({"at_least", "about", "vague"})  # the places may come to more
# What the places share with the whole, where their own sentences do not say it.
_SHARED = frozenset({
    "event_date_start", "event_date_end", "date_precision", "time_of_day", "perpetrator", "perpetrator_kind", "attribution", "event_class",
    "weapon_class", "launch_method",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Barrage:
    """What one text says of a barrage.

    Attributes:
        area: Number of the place mention that names the area struck; None: no area is named.
        parts: Number of the sentence that counts one place -> rank of the place.
    """

    area: int | None
    parts: Mapping[int, int]


def find_barrage(doc: Document, counted: Mapping[int, Sequence[CasualtyMention]], lead: int) -> Barrage | None:
    """Find the sum and the places of a barrage; None where the lead sums nothing up, or fewer than two places are counted.

    Args:
        doc: The document.
        counted: Casualty mentions by sentence; those of parts, periods and fears are left out.
        lead: Number of the sentence behind the lead.
    """
    spread = event_words(doc.lexicons).spread
    spans = [match.span() for s in doc.sentences[:lead] for match in spread.finditer(doc.folded, s.start, s.end)]
    whole = _sums(counted, lead) if spans else {}
    if not whole:
        return None
    context = find_place_context(doc)
    named: dict[int, list[Place]] = defaultdict(list)
    for mention, place in zip(context.mentions, context.places, strict=True):
        if mention.sentence >= lead and place and place.kind in _PLACED and mention.cue in _CUES and counted.get(mention.sentence):
            named[mention.sentence].append(place)
    # A sentence that names two places far apart does not say whose its numbers are.
    parts = {index: places[0].rank for index, places in named.items() if all(is_near(places[0], p, _APART_KM) for p in places)}
    if len(set(parts.values())) < _FEWEST or not _fits(whole, counted, parts):
        return None
    return Barrage(_find_area(context, spans), parts)


def share_whole(whole: ReportRecord, part: ReportRecord) -> tuple[Finding, ...]:
    """Return the findings of one place, completed by what the whole says of all: night, attacker, kind of attack."""
    own = {f.column for f in part.findings if f.rule not in _ASSUMED}
    shared = [f for f in whole.findings if f.column in _SHARED - own]
    replaced = {f.column for f in shared}
    return (*(f for f in part.findings if f.column not in replaced), *shared)


def _sums(counted: Mapping[int, Sequence[CasualtyMention]], lead: int) -> dict[str, Quantity]:
    """Return the first number of killed and of injured people that the lead gives."""
    found: dict[str, Quantity] = {}
    for index in range(lead):
        for mention in counted.get(index, ()):
            if mention.effect in _EFFECTS and mention.group == "all" and mention.quantity.low:
                found.setdefault(mention.effect, mention.quantity)
    return found


def _fits(whole: Mapping[str, Quantity], counted: Mapping[int, Sequence[CasualtyMention]], parts: Mapping[int, int]) -> bool:
    """Tell whether the places' counts fit into the sums; a place that reaches a sum alone is what the lead tells already."""
    is_counted = False
    for effect, total in whole.items():
        most: dict[int, int] = defaultdict(int)
        for index, place in parts.items():
            told = [m.quantity.low or 0 for m in counted[index] if m.effect == effect]
            most[place] = max(most[place], *told, 0)
        low = total.low or 0
        if max(most.values()) >= low or (sum(most.values()) > low and total.quantifier not in _OPEN):
            return False
        is_counted = is_counted or sum(count > 0 for count in most.values()) >= _FEWEST
    return is_counted


def _find_area(context: PlaceContext, spans: Sequence[tuple[int, int]]) -> int | None:
    """Return the number of the area that stands behind a word such as "across"."""
    for number, (mention, place) in enumerate(zip(context.mentions, context.places, strict=True)):
        is_area = mention.kind != "demonym" and place is not None and (place.kind in AREAS or place.kind == "country")
        if is_area and any(0 <= mention.start - end <= _REACH for _, end in spans):
            return number
    return None
