"""What the place names of one text say about each other: which holds which, which country they speak of, what each one means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import itemgetter
from weakref import WeakKeyDictionary

from transforms.document import Document
from transforms.gazetteer import AREAS, Gazetteer, Place
from transforms.geo import distance_km
from transforms.place_mentions import PlaceMention, find_place_mentions, is_container, with_candidates
from transforms.place_votes import country_votes, importance, state_shares
from transforms.place_words import PlaceWords, place_words
from transforms.records import Span

MAX_CAPITALS = 50  # mentions of "the capital" looked at
MAX_GAP = 70  # characters between a place and the area that holds it
WELL_KNOWN_RANK = 3_000  # about the 2,500 largest cities after countries
MIN_TOTAL = 0.5  # votes of the rest of the text below which it says nothing about a country
MIN_SUPPORT = 0.08  # share of the other votes that a country needs before its small places are believed
NEAR_KM = 90.0  # places of one story mostly lie within a few hours' drive

_OTHER_CAPITAL = re.compile(r"\b(?:provincial|state|regional|district|commercial|business|financial|cultural)(?:'s)? $")
_PART = re.compile(
    r"(?:^ in|\b(?:section|area|neighbou?rhood|district|part|side|suburb|quarter|community) of|\bin) (?:the )?(?:city of )?$"
)
_GAP_WORD = re.compile(r"[\w'\-]+|[^\w\s]")
_LINKS = frozenset(
    (
        "section",
        "in",
        "of",
        "within",
        "on",
        "near",
        "outside",
        "located",
        "situated",
        "inside",
        "around",
        "at",
        "'s",
        "'",
        ",",
        "-",
        "(",
    )
)
_CAPITAL = re.compile(r"\bcapital\b(?! (?:punishment|offen[cs]e|murder))")


@dataclass(frozen=True, slots=True)
class PlaceContext:
    """The place mentions of one document after they were weighed against each other.

    Attributes:
        mentions: In order of the text; candidates narrowed by the areas that hold them.
        places: What each mention most likely means; None for a name that the gazetteer lacks.
        ranked: All candidates of each mention, likeliest first.
        containers: For each mention the numbers of the mentions that the text names as holding it, nearest first.
        countries: ISO 3166-1 alpha-2 code -> share of the votes, 0..1; empty where nothing speaks of a country.
        votes: Sum of the votes: below 1 the text hardly speaks of any country.
        country_spans: The first words that voted for each country.
        states: (country, admin1 code) -> share of the votes for a state or province.
    """

    mentions: tuple[PlaceMention, ...]
    places: tuple[Place | None, ...]
    ranked: tuple[tuple[Place, ...], ...]
    containers: tuple[tuple[int, ...], ...]
    countries: dict[str, float]
    votes: float
    country_spans: dict[str, Span]
    states: dict[tuple[str, str | None], float]


_CONTEXTS: WeakKeyDictionary[Document, PlaceContext] = WeakKeyDictionary()
_CAPITALS: WeakKeyDictionary[Gazetteer, dict[str, Place]] = WeakKeyDictionary()


def find_place_context(doc: Document) -> PlaceContext:
    """Return the weighed place mentions of a document; computed once per document."""
    if doc not in _CONTEXTS:
        mentions = _with_capitals(doc, find_place_mentions(doc))
        narrowed, containers = _link(doc, mentions)
        votes, spans, own = country_votes(doc, narrowed, containers)
        total = sum(votes.values())
        shares = {iso2: vote / total for iso2, vote in votes.items()} if total else {}
        states = state_shares(narrowed, votes)
        firm = [m.candidates[0] for m in narrowed if m.kind in ("place", "capital") and len(m.candidates) == 1 and m.strength > 0.5]
        resolver = _Resolver(votes, states, firm[:12], doc.gazetteer, max(total, 0.01))
        ranked = tuple(
            resolver.rank(mention, cast, [place for outer in holders for place in narrowed[outer].candidates[:5]])
            for mention, cast, holders in zip(narrowed, own, containers, strict=True)
        )
        places = tuple(candidates[0] if candidates else None for candidates in ranked)
        _CONTEXTS[doc] = PlaceContext(tuple(narrowed), places, ranked, tuple(containers), shares, total, spans, states)
    return _CONTEXTS[doc]


def capital(gazetteer: Gazetteer, country_iso2: str) -> Place | None:
    """Return the capital of a country."""
    if gazetteer not in _CAPITALS:
        places = (gazetteer.place(rank) for rank in range(min(1_000, len(gazetteer))))
        _CAPITALS[gazetteer] = {place.country_iso2: place for place in places if place.feature == "PPLC"}
    return _CAPITALS[gazetteer].get(country_iso2)


def _with_capitals(doc: Document, mentions: list[PlaceMention]) -> list[PlaceMention]:
    """Add "the Afghan capital", "Libya's capital", "capital of Somalia" as mentions of the city."""
    added: list[PlaceMention] = []
    nations = {m.country_iso2 or m.candidates[0].country_iso2 for m in mentions if m.kind in ("demonym", "country")}
    only = nations.pop() if len(nations) == 1 else None
    for match in islice(_CAPITAL.finditer(doc.folded), MAX_CAPITALS):
        nation = _nation_beside(doc, mentions, match.start(), match.end()) or _only_nation(doc, match, only)
        city = capital(doc.gazetteer, nation) if nation else None
        if (
            not nation
            or not city
            or any(_names_city(m, nation) for m in mentions if -40 < m.start - match.end() < 25)
            or _OTHER_CAPITAL.search(doc.folded, max(0, match.start() - 20), match.start())
        ):
            continue
        cue, strength = place_words(doc.lexicons).cue_before(doc.folded, match.start())
        name = doc.text[match.start() : match.end()]
        added.append(
            PlaceMention(
                match.start(),
                match.end(),
                name,
                doc.sentence_at(match.start()).index,
                (city,),
                "capital",
                cue,
                strength,
            )
        )
    return sorted([*mentions, *added], key=lambda mention: mention.start)


def _only_nation(doc: Document, match: re.Match[str], only: str | None) -> str | None:
    """Return the one nation of the text for a bare "the capital"."""
    is_bare = doc.folded.endswith("the ", 0, match.start()) and not doc.folded.startswith(" of ", match.end())
    return only if is_bare else None


def _names_city(mention: PlaceMention, country_iso2: str) -> bool:
    """Tell whether a mention beside the word "capital" says which city is meant."""
    return mention.kind == "place" and any(
        place.country_iso2 == country_iso2 and place.kind == "settlement" for place in mention.candidates
    )


def _nation_beside(doc: Document, mentions: Sequence[PlaceMention], start: int, end: int) -> str | None:
    for mention in mentions:
        iso2 = mention.country_iso2 or (mention.candidates[0].country_iso2 if mention.kind == "country" else None)
        if iso2 is None:
            continue
        if 0 <= start - mention.end <= 3 or (
            0 <= mention.start - end <= 8 and doc.folded[end : mention.start].strip() in ("of", "of the", "city of")
        ):
            return None if mention.start > end and doc.folded.startswith("'s", mention.end) else iso2
    return None


def _is_link(folded: str, start: int, end: int, words: PlaceWords) -> bool:
    """Tell whether nothing but commas, small words and kinds of places stands between two names."""
    if not 0 <= end - start <= MAX_GAP or "\n" in folded[start:end]:
        return False
    return all(word in _LINKS or word in words.between or word in words.kind_noun for word in _GAP_WORD.findall(folded, start, end))


def _link(doc: Document, mentions: Sequence[PlaceMention]) -> tuple[list[PlaceMention], list[tuple[int, ...]]]:
    """Find which mention holds which, and keep only candidates that fit."""
    words = place_words(doc.lexicons)
    narrowed = list(mentions)
    containers: list[tuple[int, ...]] = [() for _ in narrowed]
    for index in range(len(narrowed) - 2, -1, -1):
        for other in (index + 1, index + 2):
            if other < len(narrowed) and _is_chain(doc.folded, narrowed, index, other, words):
                gap = doc.folded[narrowed[index].end : narrowed[other].start]
                is_part = other == index + 1 and bool(_PART.search(gap))
                _narrow(narrowed, containers, index, other, is_part) or _narrow(narrowed, containers, other, index, gap.startswith("'s"))
    return _alike(mentions, narrowed), containers


def _alike(before: Sequence[PlaceMention], after: list[PlaceMention]) -> list[PlaceMention]:
    """Let a name that is narrowed in one sentence mean the same in the others: "in X ... the X section of Y"."""
    decided: dict[str, PlaceMention] = {}
    for old, new in zip(before, after, strict=True):
        if new.candidates != old.candidates and (new.name not in decided or len(new.candidates) < len(decided[new.name].candidates)):
            decided[new.name] = new
    return [
        replace(new, candidates=decided[new.name].candidates, kind=decided[new.name].kind) if new is old and new.name in decided else new
        for old, new in zip(before, after, strict=True)
    ]


def _is_chain(folded: str, mentions: Sequence[PlaceMention], low: int, high: int, words: PlaceWords) -> bool:
    """Tell whether two names are linked directly, or over the one name between them."""
    return all(_is_link(folded, mentions[number].end, mentions[number + 1].start, words) for number in range(low, high))


def _narrow(mentions: list[PlaceMention], containers: list[tuple[int, ...]], inner: int, outer: int, is_part: bool) -> bool:
    """Keep the candidates of a pair that fit together as place and area; leave both alone where none do."""
    if mentions[inner].kind in ("country", "demonym") and mentions[outer].cue != "chain":
        return False
    if not mentions[inner].candidates and mentions[inner].kind == "unknown":
        areas = tuple(place for place in mentions[outer].candidates if place.kind in AREAS)
        if areas:
            containers[inner] = (*containers[inner], outer)
        return bool(areas)
    if mentions[outer].kind == "demonym" and inner < outer:
        return False
    pairs = [
        (place, area)
        for area in mentions[outer].candidates
        if area.kind in AREAS
        for place in mentions[inner].candidates
        if is_container(area, place)
    ]
    if not pairs and mentions[outer].cue == "chain" and inner + 1 == outer:
        mentions[inner] = replace(mentions[inner], candidates=(), kind="unknown")
        containers[inner] = (*containers[inner], outer)
        return True
    if not pairs and mentions[inner].candidates and mentions[outer].kind == "place":
        return _narrow_near(mentions, containers, inner, outer, is_part)
    if not pairs:
        return False
    fitting = {place.rank for place, _ in pairs}, {area.rank for _, area in pairs}
    mentions[inner] = with_candidates(mentions[inner], tuple(p for p in mentions[inner].candidates if p.rank in fitting[0]))
    mentions[outer] = with_candidates(mentions[outer], tuple(p for p in mentions[outer].candidates if p.rank in fitting[1]))
    containers[inner] = (*containers[inner], outer)
    return True


def _narrow_near(mentions: list[PlaceMention], containers: list[tuple[int, ...]], inner: int, outer: int, is_part: bool) -> bool:
    """Keep the candidates of a quarter or suburb that lie beside the first meaning of the town it is linked to."""
    town = mentions[outer].candidates[0] if mentions[outer].candidates else None
    if (
        town is None
        or town.kind != "settlement"
        or (town.rank > mentions[inner].candidates[0].rank and len(mentions[outer].candidates) > 3)
    ):
        return False
    fitting = tuple(p for p in mentions[inner].candidates if p.rank != town.rank and is_near(p, town, 45.0))
    if not fitting:
        if not is_part or mentions[inner].candidates[0].rank < max(WELL_KNOWN_RANK, town.rank) or town.rank > 25_000:
            return False
        mentions[inner] = replace(mentions[inner], candidates=(), kind="unknown")
        containers[inner] = (*containers[inner], outer)
        return True
    mentions[inner] = with_candidates(mentions[inner], fitting)
    return True


def is_near(a: Place, b: Place, km: float) -> bool:
    """Tell whether two places lie within a distance; asks the globe only when a glance at the degrees allows it."""
    if abs(a.latitude - b.latitude) > km / 110:
        return False
    return distance_km(a.latitude, a.longitude, b.latitude, b.longitude) <= km


@dataclass(frozen=True, slots=True)
class _Resolver:
    """Orders the candidates of a mention: country, the states that the text names, nearness to the others, importance."""

    votes: dict[str, float]
    states: dict[tuple[str, str | None], float]
    firm: Sequence[Place]
    gazetteer: Gazetteer
    everything: float  # sum of the votes

    def rank(self, mention: PlaceMention, own: dict[str, float], held: Sequence[Place]) -> tuple[Place, ...]:
        """Return the candidates of one mention, likeliest first, without obscure places of countries that nothing else speaks of.

        Args:
            mention: The mention.
            own: What it voted itself.
            held: The areas that the text names as holding it.
        """
        if mention.kind in ("demonym", "capital"):
            return mention.candidates
        others = {iso2: vote - own.get(iso2, 0.0) for iso2, vote in self.votes.items()}
        total = sum(others.values())
        candidates = mention.candidates
        if total > MIN_TOTAL:
            least = MIN_SUPPORT * total
            candidates = tuple(
                [p for p in candidates if p.rank < WELL_KNOWN_RANK or p.kind == "admin1" or others.get(p.country_iso2, 0.0) > least]
            )
        if mention.kind != "country" and mention.strength > 1:
            candidates += self._other_spellings(mention.name, candidates, held, others, total)
        if len(candidates) < 2:
            return candidates
        scored = [(self._fit(place, mention.name), -place.rank, place) for place in candidates]
        scored.sort(key=itemgetter(0, 1), reverse=True)
        return tuple([place for _, _, place in scored])

    def _other_spellings(
        self, name: str, candidates: tuple[Place, ...], held: Sequence[Place], others: dict[str, float], total: float
    ) -> tuple[Place, ...]:
        """Return places of the name in another transcription: in the area that holds it, or in the one country spoken of."""
        areas = [area for area in held if area.kind in AREAS]
        if areas:
            if any(place.country_iso2 == areas[0].country_iso2 for place in candidates):
                return ()
            found = self.gazetteer.lookup(name, countries=(areas[0].country_iso2,))
            return tuple(place for place in found if any(is_container(area, place) for area in areas))[:3]
        top = max(others, key=lambda iso2: (others[iso2], iso2), default="")
        if total <= MIN_TOTAL or others[top] <= 0.6 * total or any(place.country_iso2 == top for place in candidates):
            return ()
        return self.gazetteer.lookup(name, countries=(top,))[:3]

    def _fit(self, place: Place, name: str) -> float:
        score = 4.0 * self.votes.get(place.country_iso2, 0.0) / self.everything + importance(place, name)
        score += 2.5 * self.states.get((place.country_iso2, place.admin1_code), 0.0)
        if place.kind == "settlement":
            score += 0.8
            if any(other.rank != place.rank and is_near(place, other, NEAR_KM) for other in self.firm):
                score += 0.5
        return score + {"country": 1.0, "admin1": 0.1}.get(place.kind, 0.0)
