"""Which reports can bear on a night's: those that are near step by step in place and days, instead of whole countries.

Placed reports of a day or a night are compared only where `place_feature` does not exclude it and their days touch. So what one of
them joins hangs on the reports that a chain of such neighbours leads to, within the days that `rematch` tells, and on no other
report of its country. Vague ones (no place, or up to a week) look at all incidents of their country and days, and nothing looks at
them: those that may see a change are matched again, with what they look at and its neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

import polars as pl

from transforms.agreement import place_feature
from transforms.spots import CELLS, CELLS_PER_RADIUS, DISTRICT_PRECISION, LOOSE_DAYS, TIGHT_DAYS, UNKNOWN_DATE, Site, cells_around
from transforms.text import fold

REACH_DAYS = 5  # a new report changes nothing farther away ...
CHAIN_DAYS = 6  # ... and a membership hangs on nothing farther away; `rematch` tells why
PLACE = ("country_iso3", "place", "latitude", "longitude", "geonameid", "geo_precision")

Node = tuple[int, int]  # number of a site, day since 1970
CountryDays = set[tuple[str | None, int]]
Span = tuple[str | None, int, int]  # country, first and last day


class Reach(NamedTuple):
    """Ids of the reports to match, and of those among them whose memberships are final."""

    read: set[str]
    settled: set[str]


def find_reach(spots: pl.DataFrame, new: Collection[str], whole: Collection[str] = ()) -> Reach:
    """Return which reports must be matched so that new ones join what they would join if all were matched.

    Args:
        spots: All reports of the new ones' windows that tell an event, those among them, one row a report: report_id, published_on
            (day of publication, else of the fetch; may be NULL where the text dates the event), and columns of the report table.
        new: Ids of the reports that arrived or changed.
        whole: Ids of vague reports whose whole incident must be final, too: those that a human decision names.
    """
    dated = _date(spots, new)
    tight = dated.filter("is_tight")
    rows = dated.filter(~pl.col("is_tight")).select("report_id", "is_new", "country_iso3", "first", "last").rows()
    loose: list[tuple[str, bool, Span]] = [(report_id, is_new, (country, first, last)) for report_id, is_new, country, first, last in rows]
    looked_at = _country_days((span for report_id, _, span in loose if report_id in whole), beside=1)
    seeded = _country_days(tight.filter("is_new").select("country_iso3", "first", "last").unique().rows()) | looked_at
    chart = _Chart(tight, _widen(seeded, REACH_DAYS + CHAIN_DAYS))
    near = chart.nodes_near(chart.new_nodes() | chart.nodes_on(looked_at))
    within = _widen(seeded, REACH_DAYS)
    final = {node for node in near if (chart.country(node), node[1]) in within}
    changing = {(chart.country(node), day) for node in final for day in chart.days_at(node)}

    spans = {span for _, is_new, span in loose if is_new or not changing.isdisjoint(_country_days([span], beside=1))}
    vague = {report_id for report_id, _, span in loose if span in spans}
    seen = _country_days(spans, beside=1)
    context = _Chart(tight, _widen(seen, CHAIN_DAYS))
    settled = chart.reports_at(final) | vague
    return Reach(settled | chart.reports_at(near) | context.reports_at(context.nodes_near(context.nodes_on(seen))), settled)


def _date(spots: pl.DataFrame, new: Collection[str]) -> pl.DataFrame:
    """Add first and last day (as numbers), and whether a report is tight and is new; leave out dates too wide. As `ReportKey` says."""
    day, told_on = pl.col("event_date_start", "event_date_end").cast(pl.Int32), pl.col("published_on").cast(pl.Int32)
    start, end = pl.coalesce("event_date_start", "event_date_end"), pl.coalesce("event_date_end", "event_date_start")
    is_dated = pl.col("date_precision").ne_missing(UNKNOWN_DATE) & start.is_not_null()
    is_named = pl.col("place").is_not_null() | (pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null())
    is_placed = is_named & (pl.col("geo_precision").replace(0, None).fill_null(DISTRICT_PRECISION) <= DISTRICT_PRECISION)
    n_days = pl.col("last") - pl.col("first") + 1
    return (
        spots.with_columns(day)
        .select(
            "report_id",
            *PLACE,
            first=pl.when(is_dated).then(pl.min_horizontal(start, end)).otherwise(told_on - 1),
            last=pl.when(is_dated).then(pl.max_horizontal(start, end)).otherwise(told_on),
            is_placed=is_placed,
            is_new=pl.col("report_id").is_in(list(new)),
        )
        .filter(n_days <= LOOSE_DAYS, pl.col("is_placed") | pl.col("country_iso3").is_not_null())
        .with_columns(is_tight=pl.col("is_placed") & (n_days <= TIGHT_DAYS))
    )


def _country_days(spans: Iterable[Span], beside: int = 0) -> CountryDays:
    return {(country, day) for country, first, last in spans for day in range(first - beside, last + beside + 1)}


def _widen(days: CountryDays, beside: int) -> CountryDays:
    return _country_days(((country, day, day) for country, day in days), beside)


def _standing_on(tight: pl.DataFrame, days: CountryDays) -> pl.DataFrame:
    """Return the reports that may stand on days of countries: those that begin there or, as nights do, the day before."""
    starts = list(days | {(country, day - 1) for country, day in days})
    columns = [pl.Series("country_iso3", [at[0] for at in starts], pl.String), pl.Series("first", [at[1] for at in starts], pl.Int32)]
    return tight.join(pl.DataFrame(columns), on=["country_iso3", "first"], how="semi", nulls_equal=True)


def _cell() -> pl.Expr:
    """Number of the cell that a place is in, as `spots` counts them; NULL without coordinates."""
    lat, lon = pl.col("latitude").radians(), pl.col("longitude").radians()
    xyz = (lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin())
    x, y, z = ((part * CELLS_PER_RADIUS).floor().cast(pl.Int32) + CELLS // 2 for part in xyz)
    return (x * CELLS + y) * CELLS + z


class _Chart:
    """Placed reports of a day or a night on some days of countries, by site and day; one of a night stands at both its days.

    All is laid out in columns, and only what is asked for is looked at more closely: most sites are near no new report.
    """

    def __init__(self, tight: pl.DataFrame, days: CountryDays) -> None:
        self._days = days
        sites = _standing_on(tight, days).group_by(PLACE).agg("report_id", "is_new", "first", "last").with_row_index("site")
        self._rows = sites.select("site", "report_id", "is_new", "first", "last").explode("report_id", "is_new", "first", "last")
        self._first, self._last = self._rows["first"].to_list(), self._rows["last"].to_list()
        self._begin: list[int] = [0, *sites["first"].list.len().cum_sum()]
        self._columns = [sites[name].to_list() for name in PLACE]
        self._country: list[str | None] = self._columns[PLACE.index("country_iso3")]
        self._name: list[str | None] = self._columns[PLACE.index("place")]
        self._cell: list[int | None] = sites.select(_cell()).to_series().to_list()
        self._filed: dict[str | int | None, list[int]] = defaultdict(list)  # by name and by cell, of all countries
        for site, name in enumerate(self._name):
            self._filed[fold(name) if name else None].append(site)
        for site, cell in enumerate(self._cell):
            self._filed[cell].append(site)
        self._told: dict[int, dict[int, list[int]]] = {}
        self._near: dict[int, list[int]] = {}
        self._sites: dict[int, Site] = {}

    def country(self, node: Node) -> str | None:
        """Return a node's country."""
        return self._country[node[0]]

    def new_nodes(self) -> set[Node]:
        """Return the nodes at which new reports stand."""
        rows = self._rows.filter("is_new").select("site", "first", "last").rows()
        return {(site, day) for site, *days in rows for day in days}

    def nodes_on(self, at: CountryDays) -> set[Node]:
        """Return all nodes of countries on days."""
        rows = zip(self._rows["site"].to_list(), self._first, self._last, strict=True) if at else ()
        return {(site, day) for site, first, last in rows for day in (first, last) if (self._country[site], day) in at}

    def reports_at(self, nodes: Iterable[Node]) -> set[str]:
        """Return the ids of the reports that stand at nodes."""
        rows = {row for site, day in nodes for row in self._told_at(site)[day]}
        return set(self._rows["report_id"].gather(list(rows)).to_list())

    def days_at(self, node: Node) -> set[int]:
        """Return all days of the reports that stand at a node."""
        return {day for row in self._told_at(node[0])[node[1]] for day in (self._first[row], self._last[row])}

    def nodes_near(self, seeds: Collection[Node]) -> set[Node]:
        """Return what chains of neighbours lead to from the seeds, these among them."""
        found, waiting = set(seeds), list(seeds)
        while waiting:
            site, day = waiting.pop()
            for other in self._sites_near(site):
                told = self._told_at(other)
                for node in ((other, day - 1), (other, day), (other, day + 1)):
                    if node[1] in told and node not in found and (self._country[site], node[1]) in self._days:
                        found.add(node)
                        waiting.append(node)
        return found

    def _told_at(self, site: int) -> dict[int, list[int]]:
        """Return the rows of the reports that stand at a site, by day."""
        if (told := self._told.get(site)) is None:
            told = self._told[site] = {}
            for row in range(self._begin[site], self._begin[site + 1]):
                first, last = self._first[row], self._last[row]
                for day in (first,) if first == last else (first, last):
                    told.setdefault(day, []).append(row)
        return told

    def _sites_near(self, number: int) -> list[int]:
        if (known := self._near.get(number)) is None:
            name, cell = self._name[number], self._cell[number]
            keys: list[str | int] = [fold(name)] if name else []
            keys += cells_around(cell) if cell is not None else ()
            others = {other for key in keys if key in self._filed for other in self._filed[key]}
            known = self._near[number] = [other for other in others if other == number or self._are_near(number, other)]
        return known

    def _are_near(self, one: int, other: int) -> bool:
        return place_feature(self._site(one), self._site(other)) is not None

    def _site(self, number: int) -> Site:
        if (site := self._sites.get(number)) is None:
            site = self._sites[number] = Site(*(column[number] for column in self._columns))
        return site
