"""Days as the unit of a backfill: grid and plan agree, each stage takes up its own pages, a stop leaves what can be gone on with."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fresh_build import find_other_tables
from flows.backfill_days import look_ahead, run_backfill
from flows.backfill_request import request_of
from flows.status import last_days, read_status
from flows.stopping import noticed_stop
from transforms.vocabularies import BACKFILL_MODE
from warehouse.connection import open_work

Vigil = Callable[..., tuple[int, str, str]]
FIRST_DAY, LAST_DAY = dt.date(2025, 4, 4), dt.date(2025, 4, 7)


def at_later() -> dt.datetime:
    return dt.datetime(2025, 4, 9, 8, 0, tzinfo=dt.UTC)


def at_last() -> dt.datetime:
    return dt.datetime(2025, 4, 9, 9, 0, tzinfo=dt.UTC)


def change(watch: Any, *statements: str) -> None:
    con = open_work(watch.settings.work_path)
    for statement in statements:
        con.execute(statement).fetchall()
    con.close()


def select(watch: Any, sql: str) -> list[tuple[Any, ...]]:
    con = open_work(watch.settings.work_path)
    try:
        return con.sql(sql).fetchall()
    finally:
        con.close()


def grid_of(watch: Any) -> Any:
    return read_status(watch.settings, request_of()).grid


def days_of(watch: Any) -> list[tuple[Any, ...]]:
    """Days of the last backfill."""
    return select(
        watch,
        "SELECT stage, day, d.status, d.message FROM backfill_day AS d JOIN run AS r USING (run_id)"
        " WHERE r.started_at = (SELECT max(started_at) FROM run WHERE flow = 'backfill') ORDER BY stage, day",
    )


FORGOTTEN = (  # pages whose articles report nothing, as if a night had been cut off before it asked for them
    "CREATE TABLE gone AS SELECT p.page_id, p.url, d.article_id FROM page AS p JOIN derivation AS d USING (page_id) WHERE d.outcome = 'no_incident'",
    *(f"DELETE FROM {table} WHERE article_id IN (SELECT article_id FROM gone)" for table in ("article", "match_queue")),
    *(f"DELETE FROM {table} WHERE page_id IN (SELECT page_id FROM gone)" for table in ("derivation", "page")),
    "DROP TABLE gone",
)  # fmt: skip


def test_what_the_grid_counts_is_what_a_backfill_takes_up(watch: Any) -> None:
    change(
        watch,
        "UPDATE derivation SET extractor_version = 'old' WHERE page_id IN (SELECT page_id FROM page WHERE fetched_at < TIMESTAMPTZ '2025-04-05')",
        "DELETE FROM derivation WHERE page_id IN (SELECT min(page_id) FROM page WHERE fetched_at > TIMESTAMPTZ '2025-04-06')",
        "UPDATE article SET cleaner_version = 'old' WHERE fetched_at > TIMESTAMPTZ '2025-04-06'",
    )
    grid = grid_of(watch)
    assert {day: cells["extract"].state for day, cells in grid.items()} == {FIRST_DAY: "stale", LAST_DAY: "missing"}
    assert grid[FIRST_DAY]["clean"].state == "done" and grid[LAST_DAY]["clean"].n_stale > 0
    for stage in ("fetch", "clean", "extract"):
        for mode in BACKFILL_MODE:
            planned = {day.day: day.n for day in look_ahead(watch.settings, stage=stage, mode=mode, clock=at_later).days}
            for day, cells in grid.items():
                cell = cells[stage]
                expected = {
                    "missing": cell.n_missing, "failed": cell.n_failed, "stale": cell.n_missing + cell.n_stale,
                    "all": cell.n if stage != "fetch" else cell.n_missing + cell.n_failed + cell.n_stale,
                }[mode]  # fmt: skip
                assert planned.get(day, 0) == expected, (stage, mode, day)


def test_a_plan_counts_days_and_pages_says_how_long_and_changes_nothing(watch: Any) -> None:
    pages = dict(select(watch, "SELECT CAST(fetched_at AS DATE), count(*) FROM page GROUP BY 1"))
    change(
        watch,
        "UPDATE run_stage SET n_in = 10, n_out = 10, n_rejected = 0, elapsed_s = 600 WHERE stage = 'derive'",
        "DELETE FROM run_stage WHERE stage = 'match'",
    )
    before = watch.export("run", "run_stage", "derivation", "backfill_day")
    plan = look_ahead(watch.settings, mode="all", order="newest", clock=at_later)
    assert [(day.stage, day.day, day.n) for day in plan.days] == [("extract", day, pages[day]) for day in (LAST_DAY, FIRST_DAY)]
    assert plan.seconds == pytest.approx(60 * sum(pages.values())) and plan.unknown == ["match"]
    assert plan.lines()[-1].startswith("time: about ") and "without match, of which no run tells" in plan.lines()[-1]
    assert watch.export("run", "run_stage", "derivation", "backfill_day") == before
    assert look_ahead(watch.settings, stage="extract", mode="missing", clock=at_later).lines() == [
        "no day has anything to do",
        "nothing to do",
    ]


def test_feeds_narrow_what_is_taken_up(watch: Any) -> None:
    counts = dict(select(watch, "SELECT feed_id, count(*) FROM page JOIN entry USING (entry_id) GROUP BY 1"))
    feed, other = sorted(counts)[:2]
    assert look_ahead(watch.settings, stage="extract", mode="all", feeds=[feed], clock=at_later).n_pages == counts[feed]
    both = look_ahead(watch.settings, stage="extract", mode="all", feeds=[feed, other, feed], clock=at_later)
    assert both.n_pages == counts[feed] + counts[other]


def test_the_last_days_of_a_grid_are_its_newest(watched: Any) -> None:
    grid = grid_of(watched)
    assert list(last_days(grid, 1)) == [LAST_DAY] and list(last_days(grid, 0)) == [FIRST_DAY, LAST_DAY]


def test_status_shows_a_row_a_day_and_says_how_the_days_stand(vigil: Vigil, watched: Any) -> None:
    code, out, err = vigil("status", "--data-dir", watched.folder)
    lines = out.splitlines()
    assert (code, err) == (0, "") and lines[0].split() == ["day", "fetch", "clean", "extract", "match"]
    assert [line.split()[0] for line in lines[1:3]] == [str(FIRST_DAY), str(LAST_DAY)] and "extract: 2 done" in lines[-1]
    code, out, err = vigil("status", "--data-dir", watched.folder, "--format", "json", "--end", FIRST_DAY.isoformat())
    assert code == 0 and out.count("\n") == 4 and '"state": "done"' in out
    code, out, err = vigil("status", "--data-dir", watched.folder, "--feed", "nosuch")
    assert code == 2 and "feed 'nosuch' is not known" in err and err.count("\n") == 1
    code, out, err = vigil("status", "--data-dir", watched.folder / "elsewhere")
    assert code == 1 and "vigil ingest" in err


def test_a_plan_on_the_command_line(vigil: Vigil, watched: Any) -> None:
    code, out, err = vigil("backfill", "--data-dir", watched.folder, "--mode", "all", "--plan", "--end", FIRST_DAY.isoformat())
    assert (
        (code, err) == (0, "") and out.startswith(f"extract {FIRST_DAY}: ") and out.splitlines()[-1].startswith("time: less than a minute")
    )


@pytest.mark.slow
def test_missing_pages_are_asked_for_once_each_and_the_day_is_done(watch: Any) -> None:
    before = select(watch, "SELECT DISTINCT url FROM page ORDER BY url")
    change(watch, *FORGOTTEN)
    missing = {url for (url,) in before} - {url for (url,) in select(watch, "SELECT url FROM page")}
    grid = grid_of(watch)
    planned = {day: cells["fetch"].n_missing for day, cells in grid.items()}
    assert missing and sum(planned.values()) == len(missing)
    asked = len(watch.newsroom.requests)
    summary = run_backfill(watch.settings, stage="fetch", mode="missing", clock=at_later)
    assert {day: found.pages_asked for day, found in summary.fetched.items()} == {str(day): n for day, n in planned.items() if n}
    assert select(watch, "SELECT DISTINCT url FROM page ORDER BY url") == before
    requests = [line for line in watch.newsroom.requests[asked:] if "robots.txt" not in line]
    assert len(requests) == len(missing), "nothing that is there was asked for, and no feed was polled"
    assert {cells["fetch"].n_missing for cells in grid_of(watch).values() if "fetch" in cells} == {0}
    assert all(status == "done" for _, _, status, _ in days_of(watch))


@pytest.mark.slow
def test_a_refused_page_is_asked_for_again_only_in_mode_failed(watch: Any) -> None:
    change(watch, *FORGOTTEN)
    ((url, feed),) = select(
        watch,
        "SELECT e.url, e.feed_id FROM entry AS e WHERE e.url NOT IN (SELECT url FROM page) AND CAST(first_seen_at AS DATE) = DATE '2025-04-04' ORDER BY 1 LIMIT 1",
    )
    change(
        watch,
        "INSERT INTO reject (reject_id, run_id, stage, input_ref, reason, message, attempts, first_at, last_at)"
        f" SELECT 'r1', min(run_id), 'fetch', '{url}', 'http_404', 'gone', 9, now(), now() FROM run",
    )
    (first,) = [cells["fetch"] for day, cells in grid_of(watch).items() if day == FIRST_DAY]
    assert first.n_failed == 1 and first.state == "failed"
    summary = run_backfill(watch.settings, stage="fetch", mode="failed", feeds=[feed], end=FIRST_DAY, clock=at_later)
    assert [found.pages_asked for found in summary.fetched.values()] == [1]
    assert select(watch, "SELECT resolved_at IS NOT NULL FROM reject WHERE reject_id = 'r1'") == [(True,)]


@pytest.mark.slow
def test_pages_of_another_cleaner_are_cleaned_and_extracted_again(watch: Any) -> None:
    before = watch.export()
    change(watch, "UPDATE article SET cleaner_version = 'old' WHERE fetched_at < TIMESTAMPTZ '2025-04-05'")
    assert grid_of(watch)[FIRST_DAY]["clean"].state == "stale"
    summary = run_backfill(watch.settings, stage="clean", clock=at_later)
    assert list(summary.days) == [str(FIRST_DAY)] and summary.match is None
    assert grid_of(watch)[FIRST_DAY]["clean"].state == "done"
    run_backfill(watch.settings, stage="match", clock=at_last)
    assert watch.export() == before


def test_an_error_that_hides_a_stop_ends_the_backfill_and_not_only_the_day(watch: Any) -> None:
    def stop_within(work: Callable[[], Any], planned: Any) -> Any:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
        except BaseException as error:
            raise RuntimeError("Query interrupted") from error  # what DuckDB makes of it

    with pytest.raises(KeyboardInterrupt):
        run_backfill(watch.settings, stage="extract", mode="all", clock=at_later, each_day=stop_within)
    assert [(day, status, message) for _, day, status, message in days_of(watch)] == [
        (FIRST_DAY, "cancelled", "stopped within; what was written is kept"),
        (LAST_DAY, "cancelled", "not begun"),
    ]
    assert select(watch, "SELECT status, message FROM run WHERE flow = 'backfill'") == [("cancelled", "stopped; what was written is kept")]
    grid = grid_of(watch)
    assert {cells["extract"].state for cells in grid.values()} == {"cancelled"}
    left = look_ahead(watch.settings, stage="extract", mode="failed", clock=at_last)
    assert left.n_pages == sum(cells["extract"].n for cells in grid.values()), "mode failed goes on as that run was asked"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_stop_outside_of_a_block_is_nobodys_business() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with noticed_stop() as notice:
        assert notice.error is None and signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code", "status"), [(signal.SIGTERM, 130, "cancelled"), (signal.SIGKILL, -9, "crashed")])
def test_a_backfill_stopped_in_the_middle_is_gone_on_with(watch: Any, number: signal.Signals, code: int, status: str) -> None:
    before = watch.export()
    ((name,),) = select(watch, f"SELECT DISTINCT warc_file FROM page WHERE CAST(fetched_at AS DATE) = DATE '{LAST_DAY}'")
    held = watch.settings.archive_dir / name
    away = held.rename(held.with_suffix(".away"))
    os.mkfifo(held)  # a disk that does not answer
    command = [sys.executable, "-m", "flows.cli", "backfill", "--mode", "all", "--data-dir", str(watch.folder), "--processes", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            writer = wait_for_reader(held, process)
            process.send_signal(number)
            _, err = process.communicate(timeout=120)
            os.close(writer)
        finally:
            process.kill()
            held.unlink()
            away.rename(held)
    assert process.returncode == code and "Traceback" not in err

    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    assert grid_of(watch)[LAST_DAY]["extract"].left_by == status
    summary = run_backfill(watch.settings, mode="failed", clock=lambda: later)
    assert list(summary.days) == [str(LAST_DAY)], "the day before it was done"
    (stopped,) = select(watch, "SELECT status FROM run WHERE flow = 'backfill' ORDER BY started_at LIMIT 1")
    assert stopped == (status,)
    assert select(watch, "SELECT d.day, d.status FROM backfill_day AS d JOIN run AS r USING (run_id) ORDER BY r.started_at, day") == [
        (FIRST_DAY, "done"), (LAST_DAY, status), (LAST_DAY, "done"),
    ]  # fmt: skip
    assert watch.export() == before


def wait_for_reader(fifo: Any, process: subprocess.Popen[str]) -> int:
    """Wait until somebody reads a named pipe, and hold its other end."""
    until = time.monotonic() + 240
    while time.monotonic() < until and process.poll() is None:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nobody read the pipe: {process.communicate()}")


@pytest.mark.slow
def test_a_backfill_of_all_days_is_a_fresh_build(watched: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where two nights made what is backfilled, and one single match the other."""
    assert find_other_tables(watched.settings, tmp_path) == {}
    assert capsys.readouterr().out.count("the same") == 10
