"""A night matched in its window gives what matching everything gives; ids that change are resolved."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from transforms.agreement import ReportKey, place_feature
from transforms.match import match_reports
from transforms.reach import find_reach
from transforms.rematch import READ_DAYS, Window, find_aliases, window_of
from transforms.spots import Site

CLASSES = ("explosive.missile_or_rocket", "explosive.drone_strike", "explosive.air_strike", "firearms.attack", None)


def make_news(rng: random.Random, n_reports: int, n_days: int) -> list[ReportKey]:
    """News of three towns in a row 20 km apart, two far ones of one name, one of which only a name or a district is known; dense
    enough that most days touch their neighbours."""
    towns = (
        (48.0, 33.0, "North", 1, 2),
        (48.18, 33.0, "Mid", 2, 2),
        (48.36, 33.0, "South", 3, 1),
        (46.0, 30.0, "Far", 4, 2),
        (44.0, 31.0, "Far", 5, 2),
        (None, None, "Far", None, 2),
        (46.2, 30.0, None, None, 3),
    )
    news = []
    for n in range(n_reports):
        latitude, longitude, place, geonameid, precision = rng.choice(towns)
        first = dt.date(2025, 1, 1) + dt.timedelta(days=rng.randrange(n_days))
        last = first + dt.timedelta(days=rng.choice((0, 0, 0, 0, 1, 1, 5, 12)))
        at = dt.datetime.combine(last, dt.time(rng.randrange(24)), dt.UTC) + dt.timedelta(days=rng.randrange(3))
        dated, placed = rng.random() > 0.15, rng.random() > 0.2
        killed = rng.choice((None, 1, 3, 9, 12, 16))
        other_url = f"u{rng.randrange(9)}"
        url = f"u{rng.randrange(n_reports // 2)}"
        news.append(
            ReportKey(
                f"r{n:03}",
                f"a{rng.randrange(n_reports)}",
                rng.randrange(2),
                at,
                at,
                url,
                rng.choice((url, other_url)),
                f"o{n % 7}",
                at.date(),
                first if dated else None,
                last if dated else None,
                1 if dated else 9,
                rng.choice(("UKR", "UKR", "RUS")),
                rng.choice((None, None, "North Oblast", "South Oblast")),
                place if placed else None,
                latitude if placed else None,
                longitude if placed else None,
                geonameid if placed else None,
                precision if placed else 6,
                rng.choice(CLASSES),
                None,
                None,
                killed,
                killed,
                killed,
            )
        )
    return news


def overlaps(report: ReportKey, windows: list[Window]) -> bool:
    return any(report.country_iso3 == w.country_iso3 and report.days[0] <= w.last_on and report.days[1] >= w.first_on for w in windows)


@pytest.mark.parametrize("seed", range(12))
def test_nights_in_any_order_give_what_everything_at_once_gives(seed: int, spots_of: Callable[..., pl.DataFrame]) -> None:
    rng = random.Random(seed)
    news = make_news(rng, 150, 60)
    arriving = rng.sample(news, len(news))
    held: list[ReportKey] = []
    stored: dict[str, object] = {}
    ids: dict[str, str] = {}
    aliases: dict[str, str] = {}
    ever: set[str] = set()
    gone: set[str] = set()
    while arriving:
        batch, arriving = arriving[: (size := rng.randrange(1, 30))], arriving[size:]
        held += batch
        windows = window_of(batch)
        near = [report for report in held if overlaps(report, windows)]
        reach = find_reach(spots_of(rng.sample(near, len(near))), {report.report_id for report in batch})
        read, settled = [report for report in held if report.report_id in reach.read], reach.settled
        rows = [row for row in match_reports(rng.sample(read, len(read))) if row.report_id in settled]
        before = {r.report_id: ids[r.report_id] for r in read if r.report_id in ids}
        for report_id in settled:
            stored.pop(report_id, None)
            ids.pop(report_id, None)
        for row in rows:
            stored[row.report_id], ids[row.report_id] = row, row.incident_id
        aliases |= {old: new for old, new, _ in find_aliases(before, {r.report_id: ids[r.report_id] for r in read if r.report_id in ids})}
        for old in set(before.values()) - set(ids.values()):
            if not any(report_id in ids for report_id, former in before.items() if former == old):
                gone.add(old)
        for alive in ids.values():
            aliases.pop(alive, None)
        ever |= set(ids.values())
    assert sorted(stored.values(), key=str) == sorted(match_reports(news), key=str)
    for former in ever - set(ids.values()):
        current, hops = former, 0
        while current in aliases and hops < 200:
            current, hops = aliases[current], hops + 1
        assert current in ids.values() or current in gone, "a former id leads to a living incident, unless all its reports left"


def test_windows_merge_and_skip_what_cannot_match() -> None:
    one = replace(
        make_news(random.Random(1), 2, 1)[0],
        event_date_start=dt.date(2025, 4, 4),
        event_date_end=dt.date(2025, 4, 4),
        date_precision=1,
        country_iso3="UKR",
    )
    later = replace(one, report_id="later", event_date_start=dt.date(2025, 4, 20), event_date_end=dt.date(2025, 4, 20))
    reach = dt.timedelta(days=READ_DAYS)
    assert window_of([later, one]) == [Window("UKR", dt.date(2025, 4, 4) - reach, dt.date(2025, 4, 20) + reach)]
    assert len(window_of([one, replace(later, country_iso3="RUS")])) == 2
    assert window_of([replace(one, is_aggregate=True)]) == []


def spot(name: str, day: int = 4, latitude: float | None = 48.0, **values: object) -> dict[str, object]:
    on = dt.date(2025, 4, 1) + dt.timedelta(days=day)
    at = {"country_iso3": "UKR", "place": f"at {latitude}", "latitude": latitude, "longitude": 33.0, "geo_precision": 2}
    return {"report_id": name, "event_date_start": on, "event_date_end": on, "date_precision": 1} | at | values


def test_a_new_report_reaches_its_neighbours_and_no_others(spots_frame: Callable[..., pl.DataFrame]) -> None:
    """By chains of places within 25 km and days that touch; vague reports by country, with all that they might mean."""
    rows = [
        spot("new"), spot("day after", 5), spot("two days off", 6), spot("not with them", 9), spot("town beside", 4, 48.2),
        spot("next to that", 4, 48.4), spot("far", 4, 52.0), spot("other land", country_iso3="RUS"),
    ]  # fmt: skip
    near = {"new", "day after", "two days off", "town beside", "next to that"}
    assert find_reach(spots_frame(rows), {"new"}) == (near, near)
    vague = spot("vague", 5, None, longitude=None, place=None, geo_precision=6)
    wide = vague | {"report_id": "of a month", "event_date_end": dt.date(2025, 5, 1)}
    spots = spots_frame(
        [*rows, vague, wide, vague | {"report_id": "later", "event_date_start": dt.date(2025, 4, 12), "event_date_end": None}]
    )
    read, settled = find_reach(spots, {"new"})
    assert (read, settled) == ({*near, "vague", "far"}, {*near, "vague"}), "what a vague report may mean is read and not written"
    assert find_reach(spots, {"vague"}) == ({*near, "vague", "far"}, {"vague"})
    assert find_reach(spots, {"vague"}, {"vague"}).settled == {*near, "vague", "far"}
    assert find_reach(spots, {"of a month"}) == (set(), set())


@pytest.mark.parametrize("middle", [(48.0, 33.0), (-16.5, 179.95), (89.8, 10.0), (0.0, 0.0)])
def test_chains_lead_to_all_places_that_the_rule_calls_near(middle: tuple[float, float], spots_frame: Callable[..., pl.DataFrame]) -> None:
    """Whatever cells of the globe they lie in: across the date line, at the pole, on both sides of the equator."""
    rng, km = random.Random(str(middle)), 1 / 111.2
    sites = []
    for n in range(60):
        latitude = min(90.0, middle[0] + rng.uniform(-110, 110) * km)
        longitude = (middle[1] + rng.uniform(-110, 110) * km / max(0.01, math.cos(math.radians(latitude))) + 180) % 360 - 180
        known = rng.random() < 0.9
        name = rng.choice(("Ford", "ford", "Mill’s End", "Mill's end", f"town {n}", f"town {n}"))
        sites.append(
            Site("UKR", name, latitude if known else None, longitude if known else None, rng.choice((n, None)), rng.choice((1, 2, 3)))
        )
    near = {0}
    while more := {n for n, site in enumerate(sites) for m in near if n not in near and place_feature(sites[m], site) is not None}:
        near |= more
    columns = ("country_iso3", "place", "latitude", "longitude", "geonameid", "geo_precision")
    spots = spots_frame([spot(f"r{n}") | {name: getattr(site, name) for name in columns} for n, site in enumerate(sites)])
    assert find_reach(spots, {"r0"}).read == {f"r{n}" for n in near}
    assert 1 < len(near) < len(sites)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"r1": "A"}, {"r1": "A", "r2": "A"}, []),
        ({"r1": "A"}, {"r1": "B", "r0": "B"}, [("A", "B", "older report arrived")]),
        ({"r1": "A", "r2": "B"}, {"r1": "A", "r2": "A"}, [("B", "A", "merge")]),
        ({"r1": "A", "r2": "A", "r3": "A"}, {"r1": "B", "r2": "C", "r3": "C"}, [("A", "C", "split")]),
        ({"r1": "A", "r2": "A"}, {"r1": "A", "r2": "B"}, []),
        ({"r1": "A"}, {}, []),
    ],
)
def test_aliases(before: dict[str, str], after: dict[str, str], expected: list[tuple[str, str, str]]) -> None:
    assert find_aliases(before, after) == expected
