"""Two-stage reading: what the glance loses, how many pages it lets through, and what both stages cost against bare trafilatura.

    python -m benchmarks.candidates            # measure and print
    python -m benchmarks.candidates --quick    # on every tenth page and text
    python -m benchmarks.candidates --fit      # also write seeds/lexicons/en/candidates.csv anew

A page or text is lost where reading it in full finds an incident and the glance says that it cannot report one. Labelled pages are
those that the corpora beside the project call an incident. Weights are fitted to what triage says of the same pages in full; what is
printed as cross-fitted was judged by what was fitted on the other nine tenths. Without the captured pages: the demo newsroom.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime as dt
import gzip
import json
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import trafilatura

from benchmarks.history import Figure
from benchmarks.meter import Meter, walked
from benchmarks.pages import PROJECT, SHARED, Page, captured_pages, demo_pages
from benchmarks.reading import PEER, warm_up
from flows.extraction import load_tools
from flows.pool import open_pool
from transforms.candidates import LITTLE, TABLE, is_english, judge_candidate
from transforms.clean import CleanError, clean_markup, read_markup
from transforms.document import Document, Source
from transforms.extract import read_document
from transforms.glance import Glance, glance_at
from transforms.glance_signals import ZONES, look_for_signals
from transforms.language import find_language
from transforms.text import fold

Result = TypeVar("Result")
WEIGHTS = PROJECT / "seeds" / "lexicons" / "en" / f"{TABLE}.csv"
CORPORA = ("wad", "gva", "muc4", "airwars", "gvdb", "msa", "bbcneg")
TEXTS = 3_000  # of each corpus: all
BENCH_TEXTS = 60  # of each corpus, where only speed is asked for
RUN = 40  # pages, as many as a reader of derive gets at once
BAR = 5.0
INCIDENT_WEIGHT = 20.0  # an incident lost weighs as much as so many pages cleaned for nothing
TEXT_WEIGHT = 0.3  # of a text of the corpora, where a page weighs 1: they are no pages, and most of them are incidents
PENALTY = 4.0  # on squared differences from triage's weights: words that few pages hold keep those
MARGIN = 0.5  # points by which the threshold lies below the incident that is hardest to see
LEAST = 0.15  # smaller weights are left out
FOLDS = 10


@dataclass(slots=True)
class Judged:
    """One page or text, judged both ways, and what that cost: bare; markup, glance, judge, second (of a candidate) or full."""

    id: str
    kind: str
    is_incident: bool
    is_candidate: bool
    is_judged: bool
    signals: dict[str, float] = field(default_factory=dict)
    meter: Meter = field(default_factory=Meter)

    def seconds(self, *stages: str) -> float:
        """Return the CPU seconds of some stages."""
        return sum(self.meter.seconds.get(stage, 0.0) for stage in stages)

    def clocked(self, stage: str, work: Callable[[], Result]) -> Result:
        """Do the work of a stage and add its CPU seconds, also where it fails."""
        began = time.process_time()
        try:
            return work()
        finally:
            self.meter.seconds[stage] = self.seconds(stage) + time.process_time() - began

    @property
    def two_stages_s(self) -> float:
        """CPU seconds of both stages; a page that is no candidate is not read in full."""
        return self.seconds("markup", "glance", "judge", "second")


def judge_pages(pages: Sequence[Page]) -> list[Judged]:
    """Read some pages: by the peer, in two stages, and all in full, one way after the other, as a night reads them.

    Page by page in turn, each way would begin with what the others left in the processor's caches, and a glance takes no longer than that.
    """
    warm_up()
    judged = [Judged(page.id, page.kind, False, True, False) for page in pages]
    meter = Meter()  # of memory
    for stage, read in {"bare": _read_bare, "glance": _read_in_two_stages, "full": _read_what_was_left}.items():
        meter(stage, partial(deque, map(read, pages, judged), 0))
    for one in judged:
        one.meter.peak_mb = meter.peak_mb
    return judged


def _read_bare(page: Page, one: Judged) -> None:
    with contextlib.suppress(Exception):  # the peer's failures are its own
        one.clocked("bare", partial(trafilatura.bare_extraction, page.body, with_metadata=True))


def _read_in_two_stages(page: Page, one: Judged) -> None:
    lexicons, _ = load_tools()
    with contextlib.suppress(CleanError):
        markup = one.clocked("markup", partial(read_markup, page.body))
        glance = one.clocked("glance", partial(glance_at, markup, page.title))
        one.is_candidate = one.clocked("judge", partial(judge_candidate, glance, lexicons)).is_candidate
        if one.is_candidate:
            one.is_incident = one.clocked("second", partial(_read_in_full, page, markup))


def _read_what_was_left(page: Page, one: Judged) -> None:
    """Read in full what was no candidate, and note what the glance shows."""
    lexicons, _ = load_tools()
    with contextlib.suppress(CleanError):
        markup = read_markup(page.body)
        glance = glance_at(markup, page.title)
        one.is_judged, one.signals = _is_judged(glance), look_for_signals(glance, lexicons)[0]
        if not one.is_candidate:
            one.is_incident = one.clocked("full", partial(_read_in_full, page, markup))


def _read_in_full(page: Page, markup: str) -> bool:
    """Clean and read a page; return whether it reports an incident."""
    lexicons, gazetteer = load_tools()
    cleaned = clean_markup(markup, title=page.title, published=page.published, fetched=page.fetched, url=page.url)
    if find_language(f"{cleaned.title or ''}\n{cleaned.body}", cleaned.declared_language) != "en":
        return False
    source = Source(cleaned.published.date() if cleaned.published else None)
    return bool(read_document(Document(cleaned.title, cleaned.body, source, lexicons, gazetteer)).reports)


def judge_text(row: dict[str, Any]) -> Judged:
    """Read a labelled text in full and glance at it as if it were a page's paragraphs."""
    lexicons, gazetteer = load_tools()
    day = dt.date.fromisoformat(str(row["published"])[:10]) if row.get("published") else None
    reading = read_document(Document(row.get("title"), row["text"], Source(day), lexicons, gazetteer))
    glance = Glance(fold(row.get("title") or ""), fold(row["text"]))
    found = judge_candidate(glance, lexicons)
    return Judged(
        row["id"], row["corpus"], bool(reading.reports), found.is_candidate, _is_judged(glance), look_for_signals(glance, lexicons)[0]
    )


def _is_judged(glance: Glance) -> bool:
    return len(glance.text) >= LITTLE and is_english(glance)


def read_texts(step: int, texts: int = TEXTS) -> Iterator[dict[str, Any]]:
    """Yield an even, shuffled share of each corpus' texts."""
    for corpus in CORPORA:
        path = SHARED / "corpora" / f"{corpus}.jsonl.gz"
        if path.is_file():
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                rows = [row for row in map(json.loads, lines) if row.get("text")]
            random.Random(1).shuffle(rows)
            yield from rows[: texts // step]


def fit(judged: Sequence[Judged]) -> dict[str, float]:
    """Return the weights of a logistic model, pulled towards a multiple of triage's (Newton's method).

    `bias.body` is the constant: the incident of these that is hardest to see has MARGIN points.
    """
    prior = _triage_weights()
    names = sorted({name for one in judged for name in one.signals})
    place = {name: number for number, name in enumerate(names)}
    x = np.zeros((len(judged), len(names) + 2))  # and triage's own sum, and the constant
    x[:, -1] = 1
    for number, one in enumerate(judged):
        for name, strength in one.signals.items():
            x[number, place[name]] = strength
            x[number, -2] += strength * prior.get(name, 0.0)
    y = np.array([one.is_incident for one in judged], dtype=float)
    cost = np.where(y == 1, INCIDENT_WEIGHT, 1.0) * np.where([one.kind in CORPORA for one in judged], TEXT_WEIGHT, 1.0)
    penalty = np.eye(x.shape[1]) * PENALTY
    penalty[-1, -1] = 1e-6
    weights = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        step = np.linalg.solve((x * (cost * p * (1 - p))[:, None]).T @ x + penalty, x.T @ (cost * (p - y)) + penalty @ weights)
        weights -= step
        if abs(step).max() < 1e-6:
            break
    found = {name: round(float(own + weights[-2] * prior.get(name, 0.0)), 2) for name, own in zip(names, weights, strict=False)}
    found = {name: weight for name, weight in found.items() if abs(weight) >= LEAST}
    return found | {"bias.body": round(MARGIN - min((_points(one, found) for one in judged if one.is_incident), default=0.0), 2)}


def _triage_weights() -> dict[str, float]:
    """Return the weights of triage.csv by the names of what a glance sees: it takes any number by a word of harm for a count of people."""
    lexicons, _ = load_tools()
    seen = {"toll": "harm_number"}
    zones = {"title": "head", "lead": "lead", "body": "body"}
    return {
        f"{seen.get(row['signal'], row['signal'])}.{zone}": float(row[own] or 0)
        for row in lexicons.rows("triage")
        for own, zone in zones.items()
    }


def _points(one: Judged, weights: dict[str, float]) -> float:
    return sum(weights.get(name, 0.0) * strength for name, strength in one.signals.items())


def cross_fitted(judged: Sequence[Judged]) -> list[tuple[Judged, float]]:
    """Return every page and text with the points that it gets by what was fitted on the other folds."""
    found = []
    for fold_number in range(FOLDS):
        weights = fit([one for number, one in enumerate(judged) if number % FOLDS != fold_number])
        found += [(one, weights["bias.body"] + _points(one, weights)) for one in judged[fold_number::FOLDS]]
    return found


def write_weights(weights: dict[str, float]) -> None:
    """Write candidates.csv: one line a signal, a column a zone."""
    signals = sorted({name.rsplit(".", 1)[0] for name in weights} - {"bias"})
    with WEIGHTS.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(("signal", *ZONES))
        for signal in ("bias", *signals):
            lines.writerow((signal, *(f"{weights[name]:g}" if (name := f"{signal}.{zone}") in weights else "" for zone in ZONES)))


def report(judged: Sequence[Judged], labelled: frozenset[str]) -> str:
    """Return a table: by kind of page, incidents found and lost, share cleaned, and the ratio to bare trafilatura."""
    lines = [f"{'':<12}{'read':>7}{'incidents':>11}{'lost':>6}{'labelled':>10}{'lost':>6}{'cleaned':>9}{'x, all':>13}{'x, two stages':>20}"]
    for kind in dict.fromkeys(one.kind for one in judged):
        own = [one for one in judged if one.kind == kind]
        found = [one for one in own if one.is_incident]
        known = [one for one in found if one.id in labelled]
        line = f"{kind:<12}{len(own):>7}{len(found):>11}{sum(not one.is_candidate for one in found):>6}{len(known):>10}"
        line += f"{sum(not one.is_candidate for one in known):>6}{sum(one.is_candidate for one in own) / len(own):>9.3f}"
        if own[0].meter.seconds:
            bare, full, both = (sum(costs) for costs in zip(*_costs(own), strict=True))
            line += f"{bare / full:>13.2f}{bare / both:>20.2f}"
        lines.append(line)
    return "\n".join(lines)


def _costs(judged: Sequence[Judged]) -> list[tuple[float, float, float]]:
    """Return the CPU seconds of the peer, of reading in full, and of both stages, page by page."""
    return [(one.seconds("bare"), one.seconds("markup", "second", "full"), one.two_stages_s) for one in judged]


def measure(step: int, texts: int = TEXTS) -> tuple[list[Judged], frozenset[str]]:
    """Judge every page and so many texts of each corpus, or every `step`th; also return the ids of pages labelled as incidents."""
    pages = list(captured_pages())[::step] or list(demo_pages())
    labelled: frozenset[str] = frozenset()
    if (SHARED / "corpora" / "pages.jsonl.gz").is_file():
        with gzip.open(SHARED / "corpora" / "pages.jsonl.gz", "rt", encoding="utf-8") as lines:
            labelled = frozenset(row["id"] for row in map(json.loads, lines) if row["gold"].get("is_incident"))
    with open_pool(2) as pool:
        runs = [pages[at : at + RUN] for at in range(0, len(pages), RUN)]
        judged = list(chain.from_iterable(walked(pool.map(judge_pages, runs), "two stages", f"runs of {RUN} pages", len(runs))))
        judged += walked(pool.map(judge_text, read_texts(step, texts), chunksize=8), "two stages, corpora", "texts")
    return judged, labelled


def figures(step: int) -> list[Figure]:
    """Measure, print the table, and return the ratios and losses by kind of page."""
    judged, labelled = measure(step, BENCH_TEXTS)
    print(report(judged, labelled), flush=True)
    found = []
    for kind in dict.fromkeys(one.kind for one in judged if one.meter.seconds):
        own = [one for one in judged if one.kind == kind]
        bare, full, both = (sum(costs) for costs in zip(*_costs(own), strict=True))
        peaks = {stage: max(one.meter.peak_mb[stage] for one in own) for stage in own[0].meter.peak_mb}
        stages = ("glance", sum(one.seconds("markup", "glance", "judge") for one in own), "glance"), ("full", full, "full")
        found += [
            Figure(f"two stages, {kind}: {name}", bare / cost, PEER, None, cost / len(own), peaks.get(stage))
            for name, cost, stage in stages
        ]
        bar = BAR if kind in {"full", "stream"} else None
        found.append(Figure(f"two stages, {kind}", bare / both, PEER, bar, both / len(own), max(peaks.values())))
        found.append(Figure(f"two stages, {kind}: share cleaned", sum(one.is_candidate for one in own) / len(own), "of pages"))
    known = [one for one in judged if one.is_incident and one.id in labelled]
    if known:
        kept = sum(one.is_candidate for one in known) / len(known)
        found.append(Figure("two stages: labelled incident pages kept", kept, f"of {len(known)} that reading in full finds", 1.0))
    return found


def main() -> None:
    """Measure, print, and fit when asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every tenth page and text")
    parser.add_argument("--fit", action="store_true", help=f"write {WEIGHTS.relative_to(PROJECT)} anew, and tell what is lost cross-fitted")
    given = parser.parse_args()
    judged, labelled = measure(10 if given.quick else 1)
    print(report(judged, labelled))
    for one in judged:
        if one.is_incident and not one.is_candidate:
            print(f"lost: {one.kind} {one.id}")
    if given.fit:
        usable = [one for one in judged if one.is_judged and one.signals]
        points = cross_fitted(usable)
        lost = [f"{one.kind} {one.id} {own:+.1f}" for one, own in points if one.is_incident and own < 0]
        vain = sum(one.kind == "stream" and not one.is_incident and own >= 0 for one, own in points)
        print(f"cross-fitted: {len(lost)} of {sum(one.is_incident for one in usable)} incidents lost: {', '.join(lost)}")
        print(f"cross-fitted: {vain} pages of the stream cleaned for nothing")
        write_weights(fit(usable))


if __name__ == "__main__":
    main()
