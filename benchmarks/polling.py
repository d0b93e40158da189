"""Is Vigil a polite visitor, and a quick one: a year of nights on a virtual clock, and thousands of feeds in one run.

    python -m benchmarks.polling year [--nights 365] [--feeds 200]
    python -m benchmarks.polling replay [--nights 366]     # the captured stream beside the project, pages and all
    python -m benchmarks.polling many [--feeds 5000] [--connections 20] [--latency-ms 50]
    python -m benchmarks.polling captured                  # captured and conformance feeds beside the project against feedparser

The servers are real ones on loopback; names under .example lead to them, so that each host is a host of its own. Pauses between
requests are left out (a year of them would take a year), all other politeness is as at night.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import gzip
import json
import resource
import socket
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser

import flows.robots
from benchmarks.feed_world import EPOCH, SUFFIX, sends_validators
from benchmarks.pages import SHARED
from benchmarks.servers import served
from flows.archive import Archive
from flows.collect_store import WarehouseStore
from flows.collection import CollectSummary, collect_once
from flows.runs import recorded_run
from flows.settings import Settings, load_settings
from transforms.feedlist import parse_feed_rows
from transforms.feeds import FeedError, parse_feed
from transforms.rows import Row
from warehouse.connection import open_work

DAY = dt.timedelta(days=1)
UNCHANGED_BAR, MANY_MINUTES_BAR, MANY_MB_BAR = 0.95, 15, 500


@contextlib.contextmanager
def names_lead_here() -> Iterator[None]:
    """Let every name under .example lead to this machine for the block, and no pause be waited for."""
    resolve, delay = socket.getaddrinfo, flows.robots.MAX_CRAWL_DELAY_S

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        return resolve("127.0.0.1" if str(host).endswith(".example") else host, *rest, **named)

    socket.getaddrinfo, flows.robots.MAX_CRAWL_DELAY_S = getaddrinfo, 0.0
    try:
        yield
    finally:
        socket.getaddrinfo, flows.robots.MAX_CRAWL_DELAY_S = resolve, delay


def ask(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:  # loopback
        body = answer.read()
    return json.loads(body) if body[:1] in b"[{" else body


class Watch:
    """A warehouse and archive on a virtual clock."""

    def __init__(self, folder: Path, **flags: Any) -> None:
        flags = {"host_pause_s": 0, "retry_wait_s": 0, "allow_private_addresses": True, "contact": "bench@watch.example", **flags}
        self.settings: Settings = load_settings(data_dir=folder, **flags)
        self.settings.archive_dir.mkdir(parents=True)
        self.con = open_work(self.settings.work_path)

    def night(self, feeds: Sequence[Row], at: dt.datetime, *, with_pages: bool) -> CollectSummary:
        """Run one collection at a moment."""
        with recorded_run(self.con, "collect", lambda: at, {}) as run, Archive(self.settings.archive_dir, run.run_id, at) as archive:
            store = WarehouseStore(self.con, run) if with_pages else PollsOnly(self.con, run)
            return collect_once(self.settings, feeds, store, archive, clock=lambda: at, run_id=run.run_id)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.con.execute(sql).fetchall()


class PollsOnly(WarehouseStore):
    """A warehouse in which no page is ever to be fetched."""

    def frontier(self, now: dt.datetime, max_attempts: int) -> list[Row]:
        """Return nothing."""
        return []


def feeds_of(n_feeds: int, n_hosts: int, port: int) -> list[Row]:
    rows = [{"feed_id": f"f{n}", "url": f"http://h{n % n_hosts}{SUFFIX}:{port}/feed/{n}.xml", "_line": str(n)} for n in range(n_feeds)]
    return parse_feed_rows(rows, "generated")


def simulate_nights(nights: int, n_feeds: int, n_hosts: int) -> dict[str, Any]:
    """Watch a generated web for so many nights; return what the server saw, and how polls of unchanged feeds went.

    A night on which a feed holds what it held at its last successful poll is one poll of an unchanged feed: not sent at all (not
    due, forbidden, host left alone), answered 304, or answered with the whole body again.
    """
    found: Counter[str] = Counter()
    conditional: Counter[str] = Counter()  # of the feeds that send validators
    read: dict[int, int] = {}
    command = ["-m", "benchmarks.feed_world", "--feeds", str(n_feeds), "--hosts", str(n_hosts)]
    with tempfile.TemporaryDirectory() as folder, served(*command) as port, names_lead_here():
        watch, feeds = Watch(Path(folder)), feeds_of(n_feeds, n_hosts, port)
        began, cpu = time.monotonic(), time.process_time()
        for night in range(nights):
            at = EPOCH + DAY * night + dt.timedelta(hours=2, minutes=night * 7 % 30)  # no two nights begin at the same minute
            ask(port, f"/__clock?set={at.isoformat().replace('+', '%2B')}")
            newest = ask(port, "/__newest")
            watch.night(feeds, at, with_pages=False)
            polled = watch.ask(f"SELECT feed_id, status FROM feed_poll WHERE polled_at = TIMESTAMPTZ '{at.isoformat()}'")
            statuses = {int(feed_id[1:]): status for feed_id, status in polled}
            for feed in range(n_feeds):
                status = statuses.get(feed)
                if read.get(feed) == newest[feed]:
                    what = "not sent" if status in {None, "host_wait", "robots"} else status
                    found[what] += 1
                    conditional[what] += sends_validators(feed)
                if status == "ok":
                    read[feed] = newest[feed]
        ((late,),) = watch.ask("SELECT count(*) FROM feed_poll WHERE n_new = n_entries AND n_entries > 1")
        result = {
            "nights": nights, "feeds": n_feeds, "unchanged": dict(found),
            "saved": saved_of(found), "saved where validators are sent": saved_of(conditional),
            "polls": watch.ask("SELECT count(*) FROM feed_poll")[0][0], "polls in which all was new": late - n_feeds,
            "server": ask(port, "/__stats"), "wall_s": time.monotonic() - began, "cpu_s": time.process_time() - cpu,
        }  # fmt: skip
        watch.con.close()
    return result


def saved_of(unchanged: Counter[str]) -> float:
    """Return the share of polls of unchanged feeds that were answered 304 or not sent at all."""
    return (unchanged["not sent"] + unchanged["not_modified"]) / max(1, unchanged.total())


def poll_many(n_feeds: int, connections: int, latency_ms: float) -> dict[str, Any]:
    """Poll that many feeds for the first time in one run; return time, peak memory and what the server saw."""
    n_hosts = max(1, n_feeds * 4 // 5)
    command = ["-m", "benchmarks.feed_world", "--feeds", str(n_feeds), "--hosts", str(n_hosts), "--latency-ms", str(latency_ms)]
    with tempfile.TemporaryDirectory() as folder, served(*command) as port, names_lead_here():
        watch, feeds = Watch(Path(folder), fetch_workers=connections), feeds_of(n_feeds, n_hosts, port)
        began, cpu = time.monotonic(), time.process_time()
        summary = watch.night(feeds, EPOCH, with_pages=False)
        wall, used = time.monotonic() - began, time.process_time() - cpu
        stats = ask(port, "/__stats")
        watch.con.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"polls": dict(summary.polls), "entries": summary.entries_new, "wall_s": wall, "cpu_s": used, "peak_mb": peak, "server": stats}


def replay_nights(nights: int) -> dict[str, Any]:
    """Watch the captured stream beside the project, each publisher a host of its own, with all its pages."""
    command = [str(SHARED / "replay" / "replay_server.py"), "--port", "0", "--max-seconds", "3000", "--robots-host", ""]
    with tempfile.TemporaryDirectory() as folder, served(*command) as port, names_lead_here():
        publishers = [name for name in ask(port, "/")["publishers"] if name != "all"]
        rows = [
            {"feed_id": f"p{n}", "url": f"http://p{n}{SUFFIX}:{port}/{name}/feed.xml", "_line": "1"} for n, name in enumerate(publishers)
        ]
        watch, feeds = Watch(Path(folder)), parse_feed_rows(rows, "replay")
        ask(port, "/__reset")
        found: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        pages = 0
        began, cpu = time.monotonic(), time.process_time()
        for night in range(nights):
            at = dt.datetime(2016, 1, 1, 2, 30, tzinfo=dt.UTC) + DAY * night
            ask(port, f"/__clock?set={at.isoformat().replace('+', '%2B')}")
            summary = watch.night(feeds, at, with_pages=True)
            found += summary.polls + Counter({"not sent": summary.feeds_waiting})
            refused += summary.page_rejects
            pages += summary.pages
        result = {
            "publishers": len(feeds), "nights": nights, "polls": dict(found), "pages": pages, "page_rejects": dict(refused),
            "saved": (found["not sent"] + found["not_modified"]) / (found.total() - found["ok"]),
            "server": ask(port, "/__stats"), "wall_s": time.monotonic() - began, "cpu_s": time.process_time() - cpu,
        }  # fmt: skip
        watch.con.close()
    return result


def read_captured() -> dict[str, Any]:
    """Read all captured feeds beside the project; return how many are read, refused by class, flawed, and where feedparser reads more."""
    found: Counter[str] = Counter()
    differing: list[str] = []
    began = time.process_time()
    for path in sorted((SHARED / "replay" / "feeds").rglob("*.gz")):
        body = gzip.decompress(path.read_bytes())
        url = "http://captured.example/feed"
        try:
            parsed = parse_feed(body, url)
        except FeedError as error:
            n_ours, what = None, f"refused: {error.status}"
        else:
            n_ours, what = len(parsed.entries), "read though malformed" if parsed.flaw else "read"
        found[what] += 1
        theirs = feedparser.parse(
            BytesIO(body), response_headers={"content-location": url}, sanitize_html=False, resolve_relative_uris=False
        )
        if len(theirs.entries) != (n_ours or 0):
            differing.append(f"{path.parent.name}/{path.name}: {what}, feedparser reads {len(theirs.entries)}")
    return {"documents": found.total(), "found": dict(found), "differing": differing, "cpu_s": time.process_time() - began}


def _told(result: dict[str, Any]) -> None:
    for name, value in result.items():
        print(f"  {name}: {value:.3f}" if isinstance(value, float) else f"  {name}: {value}")


def main() -> None:
    """Run one measurement and print it with its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["year", "replay", "many", "captured"])
    parser.add_argument("--nights", type=int)
    parser.add_argument("--feeds", type=int)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--latency-ms", type=float, default=50)
    asked = parser.parse_args()
    if asked.what == "year":
        n_feeds = asked.feeds or 200
        _told(simulate_nights(asked.nights or 365, n_feeds, max(1, n_feeds * 4 // 5)))
        print(f"bars: saved >= {UNCHANGED_BAR}; one request at once to one host; nothing asked that was forbidden or before its time")
    elif asked.what == "replay":
        _told(replay_nights(asked.nights or 366))
        print(f"bar: saved >= {UNCHANGED_BAR}")
    elif asked.what == "captured":
        _told(read_captured())
        print("bar: nothing differs but what is refused as unsafe")
    else:
        _told(poll_many(asked.feeds or 5000, asked.connections, asked.latency_ms))
        print(f"bars: {MANY_MINUTES_BAR} minutes, {MANY_MB_BAR} MB")


if __name__ == "__main__":
    main()
