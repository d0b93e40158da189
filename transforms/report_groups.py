"""Groups of reports that tell one event, and the cells by which near ones are found without comparing all with all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator
from itertools import product
from math import cos, floor, radians, sin

from transforms.agreement import (
    COARSE_JOIN_SCORE,
    JOIN_SCORE,
    LOOSE_DAYS,
    TIGHT_DAYS,
    ReportKey,
    Toll,
    class_feature,
    date_feature,
    place_feature,
    score_of,
    weigh,
)
from transforms.text import fold

EARTH_RADIUS_KM = 6371.0
CELL_KM = 32.0  # wider than any distance that `agreement` accepts, so that neighbouring cells hold all that is near
_AROUND = tuple(product((-1, 0, 1), repeat=3))
PRECISE_PLACE = 2


def specificity(report: ReportKey) -> int:
    """Return how much of kind, toll and place a report states, 0..3: the most telling report of a group stands for it."""
    has_class = report.event_class not in (None, "other", "explosive")
    has_place = report.is_placed and (report.geo_precision or PRECISE_PLACE) <= PRECISE_PLACE
    return has_class + (report.toll != (None, None)) + has_place


class Group:
    """Reports of one event; the anchor stands for them in comparisons.

    Attributes:
        anchor: The report that founded the group.
        reports: All of them.
        tolls: The oldest report of each toll stated.
        classes: Kinds of event of the anchors merged into it: a newcomer must go with all.
        articles: Article versions: an article's reports are different events, never one group.
        texts: (story, ordinal) of every report: the same text tells the same event.
    """

    def __init__(self, anchor: ReportKey) -> None:
        self.anchor = anchor
        self.reports: list[ReportKey] = []
        self.tolls: dict[Toll, ReportKey] = {}
        self.classes: set[str | None] = {anchor.event_class}
        self.articles: set[str] = set()
        self.texts: set[tuple[str, int]] = set()
        self.add((anchor,))

    def add(self, reports: Iterable[ReportKey]) -> None:
        """Take reports in."""
        for report in reports:
            self.reports.append(report)
            self.articles.add(report.article_id)
            self.texts.add((report.story_url, report.ordinal))
            known = self.tolls.get(report.toll)
            if known is None or report.age_key < known.age_key:
                self.tolls[report.toll] = report

    def absorb(self, other: Group) -> None:
        """Take another group in."""
        self.add(other.reports)
        self.classes |= other.classes

    @property
    def founder(self) -> ReportKey:
        """The oldest report: it gives the incident its id."""
        return min(self.reports, key=lambda report: report.age_key)

    @property
    def is_tight(self) -> bool:
        """Placed, and dated to a day or a night: may be compared with its neighbours."""
        return is_tight(self.anchor)

    @property
    def rank(self) -> tuple[bool, int, dt.datetime, str]:
        """Order of weight, the weightiest first: dated to the day, told by more independent texts, older."""
        return (self.anchor.n_days > 1, -len({story for story, _ in self.texts}), *self.founder.age_key)

    def is_open_to(self, other: Group) -> bool:
        """Tell whether no article would tell the event twice and no kinds of event exclude each other."""
        if not self.articles.isdisjoint(other.articles):
            return False
        return all(class_feature(a, b) is not None for a, b in product(self.classes, other.classes))

    def has_text_of(self, other: Group) -> bool:
        """Tell whether both hold the same event of the same text (a copy, another version)."""
        return not self.texts.isdisjoint(other.texts)


def is_tight(report: ReportKey) -> bool:
    """Tell whether a report is placed, and dated to a day or a night."""
    return report.is_placed and report.n_days <= TIGHT_DAYS


def is_too_vague(report: ReportKey) -> bool:
    """Tell whether a report's date is too wide to tell its event from the next."""
    return report.n_days > LOOSE_DAYS


def fit(one: Group, other: Group) -> float | None:
    """Return how well two groups fit, 0..1; None: they may not be joined, or fit too badly."""
    if place_feature(one.anchor, other.anchor) is None or date_feature(one.anchor, other.anchor) is None or not one.is_open_to(other):
        return None  # looked at first: most pairs end here
    features = weigh(one.anchor, other.anchor, one.tolls.values(), other.tolls.values())
    score = score_of(features)
    if score is None:
        return None
    if one.has_text_of(other):
        return 1.0
    needed = JOIN_SCORE if one.anchor.is_placed and other.anchor.is_placed else COARSE_JOIN_SCORE
    return score if score >= needed else None


def own_cells(report: ReportKey) -> list[Hashable]:
    """Return the keys under which a report is filed: its cell of the globe, its place's name."""
    keys: list[Hashable] = [fold(report.place)] if report.place else []
    if not report.is_placed:
        return ["unplaced"]
    if report.latitude is not None and report.longitude is not None:
        keys.append(_cell(report.latitude, report.longitude))
    return keys


def near_cells(report: ReportKey) -> Iterator[Hashable]:
    """Yield the keys under which every report that may be near is filed."""
    for key in own_cells(report):
        if isinstance(key, tuple):
            yield from ((key[0] + x, key[1] + y, key[2] + z) for x, y, z in _AROUND)
        else:
            yield key


def _cell(latitude: float, longitude: float) -> tuple[int, int, int]:
    """Cells of space, not of degrees: the same size at the poles and across the date line."""
    lat, lon = radians(latitude), radians(longitude)
    xyz = (cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat))
    x, y, z = (floor(part * EARTH_RADIUS_KM / CELL_KM) for part in xyz)
    return x, y, z
