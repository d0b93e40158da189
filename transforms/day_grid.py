"""Days of the archive and what each stage still has to do on them: the grid of `vigil status`, the plan of a backfill, its time.

counts of a day and stage -> Cell -> its state in one word, and in words with numbers; plan and rates -> seconds
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

STAGES = ("fetch", "clean", "extract", "match")
# The first that a day has something of is its state: what went wrong before what is not done yet, before what could be done better.
STATES = ("failed", "cancelled", "missing", "stale", "done")


@dataclass(frozen=True, slots=True)
class Cell:
    """One stage on one day.

    Attributes:
        n: Pages (match: articles that report something) of the day.
        n_missing: Never asked for, read or matched.
        n_failed: Refused, and not given up.
        n_stale: Done by another version than the present one; fetch: the feed changed the item since.
        n_left: Not refused, and to be done still as a backfill was asked that did not come to its end on this day.
        left_by: How that backfill ended: failed, cancelled, crashed; None: none left anything.
    """

    n: int = 0
    n_missing: int = 0
    n_failed: int = 0
    n_stale: int = 0
    n_left: int = 0
    left_by: str | None = None

    @property
    def state(self) -> str:
        """The state in one word: empty, or the first of STATES that the day has something of."""
        if not self.n:
            return "empty"
        is_left = self.n_left > 0
        found = {
            "failed": self.n_failed > 0 or (is_left and self.left_by == "failed"),
            "cancelled": is_left and self.left_by != "failed",
            "missing": self.n_missing > 0,
            "stale": self.n_stale > 0,
        }
        return next((state for state in STATES if found.get(state)), "done")

    def words(self) -> str:
        """Return the state with its numbers: `failed 2 of 40`, `done 40`, `-` for a day without anything."""
        if self.state == "empty":
            return "-"
        if self.state == "done":
            return f"done {self.n}"
        parts = [
            (self.n_failed, "failed"),
            (self.n_left, f"left by a run that {_ENDS[self.left_by]}"),
            (self.n_missing if self.n_missing > self.n_left else 0, "missing"),  # what a run left is missing or stale besides
            (0 if self.n_left else self.n_stale, "stale version"),
        ]
        return ", ".join(f"{count} {what}" for count, what in parts if count) + f" of {self.n}"


_ENDS = {None: "ended", "failed": "failed", "cancelled": "was cancelled", "crashed": "was killed"}
Grid = Mapping[dt.date, Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Pages that one stage of a backfill will ask for or read on one day."""

    stage: str
    day: dt.date
    n: int


def count_states(grid: Grid) -> dict[str, dict[str, int]]:
    """Return how many days are in which state, by stage; stages and states in their order, those without a day left out."""
    found: dict[str, dict[str, int]] = {}
    for stage in STAGES:
        states = [cells[stage].state for cells in grid.values() if stage in cells]
        if counts := {state: states.count(state) for state in (*STATES, "empty") if state in states}:
            found[stage] = counts
    return found


def order_days(plan: Iterable[DayPlan], *, newest_first: bool) -> list[DayPlan]:
    """Return a plan stage by stage, the days of each in the order asked for."""
    days = sorted(plan, key=lambda planned: planned.day, reverse=newest_first)
    return sorted(days, key=lambda planned: STAGES.index(planned.stage))


def judge_time(todo: Mapping[str, int], rates: Mapping[str, tuple[int, float]]) -> tuple[float, list[str]]:
    """Return how long work will take at the rates of earlier runs.

    Args:
        todo: Things to do by kind of work.
        rates: Things done and seconds taken by kind of work, as measured.

    Returns:
        Seconds of the work whose rate is known, and the kinds of work whose rate is not.
    """
    known = {kind: rates[kind][1] / rates[kind][0] for kind in rates if rates[kind][0] > 0}
    seconds = sum(n * known[kind] for kind, n in todo.items() if kind in known)
    return seconds, [kind for kind, n in todo.items() if n and kind not in known]


def time_words(seconds: float) -> str:
    """Return a duration as people say it: `less than a minute`, `about 12 minutes`, `about 3.5 hours`."""
    if seconds < 60:
        return "less than a minute"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} minutes" if seconds >= 90 else "about a minute"
    return f"about {seconds / 3600:.1f} hours"


def span_words(start: dt.date | None, end: dt.date | None) -> str:
    """Return a range of days, short: `2025-04-04..06`, `2025-04-28..05-02`, `2025-04-04`, `until 2025-04-04`, `all days`."""
    if start is None or end is None:
        return f"from {start}" if start else f"until {end}" if end else "all days"
    if start == end:
        return str(start)
    if start.year != end.year:
        return f"{start}..{end}"
    return f"{start}..{end:%d}" if start.month == end.month else f"{start}..{end:%m-%d}"


def grid_rows(grid: Grid, stages: Sequence[str] = STAGES) -> list[tuple[str, ...]]:
    """Return the grid as rows of words, oldest day first: day, then one cell a stage."""
    return [(str(day), *(grid[day].get(stage, Cell()).words() for stage in stages)) for day in sorted(grid)]
