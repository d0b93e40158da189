"""Two-stage reading on the demo newsroom: the counts balance, and cleaning all afterwards gives what cleaning all at once gives."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import pytest

from flows import reading
from flows.derive import run_derivation
from flows.reading import extractor_version
from warehouse.connection import open_work
from warehouse.store import read_frame
from warehouse.waiting import WaitingPages

LATER = dt.datetime(2025, 4, 9, 8, 0, tzinfo=dt.UTC)
READ = ("report", "claim", "evidence", "incident", "incident_toll", "article")


def ask(watch: Any, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(watch.settings.work_path), read_only=True) as con:
        return con.sql(sql).fetchall()


def outcomes(watch: Any) -> dict[str, int]:
    return dict(ask(watch, "SELECT outcome, count(*) FROM derivation GROUP BY ALL"))


def test_a_version_tells_what_was_left_uncleaned() -> None:
    assert extractor_version(clean="candidates") == f"{extractor_version()}-candidates"
    assert extractor_version(0.5, "candidates") == f"{extractor_version(0.5)}-candidates"


def test_waiting_pages_are_the_rows_of_the_query_in_its_order(watched: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.waiting.PAGES_A_CHUNK", 7)
    con = open_work(watched.settings.work_path)
    asked = {"mode": "all", "start": None, "end": None, "extractor_version": extractor_version()}
    pages = WaitingPages(con, **asked)
    assert list(pages) == read_frame(con, "pages_to_derive", **asked).to_dicts()
    assert len(pages) == len(list(pages)) > 7
    con.close()


@pytest.mark.slow
def test_candidates_first_and_all_afterwards_is_the_same_as_all_at_once(watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before, whole = watch.export(*READ), outcomes(watch)
    quiet = {page_id for (page_id,) in ask(watch, "SELECT page_id FROM derivation WHERE outcome = 'no_incident' ORDER BY page_id LIMIT 2")}
    judge = reading._why_no_candidate
    # The newsroom writes about little else than violence: two pages without an incident are left beside what the glance leaves.
    monkeypatch.setattr(reading, "_why_no_candidate", lambda page, markup: "quiet" if page["page_id"] in quiet else judge(page, markup))
    sparing = watch.settings.model_copy(update={"clean": "candidates"})
    read, _ = run_derivation(sparing, mode="all", clock=lambda: LATER)
    left = outcomes(watch)
    assert read.pages == sum(read.outcomes.values()) == sum(whole.values())
    assert left["not_candidate"] == read.outcomes["not_candidate"] > 0
    assert left["report"] == whole["report"]  # no page that reports an incident is left
    assert watch.export("incident", "incident_toll", "report") == {name: before[name] for name in ("incident", "incident_toll", "report")}
    told = ask(watch, "SELECT reason, article_id FROM derivation WHERE outcome = 'not_candidate'")
    assert all(reason and article_id is None for reason, article_id in told)
    assert ask(watch, "SELECT * FROM derivation WHERE outcome <> 'not_candidate' AND reason IS NOT NULL") == []
    again, _ = run_derivation(sparing, mode="stale", clock=lambda: LATER)
    assert again.pages == 0  # asked for in the same way, nothing is left to do
    rest, _ = run_derivation(watch.settings, mode="missing", clock=lambda: LATER)
    assert rest.pages == left["not_candidate"]
    assert outcomes(watch) == whole
    assert watch.export(*READ) == before
