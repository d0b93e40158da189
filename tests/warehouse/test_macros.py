"""Views and macros as analysts meet them: documented, commented, in the published file; time travel; distances."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.schemas import BY_NAME
from warehouse.connection import open_published, open_work
from warehouse.publish import publish
from warehouse.views import View, parse_view, read_views, view_comments

SHELL = shutil.which("duckdb", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
DUCKDB_2 = Path(__file__).resolve().parents[2] / ".duckdb-2"
VIEWS = [view for view in read_views() if not view.is_macro]
MACROS = [view for view in read_views() if view.is_macro]
EXAMPLES = [example for macro in MACROS for example in macro.examples]
STATE = [c.name for c in BY_NAME["incident_version"] if c.name not in {"incident_id", "valid_from", "valid_to", "run_id"}]


def moment(hours: float) -> datetime:
    return datetime(2025, 4, 4, 18, tzinfo=UTC) + timedelta(hours=hours)


@pytest.fixture(scope="module")
def published(told_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file with one incident, whose views read rows as those of a large one do, opened as readers open it."""
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warehouse.view_rows.FEW", 0)
        publish(shutil.copy(told_file, folder / "work.duckdb"), folder / "vigil.duckdb", run_id="r")
    con = open_published(folder / "vigil.duckdb")
    yield con
    con.close()


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_has_the_columns_that_its_file_documents(published: duckdb.DuckDBPyConnection, view: View) -> None:
    relation = published.sql(f"FROM {view.name}")
    assert relation.columns == list(view.columns)
    relation.fetchall()


@pytest.mark.parametrize("view", MACROS, ids=lambda view: view.name)
def test_a_macro_documents_its_arguments_and_shows_an_example_that_runs(published: duckdb.DuckDBPyConnection, view: View) -> None:
    kept = published.execute("SELECT parameters FROM duckdb_functions() WHERE function_name = $1 AND NOT internal", [view.name]).fetchall()
    assert kept == [(list(view.arguments),)]
    assert view.examples
    for example in view.examples:
        relation = published.sql(example)
        assert not view.columns or example.startswith("SELECT ") or relation.columns == list(view.columns)
        relation.fetchall()


def test_comments_are_in_the_published_file(published: duckdb.DuckDBPyConnection) -> None:
    functions = dict(published.sql("SELECT function_name, comment FROM duckdb_functions() WHERE NOT internal").fetchall())
    assert {macro.name for macro in MACROS} <= {name for name, comment in functions.items() if comment}
    assert "ts: moment" in functions["incidents_asof"]
    views = dict(published.sql("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
    assert {view.name for view in VIEWS} == {name for name, comment in views.items() if comment}


def test_the_file_opens_in_duckdb_1_5_and_views_work_when_it_is_attached(published: duckdb.DuckDBPyConnection) -> None:
    ((path, tags),) = published.sql("SELECT path, tags FROM duckdb_databases() WHERE database_name = current_database()").fetchall()
    assert tags["storage_version"].startswith("v1.5")
    with duckdb.connect() as analyst:
        analyst.execute(f"ATTACH '{path}' AS vigil (READ_ONLY)").fetchall()
        for view in VIEWS:
            analyst.sql(f"SELECT count(*) FROM vigil.{view.name}").fetchall()
        analyst.execute("USE vigil").fetchall()
        for example in EXAMPLES:
            analyst.sql(example).fetchall()


@pytest.mark.slow
@pytest.mark.skipif(SHELL is None, reason="the duckdb shell is not installed (package duckdb-cli)")
def test_the_shell_of_an_analyst_runs_every_view_and_example(published: duckdb.DuckDBPyConnection) -> None:
    ((path,),) = published.sql("SELECT path FROM duckdb_databases() WHERE path IS NOT NULL").fetchall()
    statements = ";\n".join([f"SELECT count(*) FROM {view.name}" for view in VIEWS] + EXAMPLES)
    subprocess.run([str(SHELL), "-readonly", "-bail", "-csv", path, statements], check=True, capture_output=True)


@pytest.mark.slow
@pytest.mark.skipif(not DUCKDB_2.is_dir(), reason="no DuckDB 2 beside the project: pip install --target .duckdb-2 --no-deps 'duckdb>=2,<3'")
def test_duckdb_2_opens_the_file_and_runs_every_view_and_example(published: duckdb.DuckDBPyConnection) -> None:
    ((path,),) = published.sql("SELECT path FROM duckdb_databases() WHERE path IS NOT NULL").fetchall()
    statements = [f"SELECT count(*) FROM {view.name}" for view in VIEWS] + EXAMPLES
    code = f"""if True:
        import duckdb
        con = duckdb.connect({path!r}, read_only=True)
        for statement in {statements!r}:
            con.sql(statement).fetchall()
        print(duckdb.__version__)
    """
    ran = subprocess.run(
        [sys.executable, "-c", code], check=False, env={**os.environ, "PYTHONPATH": str(DUCKDB_2)}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("2.")


def test_comment_blocks_are_read() -> None:
    view = parse_view("x", "-- needs: a, b\n-- not mirrored\n-- kept as rows\n-- One row\n-- is this.\n-- $n: how\n-- many\n-- @c: cell\n-- example: FROM x(1)\nCREATE OR REPLACE MACRO x(n) AS TABLE SELECT 1 AS c")  # fmt: skip
    assert (view.comment, view.needs, view.arguments, view.columns) == ("One row is this.", ("a", "b"), {"n": "how many"}, {"c": "cell"})
    assert (view.call, view.examples, view.is_mirrored, view.is_function, view.is_kept) == ("x(n)", ("FROM x(1)",), False, False, True)
    assert list(view_comments((view,))) == ["COMMENT ON MACRO TABLE x IS 'One row is this. n: how many.'"]
    with pytest.raises(ValueError, match=r"x\.sql: the comment block"):
        parse_view("x", "CREATE OR REPLACE VIEW x AS SELECT 1")


@pytest.mark.parametrize(("first", "second", "km"), [
    ((50.45, 30.52), (47.91, 33.39), 351), ((0, 0), (0, 180), 20015), ((90, 0), (-90, 0), 20015), ((0, 179.5), (0, -179.5), 111),
    ((48, 33), (48, 33), 0), ((12.5, 24.9), (15.6, 32.5), 889),
])  # fmt: skip
def test_distances_follow_the_great_circle(con: duckdb.DuckDBPyConnection, first: Any, second: Any, km: int) -> None:
    ((found, back),) = con.execute("SELECT distance_km($1, $2, $3, $4), distance_km($3, $4, $1, $2)", [*first, *second]).fetchall()
    assert (round(found), found) == (km, back)
    a, b, c, d = map(math.radians, (*first, *second))
    cosine = math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d)
    assert found == pytest.approx(6371.0088 * math.acos(max(-1.0, min(1.0, cosine))), abs=0.1)


def test_an_unknown_place_has_no_distance(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql("SELECT distance_km(1, 2, NULL, 3)").fetchall() == [(None,)]


@pytest.mark.parametrize(("count", "said"), [
    ("12, 12, 12, 'exact'", "12"), ("12, 12, NULL, 'at_least'", "12+"), ("NULL, 85, 85, 'at_most'", "up to 85"), ("0, 0, 0, 'exact'", "0"),
    ("100, 100, 100, 'about'", "~100"), ("10, NULL, 15, 'range'", "10-15"), ("24, NULL, NULL, 'vague'", "vague (24+)"),
    ("NULL, NULL, NULL, 'vague'", None), ("5, 5, NULL, NULL", "5+"),
])  # fmt: skip
def test_counts_are_written_as_people_do(con: duckdb.DuckDBPyConnection, count: str, said: str | None) -> None:
    assert con.sql(f"SELECT count_label({count})").fetchall() == [(said,)]


@pytest.fixture(scope="module")
def travelled(empty: Path, tmp_path_factory: pytest.TempPathFactory, new_story: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """Three runs, ten hours apart: two incidents; one grows and a third comes; the second is merged into the first."""
    con = open_work(Path(shutil.copy(empty, tmp_path_factory.mktemp("travelled") / "work.duckdb")), threads=1)
    place = {"latitude": 48.0, "longitude": 33.0, "place": "Harbour"}
    for hours, names in ((10, ("a", "b")), (20, ("c", "d")), (30, ("a", "b", "c", "d"))):
        story = new_story(con)
        if "a" in names:
            story.tell("a", 0, {"n": 12, "quantifier": "at_least"}, told=place)
            story.tell("b", 1, {"n": 3})
        if "c" in names:
            story.tell("c", 15, {"n": 16, "speaker_class": "police"}, told=place)
            story.tell("d", 16, {"n": 1})
        story.members = {f"report-{name}": {"a": "i1", "b": "i2", "c": "i1", "d": "i3"}[name] for name in names}
        alias = None
        if hours == 30:
            story.members["report-b"] = "i1"
            alias = BY_NAME["incident_alias"].frame([{"old_id": "i2", "incident_id": "i1", "changed_at": moment(30), "reason": "merge"}])
        story.load(hours)
        story.match(hours, run_id=f"run{hours}", aliases=alias)
    yield con
    con.close()


@pytest.mark.parametrize(("hours", "known"), [
    (9, {}), (10, {"i1": 12, "i2": 3}), (19.9, {"i1": 12, "i2": 3}), (20, {"i1": 16, "i2": 3, "i3": 1}), (99, {"i1": 16, "i3": 1}),
])  # fmt: skip
def test_incidents_are_shown_as_they_were_known(travelled: duckdb.DuckDBPyConnection, hours: float, known: dict[str, int]) -> None:
    found = travelled.execute("SELECT incident_id, killed_best FROM incidents_asof($1) ORDER BY ALL", [moment(hours)]).fetchall()
    assert dict(found) == known


def test_changes_name_what_came_went_and_moved(travelled: duckdb.DuckDBPyConnection) -> None:
    sql = """SELECT incident_id, change, column_name, old_value, new_value, lives_on_as, run_id, changed_at FROM changes_between($1, $2)
        WHERE column_name IS NULL OR column_name IN ('killed_best', 'n_reports', 'killed_quantifier') ORDER BY ALL"""
    assert travelled.execute(sql, [moment(12), moment(22)]).fetchall() == [
        ("i1", "changed", "killed_best", "12", "16", None, "run20", moment(20)),
        ("i1", "changed", "killed_quantifier", "at_least", "exact", None, "run20", moment(20)),
        ("i1", "changed", "n_reports", "1", "2", None, "run20", moment(20)),
        ("i3", "added", None, None, None, None, "run20", moment(20)),
    ]
    gone = [row for row in travelled.execute(sql, [moment(22), moment(40)]).fetchall() if row[1] == "gone"]
    assert gone == [("i2", "gone", None, None, None, "i1", None, moment(30))]


@pytest.mark.parametrize("hours", [(0, 12), (12, 22), (12, 40), (22, 40), (0, 40), (25, 25)])
def test_the_earlier_state_and_the_changes_give_the_later_state(travelled: duckdb.DuckDBPyConnection, hours: tuple[float, float]) -> None:
    cells = ", ".join(f"CAST({name} AS VARCHAR)" for name in STATE)
    states = []
    for at in hours:
        rows = travelled.execute(f"SELECT incident_id, {cells} FROM incidents_asof($1)", [moment(at)]).fetchall()
        states.append({row[0]: dict(zip(STATE, row[1:], strict=True)) for row in rows})
    state, later = states
    for incident, change, column, old, new in travelled.execute(
        "SELECT incident_id, change, column_name, old_value, new_value FROM changes_between($1, $2)", list(map(moment, hours))
    ).fetchall():
        if change == "added":
            assert incident not in state
            state[incident] = later[incident]
        elif change == "gone":
            del state[incident]
        else:
            assert state[incident][column] == old
            state[incident][column] = new
    assert state == later


def test_moments_in_the_wrong_order_are_refused(travelled: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error, match=re.escape("changes_between(ts1, ts2): the first moment lies after the second; swap them")):
        travelled.execute("FROM changes_between($1, $2)", [moment(5), moment(4)]).fetchall()


def test_former_ids_lead_to_the_incident(travelled: duckdb.DuckDBPyConnection) -> None:
    ids = travelled.sql("SELECT any_id, incident_id, is_former, reason FROM incident_ids ORDER BY ALL").fetchall()
    assert ids == [("i1", "i1", False, None), ("i2", "i1", True, "merge"), ("i3", "i3", False, None)]


def test_incidents_near_a_point_come_nearest_first(travelled: duckdb.DuckDBPyConnection) -> None:
    near = travelled.sql("SELECT incident_id, round(distance_km, 1) FROM incidents_near(48.5, 33.0, 60)").fetchall()
    assert near == [("i1", 55.6)]
    assert travelled.sql("FROM incidents_near(48.5, 33.0, 55)").fetchall() == []


@pytest.mark.parametrize(("km", "days"), [(25, 0), (200, 3), (0, 1), (20_100, 1)])
def test_pairs_of_incidents_are_those_that_comparing_all_with_all_finds(km: int, days: int) -> None:
    with duckdb.connect() as con:
        con.execute("""CREATE TABLE incidents AS
            SELECT 'i' || n AS incident_id, CASE WHEN n % 17 > 0 THEN DATE '2025-04-01' + CAST(hash(n, 'd') % 6 AS INTEGER) END AS date,
                'C' || n % 2 AS country, 'P' || n AS place, CASE WHEN n % 19 > 0 THEN CAST(hash(n // 3, 'lat') % 13 AS DOUBLE) * 15 - 90 END AS latitude,
                CAST(hash(n // 3, 'lon') % 7 AS DOUBLE) * 60 - 180 + (n % 3) / 10 AS longitude
            FROM range(240) AS r (n)""")
        for macro in ("distance_km", "incident_pairs"):
            con.execute(next(view.sql for view in MACROS if view.name == macro))
        all_with_all = con.sql(f"""
            SELECT a.incident_id, b.incident_id, a.date, b.date, b.date - a.date,
                distance_km(a.latitude, a.longitude, b.latitude, b.longitude) AS distance_km, a.country, b.country, a.place, b.place
            FROM incidents AS a
            JOIN incidents AS b ON b.date BETWEEN a.date AND a.date + {days} AND (b.date, b.incident_id) > (a.date, a.incident_id)
            WHERE distance_km <= {km} ORDER BY ALL
        """).fetchall()  # fmt: skip
        assert len(all_with_all) > 10
        assert con.sql(f"FROM incident_pairs({km}, {days}) ORDER BY ALL").fetchall() == all_with_all
