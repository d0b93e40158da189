"""One GET against a host that misbehaves: every way to fail has its class, and costs no more than its caps."""

from __future__ import annotations

import datetime as dt
import ipaddress
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from flows.addresses import Reach, is_allowed
from flows.fetch import Fetcher, FetchError, parse_retry_after
from flows.robots import Robots
from flows.settings import load_settings

NOW = dt.datetime(2025, 4, 5, 2, 30, tzinfo=dt.UTC)
FAST = {"connect_timeout_s": 1, "read_timeout_s": 0.5, "total_timeout_s": 0.8}


@pytest.fixture(scope="module")
def world(serve: Callable[[], Any]) -> Iterator[Any]:
    with serve() as world:
        yield world


@pytest.fixture(scope="module")
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(load_settings(**FAST), lambda: NOW) as fetcher:
        yield fetcher


def test_a_page_and_its_validator_go_back_verbatim(world: Any, fetcher: Fetcher) -> None:
    answer = fetcher.fetch(f"{world.base}/page/1", max_bytes=10_000, reach=Reach.LOOPBACK)
    assert (answer.http_status, answer.requested_at, answer.hops) == (200, NOW, ())
    assert b"the mayor said" in answer.body
    tag = answer.header("etag")
    assert tag is not None and tag.startswith('W/"')
    again = fetcher.fetch(f"{world.base}/page/1", max_bytes=10_000, reach=Reach.LOOPBACK, headers={"If-None-Match": tag})
    assert (again.http_status, again.body) == (304, b"")


def test_bytes_left_over_by_one_answer_spoil_no_other_address(world: Any, fetcher: Fetcher) -> None:
    assert fetcher.fetch(f"{world.base}/fault/304", max_bytes=10_000, reach=Reach.LOOPBACK).http_status == 304  # and sends a body with it
    answer = fetcher.fetch(f"{world.base}/page/1", max_bytes=10_000, reach=Reach.LOOPBACK)
    assert (answer.http_status, answer.final_url) == (200, f"{world.base}/page/1") and b"the mayor said" in answer.body


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("401", "http_401"), ("403", "http_403"), ("404", "http_404"), ("410", "http_410"), ("418", "http_4xx"), ("500", "http_5xx"),
        ("429-long", "http_429"), ("hang", "timeout"), ("drip", "timeout"), ("drip-headers", "timeout"), ("reset", "reset"),
        ("redirect-loop", "redirect_loop"), ("redirect-to-file", "redirect_refused"), ("redirect-to-metadata", "blocked_address"),
        ("huge", "too_large"), ("gzip-bomb", "too_large"), ("bad-gzip", "bad_encoding"), ("half-gzip", "truncated"),
        ("brotli", "bad_encoding"), ("truncated", "truncated"), ("broken-chunks", "truncated"),
    ],
)  # fmt: skip
def test_faults(world: Any, fetcher: Fetcher, name: str, status: str) -> None:
    began = time.monotonic()
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(f"{world.base}/fault/{name}", max_bytes=1_000_000, reach=Reach.LOOPBACK)
    assert caught.value.status == status, str(caught.value)
    assert world.base in str(caught.value), "the message names the address"
    assert time.monotonic() - began < 2.5


def test_a_bomb_costs_no_memory(world: Any, fetcher: Fetcher) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FetchError):
        fetcher.fetch(f"{world.base}/fault/gzip-bomb", max_bytes=1_000_000, reach=Reach.LOOPBACK)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 40_000, "kilobytes; the bomb holds 60,000"


@pytest.mark.parametrize("name", ["gzip", "deflate-raw", "wrong-type"])
def test_encodings_that_are_understood(world: Any, fetcher: Fetcher, name: str) -> None:
    assert fetcher.fetch(f"{world.base}/fault/{name}", max_bytes=100_000, reach=Reach.LOOPBACK).body == world.feed()


def test_redirects_are_followed_and_kept(world: Any, fetcher: Fetcher) -> None:
    answer = fetcher.fetch(f"{world.base}/fault/redirect-to-page", max_bytes=100_000, reach=Reach.LOOPBACK)
    assert (answer.final_url, [hop.http_status for hop in answer.hops]) == (f"{world.base}/page/1", [302])


def test_addresses_of_this_machine_are_refused_to_the_web(world: Any, fetcher: Fetcher) -> None:
    fetcher.fetch(f"{world.base}/page/1", max_bytes=100_000, reach=Reach.LOOPBACK)
    # A connection kept open for a request that may reach this machine must not serve one that may not.
    for url in (f"{world.base}/page/1", f"{world.base.replace('127.0.0.1', 'localhost')}/page/1", "http://[::1]:9/", "http://0.0.0.0:9/"):
        with pytest.raises(FetchError) as caught:
            fetcher.fetch(url, max_bytes=100_000, reach=Reach.WEB)
        assert caught.value.status == "blocked_address"


def test_names_and_ports_that_nobody_answers(fetcher: Fetcher) -> None:
    for url, status in (("http://127.0.0.1:9/", "connect"), ("ftp://127.0.0.1/", "other")):
        with pytest.raises(FetchError) as caught:
            fetcher.fetch(url, max_bytes=1000, reach=Reach.LOOPBACK)
        assert caught.value.status == status


def test_how_far_a_feed_reaches(fetcher: Fetcher) -> None:
    assert fetcher.reach_of("http://127.0.0.1:80/feed") is Reach.LOOPBACK
    assert fetcher.reach_of("https://valley.example/feed") is Reach.WEB
    with Fetcher(load_settings(allow_private_addresses=True), lambda: NOW) as free:
        assert free.reach_of("https://valley.example/feed") is Reach.ANY


@pytest.mark.parametrize(
    ("address", "web", "loopback"),
    [
        ("93.184.216.34", True, True), ("127.0.0.1", False, True), ("::1", False, True), ("10.0.0.1", False, False),
        ("192.168.1.1", False, False), ("169.254.169.254", False, False), ("100.64.0.1", False, False), ("0.0.0.0", False, False),
        ("224.0.0.1", False, False), ("fe80::1", False, False), ("fd00::1", False, False), ("2606:4700::1111", True, True),
        ("::ffff:127.0.0.1", False, True), ("::ffff:10.0.0.1", False, False), ("64:ff9b::a00:1", False, False),
        ("2002:a00:1::", False, False), ("::127.0.0.1", False, False), ("64:ff9b:1::7f00:1", False, False), ("fec0::1", False, False),
        ("::ffff:0:7f00:1", False, False), ("168.63.129.16", False, False), ("192.0.0.192", False, False), ("100.100.100.200", False, False),
        ("fd00:ec2::254", False, False), ("198.18.0.1", False, False), ("255.255.255.255", False, False), ("::", False, False),
    ],
)  # fmt: skip
def test_allowed_addresses(address: str, web: bool, loopback: bool) -> None:
    parsed = ipaddress.ip_address(address)
    assert (is_allowed(parsed, Reach.WEB), is_allowed(parsed, Reach.LOOPBACK), is_allowed(parsed, Reach.ANY)) == (web, loopback, True)


@pytest.mark.parametrize(("value", "expected"), [
    ("120", NOW + dt.timedelta(minutes=2)), ("Sat, 05 Apr 2025 03:00:00 GMT", NOW + dt.timedelta(minutes=30)),
    ("99999999999", NOW + dt.timedelta(days=366)),
    ("soon", None), ("", None), (None, None), ("-5", None),
])  # fmt: skip
def test_retry_after(value: str | None, expected: dt.datetime | None) -> None:
    assert parse_retry_after(value, NOW) == expected


@pytest.mark.parametrize(("robots", "private", "page", "is_reachable"), [
    ("User-agent: *\nDisallow: /private/\n", False, True, True), ("User-agent: Vigil\nDisallow: /\n", False, False, True),
    (404, True, True, True), (403, True, True, True), (503, True, True, False), ("\xff\x00 nonsense", True, True, True),
])  # fmt: skip
def test_robots(world: Any, fetcher: Fetcher, robots: str | int, private: bool, page: bool, is_reachable: bool) -> None:
    world.robots = robots
    rules = Robots(fetcher).rules_of(f"{world.base}/page/1", Reach.LOOPBACK)
    assert rules.is_allowed(f"{world.base}/private/1") is private
    assert rules.is_allowed(f"{world.base}/page/1") is page
    assert (rules.unreachable is None) is is_reachable
