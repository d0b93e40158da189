"""Which country and which state a text speaks of: every name, people, actor and tell-tale phrase has a vote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from math import log10

from transforms.document import Document, once
from transforms.gazetteer import Place
from transforms.place_mentions import PlaceMention
from transforms.place_names import place_key
from transforms.place_words import place_words
from transforms.records import Span

State = tuple[str, str | None]  # country and admin1 code

MAX_CANDIDATES = 40  # a name borne by more places says nothing without a container, and containers are asked first
MIN_STRENGTH = 0.3  # below this a name is more likely no place at all
# A country behind one of these is where something is; behind none of them it may well be who acts ("Russia fired", "Russian drones").
_WHERE = frozenset(("in", "at", "near", "kind_of", "area_of", "town_of", "attacked", "dateline", "into", "between", "chain"))
ENGLISH = frozenset(("US", "CA", "GB", "AU", "IE", "NZ"))
ENGLISH_BY_NAME, BY_NAME = 1.2, 0.6  # decades of importance that a by-name costs
ACTOR_VOTE, CUE_VOTE, FEED_VOTE = 0.6, 0.7, 1.2


def prior(place: Place) -> float:
    """Return how likely a name means this place before the text is asked, in decades of importance."""
    return -log10(place.rank + 30)


def country_votes(
    doc: Document, mentions: Sequence[PlaceMention], containers: Sequence[tuple[int, ...]]
) -> tuple[dict[str, float], dict[str, Span], dict[str, dict[str, float]]]:
    """Let countries, peoples, places, actors, words of one country and the feed vote for the country spoken of.

    Returns:
        Votes by country; the first words that voted for each; what each name voted, by the name in small letters.
    """
    votes: dict[str, float] = defaultdict(float)
    spans: dict[str, Span] = {}
    own: dict[str, dict[str, float]] = {}
    said: dict[tuple[str, str], int] = defaultdict(int)
    for mention, holders in zip(mentions, containers, strict=True):
        early = 1.3 if mention.sentence <= 2 else 1.0
        repeat = said[mention.kind, mention.name]
        said[mention.kind, mention.name] += 1
        worth = _worth(mention, bool(holders)) * early * (1.0, 0.5, 0.3)[min(repeat, 2)]
        nation = mention.country_iso2
        shares = {nation: 1.0} if nation else _country_shares(mention.name, mention.candidates, mention.kind == "country")
        cast = own.setdefault(mention.name.lower(), {})
        for iso2, share in shares.items():
            cast[iso2] = cast.get(iso2, 0.0) + share * worth
            votes[iso2] += share * worth
            if iso2 not in spans:
                spans[iso2] = Span(mention.start, mention.end)
    _outside_votes(doc, votes, spans)
    return dict(votes), spans, own


def is_where(mention: PlaceMention) -> bool:
    """Tell whether a mention speaks of a place, and not of a nation or a state that acts."""
    return mention.kind in ("place", "capital") or (mention.kind == "country" and mention.cue in _WHERE)


def _outside_votes(doc: Document, votes: dict[str, float], spans: dict[str, Span]) -> None:
    """Add the votes of words that are no places: actors, phrases of one country, the feed."""
    actors: dict[tuple[int, int], set[str]] = defaultdict(set)
    for term in doc.terms["actors"]:
        if doc.text[term.start : term.end] != doc.folded[term.start : term.end]:
            actors[term.start, term.end].add(term.entry["country_iso2"])
    nations = {next(iter(found)): span for span, found in reversed(actors.items()) if len(found) == 1}  # "Police" is of no one country
    nations.pop("", None)
    for iso2, span in nations.items():
        votes[iso2] += ACTOR_VOTE
        spans.setdefault(iso2, Span(*span))
    for iso2, weight, start, end in _country_cues(doc):
        votes[iso2] += CUE_VOTE * weight
        spans.setdefault(iso2, Span(start, end))
    for iso2 in doc.source.countries:
        votes[iso2] += FEED_VOTE / len(doc.source.countries)


@once
def _country_cues(doc: Document) -> list[tuple[str, float, int, int]]:
    return place_words(doc.lexicons).find_country_cues(doc.folded)


def _worth(mention: PlaceMention, is_held: bool) -> float:
    if mention.kind == "demonym":
        return 0.25 if mention.name.endswith("s") else 0.8  # "Americans" may be hurt anywhere
    if mention.kind == "country" and mention.cue in ("with", "to", "from", "for", "against"):
        return 0.3
    if mention.kind == "country":
        return 0.6 + 0.8 * max(mention.strength, 0.0)
    if mention.strength < MIN_STRENGTH:
        return 0.05
    if mention.cue == "dateline" and mention.strength < 1.0:
        return 0.6
    return (0.3 + 0.5 * mention.strength) * (1.2 if is_held else 1.0)


@lru_cache(maxsize=20_000)  # the same names come back in every article
def _country_shares(name: str, candidates: tuple[Place, ...], is_country: bool) -> dict[str, float]:
    """Return how the vote of one name is shared among countries, by the importance of its candidates."""
    best: dict[str, float] = {}
    for place in candidates[:MAX_CANDIDATES]:
        weight = 10 ** (1.5 * importance(place, name))
        if place.kind == "admin1" and is_country and place.population > candidates[0].population:
            weight = 10 ** (1.5 * prior(candidates[0]))  # Georgia: the state holds more people than the country
        best[place.country_iso2] = max(best.get(place.country_iso2, 0.0), weight)
    total = sum(best.values())
    return {iso2: weight / total for iso2, weight in best.items()} if total else {}


def importance(place: Place, name: str) -> float:
    """Return the prior of a place under one of its names: a by-name is less likely meant, most of all where English is spoken."""
    if place.kind != "settlement" or is_own_name(place.name, name):
        return prior(place)
    return prior(place) - (ENGLISH_BY_NAME if place.country_iso2 in ENGLISH else BY_NAME)


@lru_cache(maxsize=20_000)
def is_own_name(official: str, written: str) -> bool:
    """Tell whether a place is named by its first name, whatever its accents, and not by a by-name."""
    return official.casefold() == written.casefold() or place_key(official) == place_key(written)


def state_shares(mentions: Sequence[PlaceMention], votes: dict[str, float]) -> tuple[dict[State, float], dict[str, dict[State, float]]]:
    """Let the places vote for the state or province spoken of; each name has one vote, shared among its candidates.

    Returns:
        Share of the votes by state; the shares that each name cast, by the name in small letters.
    """
    total = max(sum(votes.values()), 0.01)
    strongest: dict[str, PlaceMention] = {}
    for mention in mentions:
        is_firm = (mention.kind in ("place", "capital") or rather_state(mention, votes) is not None) and mention.strength >= MIN_STRENGTH
        name = mention.name.lower()
        if is_firm and (name not in strongest or strongest[name].strength < mention.strength):
            strongest[name] = mention
    cast: dict[str, dict[State, float]] = {}
    for name, mention in strongest.items():
        weights: dict[State, float] = {}
        for place in mention.candidates[:MAX_CANDIDATES]:
            if place.admin1_code:
                key: State = (place.country_iso2, place.admin1_code)
                likely = 10 ** importance(place, name) * (0.05 + votes.get(place.country_iso2, 0.0) / total)
                weights[key] = max(weights.get(key, 0.0), likely * (3.0 if place.kind == "admin1" else 1.0))
        whole = sum(weights.values()) or 1.0
        cast[name] = {key: weight / whole * (0.5 + min(mention.strength, 2.0)) for key, weight in weights.items()}
    everything = sum(vote for votes_of_name in cast.values() for vote in votes_of_name.values())
    if not everything:
        return {}, {}
    own = {name: {key: vote / everything for key, vote in votes_of_name.items()} for name, votes_of_name in cast.items()}
    tally: dict[State, float] = defaultdict(float)
    for votes_of_name in own.values():
        for key, share in votes_of_name.items():
            tally[key] += share
    return dict(tally), own


def rather_state(mention: PlaceMention, votes: dict[str, float]) -> Place | None:
    """Return the state that bears a country's name where the text speaks more of that state's country: Georgia; None for others."""
    if mention.kind != "country" or len(mention.candidates) < 2:
        return None
    first = mention.candidates[0].country_iso2
    others = (place for place in mention.candidates[1:] if place.kind == "admin1" and place.country_iso2 != first)
    return next((place for place in others if votes.get(place.country_iso2, 0.0) > votes.get(first, 0.0)), None)
