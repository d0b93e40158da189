"""Files and texts that follow from schemas.py: migrations, comments, dictionary; opening files; seeds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.rows import address_key
from transforms.schemas import TABLES
from warehouse import dictionary
from warehouse.connection import open_published, open_work
from warehouse.erasure import rewrite_file
from warehouse.errors import SeedError, WarehouseError, WarehouseLockedError
from warehouse.migrate import draft_migration, find_differences, write_change
from warehouse.queries import list_sql, load_sql
from warehouse.seeds import parse_csv, read_seed, seed_digest

PROJECT = Path(__file__).resolve().parents[2]


def test_migrations_make_what_schemas_says() -> None:
    migrated, wanted = find_differences()
    assert migrated == wanted, "schemas.py changed: run `python -m warehouse.migrate new NAME` (before the first release: `snapshot`)"
    assert draft_migration() == ""


def test_a_changed_table_is_rebuilt_and_a_plain_column_added() -> None:
    have = find_differences()[1]
    outlet = next(table for table in TABLES if table.name == "outlet")
    without = {part for part in have["outlet"] if part[1] != "publisher"}
    assert write_change(outlet, without) == "ALTER TABLE outlet ADD COLUMN publisher VARCHAR;"
    run_stage = next(table for table in TABLES if table.name == "run_stage")
    without = {part for part in have["run_stage"] if "n_in" not in str(part)}
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE run_stage "
        "(run_id VARCHAR, stage VARCHAR, n_out BIGINT, n_rejected BIGINT, elapsed_s DOUBLE, PRIMARY KEY (run_id, stage))"
    )
    con.execute("INSERT INTO run_stage VALUES ('r', 's', 1, 0, 0)").fetchall()
    sql = write_change(run_stage, without).replace("NULL AS n_in /* required: write a value for old rows */", "1 AS n_in")
    con.execute(sql)
    assert con.sql("SELECT n_in, n_out FROM run_stage").fetchall() == [(1, 1)]


@pytest.mark.parametrize(("migration", "timed"), [
    ("0010_rows_by_time", ("report", "incident", "incident_report", "toll_claim", "incident_toll")),
    ("0011_pages_by_time", ("page", "derivation", "evidence")),
    ("0012_resolved_together", ("incident", "incident_report")),
])  # fmt: skip
def test_rows_of_an_older_file_get_the_time_by_which_they_are_found(told_file: Path, migration: str, timed: tuple[str, ...]) -> None:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"ATTACH '{told_file}' AS told (READ_ONLY)")
    for name in (name for name in list_sql("migrations") if name < migration):
        con.execute(load_sql(f"migrations/{name}"))
    for table in ("article", *timed):
        names = [row[0] for row in con.sql(f"DESCRIBE {table}").fetchall()]
        con.execute(f"INSERT INTO {table} BY NAME SELECT {', '.join(names)} FROM told.{table}")
    con.execute(load_sql(f"migrations/{migration}"))
    for table in timed:
        names = [row[0] for row in con.sql(f"DESCRIBE {table}").fetchall()]
        assert {"as_of", "resolved_at", "fetched_at"} & set(names)
        rows = con.sql(f"FROM {table} ORDER BY ALL").fetchall()
        assert rows
        assert rows == con.sql(f"SELECT {', '.join(names)} FROM told.{table} ORDER BY ALL").fetchall()
    con.close()


def test_what_waits_in_an_older_file_gets_its_time(told_file: Path) -> None:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"ATTACH '{told_file}' AS told (READ_ONLY)")
    for name in (name for name in list_sql("migrations") if name < "0012"):
        con.execute(load_sql(f"migrations/{name}"))
    con.execute(
        "INSERT INTO article BY NAME SELECT * EXCLUDE (address_key) FROM told.article; INSERT INTO match_queue SELECT article_id FROM article"
    )
    con.execute(load_sql("migrations/0012_resolved_together"))
    waiting = con.sql("FROM match_queue ORDER BY ALL").fetchall()
    assert waiting == con.sql("SELECT article_id, coalesce(published_at, fetched_at) FROM told.article ORDER BY ALL").fetchall()
    assert waiting
    con.close()


def test_articles_of_an_older_file_get_the_number_of_their_address(told_file: Path) -> None:
    con = duckdb.connect()
    con.execute(f"ATTACH '{told_file}' AS told (READ_ONLY)")
    for name in (name for name in list_sql("migrations") if name < "0013"):
        con.execute(load_sql(f"migrations/{name}"))
    con.execute("INSERT INTO article BY NAME SELECT * EXCLUDE (address_key) FROM told.article")
    con.execute(load_sql("migrations/0013_addresses_by_number"))
    numbered = con.sql("SELECT canonical_url, address_key FROM article").fetchall()
    assert numbered and all(key == address_key(url) for url, key in numbered)
    con.close()


def test_a_file_that_is_written_anew_keeps_the_order_of_its_rows(told_file: Path, tmp_path: Path) -> None:
    """By it a night finds rows of a time without looking at others."""
    work = Path(shutil.copy(told_file, tmp_path / "work.duckdb"))
    con = open_work(work)
    con.execute("INSERT INTO article BY NAME SELECT * REPLACE ('0' || article_id AS article_id) FROM article ORDER BY article_id DESC")
    ids = con.sql("SELECT article_id FROM article ORDER BY rowid").fetchall()
    con.close()
    rewrite_file(work)
    con = open_work(work)
    assert con.sql("SELECT article_id FROM article ORDER BY rowid").fetchall() == ids != sorted(ids)
    con.close()


def test_every_table_view_and_column_has_a_comment(con: Any) -> None:
    bare = con.sql("""
        SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal AND database_name = current_database()
        UNION ALL SELECT view_name, NULL FROM duckdb_views() WHERE comment IS NULL AND NOT internal
        UNION ALL SELECT table_name, NULL FROM duckdb_tables() WHERE comment IS NULL
        UNION ALL SELECT function_name, NULL FROM duckdb_functions() WHERE NOT internal AND comment IS NULL
    """).fetchall()
    assert bare == []


def test_dictionary_is_in_step() -> None:
    assert dictionary.TARGET.read_text(encoding="utf-8") == dictionary.write_dictionary(), "run `python -m warehouse.dictionary`"


def test_a_newer_file_is_refused(work: Path) -> None:
    with duckdb.connect(str(work)) as con:
        con.execute("INSERT INTO schema_version VALUES (9999, 'future')").fetchall()
    for opener in (open_work, open_published):
        with pytest.raises(WarehouseError, match=r"work\.duckdb: has schema version 9999.*upgrade Vigil"):
            opener(work)


def test_files_that_cannot_be_opened_say_why(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.duckdb"
    garbage.write_bytes(b"no database" * 1000)
    (tmp_path / "file").write_text("")
    cases: dict[str, Callable[[], object]] = {
        "is not a DuckDB file": lambda: open_work(garbage), "does not exist": lambda: open_published(tmp_path / "none.duckdb"),
        "cannot make the data folder": lambda: open_work(tmp_path / "file" / "x.duckdb"),
        "memory limit 'lots'": lambda: open_work(tmp_path / "w.duckdb", memory_limit="lots"),
    }  # fmt: skip
    for message, opening in cases.items():
        with pytest.raises(WarehouseError, match=message):
            opening()


def test_a_second_writer_is_told_who_has_the_file(holder: int, told: Path) -> None:
    with pytest.raises(WarehouseLockedError, match=rf"work\.duckdb: process {holder} .* has it open; wait until it ends"):
        open_work(told)


def test_what_memory_does_not_hold_goes_beside_the_file(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "where the program was started"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    con = open_work(work, memory_limit="40MB", threads=1)
    con.execute("CREATE TEMP TABLE large AS SELECT hash(range) AS h FROM range(8_000_000)").fetchall()
    assert sum(file.stat().st_size for file in Path(f"{work}.tmp").iterdir())
    con.close()
    assert not Path(f"{work}.tmp").exists()
    assert not list(elsewhere.iterdir())


def test_country_words_are_those_of_the_lexicon(con: Any) -> None:
    con.execute(load_sql("resolve/010_country_words"))
    known = dict(con.sql("SELECT word, iso2 FROM resolve_country_word").fetchall())
    words: dict[str, set[str]] = {}
    for row in read_seed("lexicons/en/demonyms"):
        for word in (row["country"], *row["aliases"].split("|"), *row["demonyms"].split("|")):
            if word.strip():
                words.setdefault(word.strip().lower(), set()).add(row["country_iso2"])
    missing = {word: codes for word, codes in words.items() if len(codes) == 1 and {known.get(word)} != codes}
    assert missing == {}, "add these words to warehouse/sql/views/countries.sql"


@pytest.mark.parametrize(("body", "message"), [
    (b"a,b\n1\n", r"x\.csv:2: has 1 cells, the header has 2"), (b"a,b\n1,2\n\xff,3\n", r"x\.csv:3: is not UTF-8"),
    (b"", r"x\.csv:1: is empty"), (b"a,a\n", r"x\.csv:1: names a column twice"), (b'a,b\n1,"2\n', r"x\.csv:2: is malformed CSV"),
    (b"b\n1\n", r"x\.csv:1: lacks the column a"),
])  # fmt: skip
def test_bad_csv_is_refused_with_its_line(body: bytes, message: str) -> None:
    with pytest.raises(SeedError, match=message):
        parse_csv(body, "x.csv", required=("a",))


def test_seeds_are_read_without_duckdb() -> None:
    code = "import sys; from warehouse.seeds import read_seed; assert read_seed('lexicons/en/weapons'); assert 'duckdb' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT)
    assert len(seed_digest()) == 64
    with pytest.raises(SeedError, match=r"seeds/none\.csv: does not exist"):
        read_seed("none")
