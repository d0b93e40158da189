"""Figures of a run of the measurements: a table, a line each in benchmarks/history.csv, and a plot of how they went over time."""

from __future__ import annotations

import csv
import datetime as dt
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pages import PROJECT
from benchmarks.published import drawn

HISTORY = PROJECT / "benchmarks" / "history.csv"
PLOT = PROJECT / "docs" / "speed.svg"
HEADER = ("date", "commit", "pages", "figure", "value", "unit", "bar", "cpu_s", "peak_mb")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a run: a ratio against a peer or bound of the same run, never a time alone.

    Attributes:
        name: What was measured, on which pages.
        value: The ratio.
        unit: Of what to what.
        bar: What it is wanted to reach; None: it is only watched.
        cpu_s: CPU seconds of one page or of the whole stage, for orientation; None: not measured.
        peak_mb: Peak resident memory of the process that did it; None: not measured.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None
    cpu_s: float | None = None
    peak_mb: float | None = None

    def line(self) -> str:
        """Return the figure as a line of the table."""
        bar = "" if self.bar is None else f"{self.bar:g}"
        cpu = "" if self.cpu_s is None else f"{self.cpu_s:.4g}"
        peak = "" if self.peak_mb is None else f"{self.peak_mb:.0f}"
        return f"{self.name:<44}{self.value:>8.2f}{bar:>7}{cpu:>10}{peak:>9}  {self.unit}"


def table(found: Sequence[Figure]) -> str:
    """Return the figures as a table."""
    return "\n".join([f"{'figure':<44}{'value':>8}{'bar':>7}{'CPU s':>10}{'peak MB':>9}", *(figure.line() for figure in found)])


def keep(found: Sequence[Figure], pages: str, path: Path = HISTORY) -> None:
    """Append the figures of a run, one line each, with today's date and the commit."""
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=PROJECT)
    commit = asked.stdout.strip()
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        if is_new:
            lines.writerow(HEADER)
        for f in found:
            told = [f"{f.value:.3f}", f.unit, *("" if v is None else f"{v:.4g}" for v in (f.bar, f.cpu_s, f.peak_mb))]
            lines.writerow([dt.datetime.now(dt.UTC).date(), commit or "unknown", pages, f.name, *told])


def draw(path: Path = HISTORY) -> None:
    """Draw every figure that has a bar over the runs, as a multiple of its bar: above 1 it is reached."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["bar"]]
    runs = list(dict.fromkeys((row["date"], row["commit"]) for row in rows))
    with drawn(PLOT, "Speed against the bars", (8, 4)) as axes:
        for name in dict.fromkeys(row["figure"] for row in rows):
            own = [(runs.index((r["date"], r["commit"])), float(r["value"]) / float(r["bar"])) for r in rows if r["figure"] == name]
            axes.plot(*zip(*own, strict=True), "-o", label=name)
        axes.axhline(1, linestyle=":", color="grey")
        axes.set(xlabel="run", ylabel="multiple of the bar")
        axes.set_xticks(range(len(runs)), [f"{day}\n{commit}" for day, commit in runs], fontsize=7)
        axes.legend(frameon=False, fontsize=7)
