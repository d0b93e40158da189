"""When and where a report's event may have been: what tells which reports can bear on one another, before anything is weighed."""

from __future__ import annotations

import datetime as dt
from functools import cached_property, lru_cache
from itertools import product
from math import cos, floor, radians, sin

from transforms.text import fold
from transforms.value_class import dataclass

TIGHT_DAYS, LOOSE_DAYS = 2, 7  # a night has two days; wider than a week tells no event from the next
DISTRICT_PRECISION, UNKNOWN_DATE = 3, 9  # vocabularies.GEO_PRECISION, DATE_PRECISION
EARTH_RADIUS_KM = 6371.0
CELL_KM = 32.0  # wider than any distance that `agreement` accepts, so that neighbouring cells hold all that is near
CELLS_PER_RADIUS = EARTH_RADIUS_KM / CELL_KM
CELLS = 512  # more than the globe has along any of its three axes
_AROUND = tuple((x * CELLS + y) * CELLS + z for x, y, z in product((-1, 0, 1), repeat=3))
UNPLACED = ("unplaced",)


class Located:
    """What days and place follow from: of a `ReportKey`, and of a `Site` alone. The attributes are columns of the report table."""

    event_date_start: dt.date | None
    event_date_end: dt.date | None
    date_precision: int | None
    country_iso3: str | None
    admin1: str | None
    place: str | None
    latitude: float | None
    longitude: float | None
    geonameid: int | None
    geo_precision: int | None
    role: str
    is_aggregate: bool
    is_incident: bool

    @property
    def told_on(self) -> dt.date:
        """Day of publication, else of the fetch."""
        raise NotImplementedError

    @cached_property
    def days(self) -> tuple[dt.date, dt.date]:
        """First and last day the event may have been on; without a date the day of publication and the day before."""
        first, last = self.event_date_start or self.event_date_end, self.event_date_end or self.event_date_start
        if self.is_dated and first is not None and last is not None:
            return min(first, last), max(first, last)
        return self.told_on - dt.timedelta(days=1), self.told_on

    @property
    def is_dated(self) -> bool:
        """The text dates the event."""
        return self.date_precision != UNKNOWN_DATE and (self.event_date_start or self.event_date_end) is not None

    @cached_property
    def n_days(self) -> int:
        """Length of `days`."""
        return (self.days[1] - self.days[0]).days + 1

    @cached_property
    def is_placed(self) -> bool:
        """Names a site, a settlement or a district: something that can be near or far."""
        located = self.latitude is not None and self.longitude is not None
        return (located or self.place is not None) and (self.geo_precision or DISTRICT_PRECISION) <= DISTRICT_PRECISION

    @property
    def is_tight(self) -> bool:
        """Placed, and dated to a day or a night: may be compared with its neighbours."""
        return self.is_placed and self.n_days <= TIGHT_DAYS

    @cached_property
    def cells(self) -> tuple[str | int, ...]:
        """Keys under which the report is filed: its place's name, its cell of the globe."""
        return _cells(self.place, self.latitude, self.longitude) if self.is_placed else UNPLACED

    @cached_property
    def near_cells(self) -> frozenset[str | int]:
        """Keys under which every report that may be near is filed."""
        return _around(self.cells)


@dataclass(frozen=True)
class Site(Located):
    """A place alone: what tells whether reports of two places may be near. The columns are those of the report table."""

    country_iso3: str | None
    place: str | None
    latitude: float | None
    longitude: float | None
    geonameid: int | None
    geo_precision: int | None
    admin1: None = None


def judge_left_out(report: Located) -> str | None:
    """Return why a report can neither open nor join an incident; None: it can."""
    if not report.is_incident:
        return "not_incident"
    if report.role == "background":
        return "background"
    if report.is_aggregate:
        return "aggregate"
    if report.country_iso3 is None and not report.is_placed:
        return "no_place"
    # Wider than a week tells no event from the next.
    return "vague_date" if report.n_days > LOOSE_DAYS else None


def day_numbers(days: tuple[dt.date, dt.date], beside: int = 0) -> range:
    """Return the proleptic ordinals of the days from first to last, and of so many beside them."""
    return range(days[0].toordinal() - beside, days[1].toordinal() + beside + 1)


@lru_cache(maxsize=4_096)
def _cells(place: str | None, latitude: float | None, longitude: float | None) -> tuple[str | int, ...]:
    names = (fold(place),) if place else ()
    return names if latitude is None or longitude is None else (*names, _cell(latitude, longitude))


@lru_cache(maxsize=4_096)
def _around(keys: tuple[str | int, ...]) -> frozenset[str | int]:
    near: set[str | int] = set()
    for key in keys:
        near.update((key,) if isinstance(key, str) else cells_around(key))
    return frozenset(near)


def cells_around(cell: int) -> list[int]:
    """Return the cell and those that touch it."""
    return [cell + beside for beside in _AROUND]


def _cell(latitude: float, longitude: float) -> int:
    """Cells of space, not of degrees: the same size at the poles and across the date line. Three numbers in one."""
    lat, lon = radians(latitude), radians(longitude)
    xyz = (cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat))
    x, y, z = (floor(part * CELLS_PER_RADIUS) + CELLS // 2 for part in xyz)
    return (x * CELLS + y) * CELLS + z
