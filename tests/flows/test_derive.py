"""Deriving in any order and through a kill gives the same incidents."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.derive import PAGES_A_BATCH, PAGES_A_TASK, READ_AHEAD, _gathered, _read_in_processes, run_derivation
from flows.matching import match_new
from flows.publish import run_publication
from flows.reading import BatchRows, batches_by_bytes, extractor_version, read_pages
from flows.runs import Run, recorded_run
from flows.settings import Settings
from transforms.schemas import BY_NAME
from warehouse.connection import open_work
from warehouse.store import read_frame, replace_article_rows

AT = dt.datetime(2025, 4, 9, 8, 0, tzinfo=dt.UTC)
READ = (
    "derivation",
    "article",
    "report",
    "claim",
    "evidence",
    "incident",
    "incident_version",
    "incident_report",
    "incident_toll",
    "toll_claim",
    "incident_alias",
)
# What an incident is, beside its id: which of its reports was matched first may show in the scores.
OUTCOME = ("incident", "incident_toll", "toll_claim", "report", "article")


def forget_all(watch: Any) -> None:
    con = open_work(watch.settings.work_path)
    for table in READ:
        con.execute(f"DELETE FROM {table}").fetchall()
    con.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_and_size_of_batches_gives_the_same_incidents(read_again: Any, seed: int) -> None:
    watch = read_again
    before = watch.export(*OUTCOME)
    members = watch.export("incident_report")["incident_report"]
    forget_all(watch)
    order = random.Random(seed)
    con = open_work(watch.settings.work_path)
    pages = read_frame(con, "pages_to_derive", mode="all", start=None, end=None, extractor_version=extractor_version()).to_dicts()
    order.shuffle(pages)
    while pages:
        size = order.randint(1, 20)
        batch, pages = pages[:size], pages[size:]
        left = len(pages)
        with recorded_run(con, "derive", lambda left=left: AT + dt.timedelta(minutes=100 - left), {}) as run:
            rows = read_pages(batch, watch.settings.archive_dir, run.run_id, run.at).rows
            frames = {table: BY_NAME[table].frame(rows[table]) for table in ("article", "report", "claim", "evidence", "derivation")}
            replace_article_rows(con, frames, run_id=run.run_id, at=run.at)
            match_new(con, run)
    con.close()
    assert watch.export(*OUTCOME) == before
    assert watch.export("incident_report")["incident_report"] == members
    run_publication(watch.settings, clock=lambda: AT + dt.timedelta(days=1))


def kill_when(command: list[str], is_time: Any, environment: dict[str, str]) -> int:
    """Start a command, kill -9 its whole group when the moment has come, and return how it ended."""
    with subprocess.Popen(
        command, env=os.environ | environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        until = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < until:
            if is_time():
                os.killpg(process.pid, signal.SIGKILL)
                break
            time.sleep(0.02)
        return process.wait()


DERIVE = """
import datetime as dt, sys, time
from pathlib import Path
import flows.derive as derive
from flows.settings import load_settings
folder = Path(sys.argv[1])
written = derive._write
def write(con, batch, run, summary):
    written(con, batch, run, summary)
    (folder / "batch-written").touch()
    time.sleep(0.3)
derive._write = write
derive.PAGES_A_BATCH = 5
at = dt.datetime(2025, 4, 9, tzinfo=dt.UTC)
derive.run_derivation(load_settings(data_dir=folder, derive_processes=1), clock=lambda: at, mode=sys.argv[2])
"""


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["missing", "all"])
@pytest.mark.parametrize("wait", [0.0, 0.7])
def test_a_derivation_that_was_killed_is_completed_by_the_next_one(read_again: Any, mode: str, wait: float) -> None:
    watch = read_again
    before = watch.export()
    if mode == "missing":
        forget_all(watch)
    mark, since = watch.folder / "batch-written", []

    def is_time() -> bool:
        if mark.exists() and not since:
            since.append(time.monotonic())
        return bool(since) and time.monotonic() - since[0] >= wait

    assert kill_when([sys.executable, "-c", DERIVE, str(watch.folder), mode], is_time, {}) == -signal.SIGKILL
    left = watch.export("derivation", "incident_report")
    assert mode == "all" or 0 < len(left["derivation"]) < len(before["derivation"]), "it was killed in the middle"

    run_derivation(watch.settings, clock=lambda: AT)
    run_publication(watch.settings, clock=lambda: AT)
    assert watch.export() == before
    assert watch.ask("SELECT status FROM run WHERE flow = 'derive' AND started_at = TIMESTAMPTZ '2025-04-09 00:00:00+00'") == [
        {"status": "crashed"}
    ]


COLLECT = """
import datetime as dt, sys
from flows.collect import run_collection
from flows.settings import load_settings
from pathlib import Path
at = dt.datetime(2025, 4, 7, 20, 0, tzinfo=dt.UTC)
settings = load_settings(data_dir=Path(sys.argv[1]), feeds=sys.argv[2], allow_private_addresses=True, fetch_workers=1)
run_collection(settings, clock=lambda: at)
"""


@pytest.mark.slow
@pytest.mark.parametrize("asked", [3, 20, 45])
def test_a_collection_that_was_killed_is_completed_by_the_next_night(watched: Any, tmp_path: Path, asked: int) -> None:
    newsroom = watched.newsroom
    newsroom.clock = dt.datetime(2025, 4, 7, 20, 0, tzinfo=dt.UTC)
    fresh = type(watched)(tmp_path / "data", watched.feeds, newsroom)
    began = len(newsroom.requests)
    ended = kill_when(
        [sys.executable, "-c", COLLECT, str(fresh.folder), str(fresh.feeds)], lambda: len(newsroom.requests) - began >= asked, {}
    )
    assert ended == -signal.SIGKILL

    undisturbed = type(watched)(tmp_path / "undisturbed", watched.feeds, newsroom)
    for watch in (fresh, undisturbed):
        watch.run_night(dt.datetime(2025, 4, 7, 21, 0, tzinfo=dt.UTC))

    # A page fetched before the kill keeps its earlier time of fetch, and with it its id.
    def story(watch: Any) -> list[dict[str, Any]]:
        return watch.ask(
            "SELECT date, country, place, event_class, killed, killed_min, killed_max, injured, n_sources, killed_words FROM incidents ORDER BY ALL"
        )

    assert story(fresh) == story(undisturbed)
    count = "SELECT count(DISTINCT url) AS urls, count(*) AS n FROM page"
    assert fresh.ask(count)[0]["urls"] == undisturbed.ask(count)[0]["urls"]
    assert [row["entry_id"] for row in fresh.ask("SELECT entry_id FROM entry ORDER BY 1")] == [
        row["entry_id"] for row in undisturbed.ask("SELECT entry_id FROM entry ORDER BY 1")
    ]


def test_batches_keep_the_order_and_their_bounds() -> None:
    pages = [{"page_id": str(n), "n_bytes": size} for n, size in enumerate([10, 50, 200, 5, 5, 5, 90])]
    batches = list(batches_by_bytes(pages, 100, 2))
    assert [page for batch in batches for page in batch] == pages
    assert [[page["n_bytes"] for page in batch] for batch in batches] == [[10, 50], [200], [5, 5], [5, 90]]
    assert list(batches_by_bytes([], 100, 2)) == []


class IdlePool:
    """A pool whose tasks are done when their answer is asked for; counts those that nobody has asked for yet."""

    def __init__(self) -> None:
        self.waiting = self.most = self.asked = 0
        self.is_shut = False

    def __enter__(self) -> IdlePool:
        return self

    def __exit__(self, *_: object) -> None:
        self.is_shut = True

    def submit(self, _: Any, batch: list[Any], *__: Any) -> IdlePool:
        self.waiting, self.asked = self.waiting + 1, self.asked + len(batch)
        self.most = max(self.most, self.waiting)
        return self

    def result(self) -> BatchRows:
        self.waiting -= 1
        return BatchRows()

    def shutdown(self, **_: Any) -> None:
        self.is_shut = True


@pytest.mark.parametrize("n_pages", [1_000, 10_000])
def test_however_many_pages_wait_only_so_many_are_read_ahead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, n_pages: int) -> None:
    pool = IdlePool()
    monkeypatch.setattr("flows.derive.open_pool", lambda _: pool)
    settings = Settings(data_dir=tmp_path, derive_processes=2)
    pages = [{"page_id": str(n), "n_bytes": 100} for n in range(n_pages)]
    read = _read_in_processes(pages, settings, Run("r", "derive", AT))
    next(read)
    assert pool.asked <= (READ_AHEAD * 2 + 1) * PAGES_A_TASK, "nothing is handed out beyond what the writer is about to take"
    assert sum(1 for _ in read) == n_pages // PAGES_A_TASK - 1
    assert (pool.asked, pool.waiting, pool.most, pool.is_shut) == (n_pages, 0, READ_AHEAD * 2 + 1, True)


def test_what_is_written_at_once_is_bounded_by_pages_and_by_bytes() -> None:
    def read(n_bytes: int) -> Iterator[BatchRows]:
        for n in range(60):
            yield BatchRows({**BatchRows().rows, "derivation": [{"page_id": f"{n}-{i}"} for i in range(40)]}, n_bytes)

    by_pages = [len(batch.rows["derivation"]) for batch in _gathered(read(1), 1_000)]
    assert sum(by_pages) == 2_400 and max(by_pages) < PAGES_A_BATCH + PAGES_A_TASK
    assert [batch.n_bytes for batch in _gathered(read(400), 1_000)] == [1_200] * 20
