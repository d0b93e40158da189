"""Which reports become one incident: tables of pairs, the demo's news, and order that must not matter."""

from __future__ import annotations

import cProfile
import csv
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.agreement import JOIN_SCORE, ReportKey, count_fit, place_feature, toll_feature, weigh
from transforms.gazetteer import Gazetteer
from transforms.match import Membership, find_left_out, match_reports
from transforms.vocabularies import EVENT_CLASS

DEMO = Path("seeds/demo")
KRYVYI_RIH = {
    "country_iso3": "UKR",
    "admin1": "Dnipropetrovsk",
    "place": "Kryvyi Rih",
    "latitude": 47.908,
    "longitude": 33.387,
    "geonameid": 703845,
}
NIKOPOL = {
    "country_iso3": "UKR",
    "admin1": "Dnipropetrovsk",
    "place": "Nikopol",
    "latitude": 47.571,
    "longitude": 34.393,
    "geonameid": 700051,
}
SITE = {**KRYVYI_RIH, "place": "Saksahan playground", "latitude": 47.95, "longitude": 33.44, "geonameid": None, "geo_precision": 1}
SUBURB = {**KRYVYI_RIH, "place": "Radushne", "latitude": 47.81, "longitude": 33.50, "geonameid": 696100}  # 13.8 km
DISTRICT = {**KRYVYI_RIH, "place": "Kryvyi Rih Raion", "latitude": 47.75, "longitude": 33.30, "geonameid": 1, "geo_precision": 3}
NOWHERE: dict[str, Any] = {"place": None, "latitude": None, "longitude": None, "geonameid": None}
UKRAINE = {**NOWHERE, "country_iso3": "UKR", "admin1": None, "geo_precision": 6}
OBLAST = {**UKRAINE, "admin1": "Dnipropetrovsk", "geo_precision": 4}
OTHER_OBLAST = {**UKRAINE, "admin1": "Kharkiv", "geo_precision": 4}
MISSILE = "explosive.missile_or_rocket"
FRIDAY = dt.date(2025, 4, 4)


def day(n: int) -> dt.date:
    return FRIDAY + dt.timedelta(days=n)


def report(name: str, hour: int = 18, on: int | tuple[int, int] | None = 0, killed: int | None = 12, **values: Any) -> ReportKey:
    """A report on Kryvyi Rih, published `hour` hours after Friday 0:00; `on` is the day of the event counted from Friday."""
    at = dt.datetime(2025, 4, 4, tzinfo=dt.UTC) + dt.timedelta(hours=hour)
    first, last = on if isinstance(on, tuple) else (on, on)
    url = values.pop("canonical_url", f"https://{name}.example/")
    known: dict[str, Any] = {
        "article_id": f"article {name}",
        "ordinal": 0,
        "as_of": at,
        "fetched_at": at,
        "canonical_url": url,
        "story_url": url,
        "outlet": name,
        "published_on": at.date(),
        "event_date_start": None if first is None else day(first),
        "event_date_end": None if last is None else day(last),
        "date_precision": 9 if on is None else 1,
        **KRYVYI_RIH,
        "geo_precision": 2,
        "event_class": MISSILE,
        "killed_min": killed,
        "killed_best": killed,
        "killed_max": killed,
    }
    return ReportKey(report_id=name, **{**known, **values})


def incidents(reports: list[ReportKey]) -> set[frozenset[str]]:
    """The incidents as sets of report ids."""
    found: dict[str, set[str]] = {}
    for row in match_reports(reports):
        found.setdefault(row.incident_id, set()).add(row.report_id)
    return {frozenset(names) for names in found.values()}


JOINED: list[tuple[str, dict[str, Any]]] = [
    ("the toll grows from 12 to 20", {"killed": 20, "hour": 60}),
    ("the toll is not stated", {"killed": None}),
    ("at least 12, then 16", {"killed": None, "killed_min": 16, "hour": 22}),
    ("a site within the town, 6 km off", SITE),
    ("the town's district, 19 km off", DISTRICT),
    ("a neighbouring village 12 km off, same high toll", SUBURB),
    ("a name without coordinates", {"latitude": None, "longitude": None, "geonameid": None}),
    ("no date, published the same day", {"on": None}),
    ("no date, published the day after", {"on": None, "hour": 30}),
    ("the night of 4 to 5 April", {"on": (0, 1)}),
    ("another outlet says the day after, with the same high toll", {"on": 1, "hour": 40}),
    ("called an air strike", {"event_class": "explosive.air_strike"}),
    ("kind of event unknown", {"event_class": None}),
    ("kind of event 'other'", {"event_class": "other"}),
    ("only the country is stated, and only one incident fits", UKRAINE),
    ("only the oblast is stated", {**OBLAST, "killed": None}),
    ("a copy of the same text in which the toll was misread", {"story_url": "https://first.example/", "killed": 400}),
    ("the same text, dated a day later", {"story_url": "https://first.example/", "on": 1, "killed": None}),
    ("dated to the week only, one incident fits", {"on": (-3, 3), "hour": 80}),
    ("another perpetrator is blamed", {"perpetrator": "somebody else"}),
]
APART: list[tuple[str, dict[str, Any]]] = [
    ("200 dead against 12 an hour before", {"killed": 200, "hour": 19}),
    ("another town, 84 km off", NIKOPOL),
    ("another country", {"country_iso3": "RUS"}),
    ("two days later", {"on": 2, "hour": 70}),
    ("the next day, another kind and toll", {"on": 1, "hour": 40, "event_class": "explosive.drone_strike", "killed": 2}),
    ("the next day, no toll that would tie them", {"on": 1, "hour": 40, "killed": None}),
    ("abduction and missile exclude each other", {"event_class": "abduction"}),
    ("a shooting the same day", {"event_class": "firearms.attack", "killed": 12}),
    ("a village 12 km off without a toll", {**SUBURB, "killed": None}),
    ("an unlocated place of another name", {"place": "Somewhere", "latitude": None, "longitude": None, "geonameid": None}),
    ("another oblast", OTHER_OBLAST),
    ("only the country, and a toll that contradicts", {**UKRAINE, "killed": 300}),
    ("another event of the same article", {"article_id": "article first", "ordinal": 1}),
    ("a copied template with another place", {"story_url": "https://first.example/", **NIKOPOL}),
]


@pytest.mark.parametrize(("why", "values"), JOINED, ids=[why for why, _ in JOINED])
def test_joins(why: str, values: dict[str, Any]) -> None:
    assert incidents([report("first"), report("second", **{"hour": 19, **values})]) == {frozenset({"first", "second"})}


@pytest.mark.parametrize(("why", "values"), APART, ids=[why for why, _ in APART])
def test_keeps_apart(why: str, values: dict[str, Any]) -> None:
    assert incidents([report("first"), report("second", **{"hour": 19, **values})]) == {frozenset({"first"}), frozenset({"second"})}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"is_aggregate": True}, "aggregate"),
        ({"role": "background"}, "background"),
        ({"is_incident": False}, "not_incident"),
        ({**UKRAINE, "country_iso3": None}, "no_place"),
        ({"on": (-3, 30)}, "vague_date"),
    ],
)
def test_neither_opens_nor_joins(values: dict[str, Any], reason: str) -> None:
    reports = [report("first"), report("vague", **values)]
    assert incidents(reports) == {frozenset({"first"})}
    assert find_left_out(reports, match_reports(reports)) == {"vague": reason}
    assert match_reports([report("vague", **values)]) == []


def test_country_level_report_joins_the_only_candidate_and_none_of_two() -> None:
    one, other, vague = report("one"), report("other", **NIKOPOL), report("vague", hour=30, **UKRAINE)
    assert incidents([one, vague]) == {frozenset({"one", "vague"})}
    assert incidents([one, other, vague]) == {frozenset({"one"}), frozenset({"other"})}
    assert find_left_out([one, other, vague], match_reports([one, other, vague])) == {"vague": "several_incidents_fit"}
    assert incidents([vague]) == {frozenset({"vague"})}, "where nothing fits it opens an incident of the country"
    # The toll decides between two: 40 dead are not the 12 of Kryvyi Rih.
    larger = replace(other, killed_min=40, killed_best=40, killed_max=40)
    forty = replace(vague, killed_min=41, killed_best=41, killed_max=41)
    assert frozenset({"other", "vague"}) in incidents([replace(one, killed_best=1, killed_min=1), larger, forty])


def test_two_country_level_reports_need_the_same_toll() -> None:
    assert incidents([report("a", **UKRAINE), report("b", **UKRAINE)]) == {frozenset({"a", "b"})}
    assert len(incidents([report("a", **UKRAINE), report("b", killed=None, **UKRAINE)])) == 2


def test_story_of_three_days_is_one_incident_beside_the_next_attack() -> None:
    story = [
        report("first", 17, killed=12),
        report("second", 20, killed=16),
        report("site", 21, killed=16, **SITE),
        report("third", 30, killed=18),
        report("denial", 26, killed=None, event_class="explosive.air_strike"),
        report("undated", 31, on=None, killed=18),
        report("fourth", 44, killed=19),
        report("last", 60, killed=20),
        report("un", 66, killed=20, **DISTRICT),
    ]
    drone = report("drone", 40, on=1, killed=1, event_class="explosive.drone_strike")
    same_day = report("nikopol", 30, killed=18, **NIKOPOL)
    found = match_reports([drone, *story, same_day])
    by_report = {row.report_id: row.incident_id for row in found}
    assert len({by_report[r.report_id] for r in story}) == 1
    assert len({by_report[name] for name in ("first", "drone", "nikopol")}) == 3


def test_no_chain_runs_through_a_month_of_daily_attacks() -> None:
    daily = [report(f"day {n:02}", hour=24 * n + 20, on=n, killed=9) for n in range(30)]
    for names in incidents(daily):
        days = {int(name[-2:]) for name in names}
        assert max(days) - min(days) <= 2


def test_newest_version_stands_for_its_article_and_the_older_stays_a_member() -> None:
    old = report("v1", 17, canonical_url="https://a.example/", event_class="other", killed=None)
    new = report("v2", 20, canonical_url="https://a.example/", as_of=old.as_of, killed=16)
    rows = {row.report_id: row for row in match_reports([old, new, report("else", 25, killed=18)])}
    assert len({row.incident_id for row in rows.values()}) == 1
    assert rows["v2"].reasons == {"anchor": {"value": "the most telling report", "contribution": 1.0}}
    assert rows["v1"].reasons["joined"]["value"] == "version of the same article"


def test_reasons_add_up_to_the_score_and_are_json() -> None:
    rows = match_reports(
        [
            report("first"),
            report("second", 30, killed=16, weapon_class="missile_ballistic"),
            report("copy", 19, story_url="https://first.example/"),
        ]
    )
    for row in rows:
        assert row.score == pytest.approx(sum(float(reason["contribution"]) for reason in row.reasons.values()), abs=1e-6)
        assert json.loads(json.dumps(row.reasons)) == row.reasons
        assert row.decided_by == "rule"
    joined = next(row for row in rows if row.report_id == "second")
    assert joined.reasons["toll"]["value"] == "killed 12 -> 16"
    assert joined.reasons["place"]["value"] == "same place: Kryvyi Rih"
    assert joined.score >= JOIN_SCORE


def test_id_is_of_the_oldest_placed_report() -> None:
    first, second, vague = report("first", 17), report("second", 20), report("vague", 16, **UKRAINE)
    (alone,) = {row.incident_id for row in match_reports([first])}
    assert {row.incident_id for row in match_reports([second, vague, first])} == {alone}


@pytest.mark.parametrize(
    ("earlier", "later", "fits"), [(12, 20, True), (0, 1, True), (1, 6, True), (1, 200, False), (200, 1, False), (7, 2, False)]
)
def test_tolls_grow_more_readily_than_they_fall(earlier: int, later: int, fits: bool) -> None:
    assert (count_fit(earlier, later) >= 0) is fits


def test_agreement_on_many_counts_more_than_on_one() -> None:
    assert toll_feature((1, None), (1, None)).contribution < toll_feature((12, None), (12, None)).contribution
    assert toll_feature((None, 5), (3, None)) == ("not comparable", 0.0)


def test_weighing_is_symmetric() -> None:
    a, b = report("a", killed=12, **SITE), report("b", 30, killed=20, perpetrator="Russia")
    assert weigh(a, b) == weigh(b, a)


def test_same_name_far_away_is_another_place() -> None:
    assert place_feature(report("a"), report("b", latitude=50.0, longitude=25.0, geonameid=2)) is None


def demo_reports(gazetteer: Gazetteer) -> tuple[list[ReportKey], dict[str, str]]:
    """Reports as a perfect extractor would read them from the demo, and the incident of each."""
    told: dict[str, str] = {}
    reports: list[ReportKey] = []
    ordinals: dict[str, int] = {}
    rows = list(csv.DictReader((DEMO / "expected.csv").read_text().splitlines()))
    copied = {row["outlet"] + "/" + row["slug"]: row["duplicate_of"] for row in rows}
    for row in rows:
        if row["is_incident"] != "true":
            continue
        url, version = f"{row['outlet']}/{row['slug']}", row["version"]
        text = (DEMO / "articles" / f"{url}{'' if version == '1' else f'.{version}'}.md").read_text()
        head = dict(line.split(": ", 1) for line in text.split("\n\n", 1)[0].splitlines() if ": " in line)
        at = dt.datetime.fromisoformat(head.get("updated_at", head["published_at"])).astimezone(dt.UTC)
        article = f"{url}#{version}"
        ordinals[article] = ordinals.get(article, -1) + 1
        iso2 = {place.country_iso3: place.country_iso2 for place in [gazetteer.country(row["country_iso3"])] if place}[row["country_iso3"]]
        place = next((p for name in row["place"].split("|") for p in gazetteer.lookup(name, countries=(iso2,))), None)
        assert place is not None, row["place"]
        numbers = {
            c: int(row[c]) if row[c] else None
            for c in ("killed_min", "killed_best", "killed_max", "injured_min", "injured_best", "injured_max")
        }
        on = dt.date.fromisoformat(row["event_date"])
        key = ReportKey(
            f"{article}.{ordinals[article]}",
            article,
            ordinals[article],
            at,
            at,
            url,
            copied[url] or url,
            row["outlet"],
            at.date(),
            on,
            on,
            1,
            row["country_iso3"],
            place.admin1,
            place.name,
            place.latitude,
            place.longitude,
            place.geonameid,
            2,
            row["event_class"].split("|")[0],
            **numbers,
        )
        reports.append(key)
        told[key.report_id] = row["incident"]
    return reports, told


def test_demo_newsroom_gives_its_incidents(gazetteer: Gazetteer) -> None:
    reports, told = demo_reports(gazetteer)
    expected: dict[str, set[str]] = {}
    for report_id, incident in told.items():
        expected.setdefault(incident, set()).add(report_id)
    assert len(reports) >= 30
    assert incidents(reports) == {frozenset(names) for names in expected.values()}


PLACES = [KRYVYI_RIH, SITE, SUBURB, DISTRICT, NIKOPOL, UKRAINE, OBLAST]


@st.composite
def any_report(draw: st.DrawFn, name: str) -> ReportKey:
    """A report on one of few places, days, kinds and tolls, so that most pairs are near each other."""
    start = draw(st.integers(0, 8))
    length = draw(st.sampled_from([0, 0, 0, 0, 1, 1, 4]))
    values = {
        **draw(st.sampled_from(PLACES)),
        "event_class": draw(st.sampled_from([MISSILE, "explosive.drone_strike", *EVENT_CLASS[-3:], None])),
    }
    if draw(st.booleans()):
        values["story_url"] = draw(st.sampled_from(["https://x.example/", "https://y.example/"]))
        values["canonical_url"] = draw(st.sampled_from([values["story_url"], f"https://{name}.example/"]))
    on = None if draw(st.integers(0, 5)) == 0 else (start, start + length)
    hour = 24 * (start + length) + draw(st.integers(0, 30))
    story = values.pop("story_url", None)
    built = report(name, hour, on, draw(st.sampled_from([None, 1, 2, 12, 16, 20])), **values)
    built = replace(built, story_url=story) if story else built
    return replace(built, article_id=draw(st.sampled_from([built.article_id, "shared article"])), ordinal=draw(st.integers(0, 1)))


@st.composite
def any_reports(draw: st.DrawFn) -> list[ReportKey]:
    return [draw(any_report(f"r{n:02}")) for n in range(draw(st.integers(1, 14)))]


@settings(max_examples=30, deadline=None)
@given(any_reports(), st.randoms(use_true_random=False))
def test_order_of_reports_does_not_matter(reports: list[ReportKey], random: Any) -> None:
    shuffled = list(reports)
    random.shuffle(shuffled)
    rows: list[Membership] = match_reports(reports)
    assert match_reports(shuffled) == rows
    assert len({row.report_id for row in rows}) == len(rows)
    assert all(0 <= row.score <= 1 for row in rows)


@settings(max_examples=30, deadline=None)
@given(any_reports(), st.data())
def test_asking_for_some_reports_gives_their_incidents_whole_and_no_other(reports: list[ReportKey], data: st.DataObject) -> None:
    ids = [r.report_id for r in reports]
    asked = data.draw(st.sets(st.sampled_from(ids)))
    every = match_reports(reports)
    theirs = {m.incident_id for m in every if m.report_id in asked}
    assert match_reports(reports, asked) == [m for m in every if m.incident_id in theirs]


def test_ten_times_the_news_takes_about_ten_times_the_steps() -> None:
    def steps(n: int) -> int:
        towns = [{"latitude": 40 + t / 7, "longitude": 20 + t / 3, "geonameid": t, "place": f"town {t}"} for t in range(30)]
        reports = [report(f"r{i}", on=i // 30, hour=24 * (i // 30) + 20, killed=i % 9, **towns[i * 7 % 30]) for i in range(n)]
        profile = cProfile.Profile()  # calls, since a machine that is busy changes every time but no count
        profile.runcall(match_reports, reports)
        return sum(int(row.callcount) for row in profile.getstats())

    steps(50)
    assert steps(500) < 20 * steps(50)
