"""What runs leave in the UI: safe whatever was fetched, honest about what failed, and no reason to fail."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import polars as pl
import pytest

from flows import artifacts
from flows.artifacts import LiveProgress, cell, every_step, show_markdown, table
from flows.backfill_days import BackfillSummary
from flows.backfill_request import Plan, Request, request_of
from flows.backfill_words import difference_markdown, grid_markdown, plan_markdown, summary_markdown
from flows.difference import SCHEMA, Difference
from flows.fetch import FetchError
from flows.night_words import night_markdown, share_of_night, what_to_do
from transforms.day_grid import Cell, DayPlan
from warehouse.errors import ChecksFailedError, WarehouseLockedError

LOG = logging.getLogger("test")
HOSTILE = "Ten | dead <script>alert(1)</script>\n# [now](javascript:x) `rm` \x1b[2J\u202e **12**"


def test_a_cell_is_one_line_without_markup_or_control_characters() -> None:
    shown = cell(HOSTILE)
    assert "\n" not in shown and "\x1b" not in shown and "\u202e" not in shown
    assert not {"|", "<", "[", "`", "*", "#"} & set(
        shown.replace("\\|", "").replace("\\<", "").replace("\\[", "").replace("\\`", "").replace("\\*", "").replace("\\#", "")
    )


def test_a_table_keeps_its_columns_whatever_its_cells_hold() -> None:
    lines = table(("what", "why"), [(HOSTILE, HOSTILE)]).splitlines()
    assert len(lines) == 3
    assert [line.replace("\\|", "").count("|") for line in lines] == [3, 3, 3]


def test_pages_of_a_backfill_are_tables_of_escaped_values() -> None:
    day, request = dt.date(2025, 4, 4), Request(reason=HOSTILE, mode="missing")
    summary = BackfillSummary(Plan([DayPlan("extract", day, 3)]), failed_days={"2025-04-04": HOSTILE}, refused=[("clean", HOSTILE, 2)])
    changes = pl.DataFrame([dict.fromkeys(SCHEMA, HOSTILE) | {"table": "incident", "kind": "changed"}], schema=SCHEMA)
    counts = pl.DataFrame([{"table": "incident", "kind": "changed", "column": HOSTILE, "n": 1}])
    for page in (
        summary_markdown(request, summary, "x.duckdb"), plan_markdown(request, Plan()), difference_markdown(Difference(changes, counts)),
        grid_markdown({day: {"extract": Cell(3, n_failed=1)}}),
    ):  # fmt: skip
        assert "<script" not in page.replace("\\<", "") and "\x1b" not in page and "](javascript" not in page.replace("\\]", "")
        assert all(line.replace("\\|", "").count("|") in {0, 4, 3, 5, 6, 7} for line in page.splitlines())
    assert "mode `failed`" in summary_markdown(request, summary, "x.duckdb")
    assert "1 failed of 3" in grid_markdown({day: {"extract": Cell(3, n_failed=1)}})


def test_no_words_of_articles_stand_in_the_difference() -> None:
    row = dict.fromkeys(SCHEMA) | {
        "table": "incident", "row_id": "a1", "kind": "changed", "column": "killed_best", "before": "12", "after": "16", "about": "2025-04-04 Nyala",
        "words_before": "twelve were killed", "words_after": "sixteen were killed", "url": "https://valley.example/7",
    }  # fmt: skip
    counts = pl.DataFrame([{"table": "incident", "kind": "changed", "column": "killed_best", "n": 1}])
    page = difference_markdown(Difference(pl.DataFrame([row], schema=SCHEMA), counts))
    assert "were killed" not in page and "valley.example" not in page
    assert all(word in page for word in ("Nyala", "killed\\_best", "12", "16"))


def test_a_run_goes_on_when_the_ui_cannot_be_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionError("no server")

    for name in ("create_markdown_artifact", "create_progress_artifact"):
        monkeypatch.setattr(artifacts, name, refuse)
    show_markdown(LOG, "a-key", "text", "what it is")
    bar = LiveProgress(LOG, "a-bar", lambda *_: 0.5)
    bar.tell("poll", 1, 2, "")
    bar.end("done")
    assert [record.getMessage() for record in caplog.records] == [
        f"the artifact {key} could not be written, the run goes on: ConnectionError: no server" for key in ("a-key", "a-bar")
    ]


def test_a_bar_moves_every_few_seconds_and_not_with_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[tuple[float, str]] = []
    now = [0.0]
    monkeypatch.setattr(artifacts.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(artifacts, "create_progress_artifact", lambda *_, **__: "an id")
    monkeypatch.setattr(artifacts, "update_progress_artifact", lambda _, percent, words: moved.append((percent, words)))
    bar = LiveProgress(LOG, "a-bar", lambda _, done, total: done / total)
    for page in range(100):
        now[0] += 0.1
        bar.tell("fetch", page, 100, "a | b")
    bar.end("done")
    assert 3 <= len(moved) - 1 <= 4, "ten seconds, a step every three"
    assert moved[0][0] < moved[1][0] and moved[-1] == (100.0, "done")
    assert "fetch: 30 of 100 a \\| b; about " in moved[0][1] or "fetch: 29 of 100" in moved[0][1]


def test_the_log_has_a_line_for_each_feed_and_batch_and_for_each_hundredth_page(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    told: list[int] = []
    tell = every_step(LOG, [lambda stage, done, total, note: told.append(done)])
    for n in range(1, 4):
        tell("poll", n, 3, f"feed{n}: ok")
    for n in range(1, 251):
        tell("fetch", n, 250, "")
    tell("derive", 40, 80, "12 reports")
    assert [record.getMessage() for record in caplog.records] == [
        "poll 1 of 3: feed1: ok", "poll 2 of 3: feed2: ok", "poll 3 of 3: feed3: ok", "fetch 100 of 250", "fetch 200 of 250", "fetch 250 of 250",
        "derive 40 of 80: 12 reports",
    ]  # fmt: skip
    assert len(told) == 254


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WarehouseLockedError("work.duckdb: process 7 has it open"), "wait until it ends, then run again"),
        (ChecksFailedError("quotes (1 rows)", {"quotes": 1}), "run the deployment publish"),
        (OSError(28, "No space left on device"), "see to the disk"),
        (FetchError("dns", "no such host"), "vigil doctor"),
    ],
)  # fmt: skip
def test_a_night_that_stopped_says_what_to_do(error: Exception, said: str) -> None:
    page = night_markdown({}, None, error)
    assert said in what_to_do(error) and "It stopped: " in page and "What to do: " in page


def test_a_night_is_told_in_numbers() -> None:
    collected = {
        "polls": {"ok": 7, "http_5xx": 2}, "feeds_waiting": 1, "feeds_inactive": 3, "entries_new": 11, "pages_asked": 12, "pages": 10,
        "page_rejects": {"http_404": 2}, "updates": {}, "feeds_moved": {"valley": "https://new.example/feed"},
    }  # fmt: skip
    derived = {"pages": 10, "outcomes": {"report": 4, "no_incident": 6}, "reports": 5, "damage": []}
    night = {
        "night": dt.date(2025, 4, 4), "n_articles": 10, "n_new": 3, "n_changed": 1, "n_otherwise_changed": 2, "n_incidents": 40, "n_checks": 13,
        "failed_checks": [], "rejects": [("fetch", "http_404", 2, 2)],
    }  # fmt: skip
    page = night_markdown({"collect": collected, "derive": derived, "brief": ["/data/briefs/2025-04-04.html"]}, night, None)
    for words in (
        "9: 7 ok, 2 http 5xx",
        "12, 10",
        "| new incidents | 3 |",
        "| checks passed | 13 of 13 |",
        "http\\_404",
        "2025-04-04.html",
        "valley",
    ):
        assert words in page, words
    assert (
        share_of_night("poll", 0, 9)
        == 0
        < share_of_night("fetch", 6, 12)
        < share_of_night("derive", 1, 10)
        < share_of_night("brief", 0, 1)
        < 1
    )


def test_feeds_of_a_form_are_taken_as_they_come() -> None:
    assert request_of(feeds=[" a ", "", "a", "b"]).feeds == ("a", "b")
    assert request_of(feeds=None, stage=None).feeds == () and request_of(start=None).name == "all days all, stale"
