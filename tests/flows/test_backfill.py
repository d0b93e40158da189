"""Reading the archive again: the same rows, one bad day beside good ones, a damaged archive that empties nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from flows.backfill import BackfillError, run_backfill
from flows.backfill_request import request_of
from flows.derive import DeriveSummary
from flows.status import read_status
from warehouse.connection import open_work

Vigil = Callable[..., tuple[int, str, str]]
FIRST_DAY, LAST_DAY = dt.date(2025, 4, 4), dt.date(2025, 4, 7)


def at_later() -> dt.datetime:
    return dt.datetime(2025, 4, 9, 8, 0, tzinfo=dt.UTC)


def refuse_the_first_day(work: Callable[[], Any], planned: Any) -> Any:
    if planned.day == FIRST_DAY:
        raise MemoryError("no room")
    return work()


def states_of(watch: Any, stage: str = "extract") -> dict[dt.date, str]:
    """How each day stands, in one word."""
    return {day: cells[stage].state for day, cells in read_status(watch.settings, request_of()).grid.items() if stage in cells}


def damage(watch: Any, how: str) -> int:
    """Damage the archive file of the first evening; return the number of its pages."""
    files = {
        row["warc_file"]: row["n"]
        for row in watch.ask("SELECT warc_file, count(*) AS n FROM page WHERE fetched_at < TIMESTAMPTZ '2025-04-06' GROUP BY 1")
    }
    ((name, count),) = files.items()
    path = watch.settings.archive_dir / name
    if how == "gone":
        path.unlink()
    else:
        raw = bytearray(path.read_bytes())
        raw[2000:] = b"\0" * (len(raw) - 2000)
        path.write_bytes(raw)
    return int(count)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["all", "stale"])
def test_a_backfill_of_the_whole_archive_changes_no_row(watch: Any, mode: str) -> None:
    before, versions = watch.export(), watch.export("incident_version", "page", "entry")
    summary = run_backfill(watch.settings, mode=mode, clock=at_later)
    assert list(summary.days) == ([str(FIRST_DAY), str(LAST_DAY)] if mode == "all" else []) and summary.failed_days == {}
    assert sum(read.pages for read in summary.days.values()) == (len(before["derivation"]) if mode == "all" else 0)
    assert watch.export() == before
    assert watch.export("incident_version", "page", "entry") == versions, "a state that did not change is no new version"


@pytest.mark.slow
def test_an_empty_warehouse_is_built_again_from_the_archive_alone(watch: Any) -> None:
    before = watch.export()
    con = open_work(watch.settings.work_path)
    for table in (*before, "incident_version", "reject", "incident_alias"):
        con.execute(f"DELETE FROM {table}").fetchall()
    con.close()
    summary = run_backfill(watch.settings, mode="missing", clock=at_later)
    assert sum(read.pages for read in summary.days.values()) == len(before["derivation"])
    assert watch.export() == before


@pytest.mark.slow
def test_a_second_backfill_changes_no_row(read_again: Any) -> None:
    before, versions = read_again.export(), read_again.export("incident_version", "page", "entry")
    assert run_backfill(read_again.settings, mode="all", clock=at_later).failed_days == {}
    assert read_again.export() == before
    assert read_again.export("incident_version", "page", "entry") == versions


@pytest.mark.slow
@pytest.mark.parametrize(("how", "said"), [("gone", "is gone; restore it from a backup"), ("corrupt", "at offset")])
def test_a_damaged_archive_is_named_and_empties_nothing(vigil: Vigil, watch: Any, how: str, said: str) -> None:
    before = watch.export()
    pages = damage(watch, how)
    code, out, err = vigil("backfill", "--mode", "all", "--data-dir", watch.folder, "--processes", 1)
    assert code == 1
    assert err.count("\n") == 1 and err.startswith("vigil: ") and "Traceback" not in err
    assert said in err and "pages cannot be read from the archive" in err and ".warc.gz" in err
    refused = watch.ask("SELECT * FROM reject WHERE reason = 'archive' AND resolved_at IS NULL")
    assert 0 < len(refused) <= pages and (how == "corrupt" or len(refused) == pages)
    assert all(".warc.gz" in row["message"] and ("restore" in row["message"] or "backup" in row["message"]) for row in refused)
    assert watch.export() == before, "what an earlier run read stays"
    assert watch.ask("SELECT count(*) AS n FROM run_stage WHERE n_in <> n_out + n_rejected") == [{"n": 0}]
    assert f"{len(refused)} refused" in out


@pytest.mark.slow
def test_a_page_that_the_archive_gives_back_is_no_longer_refused(watch: Any) -> None:
    (row,) = watch.ask("SELECT DISTINCT warc_file FROM page WHERE fetched_at > TIMESTAMPTZ '2025-04-06'")
    path = watch.settings.archive_dir / row["warc_file"]
    raw = path.read_bytes()
    path.unlink()
    assert run_backfill(watch.settings, start=LAST_DAY, stage="extract", mode="all", clock=at_later).days[str(LAST_DAY)].damage
    path.write_bytes(raw)
    run_backfill(watch.settings, start=LAST_DAY, mode="all", clock=lambda: at_later() + dt.timedelta(hours=1))
    assert watch.ask("SELECT count(*) AS n FROM reject WHERE reason = 'archive' AND resolved_at IS NULL") == [{"n": 0}]


@pytest.mark.slow
def test_one_bad_day_does_not_stop_the_others(watch: Any) -> None:
    summary = run_backfill(watch.settings, mode="all", clock=at_later, each_day=refuse_the_first_day)
    assert summary.failed_days == {str(FIRST_DAY): "MemoryError: no room"}
    assert summary.days[str(LAST_DAY)].pages > 0 and summary.n_incidents
    assert states_of(watch)[FIRST_DAY] == "failed" and states_of(watch)[LAST_DAY] == "done"
    (run,) = watch.ask("SELECT status, message FROM run WHERE flow = 'backfill'")
    assert run == {"status": "failed", "message": "1 days failed: 2025-04-04"}

    # Only that day runs, as it was asked for: all of its pages, although none of them is missing, refused or stale.
    again = run_backfill(watch.settings, mode="failed", clock=lambda: at_later() + dt.timedelta(hours=1))
    refused = watch.ask(
        "SELECT count(*) AS n FROM derivation JOIN page USING (page_id) WHERE outcome = 'rejected' AND page.fetched_at > TIMESTAMPTZ '2025-04-06'"
    )
    assert again.days[str(FIRST_DAY)].pages == summary.plan.days[0].n and again.failed_days == {}
    assert again.days.get(str(LAST_DAY), DeriveSummary()).pages == refused[0]["n"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"start": LAST_DAY, "end": FIRST_DAY}, "start 2025-04-07 is after end 2025-04-04"),
        ({"start": dt.date(2025, 5, 1)}, "start 2025-05-01 lies in the future; the archive ends 2025-04-09"),
        ({"stage": "read"}, "stage 'read' is not known; allowed: fetch, clean, extract, match, publish, all"),
        ({"mode": "some"}, "mode 'some' is not known; allowed: missing, failed, stale, all"),
        ({"order": "random"}, "order 'random' is not known; allowed: oldest, newest"),
        ({"reason": "x" * 501}, "reason has 501 characters; allowed are 500"),
        ({"feeds": ["meridian-wir"]}, "feed 'meridian-wir' is not known; did you mean 'meridian-wire'\\?; allowed: "),
        ({"feeds": ["nosuch"], "stage": "fetch"}, "feed 'nosuch' is not known.*; allowed: "),
        ({"end": dt.date(2024, 1, 1)}, "no page was fetched from 2025-04-04 to 2024-01-01; the archive holds 2025-04-04 to 2025-04-07"),
        ({"start": dt.date(2025, 4, 5), "end": dt.date(2025, 4, 6)}, "no page was fetched from 2025-04-05 to 2025-04-06"),
    ],
)  # fmt: skip
def test_parameters_that_cannot_be_meant_are_refused_before_anything_is_written(
    watched: Any, parameters: dict[str, Any], said: str
) -> None:
    runs = watched.export("run", "run_stage")
    with pytest.raises(BackfillError, match=said):
        run_backfill(watched.settings, clock=at_later, **parameters)
    assert watched.export("run", "run_stage") == runs


def test_only_the_days_asked_for_are_read(watch: Any) -> None:
    summary = run_backfill(watch.settings, start=LAST_DAY, end=LAST_DAY, stage="extract", mode="all", clock=at_later)
    assert list(summary.days) == [str(LAST_DAY)] and summary.match is None and summary.n_incidents is None
    assert summary.days[str(LAST_DAY)].pages == len(watch.ask("SELECT 1 FROM page WHERE fetched_at >= TIMESTAMPTZ '2025-04-07'"))
