"""Checks fire on bad rows; the published file is replaced whole, under readers and beside a running writer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.schemas import TABLES
from warehouse.checks import check, run_checks
from warehouse.connection import open_published, open_work
from warehouse.errors import ChecksFailedError, WarehouseError
from warehouse.publish import publish
from warehouse.queries import list_sql
from warehouse.query import query

PROJECT = Path(__file__).resolve().parents[2]

# Each check and a row that breaks it, as a program's mistake would make it behind the back of validation.
BROKEN = {
    "claim_spans_are_in_texts": "UPDATE claim SET span_end = 9999",
    "counts_have_evidence": "DELETE FROM evidence",
    "current_version_is_incident": "UPDATE incident SET killed_best = 4",
    "dates_in_order": "UPDATE report SET event_date_start = DATE '2025-04-05'",
    "incidents_have_reports": "UPDATE incident SET n_reports = 7",
    "memberships_exist": "INSERT INTO incident_report VALUES ('gone', 'i1', 1, '{}', 'rule')",
    "no_orphans": "DELETE FROM page",
    "parts_within_wholes": "UPDATE report SET children_killed_best = 99",
    "quotes_are_in_texts": "UPDATE evidence SET quote = 'Other'",
    "ranges_in_order": "UPDATE claim SET count_min = 99",
    "stages_balance": "INSERT INTO run_stage VALUES ('r', 'poll', 3, 1, 1, 0)",
    "versions_do_not_overlap": "INSERT INTO incident_version BY NAME SELECT * REPLACE (valid_from + INTERVAL 1 HOUR AS valid_from) FROM incident_version",
}  # fmt: skip


@pytest.fixture
def told(story: Any) -> Any:
    story.tell("a", 0, {"n": 3}, told={"killed_min": 3, "killed_best": 3, "killed_max": 3})
    story.load(), story.match()
    return story


def test_every_check_passes_on_good_rows_and_fires_on_a_bad_one(told: Any) -> None:
    assert set(BROKEN) == set(list_sql("checks"))
    assert run_checks(told.con, "r")["n_bad"].to_list() == [0] * len(BROKEN)
    for name, sql in BROKEN.items():
        told.con.execute("BEGIN")
        told.con.execute(sql).fetchall()
        result = check(told.con, name)
        told.con.execute("ROLLBACK")
        assert result["n_bad"], name
        assert result["sample"], name


def test_quotes_beyond_the_basic_plane_are_found_by_python_offsets(told: Any) -> None:
    """DuckDB's substring counts code points, as Python does: emoji, joined emoji, combining accents, line ends."""
    text = "\U0001f600 e\u0301 \U0001f468\u200d\U0001f469 12 killed\r\nend"
    start = text.index("12")
    told.con.execute("UPDATE article SET text = $1", [text]).fetchall()
    told.con.execute("UPDATE evidence SET quote = '12 killed', span_start = $1, span_end = $2", [start, start + 9]).fetchall()
    assert check(told.con, "quotes_are_in_texts")["n_bad"] == 0


def test_published_file_is_whole_readable_and_mirrored(told: Any, work: Path, tmp_path: Path) -> None:
    told.con.close()
    target, mirror = tmp_path / "out" / "vigil.duckdb", tmp_path / "out" / "parquet"
    done = publish(work, target, run_id="r", parquet=mirror)
    assert (done.n_incidents, done.n_checks) == (1, len(BROKEN))
    assert query(target, "SELECT killed, killed_words FROM incidents").rows() == [(3, "We said 3 killed (0).")]
    comments = query(target, "SELECT count(*) AS n FROM duckdb_columns() WHERE comment IS NULL AND NOT internal AND schema_name = 'main'")
    assert comments.item() == 0
    assert {path.stem for path in mirror.iterdir()} >= {table.name for table in TABLES} | {"incidents"}
    assert pl.read_parquet(mirror / "incidents.parquet")["killed"].to_list() == [3]
    publish(work, target, run_id="r2", parquet=mirror)
    assert sorted(path.name for path in target.parent.iterdir()) == ["parquet", "vigil.duckdb"]


def test_failed_checks_keep_what_is_published(told: Any, work: Path, tmp_path: Path) -> None:
    target = tmp_path / "vigil.duckdb"
    told.con.close()
    publish(work, target, run_id="r")
    con = open_work(work)
    con.execute("UPDATE evidence SET quote = 'Other'").fetchall()
    con.close()
    before = target.read_bytes()
    with pytest.raises(ChecksFailedError, match=r"quotes_are_in_texts \(1 rows\)"):
        publish(work, target, run_id="r2")
    assert target.read_bytes() == before
    con = open_work(work)
    assert con.sql("SELECT check_name, n_bad FROM check_result WHERE run_id = 'r2' AND n_bad > 0").fetchall() == [
        ("quotes_are_in_texts", 1)
    ]
    con.close()


def test_readers_keep_their_file_and_are_not_blocked_by_a_writer(told: Any, work: Path, tmp_path: Path) -> None:
    target = tmp_path / "vigil.duckdb"
    told.con.close()
    publish(work, target, run_id="r")
    ask = f"import duckdb; print(duckdb.connect({str(target)!r}, read_only=True).sql('SELECT killed FROM incidents').fetchall())"
    reader = open_published(target)
    told.con = writer = open_work(work)
    told.tell("b", 5, {"n": 8, "speaker_class": "police"})
    told.load(), told.match()
    beside = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert beside.stdout == "[(3,)]\n"
    writer.close()
    publish(work, target, run_id="r2")
    assert reader.sql("SELECT killed FROM incidents").fetchall() == [(3,)]
    reader.close()
    assert query(target, "SELECT killed FROM incidents").rows() == [(8,)]


def test_publishing_a_file_that_is_being_written_says_who_writes(told: Any, work: Path, tmp_path: Path) -> None:
    told.con.close()
    hold = f"import sys; from warehouse.connection import open_work; con = open_work({str(work)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(WarehouseError, match=rf"work\.duckdb: process {holder.pid} .* has it open"):
            publish(work, tmp_path / "vigil.duckdb", run_id="r")
    assert not (tmp_path / "vigil.duckdb").exists()


def test_query_says_what_is_wrong_in_one_line(told: Any, work: Path, tmp_path: Path) -> None:
    told.con.close()
    publish(work, tmp_path / "vigil.duckdb", run_id="r")
    for sql in ("SELECT nonsense FROM incidents", "DELETE FROM incident", "SELEC"):
        with pytest.raises(WarehouseError) as caught:
            query(tmp_path / "vigil.duckdb", sql)
        assert "\n" not in str(caught.value)
