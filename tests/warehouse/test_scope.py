"""What checks look at: all rows of what was touched and all that they point to, wherever they lie in the long tables."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from warehouse import checks
from warehouse.store import replace_article_rows, write_batch

TABLES = (
    "article", "derivation", "page", "report", "claim", "evidence", "incident", "incident_version", "incident_report", "toll_claim",
    "incident_toll",
)  # fmt: skip
THREE = {"killed_min": 3, "killed_best": 3, "killed_max": 3}


def copied(con: Any) -> dict[str, list[tuple[Any, ...]]]:
    with checks._touched_rows(con):
        return {table: con.sql(f"FROM {table} ORDER BY ALL").fetchall() for table in TABLES}


def fetch_again(story: Any, name: str) -> None:
    """Write the same text of an article, as another page brings it later: the article stays that of its first page."""
    frames = {
        table: rows.filter(page_id=f"page-{name}") for table, rows in story.frames().items() if table in ("page", "article", "derivation")
    }
    later = {
        table: rows.with_columns(page_id=pl.lit(f"page-{name}-again"), fetched_at=pl.col("fetched_at").dt.offset_by("90d"))
        for table, rows in frames.items()
    }
    write_batch(story.con, {"page": later.pop("page")}, run_id="r", at=later["article"]["fetched_at"][0])
    replace_article_rows(story.con, later, run_id="r", at=later["article"]["fetched_at"][0])


@pytest.fixture
def long_ago(story: Any) -> Any:
    """Incident i1 of two articles, one of them undated, another of one; all checked, nothing waits."""
    other = type(story)(story.con, prefix="other")
    other.tell("x", 0, {"n": 3}, told=THREE)
    other.load(), other.match()
    story.tell("old", 0, {"n": 3}, told=THREE)
    story.tell("undated", 1, {"n": 3}, told=THREE, published_at=None)
    story.load(), story.match()
    assert checks.run_checks(story.con, "r", everything=False)["n_bad"].sum() == 0
    story.con.execute("DELETE FROM publish_queue")
    return story


@pytest.mark.parametrize("lately", [0, 1_000])
def test_an_incident_that_grows_is_copied_whole_and_no_other(long_ago: Any, monkeypatch: pytest.MonkeyPatch, lately: int) -> None:
    monkeypatch.setattr(checks, "LATELY", lately)
    monkeypatch.setattr(checks, "LATELY_EACH", dict.fromkeys(checks.LATELY_EACH, 0))
    long_ago.tell("new", 5, {"n": 5}, told={"killed_min": 5, "killed_best": 5, "killed_max": 5})
    long_ago.load(at=200), long_ago.match(at=200)
    long_ago.con.execute("DELETE FROM publish_queue WHERE key LIKE '%old' OR key LIKE '%undated'")  # loaded again, but untouched
    rows = copied(long_ago.con)
    assert {table: len(found) for table, found in rows.items()} == {
        "article": 3, "derivation": 1, "page": 3, "report": 3, "claim": 3, "evidence": 3, "incident": 1, "incident_version": 2,
        "incident_report": 3, "toll_claim": 3, "incident_toll": 1,
    }  # fmt: skip
    assert checks.run_checks(long_ago.con, "r", everything=False)["n_bad"].sum() == 0


@pytest.mark.parametrize("lately", [0, 1_000])
def test_an_old_article_that_came_again_is_looked_at_with_all_its_rows(long_ago: Any, monkeypatch: pytest.MonkeyPatch, lately: int) -> None:
    monkeypatch.setattr(checks, "LATELY", lately)
    monkeypatch.setattr(checks, "LATELY_EACH", dict.fromkeys(checks.LATELY_EACH, 0))
    fetch_again(long_ago, "old")
    rows = copied(long_ago.con)
    assert {table: len(rows[table]) for table in ("article", "derivation", "page", "report", "claim", "evidence")} == {
        "article": 1, "derivation": 1, "page": 2, "report": 1, "claim": 1, "evidence": 1
    }  # fmt: skip
    long_ago.con.execute("DELETE FROM article WHERE article_id = 'old'")
    found = checks.run_checks(long_ago.con, "r", everything=False).filter(pl.col("n_bad") > 0)
    assert found["check_name"].to_list() == ["no_orphans", "quotes_are_in_texts"]
    assert "derivation" in found["sample"][0]


def test_an_article_that_was_lost_is_missed_by_all_that_point_to_it(long_ago: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its row nothing says at which times its rows lie: their keys are looked through."""
    fetch_again(long_ago, "old")  # two derivations name it
    long_ago.con.execute("DELETE FROM publish_queue")
    long_ago.con.execute("DELETE FROM article WHERE article_id = 'old'")
    long_ago.con.execute("INSERT INTO publish_queue VALUES ('article', 'old')")
    monkeypatch.setattr(checks, "LATELY", 0)
    monkeypatch.setattr(checks, "LATELY_EACH", dict.fromkeys(checks.LATELY_EACH, 0))
    touched = checks.run_checks(long_ago.con, "r", everything=False)
    everything = checks.run_checks(long_ago.con, "r", everything=True)
    assert touched.drop("is_full").equals(everything.drop("is_full"))
    ((n_bad, sample),) = touched.filter(check_name="no_orphans").select("n_bad", "sample").rows()
    assert n_bad == 3 and sample.count("derivation") == 2 and sample.count('"report"') == 1
