"""A generated web of feeds on loopback with a virtual clock, and what it saw of its visitor: the other side of benchmarks/polling.py.

    python -m benchmarks.feed_world --feeds 5000 --hosts 4000 --latency-ms 50

Feed N lies at http://hM.news.example:PORT/feed/N.xml; all names lead here when the visitor resolves them so. Each feed publishes at
a rate of its own, from every half hour to every other month, and lists its last 20 items. One host in forty forbids its feeds by
robots.txt; one in forty refuses on some days with 429 and Retry-After; one feed in ten sends no validators; one in ten asks by ttl
for a poll a day.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

EPOCH = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
ITEMS = 20
HOUR = 3600
RATES_H = (0.5, 2, 6, 24, 24, 48, 168, 336, 720, 1440)  # hours between two items of a feed
SHUT, REFUSING, SILENT_VALIDATORS, WISHING = 40, 40, 10, 10  # one in so many
SUFFIX = ".news.example"


def sends_validators(feed: int) -> bool:
    """Tell whether a feed can be asked conditionally; one in ten cannot, across all rates."""
    return feed // len(RATES_H) % SILENT_VALIDATORS != 5


@dataclass
class World:
    """The web and its record of the visitor."""

    n_feeds: int
    n_hosts: int
    latency_s: float = 0.0
    now: dt.datetime = EPOCH
    stats: Counter[str] = field(default_factory=Counter)
    active: Counter[str] = field(default_factory=Counter)
    peak: Counter[str] = field(default_factory=Counter)
    told_to_wait: dict[str, dt.datetime] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def is_shut(self, host: int) -> bool:
        """Tell whether robots.txt of a host forbids its feeds."""
        return host % SHUT == 7

    def refuses(self, host: int) -> bool:
        """One host in forty has a bad day in five."""
        return host % REFUSING == 3 and (self.now - EPOCH).days % 5 == 2

    def newest(self, feed: int) -> int:
        """Return the number of the newest item of a feed, from its rate and a phase of its own."""
        phase = int(hashlib.sha256(str(feed).encode()).hexdigest()[:4], 16) / 65_536
        return int((self.now - EPOCH).total_seconds() / HOUR / RATES_H[feed % len(RATES_H)] + phase) + ITEMS

    def feed(self, feed: int, base: str) -> bytes:
        """Return a feed as it is now."""
        newest = self.newest(feed)
        items = "".join(
            f"<item><title>Item {n} of feed {feed}</title><link>{base}/page/{feed}/{n}</link><guid>{feed}-{n}</guid></item>"
            for n in range(newest, newest - ITEMS, -1)
        )
        ttl = "<ttl>1440</ttl>" if feed // len(RATES_H) % WISHING == 1 else ""
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {feed}</title>{ttl}{items}</channel></rss>'.encode()

    def answer(self, path: str, place: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body for one request to one host."""
        host = int(place.split(".", maxsplit=1)[0].removeprefix("h") or 0)
        if path == "/robots.txt":
            self.stats["robots.txt"] += 1
            key = f"{place} {self.now:%Y-%m-%d %H}"
            self.stats["robots.txt twice within the hour"] += key in self.asked
            self.asked.add(key)
            return (
                200,
                {},
                b"User-agent: *\nDisallow: /feed/\n" if self.is_shut(host) else b"User-agent: *\nDisallow: /private/\nCrawl-delay: 1\n",
            )
        self.stats["asked although robots.txt forbids it"] += self.is_shut(host) and path.startswith("/feed/")
        self.stats["asked before Retry-After was over"] += self.told_to_wait.get(place, EPOCH) > self.now
        if self.refuses(host):
            until = self.told_to_wait.setdefault(place, EPOCH)
            self.told_to_wait[place] = max(until, self.now + dt.timedelta(hours=30))
            self.stats["refused with 429"] += 1
            return 429, {"Retry-After": str(30 * HOUR)}, b"slow down"
        found = re.fullmatch(r"/feed/(\d+)\.xml", path)
        if not found:
            return 404, {}, b"nothing here"
        feed = int(found[1])
        body = self.feed(feed, f"http://{headers.get('host', place)}")
        self.stats["feeds asked for"] += 1
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if not sends_validators(feed):
            return 200, {"Content-Type": "application/rss+xml"}, body
        if headers.get("if-none-match") == tag:
            self.stats["answered 304"] += 1
            return 304, {"ETag": tag}, b""
        return 200, {"Content-Type": "application/rss+xml", "ETag": tag, "Last-Modified": format_datetime(self.now, usegmt=True)}, body


class Server:
    """HTTP/1.1 with keep-alive, as much of it as a polite visitor needs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.stop = asyncio.Event()

    async def serve(self, port: int) -> None:
        """Print the port and serve until asked to stop."""
        server = await asyncio.start_server(self.visit, "127.0.0.1", port)
        print(f"serving on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        async with server:
            await self.stop.wait()

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while not self.stop.is_set():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *rest = head.split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in rest if line)}
                status, told, body = await self.respond(first.split(" ")[1], headers)
                lines = [f"HTTP/1.1 {status} -", *(f"{k}: {v}" for k, v in told.items())]
                writer.write("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def respond(self, target: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Wait as long as a host far away would, and answer; note how many requests are under way at once."""
        world, parts = self.world, urlsplit(target)
        if parts.path.startswith("/__"):
            return 200, {}, self.control(parts.path, parse_qs(parts.query))
        place = headers.get("host", "").split(":")[0]
        world.active[place] += 1
        world.active[""] += 1
        for key in (place, ""):
            world.peak[key] = max(world.peak[key], world.active[key])
        try:
            await asyncio.sleep(world.latency_s)
            return world.answer(parts.path, place, headers)
        finally:
            world.active[place] -= 1
            world.active[""] -= 1

    def control(self, path: str, query: dict[str, list[str]]) -> bytes:
        """Do what the measurement asks: set the clock, tell what was seen, stop."""
        world = self.world
        if path == "/__stop":
            self.stop.set()
        elif path == "/__clock":
            world.now = dt.datetime.fromisoformat(query["set"][0])
        elif path == "/__newest":
            return json.dumps([world.newest(feed) for feed in range(world.n_feeds)]).encode()
        else:
            hosts = {place: n for place, n in world.peak.items() if place}
            peaks = {
                "requests at once": world.peak[""],
                "requests at once to one host": max(hosts.values(), default=0),
                "hosts": len(hosts),
            }
            return json.dumps({**world.stats, **peaks}).encode()
        return b"ok"


def main() -> None:
    """Serve until asked to stop; prints the port first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--hosts", type=int, default=80)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    world = World(asked.feeds, asked.hosts, asked.latency_ms / 1000)
    asyncio.run(Server(world).serve(asked.port))


if __name__ == "__main__":
    main()
