"""A small web on loopback whose hosts misbehave on request: the fixture of everything that fetches. Texts are our own.

/feed.xml, /page/N, /robots.txt answer as they should; /fault/NAME misbehaves as NAME says. `requests` lists what was asked.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import itertools
import socket
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROBOTS = "User-agent: *\nDisallow: /private/\n"


@dataclass
class World:
    """What the server shows; tests change it between two collections."""

    base: str = ""
    pages: dict[int, str] = field(default_factory=lambda: {n: f"Shells hit street {n} at dawn" for n in range(1, 4)})
    robots: str | int = ROBOTS
    links: list[str] = field(default_factory=list)  # further addresses that the feed lists
    sends_validators: bool = True
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    active: Counter[str] = field(default_factory=Counter)
    peak: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: threading.Event = field(default_factory=threading.Event)

    def feed(self) -> bytes:
        items = "".join(
            f"<item><title>{title}</title><link>{self.base}/page/{n}?utm_source=rss</link><guid>story-{n}</guid>"
            f"<pubDate>Fri, 04 Apr 2025 0{n % 10}:00:00 GMT</pubDate></item>"
            for n, title in self.pages.items()
        )
        items += "".join(f"<item><title>Elsewhere</title><link>{link}</link></item>" for link in self.links)
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Valley Post</title>{items}</channel></rss>'.encode()

    def page(self, n: int) -> bytes:
        return f"<!DOCTYPE html><title>{self.pages[n]}</title><p>{self.pages[n]}, the mayor said. Nobody was hurt.</p>".encode()

    def asked(self, prefix: str) -> list[str]:
        return [path for path in self.requests if path.startswith(prefix)]


@functools.cache
def gzip_bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()


def _entities(body: str) -> bytes:
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [{body}]><rss version="2.0"><channel><item><title>&a;</title></item></channel></rss>'.encode()
    )


REDIRECTS = {
    "file": "file:///etc/hostname", "metadata": "http://169.254.169.254/latest/", "page": "/page/1", "home": "/", "private": "http://10.0.0.1/",
    "decimal": "http://2852039166/latest/", "octal": "http://0251.0376.0251.0376/latest/", "hex": "http://0xa9fea9fe/latest/",
    "mapped": "http://[::ffff:169.254.169.254]/latest/", "gopher": "gopher://127.0.0.1:70/x", "data": "data:text/html,x", "user": "http://a@10.0.0.1:80/",
}  # fmt: skip
HTML = "text/html; charset=utf-8"
STORY = b"<p>Three people were killed and nine injured when a shell hit a market in Mosul on Monday, police said.</p>"
# Pages that answer 200 and are no article, or are made to break whoever reads them: body and content type.
PAGE_FAULTS: dict[str, tuple[bytes, str]] = {
    "soft-404": (b"<!DOCTYPE html><html><head><title>Page not found</title></head><body><h1>404</h1><p>Sorry, this page is gone.</p></body></html>", HTML),
    "consent": (b"<!DOCTYPE html><html><head><title>Before you continue</title></head><body><h1>Before you continue</h1><p>We and our partners use"
                b" cookies to store personal data. Accept all cookies or manage your choices.</p></body></html>", HTML),
    "robot-check": (b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><p>Enable JavaScript and cookies to continue.</p></body></html>", HTML),
    "paywall": (b"<!DOCTYPE html><html><head><title>Shells</title></head><body><p>Subscribe to read.</p><p>Subscribe to continue reading.</p></body></html>", HTML),
    "too-short": (b"<!DOCTYPE html><html><head><title>Shells</title></head><body><p>More soon.</p></body></html>", HTML),
    "image": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image/png"), "video": (b"\0\0\0\x18ftypmp42" + b"\0" * 50, "video/mp4"),
    "gzip-in-gzip": (gzip.compress(b"<html><body>" + b"a" * 20_000_000, 9), HTML),
    "page-xxe": (b'<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/hostname">]><html><body><article><h1>A &e; B</h1>' + STORY + b"</article></body></html>", HTML),
    "page-bomb": (b"<!DOCTYPE html [" + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"lol") for n in range(10))
                  + b"]><html><body><article><h1>&a9;</h1>" + STORY + b"</article></body></html>", HTML),
    "deep": (b"<!DOCTYPE html><html><body>" + b"<div>" * 150_000 + STORY, HTML),
    "one-line": (b"<!DOCTYPE html><html><body><article><h1>Long</h1>" + STORY + b"<p>" + b"word and " * 400_000 + b"</p></article></body></html>", HTML),
    "nuls": (b"<!DOCTYPE html><html><body><article><h1>Nul\0s</h1>" + b"\0".join([STORY] * 3) + b"</article></body></html>", HTML),
    "bad-utf8": (b"<!DOCTYPE html><html><head><title>Shells</title></head><body><article>" + STORY + b"\xff\xfe\xc3(" + STORY + b"</article></body></html>", HTML),
    "binary": (bytes(range(256)) * 40, "application/octet-stream"),
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536
    timeout = 10
    world: World

    def do_GET(self) -> None:
        world = self.world
        with world.lock:
            world.requests.append(self.path)
            world.headers.append(dict(self.headers.items()))
            world.tries[self.path] += 1
            world.active["now"] += 1
            world.peak = max(world.peak, world.active["now"])
        try:
            self.route(self.path.split("?")[0])
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            self.close_connection = True
        finally:
            with world.lock:
                world.active["now"] -= 1

    def route(self, path: str) -> None:
        if path == "/robots.txt":
            return (
                self.answer(world.robots)
                if isinstance((world := self.world).robots, int)
                else self.answer(200, world.robots.encode(), "text/plain")
            )
        if path == "/feed.xml":
            return self.conditional(self.world.feed(), "application/rss+xml")
        if path.startswith("/page/") and path[6:].isdigit() and int(path[6:]) in self.world.pages:
            return self.conditional(self.world.page(int(path[6:])), "text/html; charset=utf-8")
        if path == "/":
            return self.answer(
                200, b"<!DOCTYPE html><html><head><title>Valley Post</title></head><body><p>All our news.</p></body></html>", HTML
            )
        if path.startswith("/private/"):
            return self.answer(200, b"<p>private</p>", "text/html")
        if path.startswith("/fault/"):
            return self.fault(path.split("/")[2])
        return self.answer(404, b"nothing here")

    def conditional(self, body: bytes, kind: str) -> None:
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:12]}"'
        if not self.world.sends_validators:
            return self.answer(200, body, kind)
        if self.headers.get("If-None-Match") == tag:
            return self.answer(304, etag=tag)
        return self.answer(200, body, kind, etag=tag)

    def answer(self, status: int, body: bytes = b"", kind: str = "text/plain", etag: str | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**({"ETag": etag} if etag else {}), "Content-Type": kind, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, pieces: Iterator[bytes], length: int, **headers: str) -> None:
        self.close_connection = True
        self.send_response(200)
        for name, value in {"Content-Type": "application/rss+xml", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        if "Transfer_Encoding" not in headers:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()

    def wait(self, seconds: float) -> None:
        self.world.is_over.wait(seconds)

    def drip(self, body: bytes) -> Iterator[bytes]:
        for n in range(len(body)):
            self.wait(0.05)
            yield body[n : n + 1]

    def fault(self, name: str) -> None:  # noqa: PLR0912, PLR0915  one line a fault reads best as a list
        world, body = self.world, self.world.feed()
        tries = world.tries[self.path]
        if name.isdigit():
            self.answer(int(name), b"no")
        elif name == "304":
            self.answer(304)
        elif name == "hang":
            self.close_connection = True
            self.wait(5)
        elif name == "drip":
            self.stream(self.drip(body), len(body))
        elif name == "drip-headers":
            self.close_connection = True
            for piece in self.drip(b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 1000):
                self.wfile.write(piece)
                self.wfile.flush()
        elif name == "reset":
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif name == "503-then-ok":
            self.answer(503) if tries == 1 else self.answer(200, body, "application/rss+xml")
        elif name == "429-then-ok":
            self.answer(429, Retry_After="0") if tries == 1 else self.answer(200, body, "application/rss+xml")
        elif name == "429-long":
            self.answer(429, Retry_After="7200")
        elif name == "redirect-loop":
            self.answer(302, Location=f"/fault/redirect-loop?n={tries}-{time.monotonic()}")
        elif name == "redirect-permanent":
            self.answer(301, Location="/feed.xml")
        elif name.startswith("redirect-to-"):
            self.answer(302, Location=REDIRECTS[name[12:]])
        elif name == "huge":
            self.stream((b"<item>" + b"x" * 60_000 for _ in range(400)), 24_002_400)
        elif name == "gzip-bomb":
            bomb = gzip_bomb(60)
            self.stream(iter([bomb]), len(bomb), Content_Encoding="gzip")
        elif name == "bad-gzip":
            self.answer(200, gzip.compress(body)[:10] + b"\x07" + b"\xff" * 60, "application/rss+xml", Content_Encoding="gzip")
        elif name == "half-gzip":
            self.answer(200, gzip.compress(body)[:-40], "application/rss+xml", Content_Encoding="gzip")
        elif name == "brotli":
            self.answer(200, b"\x0b\x02\x80abc", "application/rss+xml", Content_Encoding="br")
        elif name == "gzip":
            self.answer(200, gzip.compress(body), "application/rss+xml", Content_Encoding="gzip")
        elif name == "deflate-raw":
            packer = zlib.compressobj(6, zlib.DEFLATED, -15)
            self.answer(200, packer.compress(body) + packer.flush(), "application/rss+xml", Content_Encoding="deflate")
        elif name == "truncated":
            self.stream(iter([body[: len(body) // 2]]), len(body))
        elif name == "broken-chunks":
            self.stream(iter([b"1000\r\n" + body[:100] + b"\r\nzz\r\n"]), 0, Transfer_Encoding="chunked")
        elif name == "xml-bomb":
            self.answer(200, _entities('<!ENTITY b "lol"><!ENTITY a "&b;&b;">'), "application/rss+xml")
        elif name == "xxe":
            self.answer(200, _entities('<!ENTITY a SYSTEM "file:///etc/hostname">'), "application/rss+xml")
        elif name == "empty":
            self.answer(200, b"", "application/rss+xml")
        elif name == "html":
            self.answer(200, b"<!DOCTYPE html><title>Moved</title><p>Please enable cookies.</p>", "text/html")
        elif name == "pdf":
            self.answer(200, b"%PDF-1.7 ...", "application/pdf")
        elif name == "wrong-type":
            self.answer(200, body, "image/png")
        elif name == "bad-charset":
            self.answer(200, body.replace(b"<title>Valley", b"<title>Vall\xe9"), "application/rss+xml; charset=x-made-up")
        elif name == "header-flood":
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(20_000):
                self.wfile.write(b"X-Filler-%d: " % number + b"x" * 200 + b"\r\n")
        elif name == "endless":
            self.stream(itertools.repeat(b"2000\r\n" + b"x" * 8192 + b"\r\n"), 0, Transfer_Encoding="chunked")
        elif name in PAGE_FAULTS:
            self.answer(200, *PAGE_FAULTS[name])
        else:
            raise AssertionError(f"unknown fault {name}")

    def log_message(self, format: str, *args: object) -> None:
        """Keeps the test output clean; `World.requests` has every request."""


@contextmanager
def serve_world(make: Callable[[], World] = World) -> Iterator[World]:
    """Serve a world on a free loopback port until the block ends."""
    gzip_bomb(60)  # packed before anybody waits for it
    world = make()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("WorldHandler", (Handler,), {"world": world}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    world.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        world.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()
