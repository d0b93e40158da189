"""Nights that something goes wrong in: a full disk, a folder that cannot be written, a damaged archive, clocks, two runs, a week without.

After each: the next run completes, nothing acknowledged is lost, nothing is there twice, counts balance, the published file opens, and
in the end all is as on a watch that nobody disturbed.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.kills import STORY, acknowledged_by, look_at_work
from flows.archive import Archive, ArchiveError
from flows.collect import run_collection
from flows.night import run_night
from warehouse.errors import ClockError

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[2]
FIRST, LAST = dt.datetime(2025, 4, 4, 20, 0, tzinfo=dt.UTC), dt.datetime(2025, 4, 7, 20, 0, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# `vigil ingest` on the newsroom's clock, as its own process; no file may grow above a limit, where one is given.
INGEST = """
import resource, sys
if limit := int(sys.argv[1]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.argv = ["vigil", "ingest", *sys.argv[2:]]
from flows.cli import main
main()
"""


@pytest.fixture(scope="module")
def one_night(watched: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A watch of one night, the first of the two of `watched`: copy it."""
    watch = type(watched)(tmp_path_factory.mktemp("one-night") / "data", watched.feeds, watched.newsroom)
    watch.run_night(FIRST)
    return watch


@pytest.fixture
def fresh(one_night: Any, tmp_path: Path) -> Any:
    return one_night.copy_to(tmp_path / "data")


def command(watch: Any, at: dt.datetime, limit: int = 0) -> list[str]:
    watch.newsroom.clock = at
    return [
        sys.executable,
        "-c",
        INGEST,
        str(limit),
        "--at",
        at.isoformat(),
        "--feeds",
        str(watch.feeds),
        "--data-dir",
        str(watch.folder),
        "--processes",
        "1",
    ]


def ingest(watch: Any, at: dt.datetime, *, limit: int = 0, before: tuple[str, ...] = ()) -> tuple[int, str]:
    """Run `vigil ingest` as a process of its own; return its exit code and the last line that it said on standard error."""
    environment = os.environ | {"VIGIL_ALLOW_PRIVATE_ADDRESSES": "true", "PYTHONPATH": str(PROJECT)}
    done = subprocess.run([*before, *command(watch, at, limit)], env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return done.returncode, done.stderr.strip().split("\n")[-1]


def assert_recovered(watch: Any, undisturbed: Any, acknowledged: dict[str, set[str]]) -> None:
    """Run the night again, and compare with a watch that nobody disturbed."""
    watch.run_night(LAST + HOUR)
    assert look_at_work(watch.folder, acknowledged) == Counter()
    assert watch.ask(STORY) == undisturbed.ask(STORY)
    for rows in ("SELECT DISTINCT url FROM page ORDER BY 1", "SELECT entry_id FROM entry ORDER BY 1"):
        assert watch.ask(rows) == undisturbed.ask(rows)


# ---- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Any]:
    """A disk of its own, whose free space can be set."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200m", "vigil-test", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no small disk can be mounted here ({made.stderr.strip()}); the tests with a limit on files say nearly the same")

    def leave(kilobytes: int) -> None:
        about = os.statvfs(folder)
        used = (about.f_blocks - about.f_bfree) * about.f_frsize // 1024
        subprocess.run(["mount", "-o", f"remount,size={used + kilobytes}k", str(folder)], check=True)

    try:
        yield folder, leave
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("left_kb", [40, 300, 9_000])
def test_a_full_disk(small_disk: Any, one_night: Any, watched: Any, left_kb: int) -> None:
    disk, leave = small_disk
    watch = one_night.copy_to(disk / "data")
    story = watch.ask(STORY)
    leave(left_kb)
    code, said = ingest(watch, LAST)
    assert code == 1 and said.startswith("vigil: ") and str(watch.folder) in said and "space" in said
    assert watch.ask(STORY) == story, "what is published is whole, and that of the night before"
    leave(100_000)
    assert_recovered(watch, watched, acknowledged_by(watch.folder))


def test_files_that_may_not_grow(fresh: Any, watched: Any) -> None:
    """The same without a disk of its own: the system refuses the bytes in the middle of the night."""
    story = fresh.ask(STORY)
    code, said = ingest(fresh, LAST, limit=fresh.settings.work_path.stat().st_size + 100_000)
    assert code == 1 and said.startswith("vigil: ") and "File too large" in said and "free space" in said
    assert fresh.ask(STORY) == story
    assert_recovered(fresh, watched, acknowledged_by(fresh.folder))


def test_a_disk_that_fills_while_a_page_is_archived(fresh: Any, watched: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    append, left = Archive._append, iter(range(31))

    def fills(self: Archive, *a: Any, **k: Any) -> Any:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return append(self, *a, **k)

    with (
        monkeypatch.context() as patch,
        pytest.raises(ArchiveError, match=r"\.warc\.gz: cannot be written \(No space left on device\); free"),
    ):
        patch.setattr(Archive, "_append", fills)
        fresh.run_night(LAST)
    assert_recovered(fresh, watched, acknowledged_by(fresh.folder))


# ---- folders that cannot be written


def as_mere_owner() -> tuple[str, ...]:
    """Return what to put before a command so that rights hold for it: root passes over them."""
    if os.geteuid():
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root may write anywhere, and there is no setpriv to take that right away")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")


def test_folders_and_files_that_are_read_only(fresh: Any, watched: Any) -> None:
    before, story = as_mere_owner(), fresh.ask(STORY)
    month = next(fresh.settings.archive_dir.glob("*/*"))
    for path, mode, code, words in (
        (fresh.folder, 0o500, 2, "cannot be written (Permission denied); choose another folder"),
        (month, 0o500, 1, "cannot be written (Permission denied); free space or choose another archive_dir"),
        (fresh.settings.work_path, 0o400, 1, "cannot be opened for writing"),
    ):
        kept = path.stat().st_mode
        path.chmod(mode)
        try:
            found = ingest(fresh, LAST, before=before)
        finally:
            path.chmod(kept)
        assert found[0] == code and found[1].startswith("vigil: ") and str(path) in found[1] and words in found[1], found
        assert fresh.ask(STORY) == story
    assert_recovered(fresh, watched, acknowledged_by(fresh.folder))


# ---- the archive


def test_an_archive_file_cut_off_before_it_is_read(fresh: Any, watched: Any, vigil: Any) -> None:
    fresh.newsroom.clock = LAST
    run_collection(fresh.settings, clock=lambda: LAST)
    acknowledged = acknowledged_by(fresh.folder)
    path = max(fresh.settings.archive_dir.rglob("*.warc.gz"), key=lambda path: path.stat().st_mtime_ns)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    night = fresh.run_night(LAST + HOUR)
    assert 0 < len(night.read.damage) == night.read.outcomes["rejected"] and night.read.reports > 0, "what can be read is read"
    code, out, _ = vigil("archive", "check", "--data-dir", fresh.folder)
    assert code == 1 and path.name in out
    path.write_bytes(whole)
    code, out, err = vigil("backfill", "--stage", "extract", "--mode", "failed", "--data-dir", fresh.folder, "--processes", 1)
    assert code == 0, err
    assert_recovered(fresh, watched, acknowledged)


# ---- clocks


def test_a_clock_that_jumps_back_and_is_set_right(fresh: Any, watched: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read with a clock that was set back would count as older than what it corrects, and twelve dead would stand for twenty."""
    fresh.newsroom.clock = LAST
    before = fresh.settings.work_path.read_bytes()
    with pytest.raises(ClockError, match=r"the clock says 2025-04-01 20:00 UTC, but the last collection was at 2025-04-04 20:00: set the"):
        run_night(fresh.settings, clock=lambda: FIRST - 3 * DAY)
    assert fresh.settings.work_path.read_bytes() == before, "nothing was written"
    assert_recovered(fresh, watched, acknowledged_by(fresh.folder))
    monkeypatch.setenv("VIGIL_ALLOW_CLOCK_BACK", "true")
    acknowledged = acknowledged_by(fresh.folder)
    assert run_night(fresh.settings, clock=lambda: LAST - 2 * DAY).collected.polls.total() > 0, "the operator knows better"
    assert look_at_work(fresh.folder, acknowledged) == Counter()


def test_a_clock_that_was_set_by_minutes_stops_no_night(fresh: Any) -> None:
    fresh.newsroom.clock = FIRST
    run_night(fresh.settings, clock=lambda: FIRST - HOUR / 2)


def test_a_week_without_a_machine_is_caught_up_without_a_flood(fresh: Any, watched: Any) -> None:
    began, acknowledged = len(fresh.newsroom.requests), acknowledged_by(fresh.folder)
    fresh.run_night(FIRST + 7 * DAY)
    asked = Counter(fresh.newsroom.requests[began:])
    assert max(asked.values()) == 1, "each feed, each robots.txt and each page once"
    assert look_at_work(fresh.folder, acknowledged) == Counter()
    assert fresh.ask(STORY) == watched.ask(STORY)
    assert fresh.ask("SELECT max(n) AS n FROM (SELECT count(*) AS n FROM page_check GROUP BY url)") == [{"n": 1}], "one look, not four"


# ---- two runs


def test_of_two_nights_at_once_the_second_says_who_has_the_first(fresh: Any, watched: Any) -> None:
    began = len(fresh.newsroom.requests)
    environment = os.environ | {"VIGIL_ALLOW_PRIVATE_ADDRESSES": "true", "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command(fresh, LAST), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        try:
            while len(fresh.newsroom.requests) - began < 10:
                assert first.poll() is None
                time.sleep(0.02)
            first.send_signal(signal.SIGSTOP)  # in the middle of its work for as long as the second needs
            code, said = ingest(fresh, LAST)
            assert code == 1 and f"process {first.pid} " in said and "wait until it ends" in said
        finally:
            first.send_signal(signal.SIGCONT)
        assert first.wait() == 0
    assert_recovered(fresh, watched, acknowledged_by(fresh.folder))
