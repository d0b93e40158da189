"""Two evenings of the demo newsroom: what is known when, what a night on an unchanged world adds, what adds up."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import duckdb
import pytest

from flows.night import clock_at
from flows.publish import run_publication
from flows.settings import SettingsError
from warehouse.connection import open_work
from warehouse.errors import ChecksFailedError

KRYVYI_RIH = "incident_id IN (SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih' AND date = DATE '2025-04-04')"
# Once is enough of each of these; polls and runs are counted, of course.
ADDED_ONCE = ("entry", "page", "article", "report", "claim", "evidence", "derivation", "incident", "incident_version", "incident_report")


def test_on_the_first_evening_twelve_are_known_to_be_dead_and_twenty_in_the_end(watched: Any) -> None:
    asof = "SELECT killed_min, killed_best FROM incidents_asof(TIMESTAMPTZ '{}') WHERE place = 'Kryvyi Rih' AND country_iso3 = 'UKR'"
    assert watched.ask(asof.format("2025-04-04 21:00:00+00")) == [{"killed_min": 12, "killed_best": 12}]
    (end,) = watched.ask(asof.format("2025-04-07 21:00:00+00"))
    assert end["killed_best"] == 20
    assert watched.ask(asof.format("2025-04-04 12:00:00+00")) == []


@pytest.mark.parametrize("dead", [12, 16, 18, 19, 20])
def test_the_toll_history_shows_each_step_with_words_that_state_it(watched: Any, dead: int) -> None:
    steps = watched.ask(f"SELECT words, url FROM toll_history WHERE {KRYVYI_RIH} AND kind = 'claim' AND killed = {dead}")
    spelt = {12: "twelve", 16: "sixteen", 18: "eighteen", 19: "nineteen", 20: "twenty"}[dead]
    assert steps and all(str(dead) in step["words"] or spelt in step["words"].lower() for step in steps)
    assert all(step["url"].startswith("https://") for step in steps)


def test_the_steps_come_in_the_order_in_which_they_were_said(watched: Any) -> None:
    best = watched.ask(f"SELECT killed, happened_at FROM toll_history WHERE {KRYVYI_RIH} AND kind = 'toll' ORDER BY happened_at")
    assert [row["killed"] for row in best] == [12, 20]
    first_said = watched.ask(
        f"SELECT killed, min(happened_at) AS first_at FROM toll_history WHERE {KRYVYI_RIH} AND kind = 'claim' AND killed BETWEEN 12 AND 20 GROUP BY ALL ORDER BY first_at"
    )
    assert [row["killed"] for row in first_said] == sorted(row["killed"] for row in first_said)


def test_the_accused_sides_count_is_kept_and_is_not_in_the_toll(watched: Any) -> None:
    assert watched.ask(f"SELECT killed_max FROM incidents WHERE {KRYVYI_RIH}") == [{"killed_max": 20}]
    assert watched.ask("SELECT 1 FROM article WHERE text LIKE '%85 servicemen%'")
    counted = watched.ask(
        "SELECT max(count_best) AS n FROM toll_claim WHERE is_current AND toll = 'killed' AND incident_id IN (SELECT incident_id FROM incident WHERE place = 'Kryvyi Rih')"
    )
    assert counted == [{"n": 20}]


def test_a_syndicated_copy_is_recognised(watched: Any) -> None:
    copies = watched.ask("SELECT c.outlet, o.outlet AS original FROM article AS c JOIN article AS o ON o.article_id = c.duplicate_of")
    assert copies == [{"outlet": "harbour-ledger.example", "original": "meridian-wire.example"}]
    members = watched.ask(
        "SELECT text_family, is_copy FROM incident_report JOIN report USING (report_id) JOIN article AS a USING (article_id) "
        "WHERE a.duplicate_of IS NOT NULL OR a.article_id IN (SELECT duplicate_of FROM article) ORDER BY is_copy"
    )
    assert [row["is_copy"] for row in members] == [False, True]
    assert len({row["text_family"] for row in members}) == 1, "both count as one independent source"
    (counted,) = watched.ask(f"SELECT n_reports, n_sources, n_independent_sources FROM incident WHERE {KRYVYI_RIH}")
    assert counted["n_independent_sources"] <= counted["n_sources"] < counted["n_reports"]


def test_every_stage_of_every_run_lets_out_or_refuses_what_it_took_in(watched: Any) -> None:
    stages = watched.ask("SELECT stage, n_in, n_out, n_rejected FROM run_stage")
    assert {row["stage"] for row in stages} == {"poll", "fetch", "update", "derive", "match"}
    assert all(row["n_in"] == row["n_out"] + row["n_rejected"] for row in stages)
    (fetched,) = watched.ask("SELECT sum(n_out) AS n FROM run_stage WHERE stage = 'fetch'")
    (pages,) = watched.ask("SELECT count(*) AS n FROM page")
    (read,) = watched.ask("SELECT sum(n_in) AS n FROM run_stage WHERE stage = 'derive'")
    assert fetched["n"] == pages["n"] == read["n"]
    (refused,) = watched.ask("SELECT sum(n_rejected) AS n FROM run_stage WHERE stage = 'derive'")
    assert refused["n"] == len(watched.ask("FROM reject WHERE stage IN ('clean', 'extract', 'load')"))


def test_all_runs_of_the_nights_completed(watched: Any) -> None:
    # The publishing run is recorded before the copy that it is part of.
    runs = watched.ask("SELECT flow, status, count(*) AS n FROM run GROUP BY ALL ORDER BY flow")
    assert runs == [{"flow": flow, "status": "completed", "n": 2} for flow in ("collect", "derive", "publish")]


def test_a_night_on_an_unchanged_world_adds_nothing_and_disturbs_no_reader(watch: Any) -> None:
    before = watch.export(*ADDED_ONCE)
    asked = len(watch.newsroom.requests)
    reader = duckdb.connect(str(watch.settings.published_path), read_only=True)
    seen = reader.sql("SELECT count(*), max(published_at) FROM article").fetchall()
    inode = watch.settings.published_path.stat().st_ino

    night = watch.run_night(dt.datetime(2025, 4, 8, 20, 0, tzinfo=dt.UTC))

    assert watch.export(*ADDED_ONCE) == before
    assert (night.collected.pages, night.read.pages, night.matched.changed_incidents) == (0, 0, 0)
    requests = watch.newsroom.requests[asked:]
    assert all(line.split()[1].endswith((".xml", ".html", "robots.txt")) or "feed" in line for line in requests)
    assert not [line for line in requests if line.endswith(" 200") and "robots" not in line and "quiet-bulletin" not in line]
    assert watch.settings.published_path.stat().st_ino != inode, "the file was written anew under its readers"
    assert reader.sql("SELECT count(*), max(published_at) FROM article").fetchall() == seen
    reader.close()


def test_a_night_that_cannot_be_checked_leaves_the_published_file_alone(watch: Any) -> None:
    con = open_work(watch.settings.work_path)
    con.execute("UPDATE evidence SET quote = quote || ' and more'").fetchall()
    con.close()
    digest = hashlib.sha256(watch.settings.published_path.read_bytes()).hexdigest()
    with pytest.raises(ChecksFailedError, match="quotes_are_in_texts"):
        run_publication(watch.settings)
    assert hashlib.sha256(watch.settings.published_path.read_bytes()).hexdigest() == digest


def test_a_night_as_of_a_moment_before_the_last_run_is_refused(watched: Any) -> None:
    assert clock_at(watched.settings, "2025-04-08T22:00+02:00")() == dt.datetime(2025, 4, 8, 20, 0, tzinfo=dt.UTC)
    with pytest.raises(SettingsError, match=r"--at '2025-04-01' lies before the last run in .*\(2025-04-07 20:00 UTC\)"):
        clock_at(watched.settings, "2025-04-01")
