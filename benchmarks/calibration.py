"""Is triage's relevance a probability? Reliability on the labelled corpora that hold texts of both kinds.

    python -m benchmarks.calibration            # measure and print
    python -m benchmarks.calibration --fit      # also fit slope and intercept, the constants of transforms/triage.py
    python -m benchmarks.calibration --write    # also write docs/quality.md (reliability) and docs/reliability.svg

Ten bins of the stated probability; in each the mean probability and the share of texts that report an incident. The expected
calibration error is the mean distance of the two, weighted by texts. muc4 counts terrorism only: a clash of armies is an incident to
Vigil and none to it, so that the middle bins state a little too much there.

The plot needs matplotlib: `uv pip install matplotlib` (the extra `plots`).
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from benchmarks.pages import SHARED
from benchmarks.published import drawn, write_between
from benchmarks.quality import PAGE, PROJECT, TEXT_FIELDS
from flows.extraction import extract_text
from flows.pool import open_pool
from transforms.triage import INTERCEPT, SLOPE

CORPORA = ("pages", "muc4", "bbcneg", "gvdb")
PLOT = PROJECT / "docs" / "reliability.svg"
BINS = 10
FOLDS = 5
ROUNDS = 50  # of Newton's method, which needs about eight


@dataclass(frozen=True, slots=True)
class Judged:
    """One text: the probability that triage states, and whether the corpus says that it reports an incident."""

    probability: float
    is_incident: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts of one tenth of the scale: how many, their mean probability, the share that report an incident."""

    low: float
    texts: int
    stated: float
    observed: float


def measure() -> list[Judged]:
    """Judge every text of the corpora; those whose label is optional are left out."""
    judged: list[Judged] = []
    for corpus in CORPORA:
        with gzip.open(SHARED / "corpora" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [row for row in map(json.loads, lines) if not row["gold"].get("optional_only")]
        labels = [bool(row["gold"].get("is_incident", True)) for row in rows]
        with open_pool(2) as pool:
            scores = list(pool.map(_score, map(_without_gold, rows), repeat(SHARED / "replay"), chunksize=16))
        judged += [Judged(score, label) for score, label in zip(scores, labels, strict=True)]
    return judged


def _without_gold(row: dict[str, Any]) -> dict[str, Any]:
    return {k: row[k] for k in TEXT_FIELDS if row.get(k) is not None and not (k == "text" and row.get("html_file"))}


def _score(row: dict[str, Any], html_root: Any) -> float:
    return float(extract_text(row, html_root)["relevance"])


def reliability(judged: Iterable[Judged]) -> list[Bin]:
    """Return the bins that hold texts, ascending."""
    cells: dict[int, list[Judged]] = {}
    for one in judged:
        cells.setdefault(min(int(one.probability * BINS), BINS - 1), []).append(one)
    return [
        Bin(number / BINS, len(cell), sum(j.probability for j in cell) / len(cell), sum(j.is_incident for j in cell) / len(cell))
        for number, cell in sorted(cells.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: distance of stated and observed, weighted by texts."""
    texts = sum(b.texts for b in bins)
    return sum(b.texts * abs(b.stated - b.observed) for b in bins) / texts if texts else 0.0


def points_of(probability: float) -> float:
    """Return the points behind a probability, by the inverse of the constants in use."""
    return (math.log(probability / (1 - probability)) - INTERCEPT) / SLOPE


def fit(points: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    """Return slope and intercept of the logistic function that fits best (greatest likelihood, Newton's method)."""
    slope, intercept = 1.0, 0.0
    for _ in range(ROUNDS):
        ds = di = dss = dsi = dii = 0.0
        for x, label in zip(points, labels, strict=True):
            p = 1 / (1 + math.exp(-(slope * x + intercept)))
            error, weight = p - label, p * (1 - p)
            ds, di = ds + error * x, di + error
            dss, dsi, dii = dss + weight * x * x, dsi + weight * x, dii + weight
        determinant = dss * dii - dsi * dsi
        slope, intercept = slope - (dii * ds - dsi * di) / determinant, intercept - (dss * di - dsi * ds) / determinant
    return slope, intercept


def refit(judged: Sequence[Judged], slope: float, intercept: float) -> list[Judged]:
    """Return the texts as other constants would judge them; a text without any evidence stays at 0."""
    return [
        Judged(1 / (1 + math.exp(-(slope * points_of(j.probability) + intercept))), j.is_incident) if 0 < j.probability < 1 else j
        for j in judged
    ]


def cross_fit(judged: Sequence[Judged]) -> list[Judged]:
    """Return the texts judged by constants that were fitted on the other folds."""
    out: list[Judged] = []
    for fold in range(FOLDS):
        other = [j for n, j in enumerate(judged) if n % FOLDS != fold and 0 < j.probability < 1]
        constants = fit([points_of(j.probability) for j in other], [j.is_incident for j in other])
        out += refit([j for n, j in enumerate(judged) if n % FOLDS == fold], *constants)
    return out


def table(bins: Sequence[Bin]) -> str:
    """Return the bins as a Markdown table."""
    lines = ["| relevance | texts | stated | observed |", "| --- | ---: | ---: | ---: |"]
    lines += [f"| {b.low:.1f} to {b.low + 1 / BINS:.1f} | {b.texts} | {b.stated:.3f} | {b.observed:.3f} |" for b in bins]
    return "\n".join(lines)


def report(judged: Sequence[Judged]) -> str:
    """Return the text between the marks of docs/quality.md."""
    bins, raw = reliability(judged), reliability(refit(judged, 1.0, 0.0))
    errors = (
        f"Expected calibration error: {calibration_error(bins):.3f} ({calibration_error(reliability(cross_fit(judged))):.3f} with constants"
        f" fitted on other texts; {calibration_error(raw):.3f} for the sum of the weights without them)."
    )
    return f"{table(bins)}\n\n{errors}"


def draw(bins: Sequence[Bin]) -> None:
    """Draw observed over stated."""
    with drawn(PLOT, "Reliability of triage's relevance", (5, 5)) as axes:
        axes.plot([0, 1], [0, 1], ":", color="grey", label="as stated")
        axes.plot([b.stated for b in bins], [b.observed for b in bins], "-o", linewidth=1.8, label="observed")
        axes.set(xlabel="relevance that triage states", ylabel="share of texts that report an incident", xlim=(0, 1), ylim=(0, 1))
        axes.legend(frameon=False)


def main() -> None:
    """Measure, print, fit and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="print the slope and intercept that fit best")
    parser.add_argument("--write", action="store_true", help=f"write the reliability table of {PAGE.name} and {PLOT.name}")
    given = parser.parse_args()
    if not (SHARED / "corpora").is_dir():
        sys.exit("the labelled corpora are not beside the project")
    judged = measure()
    print(report(judged))
    if given.fit:
        known = [j for j in judged if 0 < j.probability < 1]
        slope, intercept = fit([points_of(j.probability) for j in known], [j.is_incident for j in known])
        print(f"\nSLOPE, INTERCEPT = {slope:.2f}, {intercept:.2f}")
    if given.write:
        write_between(PAGE, "reliability", report(judged))
        draw(reliability(judged))


if __name__ == "__main__":
    main()
