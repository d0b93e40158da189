"""How sure each rule is: its precision on the labelled corpora, and what withholding unsure values would give and cost.

    python -m benchmarks.confidence            # measure and print
    python -m benchmarks.confidence --write    # also write rule_precision.csv, docs/quality.md (coverage) and docs/coverage.svg

Only texts that report an incident count: whether a text does is triage's question, and a corpus' share of other texts is its
makers' choice. A value counts where its corpus labels the column, right as the evaluation beside the corpora has it. The curve is
cross-fitted: each text is rated by counts of the other four fifths of the texts.

The plot needs matplotlib: `uv pip install matplotlib` (the extra `plots`).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from types import ModuleType
from typing import Any

from benchmarks.pages import SHARED
from benchmarks.published import drawn, write_between
from benchmarks.quality import CORPORA, PAGE, PROJECT, TEXT_FIELDS
from flows.extraction import analyse_row
from flows.pool import open_pool
from transforms.confidence import TABLE, RulePrecision, context_of, lead_finding
from transforms.document import Document
from transforms.records import ReportRecord
from transforms.rows import extract_row

COUNTS = PROJECT / "seeds" / "lexicons" / "en" / f"{TABLE}.csv"
PLOT = PROJECT / "docs" / "coverage.svg"
HEADER = ("column", "rule", "context", "n", "right")
# Figure of the evaluation -> value (transforms.confidence.VALUES) that it judges.
VALUE_OF_FIGURE = {
    "killed": "killed",
    "injured": "injured",
    "children": "children_killed",
    "date1": "event_date_start",
    "country": "country_iso3",
    "admin1": "admin1",
    "place25": "place",
    "weapon": "weapon_class",
    "perp": "perpetrator",
}
# These corpora name the person who shot; Vigil names no private person, so that their labels judge another question.
NOT_LABELLED = {"perp": frozenset({"gvdb", "msa", "wiki"})}
CURVES = ("killed", "injured")
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94)
FOLDS = 5
FEWEST = 200  # values: a share of fewer is drawn by chance


@dataclass(frozen=True, slots=True)
class Judged:
    """One label of one text: was the value that stands for it right, and which rule gave it in which context.

    Attributes:
        text_id: Text, to keep its labels in one fold.
        value: What is judged, VALUES of transforms.confidence.
        is_above_zero: The label counts somebody: coverage is asked of these.
        rule: Rule of the leading finding; None where nothing was read.
        context: What else the text says about a toll.
        is_right: The value agrees with the label.
    """

    text_id: str
    value: str
    is_above_zero: bool
    rule: str | None
    context: str
    is_right: bool


@cache
def _score() -> ModuleType:
    """Load the evaluation that lies beside the corpora: it pairs labels with incidents and judges them."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval" / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge_text(row: dict[str, Any], corpus: str) -> list[Judged]:
    """Read one labelled text without its labels, then judge each value that a label speaks of."""
    if not row["gold"].get("is_incident", True):
        return []
    given = {k: row[k] for k in TEXT_FIELDS if row.get(k) is not None and not (k == "text" and row.get("html_file"))}
    analysis = analyse_row(given, SHARED / "replay")
    if analysis.doc is None or analysis.reading is None:
        return []
    found, golds = extract_row(row["id"], analysis.doc, analysis.reading)["incidents"], _score().gold_incidents(row)
    is_paired = len(golds) > 1 or (len(found) > 1 and "templates" in row["gold"])
    pairs = _score().pair(golds, found) if is_paired else [(gold, found[0] if found else {}) for gold in golds]
    judged: list[Judged] = []
    for gold, incident in pairs:
        report = analysis.reading.reports[incident["ordinal"]] if incident else None
        judged += _judge(f"{corpus}/{row['id']}", corpus, _score().checks(gold, incident), report, analysis.doc)
    return judged


def _judge(text_id: str, corpus: str, checks: dict[str, bool], report: ReportRecord | None, doc: Document) -> Iterable[Judged]:
    for figure, value in VALUE_OF_FIGURE.items():
        if figure not in checks or corpus in NOT_LABELLED.get(figure, ()):
            continue
        lead = lead_finding(report.findings, value) if report else None
        mentions = [claim.mention for claim in report.claims if claim.mention is not None] if report else []
        context = context_of(doc, value, lead.value, lead.span, mentions) if lead else ""
        yield Judged(text_id, value, f"{figure}>0" in checks, lead.rule if lead else None, context, checks[figure])


def measure(corpora: Sequence[str] = CORPORA, processes: int = 2) -> list[Judged]:
    """Judge every labelled text of the corpora."""
    judged: list[Judged] = []
    with open_pool(processes) as pool:
        for corpus in corpora:
            with gzip.open(SHARED / "corpora" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
                rows = [json.loads(line) for line in lines]
            for part in pool.map(judge_text, rows, repeat(corpus), chunksize=16):
                judged += part
    return judged


def count_rules(judged: Iterable[Judged]) -> list[dict[str, Any]]:
    """Return the rows of rule_precision.csv: n values and how many of them were right, by column, rule and context."""
    n: Counter[tuple[str, str, str]] = Counter()
    right: Counter[tuple[str, str, str]] = Counter()
    for one in judged:
        if one.rule is not None:
            n[one.value, one.rule, one.context] += 1
            right[one.value, one.rule, one.context] += one.is_right
    return [dict(zip(HEADER, (*key, n[key], right[key]), strict=True)) for key in sorted(n)]


def cross_fit(judged: Sequence[Judged]) -> list[tuple[Judged, float]]:
    """Return every given value with its confidence by the counts of the other folds."""
    folds: list[list[Judged]] = [[] for _ in range(FOLDS)]
    for one in judged:
        folds[int(hashlib.sha256(one.text_id.encode()).hexdigest(), 16) % FOLDS].append(one)
    rated = []
    for number, fold in enumerate(folds):
        known = RulePrecision(count_rules(one for other, part in enumerate(folds) if other != number for one in part))
        rated += [(one, known.of(one.value, one.rule, one.context) or 0.0) for one in fold if one.rule is not None]
    return rated


def curve(judged: Sequence[Judged], value: str, thresholds: Sequence[float]) -> list[tuple[float, float, float, int]]:
    """Return (threshold, coverage, precision, values given) for one value.

    Coverage is the share of labels above zero for which a value is given; precision the share of given values that are right.
    """
    own = [one for one in judged if one.value == value]
    asked = sum(one.is_above_zero for one in own)
    rated = cross_fit(own)
    points = []
    for threshold in thresholds:
        given = [one for one, confidence in rated if confidence >= threshold]
        if given:
            covered = sum(one.is_above_zero for one in given) / asked
            points.append((threshold, covered, sum(one.is_right for one in given) / len(given), len(given)))
    return points


def coverage_table(judged: Sequence[Judged]) -> str:
    """Return coverage and precision by threshold as a Markdown table."""
    names = "".join(f" {value}: coverage | precision | values |" for value in CURVES)
    lines = [f"| withheld below |{names}", "| ---: |" + " ---: |" * 3 * len(CURVES)]
    by_threshold = {value: {point[0]: point for point in curve(judged, value, THRESHOLDS)} for value in CURVES}
    for threshold in THRESHOLDS:
        cells = []
        for value in CURVES:
            _, covered, precision, n = by_threshold[value].get(threshold, (0, 0.0, None, 0))
            cells += [f"{covered:.3f}", "" if precision is None else f"{precision:.3f}", str(n)]
        lines.append(f"| {threshold or 'nothing'} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write_counts(counts: Sequence[dict[str, Any]]) -> None:
    """Write rule_precision.csv."""
    with COUNTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(counts)


def draw(judged: Sequence[Judged]) -> None:
    """Draw precision over coverage for killed and injured."""
    with drawn(PLOT, "Precision over coverage of killed and injured", (7, 4.5)) as axes:
        for value, line, marker in zip(CURVES, ("-", "--"), ("o", "s"), strict=True):
            fine = curve(judged, value, sorted({confidence for one, confidence in cross_fit(judged) if one.value == value}))
            shown = [point for point in fine if point[3] >= FEWEST]
            axes.plot([p[1] for p in shown], [p[2] for p in shown], line, label=value, linewidth=1.8)
            coarse = curve(judged, value, THRESHOLDS)
            axes.plot([p[1] for p in coarse], [p[2] for p in coarse], marker, color=axes.lines[-1].get_color(), markersize=5)
        axes.set(xlabel="coverage: labels above zero with a value", ylabel="precision: values that are right", xlim=(0, 1))
        axes.legend(title="withheld below a confidence;\nmarks: thresholds of the table", frameon=False)


def main() -> None:
    """Measure, print, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help=f"write {COUNTS.name}, the coverage table of {PAGE.name} and {PLOT.name}")
    given = parser.parse_args()
    if not (SHARED / "corpora").is_dir():
        sys.exit("the labelled corpora are not beside the project")
    judged = measure()
    counts = count_rules(judged)
    for value in VALUE_OF_FIGURE.values():
        own = [row for row in counts if row["column"] == value]
        n = sum(row["n"] for row in own)
        print(f"{value:18s} n={n:5d}  precision {sum(row['right'] for row in own) / max(n, 1):.3f}  rules x contexts {len(own)}")
    print(coverage_table(judged))
    if given.write:
        write_counts(counts)
        write_between(PAGE, "coverage", coverage_table(judged))
        draw(judged)


if __name__ == "__main__":
    main()
