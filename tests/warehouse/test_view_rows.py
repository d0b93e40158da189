"""Views kept as rows: after any nights they are what the views compute, and what readers of the published file get."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from transforms.schemas import BY_NAME
from warehouse.connection import open_published, open_work
from warehouse.publish import publish
from warehouse.store import upsert
from warehouse.view_rows import kept_views, refresh_rows

pytestmark = pytest.mark.slow  # each view is planned many times; test_macros reads them in the published file
KEPT = [view.name for view in kept_views()]
Nights = Callable[[duckdb.DuckDBPyConnection], object]


@pytest.fixture(autouse=True)
def is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.view_rows.FEW", 0)


@pytest.fixture(scope="module")
def first_file(told_file: Path, new_story: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two incidents with what the views tell of: copies, denials, moves, contradictions; their rows are made. Copy it."""
    path = tmp_path_factory.mktemp("rows") / "work.duckdb"
    path.write_bytes(told_file.read_bytes())
    with open_work(path, threads=1) as con, pytest.MonkeyPatch.context() as patch:
        patch.setattr("warehouse.view_rows.FEW", 0)
        story = new_story(con)
        story.tell("b", 1, {"n": 5, "speaker_class": "police", "speaker": "Police"}, {"n": 9, "effect": "injured"})
        story.tell(
            "c", 6, {"n": 8, "speaker_class": "medical", "speaker": "Medics"}, told={"killed_min": 8, "killed_best": 8, "killed_max": 8}
        )
        story.tell("d", 6.5, {"n": 4, "speaker_class": "police", "speaker": "Police"}, duplicate_of="b")
        other = story.tell("e", 2, {"n": 2, "speaker_class": "armed_group", "speaker": "A group"})
        story.add(
            "claim", claim_id="e-denies", report_id=other, article_id="e", claim_type="denial", stance="denies", denies="count", speaker="Army",
            speaker_class="military", speech_mode="indirect", as_of=story.rows["article"][-1]["published_at"],
            span_start=0, span_end=5, rule="test",
        )  # fmt: skip
        story.members[other] = "i2"
        assert story.load().is_empty()
        story.match(run_id="first")
        refresh_rows(con, everything=True)
        con.execute("CHECKPOINT").fetchall()
    return path


@pytest.fixture
def work(first_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "work.duckdb"
    path.write_bytes(first_file.read_bytes())
    return path


def differences(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows of each view are kept and not computed, or computed and not kept."""
    sql = "SELECT count(*) FROM ((FROM {0} EXCEPT ALL FROM {0}_row) UNION ALL (FROM {0}_row EXCEPT ALL FROM {0}))"
    return {name: n for name in KEPT if (n := con.sql(sql.format(name)).fetchall()[0][0])}


def tell(con: duckdb.DuckDBPyConnection, new_story: Any, name: str, incident: str, n: int, **more: Any) -> None:
    story = new_story(con)
    report = story.tell(name, 30, {"n": n, "speaker_class": "police", "speaker": "Police"}, **more)
    story.members[report] = incident
    story.load(), story.match(run_id=f"night of {name}")


def test_rows_are_what_the_views_compute_and_none_of_them_is_empty(work: Path) -> None:
    with open_work(work, threads=1) as con:
        assert differences(con) == {}
        empty = [name for name in KEPT if not con.sql(f"FROM {name}_row LIMIT 1").fetchall()]
        assert empty == []
        tell_of_it = con.sql("SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND table_name LIKE '%\\_row' ESCAPE '\\'")
        assert tell_of_it.fetchall() == [(0,)]


@pytest.mark.parametrize("change", ["an incident grows", "a new one", "an article is read again", "one goes away"])
def test_after_a_night_the_rows_of_what_was_touched_are_made_anew_and_no_others(work: Path, new_story: Any, change: str) -> None:
    with open_work(work, threads=1) as con:
        con.execute("UPDATE stances_row SET outlet = 'kept' WHERE incident_id = 'i2'").fetchall()
        if change == "an incident grows":
            tell(con, new_story, "f", "i1", 11)
        elif change == "a new one":
            tell(con, new_story, "f", "i3", 11)
        elif change == "an article is read again":
            tell(con, new_story, "c", "i1", 10)
        else:
            story = new_story(con)
            story.tell("c", 6, {"n": 8, "speaker_class": "medical", "speaker": "Medics"}), story.members.clear()
            story.load(), story.match(run_id="gone")
        assert {view for view in differences(con) if view != "stances"}, "the rows tell of the night before"
        refresh_rows(con)
        assert con.sql("FROM publish_queue WHERE kind = 'incident'").fetchall() == []
        assert set(differences(con)) == {"stances"}, "what nobody touched stays as it was kept"
        refresh_rows(con, everything=True)
        assert differences(con) == {}


def test_all_rows_are_made_anew_after_a_kill_and_where_publishers_have_other_names(work: Path) -> None:
    with open_work(work, threads=1) as con:
        upsert(con, BY_NAME["outlet"], BY_NAME["outlet"].frame([{"domain": "b.example", "publisher": "The B"}]))
        assert set(differences(con)) == {"incident_sources"}
        refresh_rows(con)
        assert differences(con) == {}
        con.execute("DELETE FROM schema_part WHERE part = 'rows'").fetchall()  # what a kill on the way leaves
        con.execute("DROP TABLE toll_moves_row").fetchall()
        refresh_rows(con)
        assert differences(con) == {}


def test_a_small_warehouse_keeps_none(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.view_rows.FEW", 2)
    with open_work(work, threads=1) as con:
        assert not refresh_rows(con)
        assert con.sql("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '%\\_row' ESCAPE '\\'").fetchall() == []
        assert con.sql("SELECT count(*) FROM incidents").fetchall() == [(2,)]


def test_readers_of_the_published_file_get_what_the_work_file_computes(work: Path, new_story: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.checks.FEW", 0)
    target = work.with_name("vigil.duckdb")
    publish(work, target, run_id="first")
    with open_work(work, threads=1) as con:
        tell(con, new_story, "f", "i1", 11)
    publish(work, target, run_id="second")
    with open_work(work, threads=1) as con:
        computed = {name: con.sql(f"FROM {name} ORDER BY ALL").pl() for name in KEPT}
    with open_published(target) as con:
        for name in KEPT:
            assert f"{name}_row" in con.sql(f"EXPLAIN FROM {name}").fetchall()[0][1]
            assert con.sql(f"FROM {name} ORDER BY ALL").pl().equals(computed[name])
        comments = con.sql(
            "SELECT count(*) FROM duckdb_columns() WHERE comment IS NULL AND NOT internal AND schema_name = 'main'"
        ).fetchall()
    assert comments == [(0,)]
    assert computed["incidents"].filter(pl.col("incident_id") == "i1")["killed"].to_list() == [11]
    with open_work(target, threads=1) as con:
        assert "incidents_row" not in con.sql("EXPLAIN FROM incidents").fetchall()[0][1], "opened for writing, its views compute"
