"""Figures of a run of the measurements: a table, a line each in benchmarks/history.csv, and a plot of how they went over time."""

from __future__ import annotations

import csv
import datetime as dt
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vl_convert

from benchmarks.pages import PROJECT

HISTORY = PROJECT / "benchmarks" / "history.csv"
PLOT = PROJECT / "docs" / "speed.svg"
HEADER = ("date", "commit", "pages", "load", "figure", "value", "unit", "bar", "cpu_s", "peak_mb")
WIDE = 260  # pixels, of each of the plot's two halves


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a run: a ratio against a peer or bound of the same run, never a time alone.

    Attributes:
        name: What was measured, on which pages.
        value: The ratio.
        unit: Of what to what.
        bar: What it is wanted to reach; None: it is only watched.
        cpu_s: CPU seconds of one page or of the whole stage, for orientation; None: not measured.
        peak_mb: Peak resident memory of the process while the stage was at work; None: not measured.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None
    cpu_s: float | None = None
    peak_mb: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether it does not reach its bar."""
        return self.bar is not None and self.value < self.bar

    def line(self) -> str:
        """Return the figure as a line of the table; what misses its bar is marked."""
        bar = "" if self.bar is None else f"{self.bar:g}"
        mark = "<" if self.is_missed else " "
        cpu = "" if self.cpu_s is None else f"{self.cpu_s:.4f}"
        peak = "" if self.peak_mb is None else f"{self.peak_mb:.0f}"
        return f"{self.name:<56}{self.value:>9.3f}{bar:>7} {mark}{cpu:>10}{peak:>9}  {self.unit}"


def table(found: Sequence[Figure]) -> str:
    """Return the figures as a table; `<`: below its bar."""
    return "\n".join([f"{'figure':<56}{'value':>9}{'bar':>7}  {'CPU s':>10}{'peak MB':>9}", *(figure.line() for figure in found)])


def keep(found: Sequence[Figure], pages: str, load: float, path: Path = HISTORY) -> None:
    """Append the figures of a run, one line each, with today's date, the commit and the machine's load average at the end."""
    asked = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=PROJECT)
    commit = asked.stdout.strip()
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        if is_new:
            lines.writerow(HEADER)
        for f in found:
            told = [f"{f.value:.3f}", f.unit, *("" if v is None else f"{v:.4g}" for v in (f.bar, f.cpu_s, f.peak_mb))]
            lines.writerow([dt.datetime.now(dt.UTC).date(), commit or "unknown", pages, f"{load:.1f}", f.name, *told])


def read_history(path: Path = HISTORY) -> list[dict[str, str]]:
    """Return the lines of the history, oldest first."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def draw(path: Path = HISTORY, plot: Path = PLOT) -> None:
    """Draw every figure that has a bar over the runs, as a multiple of its bar: above 1 it is reached.

    Left: what each was last, a bar a figure. Right: how each went over the runs. Drawn by what draws the brief's charts; the same history
    gives the same bytes.
    """
    lines = read_history(path)
    rows = [row for row in lines if row["bar"] and row["pages"] == lines[-1]["pages"]]  # runs on other pages cannot be compared
    runs = list(dict.fromkeys(_run_of(row) for row in rows))
    values = [
        {
            "figure": row["figure"],
            "run": runs.index(_run_of(row)) + 1,
            "when": row["date"],
            "times": float(row["value"]) / float(row["bar"]),
        }
        for row in rows
    ]
    last = list({value["figure"]: value for value in values}.values())  # a run of one part leaves the others' figures as they were
    spec = {
        "title": {"text": "Speed, as a multiple of the bar", "subtitle": f"last run: {' '.join(runs[-1])}"},
        "background": "white",
        "hconcat": [_last_run(last), _all_runs(values)],
        "config": {"axis": {"labelFontSize": 11, "titleFontSize": 11}, "view": {"stroke": None}},
    }
    plot.write_text(vl_convert.vegalite_to_svg(spec, vl_version="5.21", allowed_base_urls=[]) + "\n", encoding="utf-8")


def _run_of(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["date"], row["commit"], row["pages"]


def _last_run(values: list[dict[str, Any]]) -> dict[str, Any]:
    bar = {
        "mark": "bar",
        "data": {"values": values},
        "encoding": {
            "y": {"field": "figure", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 400}},
            "x": {"field": "times", "type": "quantitative", "axis": {"title": "value / bar"}},
            "color": {"condition": {"test": "datum.times >= 1", "value": "#3a7d44"}, "value": "#b3402e"},
        },
    }
    return {"width": WIDE, "height": {"step": 16}, "layer": [bar, _bound("x")]}


def _all_runs(values: list[dict[str, Any]]) -> dict[str, Any]:
    line = {
        "mark": {"type": "line", "point": True},
        "data": {"values": values},
        "encoding": {
            "x": {"field": "run", "type": "ordinal", "axis": {"title": "run", "labelAngle": 0}},
            "y": {"field": "times", "type": "quantitative", "scale": {"type": "log"}, "axis": {"title": "value / bar"}},
            "color": {
                "field": "figure",
                "type": "nominal",
                "sort": None,
                "scale": {"scheme": "tableau20"},
                "legend": {"title": None, "labelLimit": 400},
            },
        },
    }
    return {"width": WIDE, "height": 220, "layer": [line, _bound("y")]}


def _bound(axis: str) -> dict[str, Any]:
    return {
        "mark": {"type": "rule", "strokeDash": [4, 3], "color": "grey"},
        "data": {"values": [{"one": 1}]},
        "encoding": {axis: {"field": "one", "type": "quantitative"}},
    }
