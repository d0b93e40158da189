"""Which of its meanings a place name has in one text: what the other names of the text say decides, then importance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from operator import itemgetter

from transforms.gazetteer import AREAS, Gazetteer, Place
from transforms.geo import distance_km
from transforms.place_mentions import PlaceMention, is_container
from transforms.place_votes import ENGLISH, State, importance, is_own_name
from transforms.value_class import dataclass

WELL_KNOWN_RANK = 3_000  # about the 2,500 largest cities after countries
MIN_TOTAL = 0.5  # votes of the rest of the text below which it says nothing about a country
MIN_SUPPORT = 0.08  # share of the other votes that a country needs before its small places are believed
TOWN_RANK = 30_000  # towns of about 20,000 people and more: believed against the home of who acts
ENOUGH = 1.0  # votes of the rest of the text from which on they count in full
HOME_SHARE = 0.3
LONG_NAME = 6  # letters; a shorter one is borne by too many things
COUNTRY_WEIGHT, STATE_WEIGHT = 4.0, 3.5
CITY_RANK = 8_000  # cities of about 80,000 people and more
NAMESAKE = 10  # so many times as far down: a village
NAMESAKE_STATE_WEIGHT = 1.5  # other places of its state say less for a village whose name a city of the country bears
NEAR_KM = 90.0  # places of one story mostly lie within a few hours' drive
_NOTHING: dict[str, float] = {}


def is_near(a: Place, b: Place, km: float) -> bool:
    """Tell whether two places lie within a distance; asks the globe only when a glance at the degrees allows it."""
    if abs(a.latitude - b.latitude) > km / 110:
        return False
    return distance_km(a.latitude, a.longitude, b.latitude, b.longitude) <= km


@dataclass(frozen=True, slots=True)
class Resolver:
    """Orders the candidates of a mention: country, the states that the text names, nearness to the others, importance.

    Attributes:
        votes: Country -> votes of the whole text.
        own: Name in small letters -> country -> votes that this name cast, wherever it stands.
        states: State -> share of the votes.
        own_states: Name in small letters -> state -> share that this name cast.
        firm: Places that are certain.
        home: The one country of all those of them that go by their first name; "" where they lie in several, or there is none.
        lands: Countries that the text names as where something is.
        places: Names in small letters that speak of places, not of nations that act.
        repeated: Names in small letters that stand more than once.
        free_states: States that the text names by themselves, and not as holding another place.
        gazetteer: The gazetteer.
    """

    votes: Mapping[str, float]
    own: Mapping[str, Mapping[str, float]]
    states: Mapping[State, float]
    own_states: Mapping[str, Mapping[State, float]]
    firm: Sequence[Place]
    home: str
    lands: frozenset[str]
    places: frozenset[str]
    repeated: frozenset[str]
    free_states: frozenset[State]
    gazetteer: Gazetteer
    _ranked: dict[tuple[object, ...], tuple[Place, ...]] = field(default_factory=dict)

    def rank(self, mention: PlaceMention, held: Sequence[Place]) -> tuple[Place, ...]:
        """Return the candidates of one mention, likeliest first, without obscure places of countries that nothing else speaks of.

        Args:
            mention: The mention.
            held: The areas that the text names as holding it.
        """
        if mention.kind in ("demonym", "capital") or (not mention.candidates and mention.strength <= 1):
            return mention.candidates
        key = (mention.name, mention.candidates, mention.kind == "country", mention.strength > 1, tuple(held))
        if key not in self._ranked:  # the same name comes back all through a text
            self._ranked[key] = self._rank(mention, held)
        return self._ranked[key]

    def _rank(self, mention: PlaceMention, held: Sequence[Place]) -> tuple[Place, ...]:
        own = self.own.get(mention.name.lower(), _NOTHING)
        others = {iso2: vote - own.get(iso2, 0.0) for iso2, vote in self.votes.items()}
        total = sum(others.values())
        candidates = mention.candidates
        if candidates and candidates[0].kind == "country":  # "in Mozambique" is not the Island of Mozambique
            candidates = tuple([place for place in candidates if place.kind in ("country", "admin1")])
        if total > MIN_TOTAL:
            least = MIN_SUPPORT * total
            known = WELL_KNOWN_RANK if self.places - {mention.name.lower()} else TOWN_RANK
            is_told = others.get(self.home, 0.0) >= HOME_SHARE * total  # then a by-name elsewhere is an accident
            nations = {
                p.country_iso2
                for p in candidates
                if others.get(p.country_iso2, 0.0) > least
                or (p.rank < known and (not is_told or is_own_name(p.name, mention.name)))
                or p.kind == "admin1"
            }
            is_alone = len(candidates) == 1 and mention.strength > 1 and not self.lands - {candidates[0].country_iso2}
            if not nations and is_alone and candidates[0].rank < TOWN_RANK:
                nations = {p.country_iso2 for p in candidates if len(p.name) >= LONG_NAME and is_own_name(p.name, mention.name)}
            if not nations and mention.name.lower() in self.repeated:
                nations = {iso2 for iso2, vote in own.items() if vote > total}  # it is all that the text speaks of
            candidates = tuple([p for p in candidates if p.country_iso2 in nations])
        if mention.kind == "place" and candidates and self._is_of_other_states(candidates, mention.name.lower()):
            return ()
        if mention.kind != "country" and mention.strength > 1:
            candidates += self._other_spellings(mention.name, candidates, held, others, total)
        if len(candidates) < 2:
            return candidates
        shares = {iso2: vote / max(total, ENOUGH) for iso2, vote in others.items()}
        cities = {p.country_iso2: p.rank for p in reversed(candidates) if p.kind == "settlement" and p.rank < CITY_RANK}
        scored = [
            (self._fit(place, mention.name, shares, self._is_namesake(place, cities, held)), -place.rank, place) for place in candidates
        ]
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

    def _is_of_other_states(self, candidates: Sequence[Place], name: str) -> bool:
        """Tell whether all meanings are small towns of states that nothing speaks of, where the text names another state of the country.

        The town meant is then one that the gazetteer lacks: the "Good Hope" of a text about Georgia is not that of California.
        """
        own = self.own_states.get(name, {})
        nations = {nation for nation, _ in self.free_states}
        return all(
            place.kind == "settlement"
            and place.rank > TOWN_RANK
            and place.country_iso2 in ENGLISH
            and place.country_iso2 in nations
            and (state := (place.country_iso2, place.admin1_code)) not in self.free_states
            and self.states.get(state, 0.0) <= own.get(state, 0.0)
            for place in candidates
        )

    def _is_namesake(self, place: Place, cities: Mapping[str, int], held: Sequence[Place]) -> bool:
        """Tell whether a place is a village that bears a city's name, and the text names its state at most as that of another place."""
        city = cities.get(place.country_iso2)
        if place.kind != "settlement" or city is None or place.rank < NAMESAKE * city or place.country_iso2 in ENGLISH:
            return False
        if (place.country_iso2, place.admin1_code) in self.free_states:
            return False
        return not any(area.kind in AREAS and is_container(area, place) for area in held)

    def _fit(self, place: Place, name: str, shares: Mapping[str, float], is_namesake: bool) -> float:
        """Return how well one meaning of a name fits the text; what the name itself voted is left out, for importance says it."""
        state = (place.country_iso2, place.admin1_code)
        score = COUNTRY_WEIGHT * shares.get(place.country_iso2, 0.0) + importance(place, name)
        weight = NAMESAKE_STATE_WEIGHT if is_namesake else STATE_WEIGHT
        score += weight * (self.states.get(state, 0.0) - self.own_states.get(name.lower(), {}).get(state, 0.0))
        if place.kind == "settlement":
            score += 0.8
            if any(other.rank != place.rank and is_near(place, other, NEAR_KM) for other in self.firm):
                score += 0.5
        return score + {"country": 1.0, "admin1": 0.1}.get(place.kind, 0.0)
