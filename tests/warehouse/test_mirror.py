"""The Parquet mirror: months that nobody touched are linked, the others written, and all together it is what a fresh one would be."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from warehouse.connection import open_work
from warehouse.mirror import MARK, forget_mirror, write_mirror
from warehouse.publish import publish


def files(folder: Path) -> dict[str, int]:
    """Every Parquet file of a mirror and its number in the file system: a link has that of the file it links."""
    return {str(path.relative_to(folder)): path.stat().st_ino for path in sorted(folder.rglob("*.parquet")) if path.is_file()}


def rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of every file, but for those that tell of the publication itself."""
    told = {name for name in files(folder) if not name.startswith(("check_result", "publish_queue"))}
    return {name: pl.read_parquet(folder / name, hive_partitioning=False).to_dicts() for name in told}


class Watch:
    """A work file, what was published of it, and its mirror, in one folder."""

    def __init__(self, folder: Path, story: Any) -> None:
        self.folder, self.story = folder, story
        self.work, self.published, self.mirror = folder / "work.duckdb", folder / "vigil.duckdb", folder / "parquet"

    def tell(self, name: str, incident: str, month: int, killed: int, fetched_at: dt.datetime) -> Path:
        """Tell an article about an incident of a month, match it, publish; returns the mirror."""
        with open_work(self.work, threads=1) as con:
            story = self.story(con)
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
        publish(self.work, self.published, run_id=name, parquet=self.mirror)
        return self.mirror

    def fresh(self) -> Path:
        """The mirror that the published file would have had without one before."""
        return write_mirror(self.published, self.folder / "other", "fresh")

    def idle(self) -> Path:
        """The work file after the publication, complete: it knows that one, and no month waits."""
        with open_work(self.work, threads=1) as con:
            con.execute("CHECKPOINT").fetchall()
        return self.work


MAY, JUNE = dt.datetime(2025, 5, 6, tzinfo=dt.UTC), dt.datetime(2025, 6, 6, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def first_night(told_file: Path, new_story: Any, tmp_path_factory: pytest.TempPathFactory) -> Watch:
    """An incident of April, told before, and one of May, told and published now. Copy it."""
    watch = Watch(tmp_path_factory.mktemp("first_night"), new_story)
    shutil.copy(told_file, watch.work)
    watch.tell("b", "i2", 5, 8, MAY)
    return watch


@pytest.fixture
def watch(first_night: Watch, tmp_path: Path) -> Watch:
    return Watch(Path(shutil.copytree(first_night.folder, tmp_path / "watch")), first_night.story)


def test_only_months_that_were_touched_are_written_and_the_whole_is_as_a_fresh_one(watch: Watch) -> None:
    first = files(watch.mirror)
    second = files(watch.tell("c", "i2", 5, 9, JUNE))
    for name in ("article", "report", "claim", "evidence"):
        assert first[f"{name}.parquet/month=2025-05/part.parquet"] == second[f"{name}.parquet/month=2025-05/part.parquet"]
        assert f"{name}.parquet/month=2025-06/part.parquet" in second.keys() - first.keys()
    for name in ("incident", "incident_version", "incidents", "casualty_claims", "incident_sources", "stances"):
        assert first[f"{name}.parquet/month=2025-04/part.parquet"] == second[f"{name}.parquet/month=2025-04/part.parquet"]
        assert first[f"{name}.parquet/month=2025-05/part.parquet"] != second[f"{name}.parquet/month=2025-05/part.parquet"]
    assert pl.read_parquet(watch.mirror / "incidents.parquet")["killed"].to_list() == [3, 9]
    assert rows(watch.mirror) == rows(watch.fresh())


def test_an_incident_that_moves_to_another_month_leaves_the_former(watch: Watch) -> None:
    mirror = watch.tell("b", "i2", 6, 8, MAY)
    held = {
        path.parent.name: pl.read_parquet(path, hive_partitioning=False).height
        for path in (mirror / "incidents.parquet").rglob("*.parquet")
    }
    assert held == {"month=2025-04": 1, "month=2025-06": 1, "month=gone": 0}
    assert rows(mirror) == rows(watch.fresh())


def test_every_month_is_linked_where_nothing_waits(watch: Watch) -> None:
    """What the next test takes away one by one is what this link rests on."""
    before, after = files(watch.mirror), files(write_mirror(watch.idle(), watch.mirror, "c"))
    assert before.keys() == after.keys()
    linked = {name for name in before if before[name] == after[name]}
    assert linked == {name for name in before if "month=" in name and "month=gone" not in name}


@pytest.mark.parametrize("change", ["UPDATE page SET warc_offset = warc_offset + 1", "DELETE FROM page"])
def test_a_month_of_pages_is_written_where_a_row_of_it_is_another_or_gone(watch: Watch, change: str) -> None:
    """Nothing is queued where an archive is indexed anew: the rows themselves tell."""
    before, work = files(watch.mirror), watch.idle()
    assert "entry.parquet" in before, "a table without rows is a file without rows"
    with open_work(work, threads=1) as con:
        ((month,),) = con.sql("SELECT min(strftime(fetched_at, '%Y-%m')) FROM page").fetchall()
        con.execute(f"{change} WHERE strftime(fetched_at, '%Y-%m') = '{month}'").fetchall()
        con.execute("CHECKPOINT").fetchall()
    fresh = write_mirror(work, watch.mirror, "c")
    after = files(fresh)
    others = {name for name in before if "month=" in name and "month=gone" not in name and after.get(name) != before[name]}
    assert others == {f"page.parquet/month={month}/part.parquet"}
    assert rows(fresh) == rows(write_mirror(work, watch.folder / "other", "fresh"))


@pytest.mark.parametrize("what", ["no mark", "[]", "7", "{", "another publication", "another layout", "a month gone", "asked"])
def test_every_month_is_written_anew_where_the_mirror_before_cannot_be_trusted(
    watch: Watch, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, before = watch.mirror, files(watch.mirror)
    mark = mirror / MARK
    if what == "no mark":
        mark.unlink()
    elif what in ("[]", "7", "{"):
        mark.write_text(what)
    elif what == "another publication":
        assert '"b"' in mark.read_text()
        mark.write_text(mark.read_text().replace('"b"', '"x"'))
    elif what == "another layout":
        monkeypatch.setattr("warehouse.mirror.LAYOUT", "another")
    elif what == "asked":
        forget_mirror(mirror)
    else:
        (mirror / "claim.parquet" / "month=2025-04" / "part.parquet").unlink()
    after = files(write_mirror(watch.idle(), mirror, "c"))
    assert before.keys() == after.keys()
    assert not {name for name in before if before[name] == after[name]}


def test_months_wait_until_a_mirror_holds_them(told: Path, first_night: Watch, tmp_path: Path) -> None:
    def waiting(work: Path) -> list[str]:
        with open_work(work, threads=1) as con:
            return [f"{kind} {key}" for kind, key in con.sql("FROM publish_queue ORDER BY ALL").fetchall()]

    publish(told, tmp_path / "vigil.duckdb", run_id="without a mirror")
    assert waiting(told) == ["article_month 2025-04", "incident_month 2025-04"]
    assert waiting(first_night.work) == []
