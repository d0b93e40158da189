"""Where an event happened: the one place among all those that a text names, with its coordinates and how exact they are."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import replace

from transforms.document import Document, once
from transforms.gazetteer import Gazetteer, Place
from transforms.place_context import PlaceContext, find_place_context
from transforms.place_meanings import is_near
from transforms.place_mentions import PlaceMention, is_container
from transforms.place_offsets import find_offset
from transforms.place_votes import MIN_STRENGTH
from transforms.place_words import place_words
from transforms.records import Finding, Scope, Span
from transforms.value_class import dataclass

MIN_PLACE_SCORE = 1.0  # below this a name is merely mentioned
MIN_COUNTRY_VOTES = 0.3  # one country named in passing
SHARE_WEIGHT, STATE_WEIGHT = 3.3, 1.5
ANCHOR_KM = 120.0
ANCHOR_RANK = 60_000  # a smaller town with police of its own is rather a surname
FAR_FROM_POLICE = 3.0  # points that a town loses which lies nowhere near the police or the dateline of the story
INNER_SHARE = 0.5  # a town inside the best area is chosen if it has this share of the area's score
MAX_ALTERNATIVES = 5
MIN_BORROWED = 3  # precision of a place that another event of the document lends: in its district
PRECISION = {"settlement": 2, "admin2": 3, "admin1": 4, "region": 5, "country": 6}
_SPECIFIC = {"settlement": 1.0, "admin2": 0.6, "admin1": 0.0, "region": -0.2, "country": -1.2}
SHARED_OUT_LEAD = 4  # sentences in which a toll is shared out over places
SHARED_OUT_KM = 30.0  # a town and its surroundings are one place
_COUNT_IN = re.compile(
    r"(?:^|[\s:;,(])(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|an?|another) "
    r"(?:(?:more|others?|people|person|man|woman|child|civilians?|were|was|killed|dead|died|deaths?|injured|wounded) ){0,3}in (?:the )?$"
)


_ENCODER = json.JSONEncoder(ensure_ascii=False)  # json.dumps makes one for every call
TOLD_STRENGTH = 2.0  # as strong as "in", "near" or "the town of"
TOLD_MARGIN = 1.5  # points by which a dateline may lead and still yield


@dataclass(frozen=True, slots=True)
class _Choice:
    """One place as the event's own: its mentions, best first, and the sum of what speaks for it."""

    place: Place | None
    mentions: tuple[int, ...]
    score: float


def find_places(doc: Document, scope: Scope) -> list[Finding]:
    """Find the place of the event that a scope tells.

    Args:
        doc: The document.
        scope: Its sentences of one event.

    Returns:
        Findings for country_iso3, admin1, place, latitude, longitude, geonameid, geo_precision, place_alternatives; each value
        points to the name it was read from, inferred ones (country of a town) too. No finding = nothing in the text says.
    """
    context = find_place_context(doc)
    if scope.barrage == "whole":
        return _area_findings(doc, context, scope.area)
    choices = _prefer_told(_prefer_inner(_rank_choices(doc, scope, context), context), context)
    at_sea = _sea_findings(doc, scope)
    if at_sea and (not choices or choices[0].place is None or choices[0].place.kind == "country"):
        return at_sea
    if choices and choices[0].score >= MIN_PLACE_SCORE:
        place = choices[0].place
        if scope.is_whole and place is not None and place.rank in _shared_out(doc, scope, context):
            return _country_only(context, doc.gazetteer)
        return _place_findings(doc, context, choices)
    if scope.role != "primary":
        return _of_document(doc, context, scope) or _country_only(context, doc.gazetteer)
    return _country_only(context, doc.gazetteer)


def _shared_out(doc: Document, scope: Scope, context: PlaceContext) -> set[int]:
    """Return the ranks of places over which one sentence shares out a toll: "12 killed: seven in Kharkiv, three in Odesa"."""
    counted: dict[int, list[Place]] = defaultdict(list)
    lead = set(scope.sentences[:SHARED_OUT_LEAD])
    for mention, place in zip(context.mentions, context.places, strict=True):
        is_town = mention.sentence in lead and mention.cue == "in" and place is not None and place.kind == "settlement"
        if is_town and place is not None and _COUNT_IN.search(doc.folded, max(0, mention.start - 40), mention.start):
            counted[mention.sentence].append(place)
    apart = [places for places in counted.values() if any(not is_near(places[0], other, SHARED_OUT_KM) for other in places[1:])]
    return {place.rank for places in apart for place in places}


def _area_findings(doc: Document, context: PlaceContext, area: int | None) -> list[Finding]:
    """Return the area that a barrage struck: its centre and size; only the country where the text names no area."""
    if area is None or context.places[area] is None:
        return _country_only(context, doc.gazetteer)
    return _place_findings(doc, context, [_Choice(context.places[area], (area,), MIN_PLACE_SCORE)])


def _of_document(doc: Document, context: PlaceContext, scope: Scope) -> list[Finding]:
    """Return the headline's place for a further event that names none: most likely the same town; the precision says "near"."""
    whole = Scope(scope.anchor, scope.sentences, is_whole=False)  # a primary one, which looks at the headline
    choices = _rank_choices(doc, whole, context)
    if not choices or choices[0].score < MIN_PLACE_SCORE:
        return []
    return [
        replace(
            finding, rule="place.document", value=max(MIN_BORROWED, finding.value) if finding.column == "geo_precision" else finding.value
        )
        for finding in _place_findings(doc, context, choices)
    ]


def _sea_findings(doc: Document, scope: Scope) -> list[Finding]:
    """Return the sea of "a drone hit a tanker in the Black Sea": no country, no coordinates."""
    words = place_words(doc.lexicons)
    if not _names_sea(doc):
        return []
    for number in scope.sentences:
        sentence = doc.sentences[number]
        match = doc.search(words.sea, sentence)
        if match and doc.search(words.event, sentence):
            span = Span(*match.span(1))
            return [
                Finding("place", doc.quote(span), span, "place.sea"),
                Finding("geo_precision", 7, span, "place.sea"),
            ]
    return []


@once
def _names_sea(doc: Document) -> bool:
    words = place_words(doc.lexicons)
    return any(True for _ in words.sea_names.find_matches_as_indexes(doc.folded)) and words.sea.search(doc.folded) is not None


def _rank_choices(doc: Document, scope: Scope, context: PlaceContext) -> list[_Choice]:
    """Return the places named in a scope, best first; areas that hold a better place come after it."""
    inside = set(scope.sentences)
    holders = {number for held in context.containers for number in held}
    anchors = _find_anchors(context)
    groups: dict[object, list[tuple[float, int]]] = defaultdict(list)
    for number, mention in enumerate(context.mentions):
        if mention.kind == "demonym" or mention.strength < MIN_STRENGTH:
            continue
        if context.places[number] is None and mention.strength < 1.5:
            continue
        is_headline = scope.role == "primary" and doc.in_title(mention.start)  # which tells the first event
        if not scope.is_whole and mention.sentence not in inside and not is_headline:
            continue
        place = context.places[number]
        score = _score(doc, scope, context, number, number in holders)
        if place and place.kind == "settlement" and anchors and not any(is_near(place, anchor, ANCHOR_KM) for anchor in anchors):
            score -= FAR_FROM_POLICE
        groups[place.rank if place else mention.name.lower()].append((score, number))
    choices = []
    for scored in groups.values():
        scored.sort(key=lambda item: (-item[0], item[1]))
        extra = min(1.2, sum(0.25 for score, _ in scored[1:] if score > 0.8))
        choices.append(_Choice(context.places[scored[0][1]], tuple(number for _, number in scored), scored[0][0] + extra))
    return sorted(choices, key=lambda choice: (-choice.score, choice.mentions[0]))


def _find_anchors(context: PlaceContext) -> list[Place]:
    """Return the towns and counties whose police or dateline speak: what they look into lies near them."""
    return [
        place
        for mention, place in zip(context.mentions, context.places, strict=True)
        if place
        and place.kind in ("settlement", "admin2")
        and place.rank < ANCHOR_RANK
        and mention.cue in ("body", "dateline")
        and mention.strength >= 1.5
        and (mention.cue == "body" or place.feature != "PPLC")  # much is written in the capital about elsewhere
    ]


def _prefer_inner(choices: list[_Choice], context: PlaceContext) -> list[_Choice]:
    """Move the best settlement inside the best area before it: "in Utah ... Provo police" happened in Provo."""
    if not choices or choices[0].place is None:
        return choices
    if choices[0].place.kind == "settlement":
        return _prefer_held(choices, context)
    area = choices[0].place
    for number, choice in enumerate(choices[1:], start=1):
        cues = {context.mentions[mention].cue for mention in choice.mentions}
        held = choice.place is None and any(
            context.places[outer] == area for mention in choice.mentions for outer in context.containers[mention]
        )
        inside = choice.place is not None and choice.place.kind in ("settlement", "admin2") and is_container(area, choice.place)
        if (
            (inside or held)
            and choice.score >= INNER_SHARE * choices[0].score
            and not cues <= {"care", "to", "from", "of", "with", "outlet"}
        ):
            return [choice, *choices[:number], *choices[number + 1 :]]
    return choices


def _prefer_held(choices: list[_Choice], context: PlaceContext) -> list[_Choice]:
    """Move a name that the gazetteer lacks before the town that only says where it lies: "the village of X, near Y"."""
    for number, choice in enumerate(choices[1:], start=1):
        if choice.place is None and any(
            outer in choices[0].mentions for mention in choice.mentions for outer in context.containers[mention]
        ):
            return [choice, *choices[:number], *choices[number + 1 :]]
    return choices


def _prefer_told(choices: list[_Choice], context: PlaceContext) -> list[_Choice]:
    """Move a town that a sentence names as the place of what happened before one that only the dateline names.

    Wire stories are often written in the capital: "BAMAKO - A bomb killed nine near the town of Bandiagara".
    """
    if not choices or any(context.mentions[number].cue != "dateline" for number in choices[0].mentions):
        return choices
    for number, choice in enumerate(choices[1:], start=1):
        told = any(context.mentions[n].strength >= TOLD_STRENGTH and context.mentions[n].cue != "dateline" for n in choice.mentions)
        if told and choice.place is not None and choice.place.kind == "settlement" and choice.score >= choices[0].score - TOLD_MARGIN:
            return [choice, *choices[:number], *choices[number + 1 :]]
    return choices


def _score(doc: Document, scope: Scope, context: PlaceContext, number: int, is_holder: bool) -> float:
    """Return how much one mention says that the event happened there."""
    mention, place = context.mentions[number], context.places[number]
    held = [context.mentions[outer].strength for outer in context.containers[number]]
    strength = max([mention.strength, *held]) if held and mention.strength > 0.2 else mention.strength
    score = strength * (0.4 if is_holder else 1.0)
    score += _SPECIFIC[place.kind] if place else 0.6
    score += SHARE_WEIGHT * context.countries.get(place.country_iso2, 0.0) if place else 0.8
    score += STATE_WEIGHT * context.states.get((place.country_iso2, place.admin1_code), 0.0) if place else 0.4
    score += _event_nearness(doc, mention) * (1.0 if mention.strength > 0.3 else 0.3)
    first = scope.anchor
    if doc.in_title(mention.start):
        return score + 0.7
    return score + max(0.0, 1.2 - 0.2 * abs(mention.sentence - first))


def _event_nearness(doc: Document, mention: PlaceMention) -> float:
    """Return up to 1.2 for words of violence in the sentence, more when close by."""
    sentence = doc.sentences[mention.sentence]
    starts = _event_starts(doc)
    at = bisect_left(starts, sentence.start)
    if at == len(starts) or starts[at] >= sentence.end:
        return 0.0
    low, high = max(sentence.start, mention.start - 60), min(sentence.end, mention.end + 60)
    at = bisect_left(starts, low, at)
    # Where the stretch ends inside a word, what is left of it may be a word of violence or not: the pattern decides.
    words = place_words(doc.lexicons)
    tail = max(low, high - words.longest_event)
    if (at < len(starts) and starts[at] < tail) or words.event.search(doc.folded, tail, high):
        return 1.1
    return 0.6


@once
def _event_starts(doc: Document) -> list[int]:
    """Return where words of violence begin, ascending."""
    return place_words(doc.lexicons).find_events(doc.folded)


def _place_findings(doc: Document, context: PlaceContext, choices: list[_Choice]) -> list[Finding]:
    choice = choices[0]
    number = choice.mentions[0]
    mention = context.mentions[number]
    place, span = choice.place, Span(mention.start, mention.end)
    rule = f"place.{mention.cue or 'named'}"
    if place is None:
        return _unknown_findings(doc, context, choices, number)
    findings = [Finding("country_iso3", place.country_iso3, span, f"{rule}.country")]
    if place.admin1:
        findings.append(Finding("admin1", place.admin1, span, f"{rule}.admin1"))
    if place.kind not in ("admin1", "country"):
        findings.append(Finding("place", place.name, span, rule))
    if place.kind != "country":
        findings += _coordinates(doc, place, mention, rule)
    findings.append(Finding("geo_precision", PRECISION[place.kind], span, rule))
    return [*findings, *_alternatives(context, choices, span)]


def _coordinates(doc: Document, place: Place, mention: PlaceMention, rule: str) -> list[Finding]:
    """Return latitude, longitude and, where they are the place's own and not so many kilometres from it, its id."""
    offset = find_offset(doc.folded, mention.start) if place.kind == "settlement" else None
    if offset:
        span, rule = Span(offset.start, mention.end), "place.offset"
        latitude, longitude = offset.apply(place.latitude, place.longitude)
        return [Finding("latitude", latitude, span, rule), Finding("longitude", longitude, span, rule)]
    span = Span(mention.start, mention.end)
    findings = [Finding("latitude", place.latitude, span, rule), Finding("longitude", place.longitude, span, rule)]
    if place.geonameid is not None and rule != "place.container":
        findings.append(Finding("geonameid", place.geonameid, span, rule))
    return findings


def _alternatives(context: PlaceContext, choices: list[_Choice], span: Span) -> list[Finding]:
    """Return the other places that the words may mean and the next best names of the text as JSON."""
    chosen, number = choices[0].place, choices[0].mentions[0]
    others = list(context.ranked[number][1:4]) + [
        choice.place for choice in choices[1:3] if choice.place and choice.score >= MIN_PLACE_SCORE
    ]
    rows, seen = [], {chosen.rank if chosen else -1}
    for place in others:
        if place.rank not in seen:
            seen.add(place.rank)
            rows.append(
                {
                    "geonameid": place.geonameid,
                    "name": place.name,
                    "country_iso3": place.country_iso3,
                    "admin1": place.admin1,
                }
            )
    return (
        [
            Finding(
                "place_alternatives",
                _ENCODER.encode(rows[:MAX_ALTERNATIVES]),
                span,
                "place.alternatives",
            )
        ]
        if rows
        else []
    )


def _unknown_findings(doc: Document, context: PlaceContext, choices: list[_Choice], number: int) -> list[Finding]:
    """Return the name as written, with the coordinates of the nearest known area or town."""
    mention = context.mentions[number]
    span = Span(mention.start, mention.end)
    findings = [Finding("place", mention.name, span, "place.unlisted")]
    anchors = [outer for outer in context.containers[number] if context.places[outer]] or [
        choice.mentions[0] for choice in choices[1:] if choice.place and choice.score > MIN_PLACE_SCORE
    ]
    if not anchors:
        return findings + _country_only(context, doc.gazetteer)
    known = [(context.mentions[outer], place) for outer in anchors if (place := context.places[outer])]
    source, anchor = next(((outer, place) for outer, place in known if place.kind != "country"), known[0])
    span = Span(source.start, source.end)
    findings.append(Finding("country_iso3", anchor.country_iso3, span, "place.container.country"))
    if anchor.admin1:
        findings.append(Finding("admin1", anchor.admin1, span, "place.container.admin1"))
    if anchor.kind != "country":
        findings += _coordinates(doc, anchor, source, "place.container")
    findings.append(Finding("geo_precision", max(3, PRECISION[anchor.kind]), span, "place.container"))
    return findings


def _country_only(context: PlaceContext, gazetteer: Gazetteer) -> list[Finding]:
    """Return the country alone, where the text speaks of one clearly enough."""
    if not context.countries or context.votes < MIN_COUNTRY_VOTES:
        return []
    top = max(context.countries, key=lambda iso2: (context.countries[iso2], iso2))
    place, span = gazetteer.country(top), context.country_spans.get(top)
    if place is None or span is None:
        return []
    return [
        Finding("country_iso3", place.country_iso3, span, "place.country_votes"),
        Finding("geo_precision", 6, span, "place.country_votes"),
    ]
