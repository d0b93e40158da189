"""Checks fire on bad rows; the published file is replaced whole, under readers and beside a running writer."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from transforms.schemas import BY_NAME, TABLES
from warehouse.checks import LATELY_EACH, check, run_checks
from warehouse.connection import open_published, open_work
from warehouse.errors import ChecksFailedError, WarehouseError
from warehouse.publish import publish
from warehouse.queries import list_sql
from warehouse.query import query
from warehouse.store import upsert

PROJECT = Path(__file__).resolve().parents[2]
START = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
SHELL = shutil.which("duckdb", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

# Each check and a row that breaks it, as a program's mistake would make it behind the back of validation.
BROKEN = {
    "addresses_have_their_key": "UPDATE article SET address_key = address_key + 1",
    "claim_spans_are_in_texts": "UPDATE claim SET span_end = 9999",
    "counts_have_evidence": "DELETE FROM evidence",
    "current_version_is_incident": "UPDATE incident SET killed_best = 4",
    "dates_in_order": "UPDATE report SET event_date_start = DATE '2025-04-05'",
    "incidents_have_reports": "UPDATE incident SET n_reports = 7",
    "keys_are_single": "INSERT INTO claim FROM claim",
    "memberships_exist": "INSERT INTO incident_report BY NAME SELECT * REPLACE ('gone' AS report_id) FROM incident_report",
    "no_orphans": "DELETE FROM page",
    "parts_within_wholes": "UPDATE report SET children_killed_best = 99",
    "quotes_are_in_texts": "UPDATE evidence SET quote = 'Other'",
    "ranges_in_order": "UPDATE claim SET count_min = 99",
    "rows_bear_their_time": "UPDATE claim SET as_of = as_of + INTERVAL 1 HOUR",
    "stages_balance": "INSERT INTO run_stage VALUES ('r', 'poll', 3, 1, 1, 0)",
    "tolls_are_resolved": "UPDATE incident_toll SET count_best = 4",
    "versions_do_not_overlap":
        "INSERT INTO incident_version SELECT * REPLACE (valid_from + INTERVAL 1 HOUR AS valid_from) FROM incident_version",
}  # fmt: skip


OF_ARTICLES = ("claim", "evidence")  # nothing points to their rows: with a wrong time they are found among the last rows of the table


def nothing_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no row count as written lately, as if all lay far back in a long table."""
    monkeypatch.setattr("warehouse.checks.LATELY", 0)
    monkeypatch.setattr("warehouse.checks.LATELY_EACH", dict.fromkeys(LATELY_EACH, 0))


@pytest.fixture
def con(told: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_work(told, threads=1)
    yield connection
    connection.close()


def test_every_check_passes_on_good_rows_and_fires_on_a_bad_one(con: duckdb.DuckDBPyConnection) -> None:
    assert set(BROKEN) == set(list_sql("checks"))
    assert run_checks(con, "r")["n_bad"].to_list() == [0] * len(BROKEN)
    for name, sql in BROKEN.items():
        con.execute("BEGIN")
        con.execute(sql).fetchall()
        result = check(con, name)
        con.execute("ROLLBACK")
        assert result["n_bad"], name
        assert result["sample"], name


@pytest.mark.parametrize("name", sorted(table.name for table in TABLES if not table.has_index))
def test_a_second_row_of_one_key_is_found_where_no_index_refuses_it(con: duckdb.DuckDBPyConnection, name: str) -> None:
    con.execute(f"INSERT INTO {name} FROM {name} LIMIT 1")
    for everything in (True, False):
        results = run_checks(con, "r", everything=everything)
        ((sample,),) = results.filter(check_name="keys_are_single").select("sample").rows()
        assert name in sample


@pytest.mark.parametrize(("table", "column"), [
    ("claim", "as_of"), ("report", "as_of"), ("evidence", "as_of"), ("incident_report", "as_of"), ("derivation", "fetched_at"),
    ("incident_report", "resolved_at"), ("toll_claim", "resolved_at"), ("incident_toll", "resolved_at"), ("incident_version", "valid_from"),
])  # fmt: skip
def test_a_row_with_another_time_than_its_owner_is_found(
    con: duckdb.DuckDBPyConnection, table: str, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    con.execute(f"UPDATE {table} SET {column} = {column} + INTERVAL 1 HOUR")
    for everything in (True, False):
        results = run_checks(con, "r", everything=everything)
        ((sample,),) = results.filter(check_name="rows_bear_their_time").select("sample").rows()
        assert table in sample
    if table not in OF_ARTICLES:
        nothing_is_late(monkeypatch)
        assert run_checks(con, "r", everything=False)["sample"].equals(results["sample"]), "what others point to is found without its time"


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_check_of_what_was_touched_finds_the_same_faults(
    con: duckdb.DuckDBPyConnection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    con.execute(BROKEN[name]).fetchall()
    results = run_checks(con, "r", everything=False)
    assert name in results.filter(pl.col("n_bad") > 0)["check_name"].to_list()
    assert results.drop("is_full").equals(run_checks(con, "r", everything=True).drop("is_full"))
    if name != "rows_bear_their_time":
        nothing_is_late(monkeypatch)
        assert run_checks(con, "r", everything=False).equals(results), "rows that were written long ago are found by their times"
    assert results["is_full"].to_list() == [False] * len(BROKEN)
    assert con.sql("SELECT count(*) FROM publish_queue WHERE kind = 'incident'").fetchall() == [(1,)], "it waits until it is mended"


def test_what_was_not_touched_waits_for_the_check_of_all_rows(con: duckdb.DuckDBPyConnection, new_story: Any) -> None:
    assert run_checks(con, "r", everything=False)["n_bad"].sum() == 0
    waiting = con.sql("FROM publish_queue ORDER BY ALL").fetchall()
    assert waiting == [("article_month", "2025-04"), ("incident", "i1"), ("incident_month", "2025-04")], "the incident waits for its rows"
    con.execute("DELETE FROM publish_queue WHERE kind = 'incident'").fetchall()
    con.execute("UPDATE evidence SET quote = 'Other'").fetchall()
    assert run_checks(con, "r2", everything=False)["n_bad"].sum() == 0
    assert run_checks(con, "r3", everything=True)["n_bad"].sum() == 1
    story = new_story(con)
    story.tell("b", 5, {"n": 8, "speaker_class": "police"})
    story.load(), story.match()
    found = run_checks(con, "r4", everything=False).filter(pl.col("n_bad") > 0)
    assert found["check_name"].to_list() == ["quotes_are_in_texts"], "an incident that grows is looked at with all its articles"


def test_all_rows_are_checked_where_they_are_few_once_a_week_and_after_a_failure(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(run_id: str, day: int) -> bool:
        row = {"run_id": run_id, "flow": "publish", "started_at": START + dt.timedelta(days=day), "status": "running"}
        upsert(con, BY_NAME["run"], BY_NAME["run"].frame([row | {"parameters": "", "code_version": "", "seed_digest": ""}]))
        return bool(run_checks(con, run_id)["is_full"].all())

    assert full("a", 0)
    assert full("b", 1), "few"
    monkeypatch.setattr("warehouse.checks.FEW", 0)
    assert not full("c", 2)
    assert full("d", 8), "seven days after b"
    con.execute("UPDATE claim SET span_end = 9999").fetchall()
    assert not full("e", 9)
    assert full("f", 15) and full("g", 16), "until they pass"
    con.execute("UPDATE claim SET span_end = span_start").fetchall()
    assert full("h", 17) and not full("i", 18)


def test_quotes_beyond_the_basic_plane_are_found_by_python_offsets(con: duckdb.DuckDBPyConnection) -> None:
    """DuckDB's substring counts code points, as Python does: emoji, joined emoji, combining accents, line ends."""
    text = "\U0001f600 e\u0301 \U0001f468\u200d\U0001f469 12 killed\r\nend"
    start = text.index("12")
    con.execute("UPDATE article SET text = $1", [text]).fetchall()
    con.execute("UPDATE evidence SET quote = '12 killed', span_start = $1, span_end = $2", [start, start + 9]).fetchall()
    assert check(con, "quotes_are_in_texts")["n_bad"] == 0


def test_published_file_is_whole_readable_and_mirrored(told: Path, tmp_path: Path) -> None:
    target, mirror = tmp_path / "out" / "vigil.duckdb", tmp_path / "out" / "parquet"
    done = publish(told, target, run_id="r", parquet=mirror)
    assert (done.n_incidents, done.n_checks) == (1, len(BROKEN))
    assert query(target, "SELECT killed, killed_words FROM incidents").rows() == [(3, "We said 3 killed (0).")]
    comments = query(target, "SELECT count(*) AS n FROM duckdb_columns() WHERE comment IS NULL AND NOT internal AND schema_name = 'main'")
    assert comments.item() == 0
    assert {path.stem for path in mirror.iterdir()} >= {table.name for table in TABLES} | {"incidents"}
    assert pl.read_parquet(mirror / "incidents.parquet")["killed"].to_list() == [3]
    publish(told, target, run_id="r2", parquet=mirror)
    assert sorted(path.name for path in target.parent.iterdir()) == ["parquet", "vigil.duckdb"]


def test_failed_checks_keep_what_is_published(told: Path, tmp_path: Path) -> None:
    target = tmp_path / "vigil.duckdb"
    publish(told, target, run_id="r")
    con = open_work(told)
    con.execute("UPDATE evidence SET quote = 'Other'").fetchall()
    con.close()
    before = target.read_bytes()
    with pytest.raises(ChecksFailedError, match=r"quotes_are_in_texts \(1 rows\)"):
        publish(told, target, run_id="r2")
    assert target.read_bytes() == before
    con = open_work(told)
    assert con.sql("SELECT check_name, n_bad FROM check_result WHERE run_id = 'r2' AND n_bad > 0").fetchall() == [
        ("quotes_are_in_texts", 1)
    ]
    con.close()


def test_readers_keep_their_file_and_are_not_blocked_by_a_writer(told: Path, tmp_path: Path, new_story: Any) -> None:
    target = tmp_path / "vigil.duckdb"
    publish(told, target, run_id="r")
    ask = f"import duckdb; print(duckdb.connect({str(target)!r}, read_only=True).sql('SELECT killed FROM incidents').fetchall())"
    reader = open_published(target)
    with open_work(told, threads=1) as writer:
        story = new_story(writer)
        story.tell("b", 5, {"n": 8, "speaker_class": "police"})
        story.load(), story.match()
        beside = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
        assert beside.stdout == "[(3,)]\n"
    publish(told, target, run_id="r2")
    assert reader.sql("SELECT killed FROM incidents").fetchall() == [(3,)]
    reader.close()
    assert query(target, "SELECT killed FROM incidents").rows() == [(8,)]


def test_publishing_a_file_that_is_being_written_says_who_writes(holder: int, told: Path, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match=rf"work\.duckdb: process {holder} .* has it open"):
        publish(told, tmp_path / "vigil.duckdb", run_id="r")
    assert not (tmp_path / "vigil.duckdb").exists()


@pytest.mark.slow
@pytest.mark.skipif(SHELL is None, reason="the duckdb shell is not installed (package duckdb-cli)")
def test_the_shell_of_an_analyst_opens_the_published_file_beside_a_writer(told: Path, tmp_path: Path) -> None:
    target = tmp_path / "vigil.duckdb"
    publish(told, target, run_id="r")
    hold = f"import sys, duckdb; con = duckdb.connect({str(told)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        shell = [str(SHELL), "-readonly", "-csv", "-noheader"]
        shown = subprocess.run(
            [*shell, str(target), "SELECT killed, killed_words FROM incidents"], capture_output=True, text=True, check=True
        )
        assert shown.stdout.strip() == "3,We said 3 killed (0)."
        held = subprocess.run([*shell, str(told), "SELECT 1"], capture_output=True, text=True, check=False)
        assert "Conflicting lock is held" in held.stderr
        writer.communicate("")


@pytest.mark.slow
def test_killed_at_any_moment_the_published_file_opens_and_the_next_run_completes(told: Path, tmp_path: Path) -> None:
    """Kill -9 ten publishing processes at moments spread over the time that one takes."""
    target, mirror = tmp_path / "out" / "vigil.duckdb", tmp_path / "out" / "parquet"
    code = f"""if True:
        from warehouse.publish import publish
        print("start", flush=True)
        publish({str(told)!r}, {str(target)!r}, run_id="killed", parquet={str(mirror)!r})
        print("done", flush=True)
    """
    publish(told, target, run_id="r", parquet=mirror)
    chance, took = random.Random(20250404), 0.0
    for _ in range(11):  # the first is let through, to know how long one takes
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "start\n"
            started = time.monotonic()
            if took:
                time.sleep(chance.uniform(0, took))
                process.kill()
            else:
                assert process.stdout.readline() == "done\n"
                took = time.monotonic() - started
        assert query(target, "SELECT killed FROM incidents").rows() == [(3,)]
    publish(told, target, run_id="last", parquet=mirror)
    assert sorted(path.name for path in target.parent.iterdir()) == ["parquet", "vigil.duckdb"]
    assert pl.read_parquet(mirror / "incidents.parquet")["killed"].to_list() == [3]
    assert query(target, "SELECT count(*) FROM check_result WHERE run_id = 'last'").item() == len(BROKEN)


@pytest.mark.parametrize("is_between_renames", [False, True])
def test_leftovers_of_a_killed_run_are_removed(told: Path, tmp_path: Path, is_between_renames: bool) -> None:
    target, mirror = tmp_path / "out" / "vigil.duckdb", tmp_path / "out" / "parquet"
    for folder in ("parquet.new", "parquet.old" if is_between_renames else "parquet"):
        (tmp_path / "out" / folder).mkdir(parents=True)
        (tmp_path / "out" / folder / "incident.parquet").write_bytes(b"half a file")
    target.with_name(".vigil.duckdb.new").write_bytes(b"half a copy")
    publish(told, target, run_id="r", parquet=mirror)
    assert sorted(path.name for path in target.parent.iterdir()) == ["parquet", "vigil.duckdb"]
    assert pl.read_parquet(mirror / "incident.parquet").height == 1


def test_query_says_what_is_wrong_in_one_line(told: Path, tmp_path: Path) -> None:
    publish(told, tmp_path / "vigil.duckdb", run_id="r")
    for sql in ("SELECT nonsense FROM incidents", "DELETE FROM incident", "SELEC"):
        with pytest.raises(WarehouseError) as caught:
            query(tmp_path / "vigil.duckdb", sql)
        assert "\n" not in str(caught.value)
