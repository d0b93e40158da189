"""What the place names of one text say about each other: which holds which, which country they speak of, what each one means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from transforms.document import Document, once
from transforms.gazetteer import Gazetteer, Place
from transforms.place_links import link_mentions
from transforms.place_meanings import Resolver
from transforms.place_mentions import PlaceMention, find_place_mentions
from transforms.place_votes import MIN_STRENGTH, country_votes, is_own_name, is_where, rather_state, state_shares
from transforms.place_words import place_words
from transforms.records import Span
from transforms.value_class import dataclass

MAX_CAPITALS = 50  # mentions of "the capital" looked at
MIN_GUESS_VOTES, MIN_GUESS_SHARE = 0.5, 0.6  # of the country in which a name's sound is looked up
MAX_GUESSES = 3

_OTHER_CAPITAL = re.compile(r"\b(?:provincial|state|regional|district|commercial|business|financial|cultural)(?:'s)? $")
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


@once
def find_place_context(doc: Document) -> PlaceContext:
    """Return the weighed place mentions of a document; computed once per document."""
    mentions = _with_capitals(doc, find_place_mentions(doc))
    narrowed, containers = link_mentions(doc, _with_guesses(doc, mentions))
    votes, spans, own = country_votes(doc, narrowed, containers)
    total = sum(votes.values())
    shares = {iso2: vote / total for iso2, vote in votes.items()} if total else {}
    states, own_states = state_shares(narrowed, votes)
    sure = [m for m in narrowed if m.kind in ("place", "capital") and len(m.candidates) == 1 and m.strength > 0.5]
    firm = [m.candidates[0] for m in sure]
    named = {m.candidates[0].country_iso2 for m in sure if is_own_name(m.candidates[0].name, m.name)}
    where = frozenset(mention.name.lower() for mention in narrowed if is_where(mention) and mention.strength >= MIN_STRENGTH)
    said = Counter(mention.name.lower() for mention in narrowed)
    repeated = frozenset(name for name, times in said.items() if times > 1)
    holding = {outer for holders in containers for outer in holders}
    free = [p for n, m in enumerate(narrowed) if n not in holding for p in m.candidates[:1] if p.kind == "admin1"]
    free += [state for m in narrowed if (state := rather_state(m, votes)) is not None]
    free_states = frozenset((place.country_iso2, place.admin1_code) for place in free)
    lands = frozenset(m.country_iso2 or m.candidates[0].country_iso2 for m in narrowed if m.kind == "country" and is_where(m))
    home = next(iter(named)) if len(named) == 1 else ""
    resolver = Resolver(votes, own, states, own_states, firm[:12], home, lands, where, repeated, free_states, doc.gazetteer)
    ranked = tuple(
        resolver.rank(mention, [place for outer in holders for place in narrowed[outer].candidates[:5]])
        for mention, holders in zip(narrowed, containers, strict=True)
    )
    places = tuple(candidates[0] if candidates else None for candidates in ranked)
    return PlaceContext(tuple(narrowed), places, ranked, tuple(containers), shares, total, spans, states)


def _with_guesses(doc: Document, mentions: list[PlaceMention]) -> list[PlaceMention]:
    """Give names that the gazetteer lacks as written the places of the text's one country that sound alike; drop those without.

    "in Kabkabiya" is Kabkābīyah where the text speaks of Sudan, and no place where it speaks of France.
    """
    if not any(mention.kind == "guess" for mention in mentions):
        return mentions
    known = [mention for mention in mentions if mention.kind != "guess"]
    votes, _, _ = country_votes(doc, known, [()] * len(known))
    top = max(votes, key=lambda iso2: (votes[iso2], iso2), default="")
    if not top or votes[top] < MIN_GUESS_VOTES or votes[top] < MIN_GUESS_SHARE * sum(votes.values()):
        return known
    found = []
    for mention in mentions:
        places = doc.gazetteer.lookup(mention.name, countries=(top,)) if mention.kind == "guess" else ()
        places = tuple(place for place in places if place.kind in ("settlement", "admin2", "admin1"))[:MAX_GUESSES]
        if mention.kind != "guess":
            found.append(mention)
        elif places:
            found.append(replace(mention, candidates=places, kind="place"))
    return found


def capital(gazetteer: Gazetteer, country_iso2: str) -> Place | None:
    """Return the capital of a country."""
    return _capitals(gazetteer).get(country_iso2)


@lru_cache(maxsize=4)
def _capitals(gazetteer: Gazetteer) -> dict[str, Place]:
    places = (gazetteer.place(rank) for rank in range(min(1_000, len(gazetteer))))
    return {place.country_iso2: place for place in places if place.feature == "PPLC"}


def _with_capitals(doc: Document, mentions: list[PlaceMention]) -> list[PlaceMention]:
    """Add "the Afghan capital", "Libya's capital", "capital of Somalia" as mentions of the city."""
    if "capital" not in doc.folded:
        return mentions
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
    return sorted([*mentions, *added], key=lambda mention: mention.start) if added else mentions


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
