"""What hosts see of Vigil across nights: names under .example lead to a real server, so that each host is a host of its own."""

from __future__ import annotations

import datetime as dt
import functools
import shutil
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from flows.addresses import Reach
from flows.archive import Archive
from flows.collect_store import WarehouseStore
from flows.collection import CollectSummary, collect_once
from flows.fetch import Fetcher
from flows.gate import Gate
from flows.runs import recorded_run
from flows.settings import load_settings
from transforms.feedlist import parse_feed_rows
from transforms.rows import Row
from warehouse.connection import open_work

pytestmark = pytest.mark.slow  # waits between requests are real

NIGHT = dt.datetime(2025, 4, 5, 2, 30, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
Said = tuple[int, dict[str, str], bytes]


def feed_body(*links: str, ttl: str = "") -> bytes:
    items = "".join(f"<item><title>{n}</title><link>{link}</link><guid>{link}</guid></item>" for n, link in enumerate(links))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{ttl}{items}</channel></rss>'.encode()


@dataclass
class Hosts:
    """What each host answers, by `host/path` without suffix and port; `seen` lists what was asked, `peak` how many at once."""

    port: int = 0
    answers: dict[str, Said | Callable[[], Said]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    active: Counter[str] = field(default_factory=Counter)
    peak: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, place: str) -> str:
        host, _, path = place.partition("/")
        return f"http://{host}.example:{self.port}/{path}"

    def feed(self, place: str, *pages: str, ttl: str = "", headers: dict[str, str] | None = None) -> Row:
        """Serve a feed that lists pages (and serve those), and return its row."""
        self.answers[place] = (200, headers or {}, feed_body(*map(self.url, pages), ttl=ttl))
        for page in pages:
            self.answers.setdefault(page, (200, {"Content-Type": "text/html"}, b"<p>Nobody was hurt, the mayor said.</p>"))
        (row,) = parse_feed_rows([{"feed_id": place.replace("/", "-").lower(), "url": self.url(place), "_line": "1"}], "test")
        return row

    def count(self, place: str) -> int:
        return self.seen.count(place)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hosts: Hosts

    def do_GET(self) -> None:
        name = self.headers["Host"].split(".example", maxsplit=1)[0]
        place, hosts = name + self.path, self.hosts
        with hosts.lock:
            hosts.seen.append(place)
            hosts.active[name] += 1
            hosts.peak[name] = max(hosts.peak[name], hosts.active[name])
        said = hosts.answers.get(place, (404, {}, b"no"))
        status, headers, body = said() if callable(said) else said
        with hosts.lock:
            hosts.active[name] -= 1
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keeps the test output clean."""


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosts]:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **named: resolve("127.0.0.1" if str(host).endswith(".example") else host, *rest, **named)
    )
    hosts = Hosts()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("HostsHandler", (Handler,), {"hosts": hosts}))
    server.daemon_threads = True
    hosts.port = server.server_address[1]
    thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.02), daemon=True)
    thread.start()
    yield hosts
    server.shutdown()
    server.server_close()
    thread.join()


class Desk:
    """A warehouse over several nights."""

    def __init__(self, folder: Path, empty: Path, **flags: Any) -> None:
        flags = {
            "host_pause_s": 0,
            "retry_wait_s": 0,
            "fetch_tries": 1,
            "allow_private_addresses": True,
            "contact": "me@vigil.example",
            **flags,
        }
        self.settings = load_settings(data_dir=folder, **flags)
        self.settings.archive_dir.mkdir(parents=True, exist_ok=True)
        shutil.copy(empty, self.settings.work_path)
        self.con = open_work(self.settings.work_path, threads=1)

    def collect(self, feeds: list[Row], at: dt.datetime) -> CollectSummary:
        with recorded_run(self.con, "collect", lambda: at, {}) as run, Archive(self.settings.archive_dir, run.run_id, at) as archive:
            return collect_once(self.settings, feeds, WarehouseStore(self.con, run), archive, clock=lambda: at, run_id=run.run_id)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "work.duckdb"
    open_work(path).close()
    return path


@pytest.fixture
def desk(tmp_path: Path, empty: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, empty)
    yield desk
    desk.con.close()


# ---- when a feed is asked


@pytest.mark.slow
def test_a_feed_is_asked_as_often_as_its_news_deserve(hosts: Hosts, desk: Desk) -> None:
    feed = hosts.feed("a/feed", "a/1")
    asked_at = []
    for hour in range(0, 24 * 7, 12):
        before = hosts.count("a/feed")
        desk.collect([feed], NIGHT + hour * HOUR)
        if hosts.count("a/feed") > before:
            asked_at.append(hour)
    assert [b - a for a, b in pairwise(asked_at)] == [12, 24, 24, 36, 48]  # 12, 18, 27, 40.5 and 48 h; from 16 h on less an eighth


def test_a_feed_that_runs_over_is_asked_again_as_soon_as_allowed(hosts: Hosts, desk: Desk) -> None:
    feed = hosts.feed("a/feed", "a/1", "a/2")
    desk.collect([feed], NIGHT)
    feed = hosts.feed("a/feed", "a/3", "a/4")
    desk.collect([feed], NIGHT + 12 * HOUR)
    assert desk.ask("SELECT poll_interval_h, next_poll_at FROM feed") == [(1.0, NIGHT + 13 * HOUR)]


@pytest.mark.parametrize(
    ("ttl", "headers", "asked_h", "wait_h"),
    [
        ("<ttl>2880</ttl>", {}, 48, 42),
        ("", {"Cache-Control": "public, max-age=86400"}, 24, 21),
        ("", {"Cache-Control": "max-age=0"}, None, 12),
    ],
)
def test_feeds_and_hosts_may_ask_for_longer_waits(
    hosts: Hosts, desk: Desk, ttl: str, headers: dict[str, str], asked_h: float | None, wait_h: float
) -> None:
    desk.collect([hosts.feed("a/feed", "a/1", ttl=ttl, headers=headers)], NIGHT)
    assert desk.ask("SELECT asked_interval_h, next_poll_at FROM feed") == [(asked_h, NIGHT + wait_h * HOUR)]


def test_nothing_is_waited_for_on_this_machine(hosts: Hosts, desk: Desk) -> None:
    hosts.answers["127.0.0.1:" + str(hosts.port) + "/feed"] = (200, {"Cache-Control": "max-age=86400"}, feed_body())
    (feed,) = parse_feed_rows([{"url": f"http://127.0.0.1:{hosts.port}/feed", "_line": "1"}], "test")
    assert desk.collect([feed], NIGHT).polls == desk.collect([feed], NIGHT + HOUR / 60).polls - Counter({"same_body": 1}) + Counter(
        {"ok": 1}
    )


@pytest.mark.slow
def test_a_failing_feed_is_slowed_and_never_given_up(hosts: Hosts, desk: Desk) -> None:
    feed = hosts.feed("a/feed")
    hosts.answers["a/feed"] = (404, {}, b"gone")
    for night in range(16):
        desk.collect([feed], NIGHT + night * DAY)
    assert desk.ask("SELECT date_diff('day', TIMESTAMPTZ '2025-04-05 02:30:00Z', polled_at), weight FROM feed_poll ORDER BY ALL") == [
        (night, "hard") for night in (0, 1, 3, 7, 14)
    ]  # after 20, 40, 80, 160 hours, and then never less often than every seventh night
    hosts.feed("a/feed", "a/1")
    desk.collect([feed], NIGHT + 22 * DAY)
    assert desk.ask("SELECT n_failures, last_modified FROM feed") == [(0, None)], "the first answer makes it well again"


# ---- hosts


def test_a_host_that_refuses_is_left_alone_with_all_its_feeds_and_pages(hosts: Hosts, desk: Desk) -> None:
    feeds = [hosts.feed(f"busy/feed{n}", f"busy/{n}") for n in range(3)] + [hosts.feed("calm/feed", "calm/1", "busy/9")]
    hosts.answers["busy/feed0"] = (429, {"Retry-After": str(50 * 3600)}, b"slow down")
    first = desk.collect(feeds, NIGHT)
    assert (first.polls, first.page_rejects, first.pages) == ({"http_429": 1, "host_wait": 2, "ok": 1}, {"host_wait": 1}, 1)
    assert [place for place in hosts.seen if place.startswith("busy/")] == ["busy/robots.txt", "busy/feed0"]
    assert desk.ask("SELECT closed_until, n_refusals FROM host WHERE site LIKE '%busy%'") == [(NIGHT + 50 * HOUR, 1)]
    assert desk.ask("SELECT DISTINCT n_failures FROM feed WHERE feed_id IN ('busy-feed1', 'busy-feed2')") == [(0,)], "they did nothing"

    desk.collect(feeds, NIGHT + DAY)
    desk.collect(feeds, NIGHT + 2 * DAY)
    assert hosts.count("busy/feed0") == 1, "another night, another process: still left alone"
    hosts.feed("busy/feed0", "busy/0")
    later = desk.collect(feeds, NIGHT + 3 * DAY)
    assert later.polls["ok"] == 3
    assert later.pages == 4
    assert desk.ask("SELECT closed_until, n_refusals FROM host WHERE site LIKE '%busy%'") == [(None, 0)]


def test_waiting_for_a_host_costs_a_page_no_attempt(hosts: Hosts, desk: Desk) -> None:
    """A host that refuses every night must not lose the pages that were never asked for."""
    feeds = [hosts.feed("calm/feed", *(f"busy/{n}" for n in range(3)))]
    hosts.answers |= {f"busy/{n}": (503, {"Retry-After": "7200"}, b"later") for n in range(3)}
    for night in range(5):
        desk.collect(feeds, NIGHT + night * DAY)
    attempts = dict(desk.ask("SELECT input_ref, attempts FROM reject WHERE stage = 'fetch'"))
    assert sorted(attempts.values()) == [1, 1, 5], "one page met the refusals, the others waited"
    hosts.answers |= {f"busy/{n}": (200, {"Content-Type": "text/html"}, b"<p>back</p>") for n in range(3)}
    assert desk.collect(feeds, NIGHT + 10 * DAY).pages == 2


def test_one_request_at_a_time_even_where_redirects_lead_to_one_host(hosts: Hosts, desk: Desk) -> None:
    pause = threading.Event()

    def slow() -> Said:
        pause.wait(0.05)
        return 200, {}, feed_body()

    hosts.answers["hub/feed"] = slow
    feeds = [hosts.feed(f"h{n}/feed") for n in range(8)]
    hosts.answers |= {f"h{n}/feed": (302, {"Location": hosts.url("hub/feed")}, b"") for n in range(8)}
    assert desk.collect(feeds, NIGHT).polls == {"ok": 8}
    assert (hosts.count("hub/feed"), hosts.peak["hub"]) == (8, 1)


def test_a_permanent_move_is_proposed_and_not_made(hosts: Hosts, desk: Desk) -> None:
    feed, _ = hosts.feed("old/feed"), hosts.feed("new/feed", "new/1")
    hosts.answers["old/feed"] = (301, {"Location": hosts.url("new/feed")}, b"")
    assert desk.collect([feed], NIGHT).feeds_moved == {"old-feed": hosts.url("new/feed")}
    assert desk.ask("SELECT url, moved_to FROM feed") == [(hosts.url("old/feed"), hosts.url("new/feed"))]
    hosts.answers["old/feed"] = (302, {"Location": hosts.url("new/feed")}, b"")
    assert desk.collect([feed], NIGHT + DAY).feeds_moved == {}, "a temporary redirect proposes nothing"
    assert desk.ask("SELECT moved_to FROM feed") == [(None,)]


# ---- robots.txt


def test_robots_txt_is_kept_for_a_day_across_runs(hosts: Hosts, desk: Desk) -> None:
    feeds = [hosts.feed(f"a/feed{n}", f"a/{n}") for n in range(3)]
    hosts.answers["a/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /2\n")
    for hour, asked in ((0, 1), (13, 1), (29, 2), (30, 2)):
        desk.collect(feeds, NIGHT + hour * HOUR)
        assert hosts.count("a/robots.txt") == asked, f"after {hour} hours"
    assert hosts.count("a/2") == 0


def test_a_copy_holds_while_robots_txt_is_out_of_reach(hosts: Hosts, desk: Desk) -> None:
    feeds = [hosts.feed("a/feed", "a/1", "a/private")]
    hosts.answers["a/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\n")
    desk.collect(feeds, NIGHT)
    hosts.answers["a/robots.txt"] = (503, {}, b"")
    hosts.feed("a/feed", "a/3", "a/private2")
    assert desk.collect(feeds, NIGHT + 2 * DAY).page_rejects == {"robots": 1}
    assert hosts.count("a/3") == 1
    assert desk.ask("SELECT robots_status, robots_lost_at FROM host") == [("unreachable", NIGHT + 2 * DAY)]


def test_a_robots_txt_never_read_forbids_pages_for_a_month_and_then_counts_as_missing(hosts: Hosts, desk: Desk) -> None:
    feeds = [hosts.feed("a/feed", "a/1")]
    hosts.answers["a/robots.txt"] = (500, {}, b"")
    assert desk.collect(feeds, NIGHT).page_rejects == {"robots_unreachable": 1}
    assert desk.collect(feeds, NIGHT + 29 * DAY).page_rejects == {"robots_unreachable": 1}
    assert desk.collect(feeds, NIGHT + 31 * DAY).pages == 1


def test_robots_txt_holds_for_feeds_and_for_hosts_redirected_to(hosts: Hosts, desk: Desk) -> None:
    feeds = [hosts.feed("shut/feed"), hosts.feed("open/feed", "open/1")]
    hosts.answers["shut/robots.txt"] = (200, {}, b"User-agent: Vigil\nDisallow: /\n")
    hosts.answers["open/1"] = (302, {"Location": hosts.url("shut/1")}, b"")
    summary = desk.collect(feeds, NIGHT)
    assert (summary.polls, summary.page_rejects) == ({"robots": 1, "ok": 1}, {"robots": 1})
    assert [place for place in hosts.seen if place.startswith("shut/")] == ["shut/robots.txt"]


def test_crawl_delay_is_the_pause_and_robots_txt_is_part_of_the_queue(hosts: Hosts) -> None:
    hosts.answers["a/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 7\n")
    hosts.answers["b/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 7000\n")
    with Fetcher(load_settings(allow_private_addresses=True, host_pause_s=2), lambda: NIGHT) as fetcher:
        gate = Gate(fetcher)
        assert [gate.ask_rules(hosts.url("a/feed"), Reach.ANY) for _ in range(2)] == [True, False], "asked once; a pause follows"
        gate.ask_rules(hosts.url("b/feed"), Reach.ANY)
        gate.ask_rules(hosts.url("c/feed"), Reach.ANY)
        assert [gate.pause_of(hosts.url(f"{name}/x")) for name in "abc"] == [7, 60, 2]


# ---- what publishers reserve


RESERVED = {
    "header": ("tdm", "a/1", (200, {"Content-Type": "text/html", "TDM-Reservation": "1"}, b"<p>text</p>")),
    "meta": ("tdm", "a/1", (200, {"Content-Type": "text/html"}, b"<html><meta name='tdm-reservation' content='1'><p>text</p>")),
    "tdmrep": ("tdm", "a/.well-known/tdmrep.json", (200, {}, b'[{"location": "/1", "tdm-reservation": 1}]')),
    "noai": ("all", "a/1", (200, {"Content-Type": "text/html", "X-Robots-Tag": "noai"}, b"<p>text</p>")),
    "robots": ("all", "a/robots.txt", (200, {}, b"User-agent: GPTBot\nDisallow: /\n")),
}


@pytest.mark.parametrize(
    ("name", "setting"),
    [("header", "tdm"), ("header", "none"), ("meta", "tdm"), ("tdmrep", "all"), ("noai", "all"), ("noai", "tdm"), ("robots", "all")],
)
def test_opt_outs_are_recorded_and_honoured_by_the_setting(hosts: Hosts, tmp_path: Path, empty: Path, name: str, setting: str) -> None:
    from_setting, place, said = RESERVED[name]
    feeds = [hosts.feed("a/feed", "a/1")]
    hosts.answers[place] = said
    desk = Desk(tmp_path, empty, honour_opt_outs=setting)
    summary = desk.collect(feeds, NIGHT)
    is_honoured = setting == "all" or setting == from_setting == "tdm"
    assert (summary.pages, summary.page_rejects) == ((0, {"opted_out": 1}) if is_honoured else (1, {}))
    ((outlet, first_seen),) = desk.ask("SELECT outlet, first_seen_at FROM opt_out")
    assert (outlet, first_seen) == (f"a.example:{hosts.port}", NIGHT)
    if is_honoured:
        assert desk.ask("SELECT retry_after FROM reject WHERE reason = 'opted_out'") == [(NIGHT + 7 * DAY,)]
    desk.con.close()


@pytest.mark.slow
def test_a_reservation_is_looked_up_once_a_week(hosts: Hosts, desk: Desk) -> None:
    for day in (0, 3, 6, 8):
        desk.collect([hosts.feed("a/feed", f"a/{day}")], NIGHT + day * DAY)
    assert hosts.count("a/.well-known/tdmrep.json") == 2
