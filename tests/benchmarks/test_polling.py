"""A month of nights and a crowd of feeds, in short: the bars of benchmarks/polling.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.polling import poll_many, read_captured, replay_nights, simulate_nights


@pytest.mark.slow
def test_a_month_of_nights_is_polite() -> None:
    found = simulate_nights(30, 60, 48)
    server = found["server"]
    assert found["saved where validators are sent"] >= 0.95
    assert found["saved"] >= 0.9, "one feed in six of these sixty sends no validators; a month is too short to slow them all down"
    assert found["unchanged"]["not_modified"] > 0 and found["unchanged"]["not sent"] > 0, "both ways of saving are at work"
    assert server["requests at once to one host"] == 1
    assert server["requests at once"] > 1
    assert server["asked although robots.txt forbids it"] == 0
    assert server["asked before Retry-After was over"] == 0
    assert server["refused with 429"] > 0, "some host did refuse, and was left alone"
    assert server["robots.txt twice within the hour"] == 0


@pytest.mark.slow
def test_a_crowd_of_feeds_is_polled_at_the_pace_of_its_connections() -> None:
    found = poll_many(200, 20, 50)
    assert sum(found["polls"].values()) == 200
    assert found["polls"]["ok"] == 200 - found["polls"]["robots"]
    assert found["server"]["requests at once"] <= 20
    assert found["server"]["requests at once to one host"] == 1
    assert found["cpu_s"] < 30, "5,000 feeds would take 15 minutes at 36 s for 200"


@pytest.mark.corpus
def test_captured_feeds_are_read_as_feedparser_reads_them(shared: Path) -> None:
    found = read_captured()
    assert found["documents"] == len(list((shared / "replay" / "feeds").rglob("*.gz")))
    assert found["differing"] == []
    assert found["found"]["read though malformed"] > 100, "what is malformed is read and noted"


@pytest.mark.corpus
def test_a_week_of_the_captured_stream(shared: Path) -> None:
    found = replay_nights(20)
    assert found["saved"] >= 0.95
    assert found["pages"] > 0
    assert not {"other", "not_a_feed", "malformed"} & set(found["polls"])
