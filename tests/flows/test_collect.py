"""Collection against a real server and a real warehouse: what is taken, what is refused, and that nothing is done twice."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.archive import Archive, read_body
from flows.collect_store import WarehouseStore
from flows.collection import CollectSummary, collect_once
from flows.feed_source import load_feeds
from flows.hosts import Again, HostQueues
from flows.runs import recorded_run
from flows.settings import Settings, SettingsError, load_settings
from transforms.feedlist import FeedListError, parse_feed_rows
from transforms.rows import Row
from warehouse.connection import open_work

NIGHT = dt.datetime(2025, 4, 5, 2, 30, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class CheckingStore(WarehouseStore):
    """The warehouse, and with every page row the proof that its record is on disk already."""

    archive_dir: Path

    def write(self, rows: Mapping[str, Sequence[Row]], resolved: Mapping[str, Sequence[str]], at: dt.datetime) -> None:
        for page in rows.get("page", ()):
            read_body(self.archive_dir, page)
        super().write(rows, resolved, at)


class Desk:
    """One warehouse and archive; `collect` runs a night."""

    def __init__(self, folder: Path, **flags: Any) -> None:
        limits = {"connect_timeout_s": 1, "read_timeout_s": 0.5, "total_timeout_s": 1.5, "retry_wait_s": 0.01, "max_feed_bytes": 1_000_000}
        self.settings: Settings = load_settings(data_dir=folder, **{**limits, **flags})
        self.settings.archive_dir.mkdir(parents=True, exist_ok=True)
        self.con: duckdb.DuckDBPyConnection = open_work(self.settings.work_path, threads=2)

    def collect(self, feeds: Sequence[Row], at: dt.datetime = NIGHT) -> CollectSummary:
        with recorded_run(self.con, "collect", lambda: at, {}) as run, Archive(self.settings.archive_dir, run.run_id, at) as archive:
            store = CheckingStore(self.con, run)
            store.archive_dir = self.settings.archive_dir
            return collect_once(self.settings, feeds, store, archive, clock=lambda: at, run_id=run.run_id)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])


@pytest.fixture
def desk(tmp_path: Path, empty: Path) -> Iterator[Desk]:
    shutil.copy(empty, tmp_path / "work.duckdb")
    desk = Desk(tmp_path)
    yield desk
    desk.con.close()


@pytest.fixture
def world(serve: Callable[[], Any]) -> Iterator[Any]:
    with serve() as world:
        yield world


def feeds_of(*urls: str) -> list[Row]:
    return parse_feed_rows([{"feed_id": f"f{n}", "url": url, "_line": "1"} for n, url in enumerate(urls)], "test")


def test_a_night_and_the_same_night_again(world: Any, desk: Desk) -> None:
    feeds = feeds_of(f"{world.base}/feed.xml")
    first = desk.collect(feeds)
    assert (first.polls["ok"], first.entries_new, first.pages_asked, first.pages) == (1, 3, 3, 3)
    assert desk.rows("SELECT url, final_url, http_status, n_bytes = strlen(url) FROM page ORDER BY url")[0][:3] == (
        f"{world.base}/page/1",
        f"{world.base}/page/1",
        200,
    )
    assert desk.rows("SELECT title FROM feed") == [("Valley Post",)]
    before = {table: desk.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in ("feed", "entry", "page", "reject")}
    asked = len(world.asked("/page/"))

    second = desk.collect(feeds, NIGHT + DAY)
    assert (second.polls["not_modified"], second.pages_asked) == (1, 0)
    assert len(world.asked("/page/")) == asked
    for table in ("entry", "page", "reject"):
        assert desk.rows(f"SELECT * FROM {table} ORDER BY ALL") == before[table], table
    assert desk.rows("SELECT n_in, n_out, n_rejected FROM run_stage WHERE stage = 'poll'") == [(1, 1, 0)] * 2


def test_a_host_without_validators_is_known_by_its_body(world: Any, desk: Desk) -> None:
    world.sends_validators = False
    feeds = feeds_of(f"{world.base}/feed.xml")
    desk.collect(feeds)
    assert desk.collect(feeds, NIGHT + DAY).polls == {"same_body": 1}


def test_validators_go_back_verbatim(world: Any, desk: Desk) -> None:
    feeds = feeds_of(f"{world.base}/feed.xml")
    desk.collect(feeds)
    ((tag,),) = desk.rows("SELECT etag FROM feed")
    desk.collect(feeds, NIGHT + DAY)
    assert tag.startswith('W/"')
    assert world.headers[-1]["If-None-Match"] == tag
    assert world.headers[-1]["User-Agent"].startswith("Vigil/")


def test_new_and_updated_entries_are_fetched_and_only_those(world: Any, desk: Desk) -> None:
    feeds = feeds_of(f"{world.base}/feed.xml")
    desk.collect(feeds)
    world.pages[2] = "Shells hit street 2, toll rises"
    world.pages[4] = "Fourth street quiet"
    summary = desk.collect(feeds, NIGHT + DAY)
    assert (summary.entries_new, summary.entries_changed, summary.pages) == (1, 1, 2)
    urls = [row[0].removeprefix(world.base) for row in desk.rows("SELECT url FROM page ORDER BY url, fetched_at")]
    assert urls == ["/page/1", "/page/2", "/page/2", "/page/3", "/page/4"]
    first_seen, changed = desk.rows(f"SELECT first_seen_at, last_changed_at FROM entry WHERE url = '{world.base}/page/2'")[0]
    assert (first_seen, changed) == (NIGHT, NIGHT + DAY)


FAULTS = {
    "401": "http_401", "403": "http_403", "404": "http_404", "410": "http_410", "418": "http_4xx", "500": "http_5xx",
    "304": "empty",
    "hang": "timeout", "drip": "timeout", "reset": "reset", "503-then-ok": "ok", "429-then-ok": "ok", "429-long": "http_429",
    "redirect-loop": "redirect_loop", "redirect-permanent": "ok",
    "redirect-to-file": "redirect_refused", "redirect-to-metadata": "blocked_address",
    "redirect-to-page": "not_a_feed", "huge": "too_large", "gzip-bomb": "too_large", "bad-gzip": "bad_encoding", "half-gzip": "truncated",
    "brotli": "bad_encoding", "gzip": "ok", "truncated": "truncated", "broken-chunks": "truncated",
    "xml-bomb": "unsafe_xml", "xxe": "unsafe_xml",
    "empty": "empty", "html": "not_a_feed", "pdf": "not_a_feed", "wrong-type": "ok", "bad-charset": "ok",
}  # fmt: skip


def test_every_fault_has_its_class_and_stops_nobody(world: Any, desk: Desk) -> None:
    healthy = [f"{world.base}/feed.xml?n={n}" for n in range(5)]
    summary = desk.collect(feeds_of(*healthy, *(f"{world.base}/fault/{name}" for name in FAULTS)))
    found = {
        url.rsplit("/", 1)[1]: status
        for url, status in desk.rows("SELECT url, status FROM feed_poll JOIN feed USING (feed_id) WHERE url LIKE '%/fault/%'")
    }
    assert found == FAULTS
    assert desk.rows(
        "SELECT count(*) FROM feed_poll JOIN feed USING (feed_id) WHERE url LIKE '%/feed.xml%' AND status = 'ok' AND n_new = 3"
    ) == [(5,)]
    n_failed = sum(status != "ok" for status in FAULTS.values())
    assert desk.rows("SELECT n_in, n_out, n_rejected FROM run_stage WHERE stage = 'poll'") == [
        (len(FAULTS) + 5, len(FAULTS) + 5 - n_failed, n_failed)
    ]
    assert desk.rows("SELECT count(*) FROM reject WHERE stage = 'poll' AND resolved_at IS NULL") == [(n_failed,)]
    assert summary.pages == 3, "all healthy feeds tell the same three stories: each page once"
    assert desk.rows("SELECT count(*) FROM feed WHERE n_failures = 1 AND next_poll_at > last_polled_at") == [(n_failed,)]


def test_one_request_at_a_time_to_a_host(world: Any, desk: Desk) -> None:
    desk.collect(feeds_of(*(f"{world.base}/feed.xml?n={n}" for n in range(8))))
    assert world.peak == 1
    assert world.requests[0] == "/robots.txt"
    assert len(world.asked("/robots.txt")) == 1


def test_a_failing_feed_backs_off_comes_back_and_its_reject_is_resolved(world: Any, desk: Desk) -> None:
    feeds = feeds_of(f"{world.base}/fault/503-then-ok")
    desk.settings = desk.settings.model_copy(update={"fetch_tries": 1})
    assert desk.collect(feeds).polls == {"http_5xx": 1}
    assert desk.collect(feeds, NIGHT + HOUR / 2).polls == {}, "not due yet"
    assert desk.collect(feeds, NIGHT + DAY).polls == {"ok": 1}
    assert desk.rows("SELECT reason, attempts, resolved_at FROM reject WHERE stage = 'poll'") == [("http_5xx", 1, NIGHT + DAY)]
    assert desk.rows("SELECT n_failures, next_poll_at FROM feed") == [(0, None)]


def test_pages_refused_and_what_becomes_of_them(world: Any, desk: Desk) -> None:
    faults = {
        "404": "http_404",
        "empty": "empty",
        "pdf": "pdf",
        "gzip-bomb": "too_large",
        "redirect-to-file": "redirect_refused",
        "500": "http_5xx",
    }
    world.links = [f"{world.base}/private/1", "http://10.1.2.3/x", "file:///etc/passwd", *(f"{world.base}/fault/{name}" for name in faults)]
    desk.settings = desk.settings.model_copy(update={"max_page_attempts": 2, "max_page_bytes": 1_000_000})
    feeds = feeds_of(f"{world.base}/feed.xml")
    summary = desk.collect(feeds)
    expected = {
        f"{world.base}/private/1": "robots",
        "http://10.1.2.3/x": "blocked_address",
        **{f"{world.base}/fault/{k}": v for k, v in faults.items()},
    }
    assert dict(desk.rows("SELECT input_ref, reason FROM reject WHERE stage = 'fetch'")) == expected
    assert world.asked("/private/") == []
    assert (summary.pages_asked, summary.pages, sum(summary.page_rejects.values())) == (11, 3, 8)
    assert desk.rows("SELECT n_in, n_out, n_rejected FROM run_stage WHERE stage = 'fetch'") == [(11, 3, 8)]
    assert summary.entries_without_url == 1

    assert desk.collect(feeds, NIGHT + DAY).pages_asked == 2, "only what may pass by itself: empty and 500"
    assert desk.collect(feeds, NIGHT + 2 * DAY).pages_asked == 0, "tried often enough"


def test_an_unreachable_robots_txt_makes_pages_wait(world: Any, desk: Desk) -> None:
    world.robots = 503
    feeds = feeds_of(f"{world.base}/feed.xml")
    assert desk.collect(feeds).page_rejects == {"robots_unreachable": 3}
    assert world.asked("/page/") == []
    world.robots = 404
    assert desk.collect(feeds, NIGHT + DAY).pages == 3
    assert desk.rows("SELECT count(*) FROM reject WHERE resolved_at IS NULL") == [(0,)]


def test_inactive_feeds_are_recorded_and_not_asked(world: Any, desk: Desk) -> None:
    feeds = parse_feed_rows([{"feed_id": "no", "url": f"{world.base}/feed.xml", "notes": "TERMS: none", "_line": "2"}], "test")
    desk.collect(feeds)
    assert (world.requests, desk.rows("SELECT active, inactive_reason FROM feed")) == ([], [(False, "TERMS: none")])


def test_the_real_web_is_not_asked_without_a_contact(desk: Desk) -> None:
    with pytest.raises(SettingsError, match="contact is empty"):
        desk.collect(feeds_of("https://valley.example/rss"))
    assert desk.count("feed") == 0


def test_a_kill_between_polls_and_pages_costs_nothing(world: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = feeds_of(f"{world.base}/feed.xml")
    with monkeypatch.context() as patch:
        patch.setattr("flows.collection.fetch_pages", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            desk.collect(feeds)
    assert (desk.count("entry"), desk.count("page")) == (3, 0)
    assert desk.collect(feeds, NIGHT + HOUR).pages == 3


# ---- --feeds


@pytest.mark.parametrize("kind", ["csv", "opml", "opml address", "feed address"])
def test_what_feeds_may_be(world: Any, tmp_path: Path, kind: str) -> None:
    opml = f'<opml version="2.0"><body><outline text="Valley" xmlUrl="{world.base}/feed.xml"/></body></opml>'
    source = tmp_path / "list"
    source.write_text(f"url\n{world.base}/feed.xml\n" if kind == "csv" else opml)
    world.page = lambda _: opml.encode()
    named = {"opml address": f"{world.base}/page/1", "feed address": f"{world.base}/feed.xml"}.get(kind, str(source))
    assert [feed["url"] for feed in load_feeds(load_settings(feeds=named), lambda: NIGHT)] == [f"{world.base}/feed.xml"]


def test_shipped_feeds_are_the_default() -> None:
    assert len(load_feeds(load_settings(), lambda: NIGHT)) >= 190


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("/nowhere/feeds.csv", "/nowhere/feeds.csv: cannot be read (No such file or directory); give a CSV"),
        ("file:///etc/passwd", "is no http or https address"),
        ("{base}/fault/html", "is an HTML page, not a feed"),
        ("{base}/fault/404", "answered 404 (http_404); check the address"),
        ("{tmp}/feed.xml", "is markup but no OPML; give a CSV"),
        ("{tmp}/broken.csv", "broken.csv:3: has 1 cells, the header has 2"),
        ("{tmp}/columns.csv", "columns.csv:1: lacks the column url"),
    ],
)
def test_bad_feeds(world: Any, tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "feed.xml").write_bytes(world.feed())
    (tmp_path / "broken.csv").write_text("feed_id,url\na,https://a.example/f\nb\n")
    (tmp_path / "columns.csv").write_text("feed_id,link\na,https://a.example/f\n")
    with pytest.raises(FeedListError, match=re.escape(message)):
        load_feeds(load_settings(feeds=source.format(base=world.base, tmp=tmp_path), contact="x@y.example"), lambda: NIGHT)


# ---- host queues


def test_queues_keep_order_within_a_host_and_call_again() -> None:
    asked: list[tuple[str, int]] = []

    def ask(job: str, tries: int) -> str | Again:
        asked.append((job, tries))
        return Again(0.01) if job == "a2" and tries < 3 else job

    queues: HostQueues[str, str] = HostQueues(ask, lambda job: job[0], lambda _: 0.0, 4)
    results = list(queues.run(["a1", "a2", "b1", "a3", "c1"]))
    assert [r for r in results if r[0] == "a"] == ["a1", "a2", "a3"]
    assert sorted(results) == ["a1", "a2", "a3", "b1", "c1"]
    assert [call for call in asked if call[0] == "a2"] == [("a2", 1), ("a2", 2), ("a2", 3)]


def test_queues_pass_on_what_breaks_and_leave_no_thread() -> None:
    def ask(job: int, _: int) -> int:
        return 1 // job

    queues: HostQueues[int, int] = HostQueues(ask, str, lambda _: 0.0, 2)
    with pytest.raises(ZeroDivisionError):
        list(queues.run([1, 0, 1, 1, 1, 1, 1, 1, 1]))


def test_hosts_do_not_wait_for_the_pauses_of_others() -> None:
    began = time.monotonic()
    queues: HostQueues[str, str] = HostQueues(lambda job, _: job, lambda job: job[0], lambda _: 0.1, 2)
    assert len(list(queues.run([f"{host}{n}" for host in "abcdefgh" for n in range(3)]))) == 24
    assert time.monotonic() - began < 0.6, "eight hosts with two pauses each, on two threads"


# ---- captured pages


@pytest.mark.corpus
def test_the_captured_stream_is_taken_once(shared: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(shared / "replay" / "replay_server.py"), "--port", "0", "--max-seconds", "120", "--robots-host", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found is not None
            desk = Desk(tmp_path, read_timeout_s=20, total_timeout_s=60)
            feeds = feeds_of(f"{found.group()}/all/feed.xml?only=fragment&limit=300")
            first, second = desk.collect(feeds), desk.collect(feeds, NIGHT + DAY)
            desk.con.close()
        finally:
            server.terminate()
    assert (first.pages, first.page_rejects) == (300, {})
    assert (second.polls, second.pages_asked) == ({"not_modified": 1}, 0)
