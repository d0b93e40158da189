"""Which place name of a text holds which: "the town of X in Y district, Z", "X, near Y", and what each can mean then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from transforms.document import Document
from transforms.gazetteer import AREAS
from transforms.place_meanings import WELL_KNOWN_RANK, is_near
from transforms.place_mentions import PlaceMention, is_container, with_candidates
from transforms.place_words import PlaceWords, place_words

MAX_GAP = 70  # characters between a place and the area that holds it
MIN_HELD = 0.5  # strength of a name that a neighbour may hold
NEIGHBOUR_KM, NEIGHBOUR_RANK = 150.0, 20_000

_PART = re.compile(
    r"(?:^ in|\b(?:section|area|neighbou?rhood|district|part|side|suburb|quarter|community) of|\bin) (?:the )?(?:city of )?$"
)
_BORDER = re.compile(r" (?:border|frontier|boundary)\b")
_GAP_WORD = re.compile(r"[\w'\-]+|[^\w\s]")
_LINKS = frozenset(
    (
        "section",
        "local",
        "government",
        "lga",
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
# "X (30 km or so west of the town of Y": the words that may stand between X and its neighbour, numbers apart.
_DISTANCES = frozenset(("km", "kms", "kilometers", "kilometres", "kilometer", "kilometre", "mile", "miles"))
_NEIGHBOUR_WORDS = frozenset(
    """, ( ) . - about some around nearly approximately just only a an the which that is lies located situated km kms kilometers kilometres
    kilometer kilometre mile miles to north south east west northeast northwest southeast southwest north-east north-west south-east
    south-west of from near close nearby outside away town village city area district capital provincial""".split()
)


def _is_link(folded: str, start: int, end: int, words: PlaceWords) -> bool:
    """Tell whether nothing but commas, small words and kinds of places stands between two names."""
    if not 0 <= end - start <= MAX_GAP or "\n" in folded[start:end]:
        return False
    between = map(re.Match.group, _GAP_WORD.finditer(folded, start, end))  # mostly the first word tells that it is no link
    return all(word in _LINKS or word in words.between or word in words.kind_noun for word in between)


def link_mentions(doc: Document, mentions: Sequence[PlaceMention]) -> tuple[list[PlaceMention], list[tuple[int, ...]]]:
    """Find which mention holds which, and keep only candidates that fit."""
    words = place_words(doc.lexicons)
    narrowed = list(mentions)
    containers: list[tuple[int, ...]] = [() for _ in narrowed]
    links = [_is_link(doc.folded, name.end, follow.start, words) for name, follow in pairwise(narrowed)]
    for index in range(len(narrowed) - 2, -1, -1):
        for other in (index + 1, index + 2):
            if other < len(narrowed) and all(links[index:other]):  # directly, or over the one name between them
                gap = doc.folded[narrowed[index].end : narrowed[other].start]
                is_part = other == index + 1 and bool(_PART.search(gap))
                _narrow(narrowed, containers, index, other, is_part) or _narrow(narrowed, containers, other, index, gap.startswith("'s"))
        _hold_by_neighbour(doc.folded, narrowed, containers, index)
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


def _hold_by_neighbour(folded: str, mentions: list[PlaceMention], containers: list[tuple[int, ...]], index: int) -> None:
    """Let the town of "X, near Y" and "X, 30 km west of Y" stand for where X lies: the event was in X, not in Y."""
    if index + 1 >= len(mentions) or index + 1 in containers[index]:
        return
    inner, outer = mentions[index], mentions[index + 1]
    if not outer.candidates or inner.strength < MIN_HELD or inner.kind not in ("place", "unknown"):
        return
    if _BORDER.match(folded, outer.end):
        return  # "Birao, close to the Sudanese border" lies on this side of it
    if inner.candidates and inner.candidates[0].kind != "settlement":
        return
    if not 0 < outer.start - inner.end <= MAX_GAP or "\n" in folded[inner.end : outer.start]:
        return
    between = _GAP_WORD.findall(folded, inner.end, outer.start)
    if not all(word in _NEIGHBOUR_WORDS or word[0].isdigit() for word in between):
        return
    if outer.cue not in ("near", "beyond") and _DISTANCES.isdisjoint(between):
        return
    near = tuple(a for a in inner.candidates if any(is_near(a, b, NEIGHBOUR_KM) for b in outer.candidates[:3]))
    if near:
        mentions[index] = with_candidates(inner, near)
    elif inner.candidates and outer.candidates[0].rank >= NEIGHBOUR_RANK:
        return
    elif outer.candidates[0].country_iso2 not in {place.country_iso2 for place in inner.candidates}:
        mentions[index] = replace(inner, candidates=(), kind="unknown")
    containers[index] = (*containers[index], index + 1)


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
    if not pairs and inner + 1 == outer and (_is_state_of(mentions[outer]) or _is_county(mentions[outer], is_part)):
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


def _is_state_of(outer: PlaceMention) -> bool:
    """Tell whether the area behind "X, " is meant to hold X, so that an X elsewhere is another one: "COLTON, Ore. (KQRX) -"."""
    return outer.cue == "chain" or (outer.cue == "dateline" and bool(outer.candidates) and outer.candidates[0].kind == "admin1")


def _is_county(outer: PlaceMention, is_part: bool) -> bool:
    """Tell whether "X, Y County" says where X lies, so that an X elsewhere is another one."""
    return not is_part and len(outer.candidates) >= 1 and outer.name.lower().endswith(" county") and outer.candidates[0].kind == "admin2"


def _narrow_near(mentions: list[PlaceMention], containers: list[tuple[int, ...]], inner: int, outer: int, is_part: bool) -> bool:
    """Keep the candidates of a quarter or suburb that lie beside the first meaning of the town it is linked to."""
    town = mentions[outer].candidates[0] if mentions[outer].candidates else None
    if (
        town is None
        or town.kind != "settlement"
        or mentions[inner].candidates[0].kind != "settlement"  # "the West Bank city of Jenin" is no quarter of Jenin
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
