"""The Parquet mirror: months that nobody touched are linked, the others written, and all together it is what a fresh one would be."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from warehouse.connection import open_work
from warehouse.mirror import MARK, forget_mirror
from warehouse.publish import publish


def files(folder: Path) -> dict[str, int]:
    """Every Parquet file of a mirror and its number in the file system: a link has that of the file it links."""
    return {str(path.relative_to(folder)): path.stat().st_ino for path in sorted(folder.rglob("*.parquet")) if path.is_file()}


def rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of every file, but for those that tell of the publication itself."""
    told = {name for name in files(folder) if not name.startswith(("check_result", "publish_queue"))}
    return {name: pl.read_parquet(folder / name, hive_partitioning=False).to_dicts() for name in told}


@pytest.fixture
def night(told: Path, tmp_path: Path, new_story: Any) -> Any:
    """Tell an article about an incident of a month, match it, publish; returns the mirror."""

    def tell(name: str, incident: str, month: int, killed: int, fetched_at: dt.datetime) -> Path:
        with open_work(told, threads=1) as con:
            story = new_story(con)
            day = dt.date(2025, month, 4)
            report = story.tell(
                name,
                5,
                {"n": killed, "speaker_class": "police"},
                fetched_at=fetched_at,
                told={"event_date_start": day, "event_date_end": day},
            )
            story.members[report] = incident
            story.load(), story.match(run_id=name)
        publish(told, tmp_path / "vigil.duckdb", run_id=name, parquet=tmp_path / "parquet")
        return tmp_path / "parquet"

    return tell


MAY, JUNE = dt.datetime(2025, 5, 6, tzinfo=dt.UTC), dt.datetime(2025, 6, 6, tzinfo=dt.UTC)


def test_only_months_that_were_touched_are_written_and_the_whole_is_as_a_fresh_one(night: Any, told: Path, tmp_path: Path) -> None:
    first = files(night("b", "i2", 5, 8, MAY))
    mirror = night("c", "i2", 5, 9, JUNE)
    second = files(mirror)
    for name in ("article", "report", "claim", "evidence"):
        assert first[f"{name}.parquet/month=2025-05/part.parquet"] == second[f"{name}.parquet/month=2025-05/part.parquet"]
        assert f"{name}.parquet/month=2025-06/part.parquet" in second.keys() - first.keys()
    for name in ("incident", "incident_version", "incidents", "casualty_claims", "incident_sources", "stances"):
        assert first[f"{name}.parquet/month=2025-04/part.parquet"] == second[f"{name}.parquet/month=2025-04/part.parquet"]
        assert first[f"{name}.parquet/month=2025-05/part.parquet"] != second[f"{name}.parquet/month=2025-05/part.parquet"]
    assert pl.read_parquet(mirror / "incidents.parquet")["killed"].to_list() == [3, 9]
    fresh = tmp_path / "fresh"
    publish(shutil.copy(told, tmp_path / "copy.duckdb"), tmp_path / "other.duckdb", run_id="fresh", parquet=fresh)
    assert rows(mirror) == rows(fresh)


def test_an_incident_that_moves_to_another_month_leaves_the_former(night: Any, told: Path, tmp_path: Path) -> None:
    night("b", "i2", 5, 8, MAY)
    mirror = night("b", "i2", 6, 8, MAY)
    held = {
        path.parent.name: pl.read_parquet(path, hive_partitioning=False).height
        for path in (mirror / "incidents.parquet").rglob("*.parquet")
    }
    assert held == {"month=2025-04": 1, "month=2025-06": 1, "month=gone": 0}
    fresh = tmp_path / "fresh"
    publish(shutil.copy(told, tmp_path / "copy.duckdb"), tmp_path / "other.duckdb", run_id="fresh", parquet=fresh)
    assert rows(mirror) == rows(fresh)


@pytest.mark.parametrize("what", ["no mark", "another publication", "another layout", "a month gone", "asked"])
def test_every_month_is_written_anew_where_the_mirror_before_cannot_be_trusted(
    night: Any, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = night("b", "i2", 5, 8, MAY)
    before = files(mirror)
    if what == "no mark":
        (mirror / MARK).unlink()
    elif what == "another publication":
        (mirror / MARK).write_text((mirror / MARK).read_text().replace('"b"', '"x"'))
    elif what == "another layout":
        monkeypatch.setattr("warehouse.mirror.LAYOUT", "another")
    elif what == "asked":
        forget_mirror(mirror)
    else:
        (mirror / "claim.parquet" / "month=2025-04" / "part.parquet").unlink()
    after = files(night("c", "i2", 5, 9, JUNE))
    assert not {name for name in before.keys() & after.keys() if before[name] == after[name]}


def test_months_wait_until_a_mirror_holds_them(night: Any, told: Path, tmp_path: Path) -> None:
    def waiting() -> list[str]:
        with open_work(told, threads=1) as con:
            return [f"{kind} {key}" for kind, key in con.sql("FROM publish_queue ORDER BY ALL").fetchall()]

    publish(told, tmp_path / "vigil.duckdb", run_id="without a mirror")
    assert waiting() == ["article_month 2025-04", "incident_month 2025-04"]
    night("b", "i2", 5, 8, MAY)
    assert waiting() == []
