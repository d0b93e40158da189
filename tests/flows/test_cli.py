"""The command line as a user meets it: one line says what is wrong and what to do; 2 for bad input, 1 for failed work, 0 when done."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

Vigil = Callable[..., tuple[int, str, str]]
COMMANDS = ("demo", "ingest", "backfill", "extract", "sql", "doctor")
BIN = Path(sys.executable).with_name("vigil")


def refused(vigil: Vigil, *words: str | Path, code: int = 2) -> str:
    """Run a command that must fail and return its one line of error."""
    ended, out, err = vigil(*words)
    assert ended == code, (out, err)
    assert out == ""
    assert err.startswith("vigil: ") and err.count("\n") == 1 and "Traceback" not in err
    return err.removeprefix("vigil: ").strip()


@contextmanager
def held_by_another_process(path: Path) -> Iterator[int]:
    """Keep a DuckDB file open for writing in another process; yields its number."""
    code = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.communicate()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ingst"], r"No such command 'ingst'\. Did you mean 'ingest'\? `vigil --help` shows what is allowed"),
        (["--colour"], r"No such option: --colour.*`vigil --help`"),
        (["sql"], r"Missing argument 'SQL'; `vigil sql --help` shows what is allowed"),
        (["extract", "in.jsonl"], r"Missing argument 'OUT\.jsonl'; `vigil extract --help`"),
        (["extract", "a", "b", "c"], r"unexpected extra argument.*`vigil extract --help`"),
        (["backfill", "--start"], r"'--start' requires an argument"),
        (["backfill", "--stage", "read"], r"'--stage': 'read' is not one of 'fetch', 'clean', 'extract', 'match', 'publish', 'all'; `vigil backfill --help`"),
        (["backfill", "--mode", "some"], r"'--mode': 'some' is not one of 'missing', 'failed', 'stale', 'all'"),
        (["backfill", "--start", "2025-02-30"], r"--start '2025-02-30' is no day; write it as 2025-04-04"),
        (["ingest", "--at", "last night"], r"--at 'last night' is no moment; write it as 2016-03-23T23:59"),
        (["ingest", "--at", "2999-01-01T00:00"], r"--at '2999-01-01T00:00' lies ahead"),
        (["backfill", "--end", "yesterday"], r"--end 'yesterday' is no day"),
        (["backfill", "--start", "2025-04-06", "--end", "2025-04-01"], r"start 2025-04-06 is after end 2025-04-01; give the earlier day first"),
        (["backfill", "--start", "2999-01-01"], r"start 2999-01-01 lies in the future"),
        (["ingest", "--processes", "0"], r"'--processes': Input should be greater than or equal to 1"),
        (["ingest", "--feeds", "absent.csv"], r"absent\.csv: cannot be read \(No such file or directory\); give a CSV"),
        (["ingest", "--feeds", "file:///etc/passwd"], r"file:///etc/passwd.*http"),
        (["ingest", "--feeds", "http://127.0.0.1:1/feed.xml"], r"http://127\.0\.0\.1:1/feed\.xml: .*refused.*check the address"),
        (["ingest", "--contact", "desk\n@example.org"], r"contact .* printable ASCII"),
        (["sql", "SELECT 1", "--format", "parquet"], r"--format parquet needs --out FILE"),
        (["extract", "absent.jsonl", "out.jsonl"], r"absent\.jsonl: no such file"),
    ],
)  # fmt: skip
def test_a_slip_is_named_in_one_line_and_nothing_is_written(
    vigil: Vigil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert re.search(said, refused(vigil, *words))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("url,country_iso2\nhttp://127.0.0.1:9/a,UA\nhttp://127.0.0.1:9/b,UK\n", r"feeds\.csv:3: country_iso2 'UK' .* did you mean 'GB'"),
        ("url,title\nhttp://127.0.0.1:9/a,one,two\n", r"feeds\.csv:2: has 3 cells, the header has 2"),
        ('url,title\nhttp://127.0.0.1:9/a,x\n"http://127.0.0.1:9/b,x\n', r"feeds\.csv:\d: is malformed CSV"),
        ("url\nftp://127.0.0.1/a\n", r"feeds\.csv:2: url: 'ftp://127\.0\.0\.1/a'"),
        ("title,adress\nA,http://127.0.0.1:9/a\n", r"feeds\.csv:1: .*url"),
        ("url\n", r"feeds\.csv: lists no feed"),
        ("<html><body>no list</body></html>", r"feeds\.csv: is markup but no OPML"),
        ("<opml><body><outline></opml>", r"feeds\.csv:1: is malformed XML"),
    ],
)  # fmt: skip
def test_a_bad_feed_list_is_named_with_its_line(vigil: Vigil, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "feeds.csv").write_text(text)
    assert re.search(said, refused(vigil, "ingest", "--feeds", tmp_path / "feeds.csv", "--data-dir", tmp_path / "data"))
    assert not (tmp_path / "data").exists()


def test_an_address_that_is_no_feed_is_refused(vigil: Vigil, watched: Any, tmp_path: Path) -> None:
    url = f"{watched.newsroom.base_url}/quiet-bulletin/feed.xml"
    said = refused(vigil, "ingest", "--feeds", url, "--data-dir", tmp_path / "data")
    assert said.startswith(f"{url}: ") and "not a feed" in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [["ingest", "--feeds", "feeds.csv"], ["demo"]])
@pytest.mark.parametrize("inside", ["", "sub"])
def test_a_data_folder_that_cannot_be_written_is_refused(
    vigil: Vigil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], inside: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feeds.csv").write_text("url\nhttp://127.0.0.1:9/a\n")
    (tmp_path / "taken").write_text("not a folder")
    said = refused(vigil, *command, "--data-dir", Path("taken") / inside)
    assert "taken" in said and "cannot be written" in said and "folder" in said
    assert (tmp_path / "taken").read_text() == "not a folder"


def test_a_locked_warehouse_names_the_process_that_holds_it(vigil: Vigil, watch: Any) -> None:
    before = watch.settings.published_path.read_bytes()
    with held_by_another_process(watch.settings.work_path) as pid:
        said = refused(vigil, "ingest", "--feeds", watch.feeds, "--data-dir", watch.folder, code=1)
        assert f"process {pid}" in said and "wait until it ends" in said
        assert f"process {pid}" in refused(vigil, "backfill", "--data-dir", watch.folder, code=1)
        code, out, _ = vigil("sql", "SELECT count(*) AS n FROM incidents", "-f", "csv", "--data-dir", watch.folder)
        assert (code, out.splitlines()[0]) == (0, "n"), "a reader is never kept out"
    assert watch.settings.published_path.read_bytes() == before


def test_a_file_that_is_no_warehouse_is_left_as_it_is(vigil: Vigil, tmp_path: Path) -> None:
    (tmp_path / "work.duckdb").write_text("my notes, kept in a file of that name" * 200)
    (tmp_path / "vigil.duckdb").write_text("more notes" * 2000)
    assert "is not a DuckDB file or is damaged" in refused(vigil, "backfill", "--data-dir", tmp_path, code=1)
    assert "is not a DuckDB file or is damaged" in refused(vigil, "sql", "SELECT 1", "--data-dir", tmp_path, code=1)
    assert (tmp_path / "work.duckdb").read_text().startswith("my notes")


def test_without_a_warehouse_the_user_is_told_how_to_get_one(vigil: Vigil, tmp_path: Path) -> None:
    assert "vigil ingest" in refused(vigil, "backfill", "--data-dir", tmp_path / "data", code=1)
    assert "vigil demo" in refused(vigil, "sql", "SELECT 1", "--data-dir", tmp_path / "data", code=1)
    assert not (tmp_path / "data").exists()


def test_wrong_sql_is_the_users_slip(vigil: Vigil, watched: Any) -> None:
    assert 'syntax error at or near "SELEC"' in refused(vigil, "sql", "SELEC 1", "--data-dir", watched.folder)
    assert "incidens" in refused(vigil, "sql", "FROM incidens", "--data-dir", watched.folder)
    said = refused(vigil, "sql", "DELETE FROM incident", "--data-dir", watched.folder)
    assert "read-only" in said


def test_results_come_in_every_form_whole_or_not_at_all(vigil: Vigil, watched: Any, tmp_path: Path) -> None:
    statement = "SELECT place, killed, sources FROM incidents WHERE place IN ('Kryvyi Rih', 'Kassel') ORDER BY place"
    code, table, err = vigil("sql", statement, "--data-dir", watched.folder)
    assert (code, err) == (0, "") and table.splitlines()[-1] == "2 rows" and "Kryvyi Rih" in table
    code, out, _ = vigil("sql", statement, "-f", "json", "--data-dir", watched.folder)
    assert [json.loads(line)["killed"] for line in out.splitlines()] == [2, 20]
    code, out, _ = vigil("sql", statement, "-f", "csv", "--out", tmp_path / "tolls.csv", "--data-dir", watched.folder)
    assert (code, out) == (0, "") and (tmp_path / "tolls.csv").read_text().startswith("place,killed,sources\nKassel,2,")
    code, _, _ = vigil("sql", statement, "-f", "parquet", "--out", tmp_path / "tolls.parquet", "--data-dir", watched.folder)
    assert code == 0 and pl.read_parquet(tmp_path / "tolls.parquet")["killed"].to_list() == [2, 20]
    said = refused(vigil, "sql", statement, "--out", tmp_path / "absent" / "tolls.csv", "--data-dir", watched.folder)
    assert "tolls.csv: cannot be written (No such file or directory)" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tolls.csv", "tolls.parquet"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_has_an_example_that_names_it(vigil: Vigil, command: str) -> None:
    code, out, err = vigil(command, "--help")
    assert (code, err) == (0, "")
    assert re.search(rf"Examples:.*^ +vigil {command}\b", out, re.DOTALL | re.MULTILINE)


def test_help_lists_every_command_and_no_words_show_it(vigil: Vigil) -> None:
    code, out, _ = vigil("--help")
    assert code == 0 and all(re.search(rf"^  {command} ", out, re.MULTILINE) for command in COMMANDS)
    code, out, err = vigil()
    assert (code, out) == (2, "") and "demo" in err and "Traceback" not in err


def test_an_unknown_variable_is_refused(vigil: Vigil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_DATADIR", str(tmp_path))
    assert "did you mean VIGIL_DATA_DIR?" in refused(vigil, "doctor")


@pytest.mark.slow
def test_the_installed_command_says_the_same_and_survives_a_reader_that_leaves(watched: Any) -> None:
    slip = subprocess.run([BIN, "backfill", "--start", "2025-04-06", "--end", "2025-04-01"], capture_output=True, text=True, check=False)
    assert (slip.returncode, slip.stdout) == (2, "")
    assert slip.stderr == "vigil: start 2025-04-06 is after end 2025-04-01; give the earlier day first\n"
    statement = "SELECT range AS n, repeat('x', 200) AS x FROM range(20000)"
    piped = subprocess.run(
        f"'{BIN}' sql \"{statement}\" -f csv --data-dir '{watched.folder}' | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (piped.stdout, piped.stderr) == ("n,x\n", "")
    for words in (f"review list --data-dir '{watched.folder}'", f"sql 'FROM incidents' --data-dir '{watched.folder}'", "--help"):
        left = subprocess.run(f"('{BIN}' {words}; echo code $? >&2) | true", shell=True, capture_output=True, text=True, check=False)
        assert left.stderr == "code 0\n", words
