"""The default toll rule: claims in, min / best / max / contested out. docs/decisions/0003-toll-resolver.md tells the rule."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.schemas import TOLL_EFFECTS
from warehouse.connection import open_work
from warehouse.incidents import resolve_all

GOVERNOR = {"speaker": "the governor", "speaker_class": "local_official", "speech_mode": "indirect"}
RESCUERS = {"speaker": "the emergency service", "speaker_class": "emergency_service", "speech_mode": "indirect"}
KYIV = {"speaker": "Ukraine's general staff", "speaker_class": "military", "speaker_side": "UA", "speech_mode": "indirect"}
MOSCOW = {"speaker": "Russia's defence ministry", "speaker_class": "military", "speaker_side": "RU", "speech_mode": "official_statement"}
MONITOR = {"speaker": "a monitor", "speaker_class": "ngo_monitor", "speech_mode": "indirect"}
FIGHTERS = {"speaker": "a militia", "speaker_class": "armed_group", "speech_mode": "indirect"}
START_PLUS_1 = datetime(2025, 4, 4, 19, tzinfo=UTC)
START_PLUS_6 = datetime(2025, 4, 5, 0, tzinfo=UTC)
TELLER: dict[str, Any] = {}
SCENES: dict[str, Callable[[Any], None]] = {}


def scene(build: Callable[[Any], None]) -> Callable[[Any], None]:
    """Register a story; the fixture tells it, the test of the same name looks at what came out."""
    SCENES[build.__name__] = build
    return build


def said(n: int | None, who: dict[str, Any] = TELLER, **more: Any) -> dict[str, Any]:
    return {**who, "n": n, **more}


# name, articles as (hour, claims...), expected killed min, best, max, quantifier, contested
CASES: list[tuple[str, list[tuple[Any, ...]], tuple[Any, ...]]] = [
    ("one narrator", [(0, said(3))], (3, 3, 3, "exact", False)),
    ("stated none is a count", [(0, said(0))], (0, 0, 0, "exact", False)),
    ("at least leaves the top open", [(0, said(12, GOVERNOR, quantifier="at_least"))], (12, 12, None, "at_least", False)),
    ("an exact count closes an open one below", [(0, said(12, quantifier="at_least"), said(16, RESCUERS))], (12, 16, 16, "exact", False)),
    ("an open count above stays open", [(0, said(20, quantifier="at_least")), (1, said(16, GOVERNOR))], (16, 16, None, "exact", True)),
    ("range kept", [(0, said(None, count_min=10, count_best=None, count_max=15, quantifier="range"))], (10, None, 15, "range", False)),
    ("vague has no best", [(0, said(None, count_min=24, quantifier="vague"))], (24, None, None, "vague", False)),
    ("a number beats a higher authority's vague word",
     [(0, said(None, GOVERNOR, count_min=24, quantifier="vague"), said(36))], (24, 36, 36, "exact", False)),
    ("the governor revises himself: history, no contradiction",
     [(0, said(12, GOVERNOR)), (3, said(16, GOVERNOR)), (14, said(18, GOVERNOR)), (21, said(19, GOVERNOR)), (39, said(20, GOVERNOR))],
     (20, 20, 20, "exact", False)),
    ("12, 16, 18, 19, 20 by many mouths",
     [(0, said(12, GOVERNOR, quantifier="at_least")), (4, said(16, GOVERNOR)), (14, said(18)), (21, said(19, RESCUERS)),
      (39, said(20, GOVERNOR)), (46, said(20))], (20, 20, 20, "exact", False)),
    ("a later higher count of an authority overtakes a higher one",
     [(0, said(19, RESCUERS)), (12, said(20, GOVERNOR))], (19, 20, 20, "exact", False)),
    ("one later narrator does not overtake an authority of the same day",
     [(0, said(12, GOVERNOR)), (12, said(16))], (12, 12, 16, "exact", False)),
    ("two later independent narrators do", [(0, said(12, GOVERNOR)), (12, said(16)), (13, said(16))], (12, 16, 16, "exact", False)),
    ("an authority's count older than a day is history", [(0, said(12, GOVERNOR)), (48, said(20))], (20, 20, 20, "exact", False)),
    ("higher authority wins at the same time", [(0, said(9, MONITOR)), (0, said(11, RESCUERS))], (9, 11, 11, "exact", True)),
    ("different counts at the same time contradict", [(0, said(9)), (1, said(11))], (9, 11, 11, "exact", True)),
    ("a later higher count is a revision", [(0, said(9)), (6, said(11))], (9, 11, 11, "exact", False)),
    ("a later lower count of an authority contradicts", [(0, said(15, MONITOR)), (9, said(11, GOVERNOR))], (11, 11, 15, "exact", True)),
    ("a narrator who lags behind does not contradict", [(0, said(16, GOVERNOR)), (9, said(12))], (12, 16, 16, "exact", False)),
    ("about is no contradiction within a tenth", [(0, said(100, quantifier="about")), (0, said(95))], (95, 100, 100, "about", False)),
    ("a belligerent's claim is left out of max and contested",
     [(0, said(18, GOVERNOR)), (1, said(85, MOSCOW, quantifier="at_most", count_min=None))], (18, 18, 18, "exact", True)),
    ("a belligerent's exact claim likewise", [(0, said(18, GOVERNOR)), (1, said(85, MOSCOW))], (18, 18, 18, "exact", True)),
    ("a corroborated one counts", [(0, said(85, MONITOR)), (1, said(85, MOSCOW))], (85, 85, 85, "exact", False)),
    ("one's own dead count", [(0, said(7, KYIV))], (7, 7, 7, "exact", False)),
    ("a belligerent alone is told, with no upper bound", [(0, said(85, MOSCOW))], (85, 85, None, "exact", False)),
    ("an armed group of unknown side counts others' dead", [(0, said(4, GOVERNOR)), (1, said(30, FIGHTERS))], (4, 4, 4, "exact", True)),
    ("denied, general and aggregate counts are none",
     [(0, said(5, GOVERNOR), said(50, stance="denies"), said(900, is_general=True), said(70, effect="casualties"))],
     (5, 5, 5, "exact", False)),
    ("a retracted count is gone", [(0, said(30, MONITOR)), (1, said(30, MONITOR, stance="retracts")), (0.5, said(5, GOVERNOR))],
     (5, 5, 5, "exact", False)),
    ("a denied count is contested",
     [(0, said(5, GOVERNOR),
       {**MOSCOW, "claim_type": "denial", "denies": "count", "effect": None, "quantifier": None, "stance": "denies"})],
     (5, 5, 5, "exact", True)),
]  # fmt: skip


@pytest.fixture(scope="module")
def stories(empty: Path, tmp_path_factory: pytest.TempPathFactory, new_story: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """All cases of this file in one database, each its own incident: loaded, matched and resolved once."""
    con = open_work(Path(shutil.copy(empty, tmp_path_factory.mktemp("toll") / "work.duckdb")), threads=1)
    story = new_story(con)
    for number, (_, articles, _) in enumerate(CASES):
        story.prefix = f"case{number}."
        for name, (at, *claims) in enumerate(articles):
            story.tell(f"a{name}", at, *claims)
    for scene_name, build in SCENES.items():
        story.prefix = f"{scene_name}."
        build(story)
    assert story.load().is_empty()
    story.match()
    yield con
    con.close()


def incident(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    return con.sql("FROM incident WHERE incident_id = $id", params={"id": f"{name}."}).pl().to_dicts()[0]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case[0] for case in CASES])
def test_toll_of_claims(stories: duckdb.DuckDBPyConnection, number: int) -> None:
    row = incident(stories, f"case{number}")
    found = (row["killed_min"], row["killed_best"], row["killed_max"], row["killed_quantifier"], "killed" in row["contested"])
    assert found == CASES[number][2]


@scene
def groups_fill_their_own_columns(story: Any) -> None:
    story.tell("a", 0, said(12, GOVERNOR), said(3, GOVERNOR, victim_group="children"), said(50, GOVERNOR, effect="injured"),
               said(2, GOVERNOR, victim_group="attackers"))  # fmt: skip


def test_groups_fill_their_own_columns(stories: duckdb.DuckDBPyConnection) -> None:
    row = incident(stories, "groups_fill_their_own_columns")
    assert (row["killed_best"], row["children_killed_best"], row["injured_best"], row["attackers_killed_best"]) == (12, 3, 50, 2)
    assert row["women_killed_best"] is None


@scene
def a_part_that_exceeds_its_whole_is_withheld_and_contested(story: Any) -> None:
    story.tell("a", 0, said(3, RESCUERS))
    story.tell("b", 0.5, said(9, MONITOR, victim_group="children"))


def test_a_part_that_exceeds_its_whole_is_withheld_and_contested(stories: duckdb.DuckDBPyConnection) -> None:
    row = incident(stories, "a_part_that_exceeds_its_whole_is_withheld_and_contested")
    assert (row["killed_best"], row["children_killed_min"], row["children_killed_best"]) == (3, None, None)
    assert "children_killed" in row["contested"]


@scene
def a_report_without_claims_counts_with_its_own_columns(story: Any) -> None:
    story.tell("a", 0, told={"killed_min": 4, "killed_best": 4, "killed_max": 4, "killed_quantifier": "exact"})


def test_a_report_without_claims_counts_with_its_own_columns(stories: duckdb.DuckDBPyConnection) -> None:
    row = incident(stories, "a_report_without_claims_counts_with_its_own_columns")
    assert (row["killed_min"], row["killed_best"], row["killed_max"]) == (4, 4, 4)


@scene
def a_sum_takes_the_place_of_its_parts(story: Any) -> None:
    """ "Three in one village and four in another, police said" is seven, said by police."""
    police = {"speaker": "police", "speaker_class": "police", "speech_mode": "indirect"}
    story.tell(
        "a", 0, said(3, police), said(4, police), told={"killed_min": 7, "killed_best": 7, "killed_max": 7, "killed_quantifier": "exact"}
    )


def test_a_sum_takes_the_place_of_its_parts(stories: duckdb.DuckDBPyConnection) -> None:
    row = incident(stories, "a_sum_takes_the_place_of_its_parts")
    assert (row["killed_min"], row["killed_best"], row["killed_max"], row["contested"]) == (7, 7, 7, [])
    assert stories.sql(
        "SELECT speaker_class FROM toll_claim WHERE is_current AND incident_id = 'a_sum_takes_the_place_of_its_parts.'"
    ).fetchall() == [("police",)]


@scene
def background_aggregates_and_other_reports_never_count(story: Any) -> None:
    story.tell("a", 0, said(5))
    story.tell("b", 1, said(900), told={"is_aggregate": True})
    story.tell("c", 2, said(40), told={"role": "background"})
    story.tell("d", 3, said(70), told={"is_incident": False})


def test_background_aggregates_and_other_reports_never_count(stories: duckdb.DuckDBPyConnection) -> None:
    row = incident(stories, "background_aggregates_and_other_reports_never_count")
    assert (row["killed_min"], row["killed_max"], row["n_sources"], row["n_independent_sources"], row["n_reports"]) == (5, 5, 1, 1, 4)


@scene
def copies_add_no_voice_and_no_independent_source(story: Any) -> None:
    story.tell("first", 0, said(12))
    for number in range(3):
        story.tell(f"copy{number}", 30 + number, said(12), duplicate_of="first")
    story.tell("own", 10, said(16))


def test_copies_add_no_voice_and_no_independent_source(stories: duckdb.DuckDBPyConnection) -> None:
    row = incident(stories, "copies_add_no_voice_and_no_independent_source")
    assert (row["killed_best"], row["n_sources"], row["n_independent_sources"]) == (16, 5, 2)  # late copies do not make 12 the news


@scene
def an_agency_is_one_source_however_many_print_it(story: Any) -> None:
    story.tell("a", 0, said(12), wire_origin="Meridian Wire")
    story.tell("b", 0, said(12), wire_origin="Meridian Wire")


def test_an_agency_is_one_source_however_many_print_it(stories: duckdb.DuckDBPyConnection) -> None:
    assert incident(stories, "an_agency_is_one_source_however_many_print_it")["n_independent_sources"] == 1


@scene
def an_updated_article_replaces_its_earlier_version(story: Any) -> None:
    """Both versions carry the publication time of the first; the second was fetched later."""
    story.tell("v1", 0, said(12), outlet="o.example", canonical_url="https://o.example/x", fetched_at=START_PLUS_1)
    story.tell("v2", 0, said(16), outlet="o.example", canonical_url="https://o.example/x", fetched_at=START_PLUS_6)


def test_an_updated_article_replaces_its_earlier_version(stories: duckdb.DuckDBPyConnection) -> None:
    row = incident(stories, "an_updated_article_replaces_its_earlier_version")
    assert (row["killed_min"], row["killed_best"], row["killed_max"], row["contested"], row["n_sources"]) == (16, 16, 16, [], 1)
    stated = stories.sql(
        "SELECT epoch(max(stated_at) - min(stated_at)) / 3600 FROM casualty_claims WHERE incident_id LIKE 'an_updated%'"
    ).fetchall()
    assert stated == [(1.0,)]  # said after the first fetch, not at the page's old date


@scene
def a_text_without_date_never_outdates_a_dated_one(story: Any) -> None:
    story.tell("dated", 0, said(20))
    story.tell("undated", 0, said(12), published_at=None, fetched_at=START_PLUS_6)


def test_a_text_without_date_never_outdates_a_dated_one(stories: duckdb.DuckDBPyConnection) -> None:
    row = incident(stories, "a_text_without_date_never_outdates_a_dated_one")
    assert (row["killed_min"], row["killed_best"]) == (20, 20)


@scene
def the_narrator_of_a_belligerents_outlet_is_its_mouthpiece(story: Any) -> None:
    story.tell("a", 0, said(18, GOVERNOR))
    story.tell("b", 1, said(85), outlet="mouthpiece.example")
    story.add("outlet", domain="mouthpiece.example", party_to_conflict="RU", is_state_media=True)


def test_the_narrator_of_a_belligerents_outlet_is_its_mouthpiece(stories: duckdb.DuckDBPyConnection) -> None:
    assert incident(stories, "the_narrator_of_a_belligerents_outlet_is_its_mouthpiece")["killed_max"] == 18


@scene
def victim_side_decides_over_the_place(story: Any) -> None:
    """Ukraine's army on Russian soldiers killed in Ukraine counts the other side's dead."""
    story.tell("a", 0, said(40, KYIV), told={"victim_side": "Russian soldiers"})


def test_victim_side_decides_over_the_place(stories: duckdb.DuckDBPyConnection) -> None:
    row = incident(stories, "victim_side_decides_over_the_place")
    assert (row["killed_best"], row["killed_max"]) == (40, None)


def test_order_of_loading_does_not_matter(stories: duckdb.DuckDBPyConnection, story: Any) -> None:
    for number, (_, articles, _) in reversed(list(enumerate(CASES))):
        story.prefix = f"case{number}."
        for name, (at, *claims) in reversed(list(enumerate(articles))):
            story.tell(f"a{name}", at, *claims)
    story.load()
    story.match()
    cases = "FROM incident WHERE incident_id LIKE 'case%' ORDER BY incident_id"
    assert story.con.sql(cases).fetchall() == stories.sql(cases).fetchall()


def test_resolving_everything_anew_changes_nothing(stories: duckdb.DuckDBPyConnection) -> None:
    rows = "SELECT COLUMNS(c -> c <> 'resolved_at') FROM {} ORDER BY ALL"
    kept = {table: stories.sql(rows.format(table)).fetchall() for table in ("toll_claim", "incident_toll", "incident_report")}
    again = datetime(2025, 5, 1, tzinfo=UTC)
    assert resolve_all(stories, run_id="again", at=again).is_empty()
    assert all(stories.sql(rows.format(table)).fetchall() == found for table, found in kept.items())
    times = "SELECT resolved_at FROM incident UNION SELECT resolved_at FROM toll_claim UNION SELECT resolved_at FROM incident_toll"
    assert stories.sql(times).fetchall() == [(again,)]
    assert all(kept.values())


@scene
def every_toll_of_schemas_is_resolved(story: Any) -> None:
    columns = {"min": 2, "best": 2, "max": 2, "quantifier": "exact"}
    story.tell("a", 0, told={f"{effect}_{part}": value for effect in TOLL_EFFECTS for part, value in columns.items()})


@pytest.mark.parametrize("effect", TOLL_EFFECTS)
def test_every_toll_of_schemas_is_resolved(stories: duckdb.DuckDBPyConnection, effect: str) -> None:
    row = incident(stories, "every_toll_of_schemas_is_resolved")
    assert [row[f"{effect}_{part}"] for part in ("min", "best", "max", "quantifier")] == [2, 2, 2, "exact"]


@scene
def words_and_reason_of_the_toll_are_shown(story: Any) -> None:
    story.tell("a", 0, said(12, GOVERNOR), said(50, GOVERNOR, effect="injured"))
    story.tell("b", 2, said(16, GOVERNOR))


def test_words_and_reason_of_the_toll_are_shown(stories: duckdb.DuckDBPyConnection) -> None:
    row = stories.sql(
        "SELECT killed, killed_words, injured, injured_words, sources FROM incidents WHERE incident_id LIKE 'words%'"
    ).fetchall()
    assert row == [(16, "the governor said 16 killed (0).", 50, "the governor said 50 injured (1).",
                    ["https://a.example/words_and_reason_of_the_toll_are_shown.a",
                     "https://b.example/words_and_reason_of_the_toll_are_shown.b"])]  # fmt: skip
    history = stories.sql("SELECT kind, killed, speaker FROM toll_history WHERE incident_id LIKE 'words%' ORDER BY happened_at").fetchall()
    assert history == [("claim", 12, "the governor"), ("claim", 16, "the governor"), ("toll", 16, None)]
