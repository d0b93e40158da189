"""How well two reports agree that they tell one event: each feature's value in words and its contribution to the score.

Rules that forbid (another country, too far, too many days apart, kinds of event that exclude each other) answer None; all
else is weighed. Weights sum to 1, an unknown weighs nothing, a contradiction weighs against.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import product
from typing import NamedTuple

from transforms.geo import distance_km
from transforms.spots import DISTRICT_PRECISION, Located
from transforms.text import fold
from transforms.value_class import dataclass

PLACE_WEIGHT, DATE_WEIGHT, CLASS_WEIGHT, TOLL_WEIGHT, WEAPON_WEIGHT, ACTOR_WEIGHT = 0.35, 0.2, 0.2, 0.2, 0.025, 0.025
JOIN_SCORE = 0.6  # one event; same town, day and class without any number is 0.75, the next day 0.55
COARSE_JOIN_SCORE = 0.5  # two reports that name no settlement: needs equal tolls besides day and class
NEAR_KM = 25.0  # two settlements or sites
NEAR_AREA_KM = 30.0  # a district's centre is not where the event was
NEAR_AREA_DEGREES = 0.3  # of latitude: 33 km, so that whatever is farther apart needs no distance
SETTLEMENT_PRECISION = 2  # vocabularies.GEO_PRECISION

# How far two kinds of event may be one event told differently, 0..1; a pair that is not here excludes it.
_AIR = ("explosive.missile_or_rocket", "explosive.air_strike", "explosive.drone_strike", "explosive.artillery_mortar")
_PLANTED = ("explosive.ied", "explosive.vehicle_ied", "explosive.suicide")
_SHOT = ("firearms.attack", "clash.armed", "killing.targeted", "killing.execution", "killing.mass")
_KILLING = ("killing.targeted", "killing.execution", "killing.mass")
_CROSSWALK: tuple[tuple[tuple[str, ...], tuple[str, ...], float], ...] = (
    (_AIR, _AIR, 0.6),
    (_PLANTED, _PLANTED, 0.7),
    (_SHOT, _SHOT, 0.6),
    (("explosive.landmine_uxo", "explosive.grenade"), ("explosive.ied",), 0.5),
    (("killing.targeted",), ("explosive.drone_strike", "explosive.air_strike", *_PLANTED), 0.5),
    (("killing.mass",), (*_AIR, *_PLANTED, "abduction"), 0.4),
    (("clash.armed",), (*_AIR, "explosive.ied", "explosive.grenade"), 0.3),
    (("firearms.attack",), ("explosive.suicide", "explosive.grenade"), 0.3),
    (("abduction",), ("firearms.attack", "clash.armed", *_KILLING, "sexual_violence"), 0.5),
    (("melee_vehicle_arson",), (*_KILLING, "firearms.attack", "crowd.violent", "property_destruction"), 0.5),
    (("crowd.violent",), ("firearms.attack", "clash.armed", "killing.mass", "property_destruction"), 0.4),
    (("chemical_or_unconventional",), _AIR, 0.5),
    (("interception",), ("explosive.missile_or_rocket", "explosive.air_strike", "explosive.drone_strike"), 0.6),
    (("property_destruction",), (*_AIR, *_PLANTED), 0.4),
    (("sexual_violence",), _KILLING, 0.4),
)
CLASS_FIT: dict[frozenset[str], float] = {}
for _some, _others, _fit in _CROSSWALK:
    for _pair in product(_some, _others):
        CLASS_FIT.setdefault(frozenset(_pair), _fit)
UNKNOWN_CLASS = frozenset({None, "other", "explosive"})
UNKNOWN_CLASS_FIT = 0.3

# Ratio of two tolls (one added to each, so that 0 and 1 are near) and what it says: a toll grows as a day goes on, it seldom falls.
GROWTH = ((1.5, 0.6), (2.0, 0.5), (3.0, 0.3), (6.0, 0.0), (10.0, -0.5))
DECLINE = ((1.5, 0.5), (2.0, 0.2), (3.0, -0.5), (5.0, -1.0))
ABSURD = -1.5
TOLL_SHARES = (0.7, 0.3)  # of killed, of injured
SURE_COUNT = 8  # two reports with eight dead hardly mean two events; with one dead each they easily do

CACHED_FEATURES = 16_384  # the same kinds, tolls and names meet again and again

Toll = tuple[int | None, int | None]  # killed, injured


class Feature(NamedTuple):
    """What one feature says: in words, and as its contribution to the score."""

    value: str
    contribution: float


_NEXT_DAY = Feature("one day apart", 0.0)
_OVERLAP = Feature("days overlap", DATE_WEIGHT * 0.8)
_VAGUE_OVERLAP = Feature("days overlap, one by publication", DATE_WEIGHT * 0.6)


@dataclass(frozen=True)
class ReportKey(Located):
    """What matching looks at in one report.

    Attributes:
        as_of: Publication time of the article version, else its fetch time.
        fetched_at: Fetch time: tells which version of an address is the newest.
        published_on: Publication day, else None: `as_of` stands in.
        canonical_url: Address of the article.
        story_url: Address of the article that this one copies, else its own: reports of one story are one text.
        The others are columns of the report table.
    """

    report_id: str
    article_id: str
    ordinal: int
    as_of: dt.datetime
    fetched_at: dt.datetime
    canonical_url: str
    story_url: str
    outlet: str
    published_on: dt.date | None = None
    event_date_start: dt.date | None = None
    event_date_end: dt.date | None = None
    date_precision: int | None = None
    country_iso3: str | None = None
    admin1: str | None = None
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geonameid: int | None = None
    geo_precision: int | None = None
    event_class: str | None = None
    weapon_class: str | None = None
    perpetrator: str | None = None
    killed_min: int | None = None
    killed_best: int | None = None
    killed_max: int | None = None
    injured_min: int | None = None
    injured_best: int | None = None
    injured_max: int | None = None
    role: str = "primary"
    is_aggregate: bool = False
    is_incident: bool = True

    @property
    def told_on(self) -> dt.date:
        """Day of publication, else of the fetch."""
        return self.published_on or self.as_of.date()

    @cached_property
    def toll(self) -> Toll:
        """Killed and injured: the best number, else the lowest stated."""
        killed = self.killed_best if self.killed_best is not None else self.killed_min
        return killed, self.injured_best if self.injured_best is not None else self.injured_min

    @property
    def age_key(self) -> tuple[dt.datetime, str]:
        """Order of reports: the first of an incident gives it its id."""
        return self.as_of, self.report_id


def place_feature(a: Located, b: Located) -> Feature | None:
    """Weigh two places; None: they exclude each other."""
    if a.country_iso3 != b.country_iso3:
        return None
    if not (a.is_placed and b.is_placed):
        if a.admin1 and b.admin1:
            return _said("both in ", a.admin1, PLACE_WEIGHT * 0.5) if _is_same_name(a.admin1, b.admin1) else None
        return _said("both in ", a.country_iso3 or "no stated country", PLACE_WEIGHT * 0.2)
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return _said("same place: ", a.place, PLACE_WEIGHT) if _is_same_name(a.place, b.place) else None
    if a.geonameid is not None and a.geonameid == b.geonameid:
        return _said("same place: ", a.place or a.geonameid, PLACE_WEIGHT)
    if abs(a.latitude - b.latitude) > NEAR_AREA_DEGREES:
        return None
    return _distance_feature(a, b, distance_km(a.latitude, a.longitude, b.latitude, b.longitude))


def _distance_feature(a: Located, b: Located, km: float) -> Feature | None:
    if km > NEAR_AREA_KM:
        return None
    if _is_same_name(a.place, b.place):
        return _said("same place: ", a.place, PLACE_WEIGHT)
    if max(a.geo_precision or SETTLEMENT_PRECISION, b.geo_precision or SETTLEMENT_PRECISION) >= DISTRICT_PRECISION:
        return Feature(f"{km:.1f} km, one is a district", PLACE_WEIGHT * 0.5)
    if km > NEAR_KM:
        return None
    # One exact site and its town are one place; two towns of different names need more evidence the farther they lie apart.
    fit = 1.0 - km / 50 if min(a.geo_precision or 2, b.geo_precision or 2) < SETTLEMENT_PRECISION else 0.7 - km / 50
    return Feature(f"{km:.1f} km", round(PLACE_WEIGHT * fit, 4))


def _is_same_name(a: str | None, b: str | None) -> bool:
    return a is not None and b is not None and (a == b or fold(a) == fold(b))


def date_feature(a: ReportKey, b: ReportKey) -> Feature | None:
    """Weigh two dates: the same exact day, overlapping days, exact days in succession; None: they exclude each other."""
    (a_first, a_last), (b_first, b_last) = a.days, b.days
    if a.n_days == b.n_days == 1:
        if a_first == b_first:
            return _said("same day: ", a_first, DATE_WEIGHT)
        return _NEXT_DAY if abs((a_first - b_first).days) == 1 else None
    if a_first > b_last or b_first > a_last:
        return None
    return _OVERLAP if a.is_dated and b.is_dated else _VAGUE_OVERLAP


@lru_cache(maxsize=CACHED_FEATURES)
def _said(before: str, what: str | int | dt.date | None, contribution: float) -> Feature:
    return Feature(f"{before}{what}", contribution)


@lru_cache(maxsize=CACHED_FEATURES)
def class_feature(a: str | None, b: str | None) -> Feature | None:
    """Weigh two kinds of event; None: they exclude each other. Unknown goes with all."""
    if a in UNKNOWN_CLASS or b in UNKNOWN_CLASS:
        return Feature(f"{a or 'unknown'} ~ {b or 'unknown'}", CLASS_WEIGHT * UNKNOWN_CLASS_FIT)
    if a == b:
        return Feature(f"same: {a}", CLASS_WEIGHT)
    fit = CLASS_FIT.get(frozenset({a or "", b or ""}))
    return None if fit is None else Feature(" ~ ".join(sorted((a or "", b or ""))), CLASS_WEIGHT * fit)


@lru_cache(maxsize=CACHED_FEATURES)
def count_fit(earlier: int, later: int) -> float:
    """Return how well two counts of one kind fit one event whose toll moves, 1 equal .. -1.5 absurd."""
    if earlier == later:
        return 1.0
    ratio = (max(earlier, later) + 1) / (min(earlier, later) + 1)
    return next((fit for limit, fit in (GROWTH if later > earlier else DECLINE) if ratio <= limit), ABSURD)


def _toll_contribution(earlier: Toll, later: Toll) -> float:
    """Weigh two tolls, the earlier one first. Agreement counts the more, the higher the numbers are."""
    shares, fit, counted = 0.0, 0.0, 0
    for share, before, after in zip(TOLL_SHARES, earlier, later, strict=True):
        if before is not None and after is not None:
            shares += share
            fit += share * count_fit(before, after)
            counted += min(before, after)
    fit /= max(0.5, shares)  # injured alone weigh less
    if fit > 0:
        fit *= min(1.0, counted / SURE_COUNT)
    return round(TOLL_WEIGHT * fit, 4)


@lru_cache(maxsize=CACHED_FEATURES)
def toll_feature(earlier: Toll, later: Toll) -> Feature:
    """Weigh two tolls, the earlier one first, and say them."""
    pairs = zip(("killed", "injured"), earlier, later, strict=True)
    words = [f"{what} {before} -> {after}" for what, before, after in pairs if before is not None and after is not None]
    return Feature(", ".join(words) or "not comparable", _toll_contribution(earlier, later))


def best_toll(some: Iterable[ReportKey], others: Iterable[ReportKey]) -> float:
    """Return what the best pair of two groups' tolls contributes: 20 follows 18, which follows 12."""
    return max(_toll_contribution(*_tolls_by_age(a, b)) for a, b in product(some, others))


def _tolls_by_age(a: ReportKey, b: ReportKey) -> tuple[Toll, Toll]:
    return (a.toll, b.toll) if a.age_key < b.age_key else (b.toll, a.toll)


@lru_cache(maxsize=CACHED_FEATURES)
def _named_feature(a: str | None, b: str | None, weight: float) -> Feature:
    if not a or not b:
        return Feature("not stated by both", 0.0)
    same = fold(a) == fold(b)
    return Feature(f"same: {a}" if same else " ~ ".join(sorted((a, b))), weight if same else -weight)


def weigh(a: ReportKey, b: ReportKey, toll: float | None = None) -> dict[str, Feature | None]:
    """Weigh all features of two reports, each of which may stand for a group.

    Args:
        a: One report.
        b: The other.
        toll: What the tolls of their groups contribute, see `best_toll`. Default: those of the two.

    Returns:
        Feature by name; None in place of one that forbids that they are one event.
    """
    return {
        "place": place_feature(a, b),
        "date": date_feature(a, b),
        "class": class_feature(a.event_class, b.event_class),
        "toll": toll_feature(*_tolls_by_age(a, b)) if toll is None else Feature("of the groups", toll),
        "weapon": _named_feature(a.weapon_class, b.weapon_class, WEAPON_WEIGHT),
        "actor": _named_feature(a.perpetrator, b.perpetrator, ACTOR_WEIGHT),
    }


def score_of(features: Mapping[str, Feature | None]) -> float | None:
    """Return the sum of contributions within 0..1; None where a feature forbids."""
    total = 0.0
    for feature in features.values():
        if feature is None:
            return None
        total += feature.contribution
    return min(1.0, max(0.0, round(total, 4)))
