"""Which reports can bear on a night's: those that are near step by step in place and days, instead of whole countries.

Placed reports of a day or a night are compared only where `place_feature` does not exclude it and their days touch. So what one of
them joins hangs on the reports that a chain of such neighbours leads to, within the days that `rematch` tells, and on no other
report of its country. Vague ones (no place, or up to a week) look at all incidents of their country and days, and nothing looks at
them: those that may see a change are matched again, with what they look at and its neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from typing import NamedTuple

import polars as pl

from transforms.agreement import place_feature
from transforms.spots import DISTRICT_PRECISION, LOOSE_DAYS, TIGHT_DAYS, UNKNOWN_DATE, Site, near_cells

REACH_DAYS = 5  # a new report changes nothing farther away ...
CHAIN_DAYS = 6  # ... and a membership hangs on nothing farther away; `rematch` tells why
PLACE = ("country_iso3", "place", "latitude", "longitude", "geonameid", "geo_precision")

Node = tuple[int, int]  # number of a site, day since 1970
CountryDays = set[tuple[str | None, int]]


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
    dated = _date(spots)
    chart = _Chart(dated.filter("is_tight"))
    loose = dated.filter(~pl.col("is_tight")).select("report_id", "country_iso3", "first", "last").rows()
    looked_at = _country_days(((country, first, last) for name, country, first, last in loose if name in whole), beside=1)
    seeds = chart.nodes_of(new) | chart.nodes_on(looked_at)
    near = chart.nodes_near(seeds, REACH_DAYS + CHAIN_DAYS)
    within = chart.days_around(seeds, REACH_DAYS)
    final = {node for node in near if (chart.country(node), node[1]) in within}

    changing = {(chart.country(node), day) for node in final for day in chart.days_at(node)}
    mates = {(country, first, last) for name, country, first, last in loose if name in new}
    vague = [row for row in loose if row[1:] in mates or not changing.isdisjoint(_country_days([row[1:]], beside=1))]
    context = chart.nodes_near(chart.nodes_on(_country_days((row[1:] for row in vague), beside=1)), CHAIN_DAYS)
    settled = chart.reports_at(final) | {row[0] for row in vague}
    return Reach(settled | chart.reports_at(near | context), settled)


def _date(spots: pl.DataFrame) -> pl.DataFrame:
    """Add first and last day (as numbers) and whether a report is tight, as `ReportKey` says; leave out dates too wide to be matched."""
    day, told_on = pl.col("event_date_start", "event_date_end").cast(pl.Int32), pl.col("published_on").cast(pl.Int32)
    start, end = pl.coalesce("event_date_start", "event_date_end"), pl.coalesce("event_date_end", "event_date_start")
    is_dated = pl.col("date_precision").ne_missing(UNKNOWN_DATE) & start.is_not_null()
    is_named = pl.col("place").is_not_null() | (pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null())
    is_placed = is_named & (pl.col("geo_precision").replace(0, None).fill_null(DISTRICT_PRECISION) <= DISTRICT_PRECISION)
    return (
        spots.with_columns(day)
        .with_columns(
            first=pl.when(is_dated).then(pl.min_horizontal(start, end)).otherwise(told_on - 1),
            last=pl.when(is_dated).then(pl.max_horizontal(start, end)).otherwise(told_on),
            is_placed=is_placed,
        )
        .filter(pl.col("last") - pl.col("first") < LOOSE_DAYS, pl.col("is_placed") | pl.col("country_iso3").is_not_null())
        .with_columns(is_tight=pl.col("is_placed") & (pl.col("last") - pl.col("first") < TIGHT_DAYS))
    )


def _country_days(spans: Iterable[tuple[str | None, int, int]], beside: int) -> CountryDays:
    return {(country, day) for country, first, last in spans for day in range(first - beside, last + beside + 1)}


class _Chart:
    """Placed reports of a day or a night, by site and day; one of a night stands at both days."""

    def __init__(self, tight: pl.DataFrame) -> None:
        sites = tight.select(PLACE).unique(maintain_order=True)
        self._sites = [Site(*row) for row in sites.rows()]
        stands = (
            tight.join(sites.with_row_index("site"), on=PLACE, nulls_equal=True)
            .select("site", "report_id", pl.int_ranges("first", pl.col("last") + 1).alias("day"))
            .explode("day")
        )
        told = stands.group_by("site", "day").agg("report_id")
        self._told: dict[Node, list[str]] = dict(zip(zip(told["site"], told["day"], strict=True), told["report_id"].to_list(), strict=True))
        self._stands = stands
        nights = stands.filter(pl.col("report_id").is_duplicated())
        self._days: dict[str, list[int]] = dict(nights.group_by("report_id").agg("day").iter_rows())
        self._on: dict[tuple[str | None, int], list[Node]] = defaultdict(list)
        for node in self._told:
            self._on[self.country(node), node[1]].append(node)
        self._filed: dict[Hashable, list[int]] = defaultdict(list)
        for number, site in enumerate(self._sites):
            for cell in site.cells:
                self._filed[site.country_iso3, cell].append(number)
        self._near: dict[int, list[int]] = {}

    def country(self, node: Node) -> str | None:
        """Return a node's country."""
        return self._sites[node[0]].country_iso3

    def nodes_of(self, report_ids: Collection[str]) -> set[Node]:
        """Return the nodes at which reports stand."""
        rows = self._stands.filter(pl.col("report_id").is_in(list(report_ids))).select("site", "day").rows()
        return {(site, day) for site, day in rows}

    def nodes_on(self, at: CountryDays) -> set[Node]:
        """Return all nodes of countries on days."""
        return {node for key in at for node in self._on.get(key, ())}

    def reports_at(self, nodes: Iterable[Node]) -> set[str]:
        """Return the ids of the reports that stand at nodes."""
        return {report_id for node in nodes for report_id in self._told[node]}

    def days_at(self, node: Node) -> set[int]:
        """Return all days of the reports that stand at a node."""
        return {node[1]}.union(*(self._days.get(report_id, ()) for report_id in self._told[node]))

    def days_around(self, nodes: Iterable[Node], beside: int) -> CountryDays:
        """Return the days around nodes, of their countries."""
        at = {(self.country(node), node[1]) for node in nodes}
        return _country_days(((country, day, day) for country, day in at), beside)

    def nodes_near(self, seeds: Collection[Node], beside: int) -> set[Node]:
        """Return what chains of neighbours lead to from the seeds, within so many days of those of their country."""
        within, found, waiting = self.days_around(seeds, beside), set(seeds), list(seeds)
        while waiting:
            site, day = waiting.pop()
            for near_day in (day - 1, day, day + 1):
                if (self._sites[site].country_iso3, near_day) in within:
                    nodes = [(other, near_day) for other in self._sites_near(site) if (other, near_day) in self._told]
                    waiting += [node for node in nodes if node not in found]
                    found.update(nodes)
        return found

    def _sites_near(self, number: int) -> list[int]:
        if (known := self._near.get(number)) is None:
            site = self._sites[number]
            others = {other for cell in near_cells(site) for other in self._filed.get((site.country_iso3, cell), ())}
            known = self._near[number] = [other for other in others if place_feature(site, self._sites[other]) is not None]
        return known
