"""Scores of the extractor on the labelled corpora beside the project.

    python -m benchmarks.quality            # measure and print
    python -m benchmarks.quality --pin      # also raise the floors and write docs/quality.md
    python -m benchmarks.quality --from DIR # read scores that eval/run.sh wrote there (OUT=DIR) instead of measuring

Floors only rise: a figure that fell stays pinned where it was, and the quality test says so.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.pages import SHARED
from benchmarks.published import write_between
from flows.extraction import extract_file

PROJECT = Path(__file__).resolve().parents[1]
FLOORS = PROJECT / "tests" / "quality" / "floors.json"
PAGE = PROJECT / "docs" / "quality.md"
CORPORA = ("pages", "wad", "gva", "airwars", "muc4", "gvdb", "msa", "wiki", "bbcneg")
FIGURES = (
    "relevance_F1", "relevance_false_alarm", "killed>0", "killed_false", "injured>0", "children", "date1", "country", "admin1", "place25",
    "weapon", "perp", "strict",
)  # fmt: skip
CEILINGS = frozenset({"killed_false", "relevance_false_alarm"})
TEXT_FIELDS = ("id", "title", "text", "html_file", "url", "published")
SLACK = 0.004  # a floor lies this much below what was measured: a rule that mends ten texts may cost one


def measure(corpus: str, folder: Path) -> dict[str, dict[str, float]]:
    """Extract one corpus without its gold and score it; value and n by figure."""
    with gzip.open(SHARED / "corpora" / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    gold, texts, read, result = (folder / f"{corpus}.{kind}" for kind in ("gold", "in", "out", "score.json"))
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows))
    kept = [{k: r[k] for k in TEXT_FIELDS if r.get(k) is not None and not (k == "text" and r.get("html_file"))} for r in rows]
    texts.write_text("".join(json.dumps(row) + "\n" for row in kept))
    extract_file(texts, read, SHARED / "replay", 2, lambda *_: None)
    command = [sys.executable, str(SHARED / "eval" / "score.py"), str(gold), str(read), "--json", str(result)]
    subprocess.run(command, check=True, capture_output=True)
    scores: dict[str, dict[str, float]] = json.loads(result.read_text())
    return scores


def table(scores: dict[str, dict[str, dict[str, float]]]) -> str:
    """Return all figures as a Markdown table, corpora as rows; empty where a figure is not defined."""
    lines = ["| corpus | " + " | ".join(FIGURES) + " |", "| --- |" + " ---: |" * len(FIGURES)]
    for corpus, figures in scores.items():
        cells = [f"{figures[name]['value']:.3f}" if name in figures else "" for name in FIGURES]
        lines.append(f"| {corpus} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def pin(scores: dict[str, dict[str, dict[str, float]]]) -> None:
    """Raise floors (lower ceilings) to what was measured, less the slack; never the other way."""
    pinned: dict[str, Any] = json.loads(FLOORS.read_text()) if FLOORS.exists() else {"corpora": {}}
    for corpus, figures in scores.items():
        before = pinned["corpora"].get(corpus, {}).get("scores", {})
        after = dict(before)
        for name in FIGURES:
            if name not in figures:
                continue
            value = figures[name]["value"]
            bound = round(value + SLACK if name in CEILINGS else value - SLACK, 3)
            after[name] = (min if name in CEILINGS else max)(bound, before.get(name, bound))
        digest = hashlib.sha256((SHARED / "corpora" / f"{corpus}.jsonl.gz").read_bytes()).hexdigest()
        pinned["corpora"][corpus] = {"sha256": digest, "scores": after}
    FLOORS.write_text(json.dumps(pinned, indent=1) + "\n")


def main() -> None:
    """Measure, print, and pin when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pin", action="store_true", help="raise the floors and write docs/quality.md")
    parser.add_argument("--from", dest="folder", type=Path, help="folder with the score files of eval/run.sh")
    given = parser.parse_args()
    if not (SHARED / "corpora").is_dir():
        sys.exit("the labelled corpora are not beside the project")
    with tempfile.TemporaryDirectory() as name:
        if given.folder:
            scores = {c: json.loads((given.folder / f"{c}.score.json").read_text()) for c in CORPORA}
        else:
            scores = {corpus: measure(corpus, Path(name)) for corpus in CORPORA}
    print(table(scores))
    if given.pin:
        pin(scores)
        write_between(PAGE, "scores", table(scores))


if __name__ == "__main__":
    main()
