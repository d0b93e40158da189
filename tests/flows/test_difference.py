"""What another reading changes: nothing where nothing changed, each value with its words where one did; a dry run leaves all as it is."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from flows.backfill import BackfillError, rehearse_backfill
from flows.difference import difference_lines, read_difference, write_difference

Vigil = Callable[..., tuple[int, str, str]]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def change(path: Path, *statements: str) -> None:
    con = duckdb.connect(str(path))
    for statement in statements:
        con.execute(statement)
    con.close()


class Cells(HTMLParser):
    """Collects the text of a page's cells, and every tag that could fetch or run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.active: list[str] = []
        self.is_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "img", "iframe", "link", "object"} or any(name.startswith("on") for name, _ in attrs):
            self.active.append(tag)
        if tag == "td":
            self.is_cell = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self.is_cell = False

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.cells[-1] += data


def test_two_files_that_say_the_same_differ_in_nothing(watch: Any) -> None:
    found = read_difference(watch.settings.published_path, watch.settings.work_path)
    assert found.changes.is_empty() and found.counts.is_empty()
    assert list(difference_lines(found)) == ["no difference"]


def test_changed_added_and_gone_rows_are_listed_with_their_words(watch: Any, tmp_path: Path) -> None:
    (report,) = watch.ask("SELECT report_id, killed_best FROM report WHERE killed_best = 12 ORDER BY ALL LIMIT 1")
    (claim,) = watch.ask("SELECT claim_id FROM claim WHERE claim_type = 'denial' ORDER BY ALL LIMIT 1")
    change(
        watch.settings.published_path,
        f"UPDATE report SET killed_best = 7 WHERE report_id = '{report['report_id']}'",
        f"UPDATE evidence SET quote = '<script>seven</script>' WHERE row_id = '{report['report_id']}' AND column_name = 'killed_best'",
        f"DELETE FROM claim WHERE claim_id = '{claim['claim_id']}'",
    )
    found = read_difference(watch.settings.published_path, watch.settings.work_path)
    rows = found.changes.to_dicts()
    assert [(r["table"], r["row_id"], r["kind"], r["column"], r["before"], r["after"]) for r in rows] == [
        ("report", report["report_id"], "changed", "killed_best", "7", "12"),
        ("claim", claim["claim_id"], "added", None, None, None),
    ]
    assert rows[0]["words_before"] == "<script>seven</script>" and "12" in rows[0]["words_after"]
    assert rows[0]["url"].startswith("https://") and rows[1]["about"].startswith("denial")
    assert found.counts.rows() == [("report", "changed", "killed_best", 1), ("claim", "added", None, 1)]

    parquet, counts, page = write_difference(found, tmp_path / "out", title="What changed")
    assert pl.read_parquet(parquet).equals(found.changes) and pl.read_csv(counts).height == 2
    parsed = Cells(page.read_text())
    assert parsed.active == [] and any("<script>seven</script>" in cell for cell in parsed.cells)


@pytest.mark.slow
def test_a_dry_run_says_what_would_change_and_changes_nothing(watch: Any, vigil: Vigil, tmp_path: Path) -> None:
    """The stored reading lacks a count that the archive gives: reading it again would bring it back."""
    report = "report_id IN (SELECT report_id FROM report WHERE killed_best = 12 ORDER BY ALL LIMIT 1)"
    for path in (watch.settings.work_path, watch.settings.published_path):
        change(path, f"UPDATE report SET weapon_class = NULL WHERE {report}")
    before = digest(watch.settings.work_path), digest(watch.settings.published_path)
    code, out, err = vigil(
        "backfill", "--mode", "all", "--dry-run", "--difference", tmp_path / "d", "--data-dir", watch.folder, "--processes", 1
    )
    assert (code, err) == (0, "")
    assert "report     changed  weapon_class             1" in out and "published" not in out
    assert (digest(watch.settings.work_path), digest(watch.settings.published_path)) == before
    assert sorted(path.name for path in (tmp_path / "d").iterdir()) == ["difference.csv", "difference.html", "difference.parquet"]
    assert not list(watch.folder.glob(".dry-run-*"))


@pytest.mark.slow
def test_a_backfill_writes_its_difference_before_it_publishes(watch: Any, vigil: Vigil, tmp_path: Path) -> None:
    change(watch.settings.published_path, "UPDATE incident SET killed_best = 99 WHERE place = 'Kryvyi Rih'")
    code, out, _ = vigil("backfill", "--stage", "match", "--difference", tmp_path / "d", "--data-dir", watch.folder)
    assert code == 0 and "published" not in out and "incident   changed  killed_best              1" in out
    (row,) = pl.read_parquet(tmp_path / "d" / "difference.parquet").to_dicts()
    assert (row["before"], row["after"]) == ("99", "20") and "Kryvyi Rih" in row["about"]


def test_a_dry_run_of_publishing_is_refused(watched: Any) -> None:
    with pytest.raises(BackfillError, match="stage publish changes no row"):
        rehearse_backfill(watched.settings, stage="publish", clock=lambda: dt.datetime(2025, 4, 9, tzinfo=dt.UTC))
