"""A web that means harm, as feed and as page: every fault has its class, healthy feeds complete, caps hold, nothing inside is reached."""

from __future__ import annotations

import datetime as dt
import ipaddress
import resource
import socket
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.addresses import BlockedAddressError, Reach, find_addresses
from flows.archive import read_body
from flows.fetch import Fetcher, FetchError
from flows.night import run_night
from flows.settings import Settings, load_settings
from transforms.clean import CleanError, clean_page
from transforms.page_kinds import media_kind
from warehouse.connection import open_work

NIGHT = dt.datetime(2025, 4, 5, 2, 30, tzinfo=dt.UTC)
CAP = 4_000_000
# What becomes of each fault where a page was asked for: refused by the fetch, or kept and refused (or read) by the cleaner.
FETCH = {
    "403": "http_403", "404": "http_404", "410": "http_410", "500": "http_5xx", "429-long": "http_429", "hang": "timeout", "drip": "timeout",
    "drip-headers": "timeout", "reset": "reset", "redirect-loop": "redirect_loop", "redirect-to-file": "redirect_refused",
    "redirect-to-gopher": "redirect_refused", "redirect-to-data": "redirect_refused", "redirect-to-metadata": "blocked_address",
    "redirect-to-decimal": "blocked_address", "redirect-to-octal": "blocked_address", "redirect-to-hex": "blocked_address",
    "redirect-to-mapped": "blocked_address", "redirect-to-private": "blocked_address", "redirect-to-user": "blocked_address",
    "huge": "too_large", "endless": "too_large", "gzip-bomb": "too_large", "header-flood": "too_large", "bad-gzip": "bad_encoding",
    "half-gzip": "truncated", "brotli": "bad_encoding", "truncated": "truncated", "broken-chunks": "truncated", "empty": "empty",
    "304": "empty", "pdf": "pdf", "image": "image", "video": "video", "gzip-in-gzip": "archive", "binary": "not_html",
}  # fmt: skip
CLEAN = {
    "soft-404": "soft_404", "redirect-to-home": "soft_404", "consent": "consent", "robot-check": "robot_check", "paywall": "paywall",
    "too-short": "too_short", "deep": "too_short",
}  # fmt: skip
READ = ("page-xxe", "page-bomb", "one-line", "nuls", "bad-utf8", "503-then-ok", "429-then-ok")
FEEDS = {
    "403": "http_403", "hang": "timeout", "drip": "timeout", "reset": "reset", "redirect-loop": "redirect_loop", "header-flood": "too_large",
    "redirect-to-file": "redirect_refused", "redirect-to-decimal": "blocked_address", "huge": "too_large", "endless": "too_large",
    "gzip-bomb": "too_large", "bad-gzip": "bad_encoding", "truncated": "truncated", "xml-bomb": "unsafe_xml", "xxe": "unsafe_xml",
    "empty": "empty", "html": "not_a_feed", "soft-404": "not_a_feed", "wrong-type": "ok", "deep": "malformed", "binary": "not_a_feed",
}  # fmt: skip


@pytest.fixture(scope="module")
def night(serve: Callable[[], Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One night over 30 healthy feeds, every fault as a feed, and a feed whose pages are every fault."""
    folder = tmp_path_factory.mktemp("hostile")
    with serve() as world:
        # The forbidden addresses stay forbidden on loopback only without the setting that allows private ones.
        limits = {"connect_timeout_s": 1, "read_timeout_s": 1.5, "total_timeout_s": 3, "retry_wait_s": 0.01, "fetch_tries": 2}
        feeds = folder / "feeds.csv"
        world.links = [f"{world.base}/fault/{name}?page" for name in (*FETCH, *CLEAN, *READ)]
        lines = [f"h{n},{world.base}/feed.xml?n={n}" for n in range(30)] + [
            f"f{n},{world.base}/fault/{name}" for n, name in enumerate(FEEDS)
        ]
        feeds.write_text("\n".join(["feed_id,url", *lines]) + "\n")
        world.settings = Settings(
            data_dir=folder / "data", feeds=str(feeds), max_page_bytes=CAP, max_feed_bytes=CAP, derive_processes=1, **limits
        )
        world.touched = set()

        def note(event: str, args: Any) -> None:
            if world.is_noting and event == "socket.connect":
                world.touched.add(str(args[1][0]))
            elif world.is_noting and event == "open" and str(args[0]).startswith(("/etc/hostname", "file:")):
                world.touched.add(str(args[0]))

        world.is_noting = True
        sys.addaudithook(note)  # the interpreter's own report; a hook cannot be taken off again, so it ends by the flag
        world.grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        world.night = run_night(world.settings, clock=lambda: NIGHT)
        world.is_noting = False
        world.con = open_work(world.settings.work_path)
        yield world
        world.con.close()


@pytest.mark.slow
def test_healthy_feeds_complete(night: Any) -> None:
    found = night.con.sql("SELECT status, n_entries FROM feed_poll WHERE feed_id LIKE 'h%'").fetchall()
    assert found == [("ok", 3 + len(night.links))] * 30


@pytest.mark.slow
@pytest.mark.parametrize("name", FEEDS)
def test_as_a_feed(night: Any, name: str) -> None:
    found = night.con.execute(
        "SELECT p.status FROM feed_poll AS p JOIN feed USING (feed_id) WHERE url = ?", [f"{night.base}/fault/{name}"]
    ).fetchall()
    assert found == [(FEEDS[name],)]


@pytest.mark.slow
@pytest.mark.parametrize("name", FETCH)
def test_as_a_page_that_is_not_kept(night: Any, name: str) -> None:
    url = f"{night.base}/fault/{name}?page"
    assert night.con.execute("SELECT stage, reason FROM reject WHERE input_ref = ?", [url]).fetchall() == [("fetch", FETCH[name])]
    assert night.con.execute("SELECT count(*) FROM page WHERE url = ?", [url]).fetchall() == [(0,)]


@pytest.mark.slow
@pytest.mark.parametrize("name", CLEAN)
def test_as_a_page_that_is_no_article(night: Any, name: str) -> None:
    found = night.con.execute(
        "SELECT r.stage, r.reason FROM page JOIN reject AS r ON r.input_ref = page_id WHERE url = ?", [f"{night.base}/fault/{name}?page"]
    ).fetchall()
    assert found == [("clean", CLEAN[name])]


@pytest.mark.slow
@pytest.mark.parametrize("name", READ)
def test_as_a_page_that_is_read_all_the_same(night: Any, name: str) -> None:
    ((text, outcome),) = night.con.execute(
        "SELECT a.text, d.outcome FROM page JOIN derivation AS d USING (page_id) LEFT JOIN article AS a USING (article_id) WHERE url = ?",
        [f"{night.base}/fault/{name}?page"],
    ).fetchall()
    if name.endswith("-ok"):
        return
    assert outcome == "report" and "\0" not in text
    assert Path("/etc/hostname").read_text().strip() not in text and "lollol" not in text


@pytest.mark.slow
def test_nothing_but_the_server_was_reached(night: Any) -> None:
    assert night.touched == {"127.0.0.1"}, "no file that a feed or redirect names, no other address"


@pytest.mark.slow
def test_no_byte_above_the_caps_is_kept(night: Any) -> None:
    assert night.con.sql("SELECT max(n_bytes) FROM page").fetchall()[0][0] <= CAP
    assert night.con.sql("SELECT max(n_bytes) FROM feed_poll").fetchall()[0][0] <= CAP
    kept = sum(path.stat().st_size for path in night.settings.archive_dir.rglob("*.warc.gz"))
    assert kept < 1_000_000, "of all the bombs, only what was small is on disk"
    for page in night.con.sql("FROM page").pl().to_dicts():
        assert len(read_body(night.settings.shelf, page)) == page["n_bytes"]


@pytest.mark.slow
def test_memory_stays_flat(night: Any) -> None:
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - night.grown < 400_000, "kilobytes, over what the tests before had taken"


# ---- addresses


def test_a_name_that_changes_between_check_and_connect(monkeypatch: pytest.MonkeyPatch, serve: Callable[[], Any]) -> None:
    """What was checked is what is connected to: the name is never resolved a second time."""
    asked: list[str] = []

    def rebinding(host: str, port: int, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected: list[str] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> None:
        connected.append(address[0])
        raise OSError("not today")

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", connect)
    with Fetcher(load_settings(), lambda: NIGHT) as fetcher:
        for _ in range(2):
            with pytest.raises(FetchError) as caught:
                fetcher.fetch("http://rebind.example/", max_bytes=1000, reach=Reach.WEB)
        assert caught.value.status == "blocked_address"
    assert (asked, connected) == (["rebind.example"] * 2, ["93.184.216.34"])


def test_a_name_that_lies_inside_and_outside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(BlockedAddressError, match=r"lies on 10\.0\.0\.1"):
        find_addresses("both.example", 80, Reach.WEB)


@pytest.mark.parametrize(
    "host", ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "localhost", "0", "[::]"]
)
def test_spellings_of_this_machine(host: str) -> None:
    with Fetcher(load_settings(connect_timeout_s=0.5), lambda: NIGHT) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.fetch(f"http://{host}:9/", max_bytes=1000, reach=Reach.WEB)
    assert caught.value.status in {"blocked_address", "dns"}


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "gopher://x.example/", "ftp://x.example/", "data:text/html,x", "//x.example/", "javascript:1"]
)
def test_other_schemes_are_never_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a host was looked up"))
    with Fetcher(load_settings(), lambda: NIGHT) as fetcher, pytest.raises(FetchError):
        fetcher.fetch(url, max_bytes=1000, reach=Reach.ANY)


def test_every_special_range_is_closed_to_the_web() -> None:
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    ):
        inside = ipaddress.ip_network(network)
        for address in (inside[0], inside[1], inside[-1]):
            with pytest.raises(BlockedAddressError):
                find_addresses(str(address), 80, Reach.WEB)


# ---- bodies that reach the cleaner


def test_a_compressed_page_is_never_unpacked_by_the_cleaner() -> None:

    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    body = b"".join(packer.compress(b"<html>" + b" " * 1_000_000) for _ in range(300)) + packer.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CleanError) as caught:
        clean_page(body)
    assert caught.value.reason == "archive"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "kilobytes; unpacked it has 300,000"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.4", "pdf"), (b"\xff\xd8\xff\xe0", "image"), (b"RIFF\0\0\0\0WEBPVP8", "image"), (b"RIFF\0\0\0\0WAVE", "audio"),
        (b"\0\0\0\x20ftypisom", "video"), (b"PK\x03\x04", "archive"), (b"<html>", None), (b"", None),
    ],
)  # fmt: skip
def test_what_bodies_are(body: bytes, kind: str | None) -> None:
    assert media_kind(None, body) == kind
