"""The table, the history and the plot of the measurements, and the meter that they count with."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import history
from benchmarks.history import Figure
from benchmarks.meter import Meter

REACHED = Figure("clean", 2.4, "x", 2.0, 0.03, 300.0)
MISSED = Figure("two stages", 2.1, "x", 5.0)
WATCHED = Figure("share cleaned", 0.2, "of pages")


def test_what_misses_its_bar_is_marked_and_what_has_none_is_not() -> None:
    header, *lines = history.table([REACHED, MISSED, WATCHED]).splitlines()
    assert header.split() == ["figure", "value", "bar", "CPU", "s", "peak", "MB"]
    assert ["<" in line for line in lines] == [False, True, False]
    assert lines[0].split()[:5] == ["clean", "2.400", "2", "0.0300", "300"]


def test_a_run_is_appended_and_read_back(tmp_path: Path) -> None:
    kept = tmp_path / "history.csv"
    history.keep([REACHED, WATCHED], "demo", 0.5, kept)
    history.keep([MISSED], "demo", 12.0, kept)
    rows = history.read_history(kept)
    assert [(row["figure"], row["value"], row["bar"], row["load"]) for row in rows] == [
        ("clean", "2.400", "2", "0.5"), ("share cleaned", "0.200", "", "0.5"), ("two stages", "2.100", "5", "12.0"),
    ]  # fmt: skip
    assert (rows[1]["cpu_s"], rows[1]["peak_mb"]) == ("", "")


@pytest.mark.slow
def test_the_plot_of_a_history_is_the_same_bytes_and_leaves_runs_on_other_pages_out(tmp_path: Path) -> None:
    kept, plot = tmp_path / "history.csv", tmp_path / "speed.svg"
    history.keep([MISSED], "captured", 1.0, kept)
    history.keep([REACHED, WATCHED], "demo", 1.0, kept)
    history.draw(kept, plot)
    drawn = plot.read_text()
    assert "clean" in drawn and "two stages" not in drawn and "share cleaned" not in drawn
    history.draw(kept, plot)
    assert plot.read_text() == drawn


def test_a_stage_that_fails_is_charged_too_and_stages_add_up() -> None:
    meter, other = Meter(), Meter()
    with pytest.raises(ZeroDivisionError):
        meter("divide", lambda: 1 / 0)
    assert meter("sum", lambda: sum(range(200_000))) == 19_999_900_000
    other("sum", lambda: sum(range(200_000)))
    alone = meter.seconds["sum"]
    meter.add(other)
    assert meter.calls == {"divide": 1, "sum": 2} and meter.seconds["sum"] == alone + other.seconds["sum"] > 0
    assert all(peak > 10 for peak in meter.peak_mb.values()), "MB that a Python with a test runner holds"
