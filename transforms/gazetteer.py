"""Places by name: countries, regions, districts and 235,000 settlements, from one block of bytes that is never unpacked.

The block is built by `seeds/build_gazetteer.py`, which calls `pack_places`; `warehouse.gazetteer.load_gazetteer` maps it into memory, so
that processes share its pages. Places are kept in order of importance: a place's row number is its rank.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from struct import unpack_from
from typing import Literal

import marisa_trie

from transforms.place_names import AREA_WORDS, find_keys, place_key, place_key_of_tokens, sound_key, starts_like_place
from transforms.value_class import dataclass

Kind = Literal["settlement", "admin2", "admin1", "region", "country"]
KINDS: tuple[Kind, ...] = ("settlement", "admin2", "admin1", "region", "country")
COUNTRY: frozenset[Kind] = frozenset({"country"})
AREAS: frozenset[Kind] = frozenset({"admin2", "admin1", "region", "country"})

MAGIC = b"VIGILGAZ"
FORMAT_VERSION = 1
SOUND_MARK = "~"  # opens the coarse keys, so that they share the trie with the exact ones and never meet them
# Latitude and longitude in 1e-5 degrees, population, geonameid (24 bits) with kind and capital above it, area, name id (16 + 8 bits).
PLACE_ROW = "<iiIIHHB"
PLACE_ROW_BYTES = 21
AREA_OFFSET = 16
MANY = 1 << 23  # set in a posting that points into `lists` because its name is borne by several places
MAX_NAME_TOKENS = 6
CACHED_LOOKUPS = 8_192  # the same names fill a night's news; about 8 MB
WELL_KNOWN_RANK = 3_000  # about the 2,500 largest cities after countries: a short name of one of these is no accident


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the gazetteer.

    Attributes:
        rank: Row in the gazetteer, 0 = most important (countries, then capitals and population); unique.
        geonameid: GeoNames id; None for areas that the source gives without one.
        name: English name.
        kind: settlement, admin2 (county, district), admin1 (state, province), region (larger or unofficial area), country.
        country_iso2, country_iso3: Country; of a region across borders the one it is first thought of.
        admin1_code, admin1: Code (GeoNames) and English name of the first-order division; None where unknown.
        latitude, longitude: Degrees; of an area the population-weighted mean of its settlements.
        population: People; 0 where the source gives none; of an area the sum of its settlements.
        feature: PPLC for a national capital, else None: the source has no feature codes.
        radius_km: Distance from the centre within which nine tenths of an area's people live; 0 for a settlement.
    """

    rank: int
    geonameid: int | None
    name: str
    kind: Kind
    country_iso2: str
    country_iso3: str
    admin1_code: str | None
    admin1: str | None
    latitude: float
    longitude: float
    population: int
    feature: str | None = None
    radius_km: float = 0.0

    def __hash__(self) -> int:
        return self.rank  # unique; the hash of all fields costs ten times as much


class Gazetteer:
    """Answers which places a name may mean. Immutable; safe to share between threads and forked processes."""

    def __init__(self, block: bytes | memoryview, risky_names: Iterable[str] = ()) -> None:
        """Read the header of a block; the rest stays where it is.

        Args:
            block: What `pack_places` made: bytes, or a view of a mapped file.
            risky_names: Names that are more often a word or a person than a place.

        Raises:
            ValueError: The block is not a gazetteer of this format.
        """
        view = memoryview(block)
        if bytes(view[:8]) != MAGIC:
            raise ValueError("not a gazetteer: the file does not begin with VIGILGAZ; build it with seeds/build_gazetteer.py")
        header_bytes = unpack_from("<I", view, 8)[0]
        header = json.loads(bytes(view[12 : 12 + header_bytes]))
        if header["format"] != FORMAT_VERSION:
            raise ValueError(f"gazetteer has format {header['format']}, this program reads {FORMAT_VERSION}: run seeds/build_gazetteer.py")
        part = {name: view[start : start + length] for name, (start, length) in header["sections"].items()}
        self.digest: str = header["sha256"]
        self.size: int = header["places"]
        self._keys = marisa_trie.Trie().map(part["keys"])
        self._names = marisa_trie.Trie().map(part["names"])
        self._postings, self._lists, self._rows = part["postings"], part["lists"], part["rows"]
        areas = json.loads(bytes(part["areas"]))
        self._areas: list[list[str | None]] = areas["areas"]  # [iso2, admin1 code, admin1 name]
        self._radius: dict[int, float] = {int(rank): km for rank, km in areas["radius_km"].items()}
        self._country_rank: dict[str, int] = areas["countries"]
        self._iso3: dict[str, str] = areas["iso3"]
        self._iso2 = {iso3: iso2 for iso2, iso3 in self._iso3.items()}
        self._admin1_rank: dict[str, int] = areas["admin1"]
        self._us_states: dict[str, str] = areas["us_states"]
        self._risky = frozenset(place_key(name) for name in risky_names)
        self._cached_lookup = lru_cache(maxsize=CACHED_LOOKUPS)(self._lookup)

    def __len__(self) -> int:
        return self.size

    def place(self, rank: int) -> Place:
        """Return the place in that row."""
        latitude, longitude, population, flagged_id, area, name_low, name_high = unpack_from(PLACE_ROW, self._rows, rank * PLACE_ROW_BYTES)
        iso2, code, admin1 = self._areas[area]
        name, kind, capital = self._names.restore_key(name_high << 16 | name_low), KINDS[flagged_id >> 24 & 7], flagged_id >> 27
        return Place(
            rank, flagged_id & 0xFFFFFF or None, name, kind, iso2 or "", self._iso3.get(iso2 or "", ""), code, admin1,
            latitude / 1e5, longitude / 1e5, population, "PPLC" if capital else None, self._radius.get(rank, 0.0),
        )  # fmt: skip

    def _ranks(self, key: str) -> tuple[int, ...]:
        """Return the rows of the places of a key, ascending; () where there is none."""
        key_id = self._keys.get(key)
        if key_id is None:
            return ()
        posting = int.from_bytes(self._postings[3 * key_id : 3 * key_id + 3], "little")
        if not posting & MANY:
            return (posting,)
        at = 3 * (posting ^ MANY)
        count = int.from_bytes(self._lists[at : at + 3], "little")
        return tuple(int.from_bytes(self._lists[i : i + 3], "little") for i in range(at + 3, at + 3 + 3 * count, 3))

    def lookup(self, name: str, *, kinds: Collection[Kind] | None = None, countries: Collection[str] = ()) -> tuple[Place, ...]:
        """Return every place that a name may mean, most important first.

        The name is tried as written, then without "Province", "State of" and the like (areas first), without "village of",
        "refugee camp" and the like, and without the Arabic article; the first spelling that fits anything answers.

        Args:
            name: Any spelling, any script.
            kinds: Only places of these kinds.
            countries: ISO2 codes; only places there, and other transcriptions of the name count too.
        """
        return self._cached_lookup(name, None if kinds is None else frozenset(kinds), frozenset(countries))

    def _lookup(self, name: str, kinds: frozenset[Kind] | None, countries: frozenset[str]) -> tuple[Place, ...]:
        for key, dropped in find_keys(name):
            found = self._select(self._ranks(key), kinds, countries)
            if dropped == "area":
                found = tuple(place for place in found if place.kind in AREAS) or found
            if found:
                return found
        return self._lookup_by_sound(name, kinds, countries) if countries else ()

    def _lookup_by_sound(self, name: str, kinds: Collection[Kind] | None, countries: Collection[str]) -> tuple[Place, ...]:
        for key, _ in find_keys(name):
            sound = sound_key(key)
            found = self._select(self._ranks(SOUND_MARK + sound), kinds, countries) if sound else ()
            if found:
                return found
        return ()

    def _select(self, ranks: Sequence[int], kinds: Collection[Kind] | None, countries: Collection[str]) -> tuple[Place, ...]:
        if countries:  # read the country alone first: building a Place costs ten times as much
            ranks = [rank for rank in ranks if self._country_of(rank) in countries]
        places = map(self.place, ranks)
        return tuple(places if kinds is None else (place for place in places if place.kind in kinds))

    def _country_of(self, rank: int) -> str | None:
        area: int = unpack_from("<H", self._rows, rank * PLACE_ROW_BYTES + AREA_OFFSET)[0]
        return self._areas[area][0]

    def may_open(self, token: str) -> bool:
        """Return whether some place name begins with this word: a quick no for most names of persons."""
        key = place_key(f"{token} x").removesuffix(" x")  # "St." is Saint only before a name
        return " " in key or key in self._keys or next(iter(self._keys.iterkeys(f"{key} ")), None) is not None

    def longest_match(self, tokens: Sequence[str]) -> int:
        """Return how many of the first tokens form the longest known place name; 0 where none does.

        A word such as "Province" after an area's name belongs to it. A leading Arabic article may be missing in the gazetteer.
        Letter case is not looked at: the caller passes tokens that may be names.
        """
        if not tokens or not starts_like_place(tokens[0]):
            return 0
        joined, ends = place_key_of_tokens(tokens[:MAX_NAME_TOKENS])
        best = max((ends[len(key)] for key in self._keys.prefixes(joined) if len(key) in ends), default=0)
        if not best and joined.startswith("al "):
            best = max((ends[len(key) + 3] for key in self._keys.prefixes(joined[3:]) if len(key) + 3 in ends), default=0)
        if best and best < len(tokens) and place_key(tokens[best]) in AREA_WORDS and self.lookup(" ".join(tokens[:best]), kinds=AREAS):
            best += 1
        return best

    def country(self, name: str) -> Place | None:
        """Return a country by ISO2 or ISO3 code or by name; None where there is none."""
        iso2 = self._iso2.get(name, name)
        if iso2 in self._country_rank:
            return self.place(self._country_rank[iso2])
        return next(iter(self.lookup(name, kinds=COUNTRY)), None)

    def admin1(self, country_iso2: str, code: str) -> Place | None:
        """Return a state or province by country and GeoNames code; None where there is none."""
        rank = self._admin1_rank.get(f"{country_iso2}.{code}")
        return None if rank is None else self.place(rank)

    def us_state(self, abbreviation: str) -> Place | None:
        """Return a US state by "Calif.", "CA" or its name; None where it is none. Ask only after "City, ": many are words."""
        code = self._us_states.get(place_key(abbreviation))
        return self.admin1("US", code) if code else None

    def is_risky(self, name: str) -> bool:
        """Say whether a name is more often a word, a first name or a surname, or too short to trust without context."""
        key = place_key(name)
        if key in self._risky:
            return True
        return len(key) <= 3 and not any(rank < WELL_KNOWN_RANK for rank in self._ranks(key))
