"""What publishers reserve, in the places where they say so."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from transforms.optouts import Signal, find_ai_rules, find_reservation, find_signals

SITE = "https://valley.example"


@pytest.mark.parametrize(
    ("robots", "shut"),
    [
        ("User-agent: GPTBot\nDisallow: /\n\nUser-agent: CCBot\nDisallow: /\n", "CCBot, GPTBot"),
        ("User-agent: GPTBot\nUser-agent: ClaudeBot\nDisallow: /\n", "ClaudeBot, GPTBot"),
        ("User-agent: GPTBot\nDisallow: /archive/\n", None),
        ("User-agent: *\nDisallow: /\n", None),
        ("User-agent: *\nDisallow: /\nUser-agent: GPTBot\nDisallow: /\n", None),  # shut to all: that is no rule about language models
        ("# GPTBot is welcome\nUser-agent: *\nDisallow: /private/\n", None),
        ("", None),
    ],
)
def test_robots_rules_for_language_models(robots: str, shut: str | None) -> None:
    assert find_ai_rules(Protego.parse(robots), robots, SITE) == (Signal("robots_ai", "robots_txt", shut) if shut else None)


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ([], b"", []),
        ([("TDM-Reservation", "1"), ("tdm-policy", "https://v.example/p")], b"", [Signal("tdm_reservation", "header", "https://v.example/p")]),
        ([("tdm-reservation", "0")], b'<meta name="tdm-reservation" content="0">', []),
        ([("X-Robots-Tag", "noindex, noai")], b"", [Signal("noai", "header")]),
        ([("X-Robots-Tag", "noimageai")], b"", [Signal("noai", "header")]),
        ([("X-Robots-Tag", "noindex, noarchive")], b'<meta name="description" content="noai">', []),
        ([], b"<html><META content='noai' NAME=robots>", [Signal("noai", "meta")]),
        ([], b'<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="javascript:x">', [Signal("tdm_reservation", "meta")]),
        ([], b" " * 200_000 + b'<meta name="tdm-reservation" content="1">', []),  # no head is that long
    ],
)  # fmt: skip
def test_signals(headers: list[tuple[str, str]], body: bytes, expected: list[Signal]) -> None:
    assert find_signals(headers, body) == expected


def rules(*listed: tuple[str, int]) -> str:
    return json.dumps([{"location": location, "tdm-reservation": reserved} for location, reserved in listed])


@pytest.mark.parametrize(
    ("tdmrep", "path", "reserved"),
    [
        (rules(("/", 1)), "/news/1", True), (rules(("/", 1), ("/news/", 0)), "/news/1", False), (rules(("/", 0), ("/news/*", 1)), "/news/1", True),
        (rules(("/*.pdf$", 1)), "/a/b.pdf", True), (rules(("/*.pdf$", 1)), "/a/b.pdf?x", False), (rules(("/news$", 1)), "/news/1", False),
        ("not json", "/", False), ("{}", "/", False), ("[1, null, {}]", "/", False), (json.dumps([{"location": 5}]), "/", False),
        ("[" * 100_000, "/", False),
    ],
)  # fmt: skip
def test_reservations_by_location(tdmrep: str, path: str, reserved: bool) -> None:
    assert (find_reservation(tdmrep, f"{SITE}{path}") is not None) is reserved


def test_the_policy_is_kept() -> None:
    tdmrep = json.dumps([{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://valley.example/policy.json"}])
    assert find_reservation(tdmrep, f"{SITE}/1") == Signal("tdm_reservation", "tdmrep", "https://valley.example/policy.json")


@given(st.text(max_size=300), st.binary(max_size=300))
def test_nothing_that_is_served_breaks_it(text: str, body: bytes) -> None:
    find_signals([("X-Robots-Tag", text), ("tdm-policy", text)], body)
    find_reservation(text, f"{SITE}/")
    find_reservation(json.dumps([{"location": text, "tdm-reservation": 1}]), f"{SITE}/{text[:5]}")
