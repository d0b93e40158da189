"""Resolvers beside the default one, the moves of a toll, why a count is contested, and who denies what: stories told in rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.connection import open_work

START = datetime(2025, 4, 4, 18, tzinfo=UTC)  # hour 0 of a story
GOVERNOR = {"speaker": "the governor", "speaker_class": "local_official", "speaker_side": "UA"}
RESCUERS = {"speaker": "rescuers", "speaker_class": "emergency_service", "speaker_side": "UA"}
POLICE = {"speaker": "police", "speaker_class": "police", "speaker_side": "UA"}
MONITOR = {"speaker": "the monitor", "speaker_class": "ngo_monitor"}
MOSCOW = {"speaker": "Russia's defence ministry", "speaker_class": "military", "speaker_side": "RU"}
BLAME = {"claim_type": "responsibility", "effect": None, "quantifier": None, "accuses": "Armed Forces of the Russian Federation"}
RESOLVERS = ("default", "latest", "min_max", "conservative", "corroborated", "official_only")


def said(n: int | None, who: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A count by a speaker; without one the narrator says it."""
    return {"n": n, **(who or {}), **more}


def vague(low: int, who: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"count_min": low, "quantifier": "vague", **(who or {})}


ALONE = "only one independent text gives a number"
OTHER_SIDE = "only a party to the fighting counts the other side's dead"
NO_OFFICIAL = "no official gives a number"
# Story, its articles as (hour, claims), then of each resolver the best number of killed or why there is none.
CASES: list[tuple[str, list[tuple[Any, ...]], tuple[int | str, ...]]] = [
    ("one narrator", [(0, said(5))], (5, 5, 5, 5, ALONE, NO_OFFICIAL)),
    ("a toll that grows", [(0, said(12, GOVERNOR)), (3, said(16, GOVERNOR)), (20, said(19, RESCUERS)), (22, said(20, GOVERNOR))],
     (20, 20, "numbers range from 19 to 20", 19, 19, 20)),
    ("the newest number is a narrator's", [(0, said(12, GOVERNOR)), (12, said(16))],
     (12, 16, "numbers range from 12 to 16", 12, 12, 12)),
    ("an old last word is history for all but the widest range", [(0, said(12, MONITOR)), (48, said(20, POLICE))],
     (20, 20, "numbers range from 12 to 20", 20, 12, 20)),
    ("the other side's count is used by the widest range alone", [(0, said(18, GOVERNOR)), (1, said(85, MOSCOW))],
     (18, 18, "numbers range from 18 to 85", 18, ALONE, 18)),
    ("the other side's count alone", [(0, said(85, MOSCOW))], (85, OTHER_SIDE, 85, OTHER_SIDE, OTHER_SIDE, OTHER_SIDE)),
    ("the other side's count that others share", [(0, said(85, MONITOR)), (1, said(85, MOSCOW))], (85, 85, 85, 85, ALONE, 85)),
    ("only vague words", [(0, vague(24, GOVERNOR))],
     ("only vague words: at least 24", "only vague words: at least 24", "open above: at least 24", "only vague words: at least 24",
      "only ranges or vague words", "only vague words: at least 24")),
    ("a range", [(0, said(None, POLICE, count_min=10, count_max=15, quantifier="range"))],
     ("only a range: 10 to 15", "only a range: 10 to 15", "numbers range from 10 to 15", "only a range: 10 to 15",
      "only ranges or vague words", "only a range: 10 to 15")),
    ("at least is open above", [(0, said(12, GOVERNOR, quantifier="at_least"))], (12, 12, "open above: at least 12", 12, ALONE, 12)),
    ("a retracted number is nobody's", [(0, said(30, MONITOR)), (1, said(30, MONITOR, stance="retracts")), (0.5, said(5, POLICE))],
     (5, 5, 5, 5, ALONE, 5)),
    ("injured only", [(0, said(3, POLICE, effect="injured"))], ("nobody gives a number",) * 6),
]  # fmt: skip
# How a second statement moves a first one: (first, second, hours later) -> kind of the move, None: it does not move.
MOVES: list[tuple[str, dict[str, Any], dict[str, Any], float, str | None]] = [
    ("the same voice later", said(12, GOVERNOR), said(16, GOVERNOR), 1, "revision"),
    ("the same voice takes back some", said(12, GOVERNOR), said(9, GOVERNOR), 1, "revision"),
    ("a higher authority later", said(12), said(16, RESCUERS), 1, "revision"),
    ("at least allows more", said(12, GOVERNOR, quantifier="at_least"), said(16, POLICE), 1, "revision"),
    ("another voice, more, much later", said(12, GOVERNOR), said(16, POLICE), 9, "revision"),
    ("another voice at the same time", said(12, GOVERNOR), said(16, POLICE), 1, "contradiction"),
    ("another voice of the same rank says fewer later", said(16, GOVERNOR), said(12, POLICE), 9, "contradiction"),
    ("a narrator moves no authority", said(12, GOVERNOR), said(16), 9, None),
    ("the other side moves nobody", said(12, GOVERNOR), said(85, MOSCOW), 9, None),
    ("the same number moves nothing", said(12, GOVERNOR), said(12, POLICE), 9, None),
]
SCENES: dict[str, Callable[[Any], None]] = {}


def scene(build: Callable[[Any], None]) -> Callable[[Any], None]:
    SCENES[build.__name__] = build
    return build


@pytest.fixture(scope="module")
def stories(empty: Path, tmp_path_factory: pytest.TempPathFactory, new_story: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """All stories of this file in one database, each its own incident."""
    con = open_work(Path(shutil.copy(empty, tmp_path_factory.mktemp("resolvers") / "work.duckdb")), threads=1)
    story = new_story(con)
    for number, (_, articles, _) in enumerate(CASES):
        story.prefix = f"case{number}."
        for name, (at, *claims) in enumerate(articles):
            story.tell(f"a{name}", at, *claims)
    for number, (_, first, second, hours, _) in enumerate(MOVES):
        story.prefix = f"move{number}."
        story.tell("a", 0, first)
        story.tell("b", hours, second)
    for name, build in SCENES.items():
        story.prefix = f"{name}."
        build(story)
    assert story.load().is_empty()
    story.match()
    yield con
    con.close()


def rows(con: duckdb.DuckDBPyConnection, sql: str, incident: str) -> list[tuple[Any, ...]]:
    return con.execute(sql, [f"{incident}."]).fetchall()


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case[0] for case in CASES])
def test_each_resolver_gives_a_number_or_says_why_not(stories: duckdb.DuckDBPyConnection, number: int) -> None:
    sql = (
        "SELECT resolver, coalesce(CAST(count_best AS VARCHAR), why_null) FROM toll_alternatives WHERE toll = 'killed' AND incident_id = $1"
    )
    assert dict(rows(stories, sql, f"case{number}")) == dict(zip(RESOLVERS, map(str, CASES[number][2]), strict=True))


def test_every_number_rests_on_statements_and_every_null_has_a_reason(stories: duckdb.DuckDBPyConnection) -> None:
    bad = (
        "SELECT * FROM toll_alternatives WHERE (count_best IS NULL) <> (why_null IS NOT NULL) OR (count_best IS NOT NULL AND rests_on = [])"
    )
    assert stories.sql(bad).fetchall() == []
    lost = "FROM (SELECT unnest(rests_on) AS id FROM toll_alternatives) ANTI JOIN toll_claim ON statement_id = id"
    assert stories.sql(lost).fetchall() == []
    assert stories.sql("SELECT count(*) FROM toll_alternatives").fetchall() == [
        (6 * stories.sql("SELECT count(*) FROM toll_voices").fetchall()[0][0],)
    ]


def test_every_resolver_has_each_incident_once(stories: duckdb.DuckDBPyConnection) -> None:
    found = stories.sql(
        "SELECT resolver, count(*), count(DISTINCT incident_id) FROM toll_alternatives WHERE toll = 'killed' GROUP BY ALL"
    ).fetchall()
    n = stories.sql("SELECT count(*) FROM incident").fetchall()[0][0]
    assert sorted(found) == sorted((name, n, n) for name in RESOLVERS)


@pytest.mark.parametrize("name", RESOLVERS)
def test_a_resolver_is_called_by_its_name(stories: duckdb.DuckDBPyConnection, name: str) -> None:
    by_name = stories.sql(f"FROM toll_by('{name}') ORDER BY ALL").fetchall()
    assert by_name == stories.sql(f"SELECT '{name}', * FROM toll_{name} ORDER BY ALL").fetchall()
    incidents = stories.sql(f"SELECT killed, killed_why_null FROM incidents_by('{name}') WHERE incident_id = 'case1.'").fetchall()
    expected = dict(zip(RESOLVERS, CASES[1][2], strict=True))[name]
    assert incidents == [(expected, None) if isinstance(expected, int) else (None, expected)]


@pytest.mark.parametrize("name", ["'median'", "NULL"])
def test_an_unknown_resolver_is_refused_with_those_that_exist(stories: duckdb.DuckDBPyConnection, name: str) -> None:
    with pytest.raises(duckdb.Error, match="choose default, latest, min_max, conservative, corroborated or official_only"):
        stories.sql(f"FROM toll_by({name})").fetchall()


def test_the_default_view_is_the_default_toll(stories: duckdb.DuckDBPyConnection) -> None:
    differing = """FROM incident_toll AS t JOIN toll_default AS d ON d.incident_id = t.incident_id AND d.toll = t.toll
        WHERE (t.count_min, t.count_best, t.count_max, t.quantifier) IS DISTINCT FROM (d.count_min, d.count_best, d.count_max, d.quantifier)"""
    assert stories.sql(differing).fetchall() == []


@pytest.mark.parametrize("number", range(len(MOVES)), ids=[move[0] for move in MOVES])
def test_moves_are_revisions_or_contradictions(stories: duckdb.DuckDBPyConnection, number: int) -> None:
    kinds = rows(stories, "SELECT kind FROM toll_moves WHERE toll = 'killed' AND incident_id = $1 ORDER BY step", f"move{number}")
    expected = MOVES[number][4]
    assert kinds == [("first",), *([(expected,)] if expected else [])]


def test_the_last_move_is_the_toll_of_now(stories: duckdb.DuckDBPyConnection) -> None:
    """But for parts that exceed their whole, which are withheld."""
    differing = """SELECT incident_id, toll, max_by(m.count_best, m.step) AS moved_to, any_value(t.count_best) AS best
        FROM toll_moves AS m JOIN incident_toll AS t USING (incident_id, toll)
        WHERE coalesce(t.count_min, t.count_best, t.count_max) IS NOT NULL
        GROUP BY ALL HAVING moved_to IS DISTINCT FROM best"""
    assert stories.sql(differing).fetchall() == []
    assert stories.sql("SELECT count(*) FROM toll_moves").fetchall() > [(len(CASES),)]


@scene
def a_changed_page_moves_the_toll_when_it_changed(story: Any) -> None:
    story.tell("v1", 0, said(12), outlet="o.example", canonical_url="https://o.example/x", fetched_at=START + timedelta(hours=1))
    story.tell("v2", 0, said(16), outlet="o.example", canonical_url="https://o.example/x", fetched_at=START + timedelta(hours=6))
    story.tell("copy", 9, said(12), duplicate_of="v1")


def test_a_changed_page_moves_the_toll_when_it_changed(stories: duckdb.DuckDBPyConnection) -> None:
    sql = """SELECT count_best, previous, hour(moved_at AT TIME ZONE 'UTC'), words FROM toll_moves WHERE incident_id = $1 ORDER BY step"""
    assert rows(stories, sql, "a_changed_page_moves_the_toll_when_it_changed") == [
        (12, None, 18, "We said 12 killed (0)."), (16, 12, 19, "We said 16 killed (0)."),
    ]  # fmt: skip


@scene
def all_that_contests(story: Any) -> None:
    """The other side's count, one of the same time, a later lower one, children above the whole, a denied count."""
    story.tell("a", 0, said(18, GOVERNOR))
    story.tell("b", 1, said(21, POLICE), said(85, MOSCOW))
    story.tell("c", 9, said(17, MONITOR), said(40, MONITOR, victim_group="children"))
    story.tell("d", 10, {**MOSCOW, "claim_type": "denial", "denies": "count", "effect": None, "quantifier": None, "stance": "denies"})


def test_contested_counts_name_the_claims_that_contest(stories: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT toll, why, says, speaker, against_says, against_speaker FROM contested_claims WHERE incident_id = $1"
    found = set(rows(stories, sql, "all_that_contests"))
    assert found >= {
        ("killed", "same_time", "21", "police", "18", "the governor"),
        ("killed", "other_side", "85", "Russia's defence ministry", "21", "police"),
        ("killed", "says_fewer", "17", "the monitor", "18", "the governor"),
        ("killed", "denied", None, "Russia's defence ministry", "21", "police"),
        ("children_killed", "exceeds_whole", "40", "the monitor", "21", "police"),
    }


def test_a_count_is_contested_where_claims_contest_it_and_nowhere_else(stories: duckdb.DuckDBPyConnection) -> None:
    contested = stories.sql("SELECT incident_id, toll FROM incident_toll WHERE is_contested ORDER BY ALL").fetchall()
    assert contested == stories.sql("SELECT DISTINCT incident_id, toll FROM contested_claims ORDER BY ALL").fetchall()
    assert len(contested) >= 4


@scene
def who_did_it(story: Any) -> None:
    story.tell("a", 0, {**GOVERNOR, **BLAME}, said(18, GOVERNOR))
    denial = {**MOSCOW, "claim_type": "denial", "effect": None, "quantifier": None, "stance": "denies"}
    story.tell("b", 1, {**denial, "denies": "responsibility"}, said(85, MOSCOW))
    story.tell("c", 2, {**denial, "denies": "targeting_civilians", "is_general": True})
    story.tell("d", 3, {**MOSCOW, **BLAME})


def test_responsibility_denial_and_counter_count_stand_in_one_view(stories: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT stance, side, says, is_general, len(against) FROM stances WHERE incident_id = $1 ORDER BY stated_at, stance"
    assert rows(stories, sql, "who_did_it") == [
        ("accuses", "UA", None, False, 1),
        ("counter_count", "RU", "85", False, 1),
        ("denies_responsibility", "RU", None, False, 1),
        ("denies_targeting_civilians", "RU", None, True, 0),  # no denial of the strike
        ("claims_responsibility", "RU", None, False, 0),
    ]
    linked = """SELECT a.stance, c.speaker FROM stances AS d
        LEFT JOIN stances AS a ON list_contains(d.against, a.claim_id) LEFT JOIN toll_claim AS c ON list_contains(d.against, c.statement_id)
        WHERE d.incident_id = $1 AND d.stance IN ('denies_responsibility', 'counter_count') ORDER BY d.stance"""
    assert rows(stories, linked, "who_did_it") == [(None, "the governor"), ("accuses", None)]


def test_claims_stand_side_by_side_as_people_write_them(stories: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "SELECT speaker, killed, children_killed, is_other_side FROM claims_side_by_side WHERE incident_id = $1 ORDER BY stated_at, speaker"
    )
    assert rows(stories, sql, "all_that_contests") == [
        ("the governor", "18", None, False), ("Russia's defence ministry", "85", None, True), ("police", "21", None, False),
        ("the monitor", "17", "40", False),
    ]  # fmt: skip
