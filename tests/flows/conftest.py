"""Fixtures of the flows: the misbehaving web of fault_server.py, the demo newsroom watched for two nights, the command line."""

from __future__ import annotations

import datetime as dt
import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer.main

from flows.backfill import run_backfill
from flows.cli import main
from flows.demo import write_feeds
from flows.newsroom import Newsroom, serve_newsroom
from flows.night import Night, run_night
from flows.settings import Settings
from warehouse.compare import OF_THE_RUN
from warehouse.query import query


@pytest.fixture(scope="session")
def serve() -> Callable[[], AbstractContextManager[Any]]:
    """`with serve() as world:` serves a fresh world. Loaded by path: under importlib mode tests are no package."""
    path = Path(__file__).with_name("fault_server.py")
    spec = importlib.util.spec_from_file_location("fault_server", path)
    assert spec is not None and spec.loader is not None
    module = sys.modules.setdefault("fault_server", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module.serve_world  # type: ignore[no-any-return]


FIRST_EVENING = dt.datetime(2025, 4, 4, 20, 0, tzinfo=dt.UTC)  # twelve dead are known in Kryvyi Rih
LAST_EVENING = dt.datetime(2025, 4, 7, 20, 0, tzinfo=dt.UTC)  # everything is written
COMMAND_LINE = cache(typer.main.get_command)  # Typer makes all commands anew at every call, of which a process has only one
DERIVED = ("article", "report", "claim", "evidence", "derivation", "incident", "incident_report", "incident_toll", "toll_claim")


@dataclass
class Watch:
    """A data folder, the newsroom that it was collected from, which still answers, and what its nights said."""

    folder: Path
    feeds: Path
    newsroom: Newsroom
    nights: list[Night] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.folder, feeds=str(self.feeds), allow_private_addresses=True, derive_processes=1)

    def run_night(self, at: dt.datetime) -> Night:
        """Run a night at a moment of the newsroom."""
        self.newsroom.clock = at
        self.nights.append(run_night(self.settings, clock=lambda: at))
        return self.nights[-1]

    def copy_to(self, folder: Path) -> Watch:
        """Return the same watch in another folder; the newsroom is shared."""
        shutil.copytree(self.folder, folder)
        return Watch(folder, self.feeds, self.newsroom, list(self.nights))

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query on the published file."""
        return query(self.settings.published_path, sql).to_dicts()

    def export(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows of the work file's tables, ordered, without what tells of runs and clocks."""
        con = duckdb.connect(str(self.settings.work_path), read_only=True)
        try:
            found = {}
            for table in tables or DERIVED:
                left_out = OF_THE_RUN & {row[0] for row in con.sql(f"DESCRIBE {table}").fetchall()}
                columns = f"* EXCLUDE ({', '.join(sorted(left_out))})" if left_out else "*"
                found[table] = con.sql(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()
            return found
        finally:
            con.close()


@pytest.fixture(scope="session")
def watched(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """The demo newsroom watched on two evenings, once for all tests: read from it, copy it to change it."""
    folder = tmp_path_factory.mktemp("watched")
    with serve_newsroom() as newsroom:
        feeds = folder / "feeds.csv"
        write_feeds(feeds, newsroom)
        watch = Watch(folder / "data", feeds, newsroom)
        watch.folder.mkdir()
        shutil.copy(empty, watch.settings.work_path)
        watch.run_night(FIRST_EVENING)
        watch.run_night(LAST_EVENING)
        yield watch


@pytest.fixture
def watch(watched: Watch, tmp_path: Path) -> Watch:
    """A copy of the watched folder that a test may change."""
    return watched.copy_to(tmp_path / "data")


@pytest.fixture
def vigil(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """`vigil("sql", "SELECT 1")` runs the command line in this process and returns exit code, standard output, standard error."""
    monkeypatch.setattr("typer.main.get_command", COMMAND_LINE)

    def run(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["vigil", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture(scope="session")
def read_again_once(watched: Watch, tmp_path_factory: pytest.TempPathFactory) -> Watch:
    """The watched folder after its whole archive was read again."""
    again = watched.copy_to(tmp_path_factory.mktemp("again") / "data")
    run_backfill(again.settings, mode="all", clock=lambda: dt.datetime(2025, 4, 8, 8, 0, tzinfo=dt.UTC))
    return again


@pytest.fixture
def read_again(read_again_once: Watch, tmp_path: Path) -> Watch:
    """A copy of it: what any other reading of the same archive and the same feed items must give, too."""
    return read_again_once.copy_to(tmp_path / "data")
