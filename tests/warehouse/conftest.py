"""A story told in rows: articles with claims, loaded as the derive stage loads them, matched to one incident."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from transforms.rows import address_key
from transforms.schemas import BY_NAME, TOLL_EFFECTS
from warehouse.connection import open_work
from warehouse.incidents import write_memberships
from warehouse.store import replace_article_rows, write_batch

START = datetime(2025, 4, 4, 18, tzinfo=UTC)


def hour(hours: float) -> datetime:
    """The time so many hours after the story began."""
    return START + timedelta(hours=hours)


@dataclass
class Story:
    """Rows of a story under construction. Every claim is a sentence of its article's text, every count has evidence."""

    con: duckdb.DuckDBPyConnection
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    prefix: str = ""  # keeps the stories apart that one file holds; also the incident that a story's reports join
    members: dict[str, str] = field(default_factory=dict)  # incident by report

    def add(self, table: str, **values: Any) -> None:
        self.rows.setdefault(table, []).append(values)

    def tell(
        self, name: str, at: float, *counts: dict[str, Any], outlet: str = "", told: dict[str, Any] | None = None, **article: Any
    ) -> str:
        """Add an article that makes these counts; `told` are columns of its report. Returns the report's id."""
        outlet = outlet or f"{name}.example"
        name = f"{self.prefix}{name}"
        if "duplicate_of" in article:
            article["duplicate_of"] = f"{self.prefix}{article['duplicate_of']}"
        report_id, fetched = f"report-{name}", article.pop("fetched_at", hour(at + 0.5))
        text = f"Title of {name}\n\n"
        as_of = article.get("published_at", hour(at)) or fetched
        report: dict[str, Any] = {
            "report_id": report_id, "article_id": name, "as_of": as_of, "ordinal": 0, "role": "primary", "is_aggregate": False, "is_incident": True,
            "relevance": 0.9, "extractor_version": "1", "country_iso3": "UKR", "event_date_start": START.date(),
            "event_date_end": START.date(), "date_precision": 1, **(told or {}),
        }  # fmt: skip
        for number, count in enumerate(counts):
            claim = {"claim_type": "casualties", "effect": "killed", "victim_group": "all", "quantifier": "exact",
                     "speaker_class": "narrator", "speech_mode": "narrator", "stance": "asserts", **count}  # fmt: skip
            n = claim.pop("n", None)
            if n is not None:
                claim = {"count_min": n, "count_best": n, "count_max": None if claim["quantifier"] == "at_least" else n} | claim
            words = f"{claim.get('speaker') or 'We'} said {claim.get('count_best')} {claim['effect']} ({number})."
            claim |= {"claim_id": f"{report_id}-{number}", "report_id": report_id, "article_id": name, "as_of": as_of, "rule": "test",
                      "span_start": len(text), "span_end": len(text) + len(words)}  # fmt: skip
            self.add("claim", **claim)
            text += words + " "
        for effect in TOLL_EFFECTS:
            if any(report.get(f"{effect}_{part}") is not None for part in ("min", "best", "max")):
                self.add("evidence", row_table="report", row_id=report_id, column_name=f"{effect}_best", article_id=name, as_of=as_of,
                         span_start=0, span_end=5, quote="Title", rule="test")  # fmt: skip
        self.add("report", **report)
        self.members[report_id] = self.prefix or "i1"
        self.add("page", page_id=f"page-{name}", run_id="run", url=f"https://{outlet}/{name}", final_url=f"https://{outlet}/{name}",
                 fetched_at=fetched, http_status=200, n_bytes=1, sha256=name, warc_file="a.warc.gz",
                 warc_offset=0, warc_length=1)  # fmt: skip
        self.add("derivation", page_id=f"page-{name}", fetched_at=fetched, run_id="run", extractor_version="1", outcome="report",
                 article_id=name, n_reports=1)  # fmt: skip
        self.add("article", **{
            "article_id": name, "page_id": f"page-{name}", "canonical_url": f"https://{outlet}/{name}",
            "address_key": address_key(article.get("canonical_url", f"https://{outlet}/{name}")), "outlet": outlet,
            "title": f"Title of {name}", "published_at": hour(at), "fetched_at": fetched, "language": "en", "text": text,
            "body_start": len(f"Title of {name}\n\n"),
            "text_sha256": name, "text_source": "page", "cleaner_version": "1", "extractor_version": "1", "is_incident": True, "relevance": 0.9, **article,
        })  # fmt: skip
        return report_id

    def frames(self) -> dict[str, pl.DataFrame]:
        return {name: BY_NAME[name].frame(rows) for name, rows in self.rows.items()}

    def load(self, at: float = 100) -> pl.DataFrame:
        """Write all rows; returns the refused articles."""
        frames = self.frames()
        write_batch(self.con, {name: frames.pop(name) for name in ("page", "outlet") if name in frames}, run_id="run", at=hour(at))
        return replace_article_rows(self.con, frames, run_id="run", at=hour(at))[1]

    def match(self, at: float = 100, run_id: str = "run", aliases: pl.DataFrame | None = None) -> pl.DataFrame:
        """Join the reports to their incidents and resolve those; returns the changed incidents."""
        reports = {row["report_id"]: row["as_of"] for row in self.rows["report"]}
        members = [
            {"report_id": r, "as_of": reports[r], "incident_id": i, "score": 1.0, "reasons": "{}", "decided_by": "rule"}
            for r, i in self.members.items()
        ]
        return write_memberships(self.con, reports, BY_NAME["incident_report"].frame(members), aliases, run_id=run_id, at=hour(at))

    def incident(self, incident_id: str = "i1") -> dict[str, Any]:
        """Load, match and resolve everything; returns the incident's row."""
        assert self.load().is_empty()
        self.match()
        return self.con.sql("FROM incident WHERE incident_id = $id", params={"id": incident_id}).pl().to_dicts()[0]


@pytest.fixture
def work(tmp_path: Path, empty: Path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "work.duckdb"))


@pytest.fixture
def con(work: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_work(work, threads=1)  # a few rows: more threads only wait for each other
    yield connection
    connection.close()


@pytest.fixture
def story(con: duckdb.DuckDBPyConnection) -> Story:
    return Story(con)


@pytest.fixture(scope="session")
def told_file(tmp_path_factory: pytest.TempPathFactory, empty: Path) -> Path:
    """A closed work file with one incident, told by one article that says three were killed. Copy it."""
    path = Path(shutil.copy(empty, tmp_path_factory.mktemp("told") / "told.duckdb"))
    with open_work(path, threads=1) as con:
        story = Story(con)
        story.tell("a", 0, {"n": 3}, told={"killed_min": 3, "killed_best": 3, "killed_max": 3})
        story.load()
        story.match()
    return path


@pytest.fixture
def told(tmp_path: Path, told_file: Path) -> Path:
    return Path(shutil.copy(told_file, tmp_path / "work.duckdb"))


@pytest.fixture
def holder(told: Path) -> Iterator[int]:
    """Another process that holds `told` open for writing; its process id."""
    hold = f"import sys, duckdb; con = duckdb.connect({str(told)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process.pid
        process.communicate("")


@pytest.fixture(scope="session")
def new_story() -> type[Story]:
    """The class itself, for files that keep many stories in one database."""
    return Story
