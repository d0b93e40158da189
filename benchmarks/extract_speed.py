"""What the extractor costs: CPU milliseconds per 500 words, by stage, against a yardstick measured in the same breath.

Run `python -m benchmarks.extract_speed`. Texts are the demo newsroom's articles, and, where those stand beside the project, articles of
the captured stream as they come (nine of ten report no incident) and a sample of each labelled corpus (most report one). CPU time of a
shared machine is noisy too: each stage of each text counts with the least of several rounds, and the yardstick (counting the words of
the same texts) tells how fast the machine was.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.history import Figure
from benchmarks.meter import peak_mb, walked
from flows.extraction import load_tools
from flows.newsroom import read_newsroom
from transforms.casualty_mentions import find_casualty_mentions
from transforms.clean import CleanError, clean_page
from transforms.document import Document, Source
from transforms.events import find_events
from transforms.extract import read_document, values_of
from transforms.fields.actors import find_actors
from transforms.fields.casualties import find_casualties
from transforms.fields.dates import find_dates
from transforms.fields.event_class import find_event_class
from transforms.fields.places import find_places
from transforms.fields.speakers import find_claims
from transforms.fields.targets import find_targets
from transforms.fields.weapons import find_weapons
from transforms.language import find_language
from transforms.records import Scope
from transforms.speeches import find_speeches
from transforms.triage import judge_relevance

ROUNDS = 3  # the least of these counts
SAMPLE = 60  # texts of each corpus
STREAM = 240  # pages of the captured stream
STREAM_NAME = "captured stream, as it comes"
LENGTHS = (400, 800, 1_600, 3_200, 6_400)  # words
MOST_MS = 2.0  # CPU milliseconds that a text of 500 words may take
WORDS = 500  # to which every figure is scaled
SHORTEST = 60  # words; a shorter text measures the clock
CORPORA = ("wad", "gva", "airwars", "muc4", "bbcneg", "pages")
_WORD = re.compile(r"\w+")
PROJECT = Path(__file__).resolve().parents[1]
Text = tuple[str | None, str, dt.date | None]
Costs = dict[str, float]


def main() -> None:
    """Measure and print start-up and memory, one table for each set of texts, what they come to, and how cost grows with length."""
    print_start()
    costs = {name: print_table(name, texts) for name, texts in text_sets()}
    print_summary(costs)
    print_growth()


def figures(step: int) -> list[Figure]:
    """Measure each set of texts, or every `step`th of each; a table of stages for each is printed as it is known."""
    imported, loaded, resident = print_start()
    costs = {name: print_table(name, texts[::step]) for name, texts in text_sets()}
    print_summary(costs)
    peak = peak_mb()
    found = [Figure("start of a reader: imports / lexicons, gazetteer", imported / loaded, "CPU", None, imported + loaded, resident)]
    for name, stage, values in _groups(costs):
        ms, times = median(ms for ms, _ in values), median(times for _, times in values)
        found.append(Figure(f"extract, {name}", MOST_MS / ms, f"x {MOST_MS:g} ms for {WORDS} words; {stage}", 1.0, ms / 1e3, peak))
        found.append(Figure(f"extract, {name}: counting the words / extract", 1 / times, "CPU"))
    return found


def text_sets() -> Iterator[tuple[str, list[Text]]]:
    """Yield the sets of texts by name: title, body, publication day."""
    versions = [version for outlet in read_newsroom().versions.values() for version in outlet]
    yield "demo newsroom", [(v.title, "\n".join(v.paragraphs), v.published_at.date()) for v in versions if v.paragraphs]
    shared = Path(os.environ.get("VIGIL_SHARED", PROJECT.parent / "shared"))
    if (shared / "replay" / "manifest.jsonl.gz").is_file():
        yield STREAM_NAME, list(read_stream(shared / "replay"))
    for corpus in CORPORA:
        path = shared / "corpora" / f"{corpus}.jsonl.gz"
        if path.is_file():
            yield corpus, sample(path)


def read_stream(folder: Path) -> Iterator[Text]:
    """Yield the cleaned English texts of an even sample of the captured stream."""
    with gzip.open(folder / "manifest.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["kind"] == "fragment"]
    for row in rows[:: max(1, len(rows) // STREAM)]:
        published = dt.datetime.fromisoformat(row["published"])
        page = gzip.decompress((folder / row["file"]).read_bytes())
        try:
            cleaned = clean_page(page, title=row["html_title"], published=published, url=row["url"])
        except CleanError:
            continue
        if find_language(cleaned.body) == "en":
            yield cleaned.title, cleaned.body, published.date()


def sample(path: Path) -> list[Text]:
    """Return an even sample of one corpus' texts."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [row for row in map(json.loads, lines) if row.get("text")]
    chosen = rows[:: max(1, len(rows) // SAMPLE)][:SAMPLE]
    return [(r.get("title"), r["text"], dt.date.fromisoformat(str(r["published"])[:10]) if r.get("published") else None) for r in chosen]


def measure(text: Text) -> Costs:
    """Return the least CPU milliseconds of each stage of one text, and of all together, per 500 words."""
    lexicons, gazetteer = load_tools()
    title, body, day = text
    best: Costs = {}
    for _ in range(ROUNDS):
        costs: Costs = {}
        _timed(costs, "yardstick", lambda: count_words(body))
        doc = _timed(costs, "document", lambda: Document(title, body, Source(day), lexicons, gazetteer))
        _measure_stages(doc, costs)
        doc = Document(title, body, Source(day), lexicons, gazetteer)
        reading = _timed(costs, "read_document", lambda doc=doc: read_document(doc))  # type: ignore[misc]
        costs["incident" if reading.relevance.is_incident else "no incident"] = costs["read_document"]
        best = {stage: min(cost, best.get(stage, cost)) for stage, cost in costs.items()}
    scale = WORDS / len(body.split()) * 1_000
    return {stage: cost * scale for stage, cost in best.items()}


def count_words(body: str) -> dict[str, int]:
    """Count the words of a text: plain Python that no change of the extractor touches, hence the yardstick."""
    counts: dict[str, int] = {}
    for match in _WORD.finditer(body.lower()):
        word = match.group()
        counts[word] = counts.get(word, 0) + 1
    return counts


def _measure_stages(doc: Document, costs: Costs) -> None:
    """Run the stages of `read_document` one by one on a whole text; each is charged with what it computes first."""
    _timed(costs, "lexicon terms", lambda: doc.terms)
    _timed(costs, "quantities", lambda: doc.lexicons.numbers.find(doc.folded))
    mentions = _timed(costs, "casualty mentions", lambda: find_casualty_mentions(doc))
    _timed(costs, "triage", lambda: judge_relevance(doc, mentions))
    _timed(costs, "events", lambda: find_events(doc, mentions))
    scope = Scope(0, tuple(range(len(doc.sentences))))
    findings = _timed(costs, "dates", lambda: find_dates(doc, scope))
    findings += _timed(costs, "places", lambda: find_places(doc, scope))
    findings += _timed(costs, "casualties", lambda: find_casualties(doc, scope, mentions))
    findings += _timed(costs, "weapons", lambda: find_weapons(doc, scope))
    findings += _timed(costs, "targets", lambda: find_targets(doc, scope))
    _timed(costs, "speeches", lambda: find_speeches(doc))
    claims = _timed(costs, "claims", lambda: find_claims(doc, scope, mentions))
    findings += _timed(costs, "actors", lambda: find_actors(doc, scope, claims))
    _timed(costs, "event class", lambda: find_event_class(doc, scope, values_of(findings)))


def _timed(costs: Costs, stage: str, work: Callable[[], Any]) -> Any:
    start = time.process_time()
    result = work()
    costs[stage] = time.process_time() - start
    return result


def print_table(name: str, texts: list[Text]) -> list[Costs]:
    """Print what each stage costs: median and mean over texts, and the median as a multiple of the yardstick's; return it by text."""
    long_enough = [text for text in texts if len(text[1].split()) >= SHORTEST]
    if not long_enough:
        return []
    first = [first_reading(text) for text in long_enough]  # names that no text before held are looked up
    texts_with_first = zip(first, walked(long_enough, name, "texts"), strict=True)
    costs = [{"first reading": cost} | measure(text) for cost, text in texts_with_first]
    words = sum(len(body.split()) for _, body, _ in long_enough)
    unit = median(cost["yardstick"] for cost in costs)
    print(f"\n{name}: {len(costs)} texts, {words:,} words. CPU ms per {WORDS} words")
    print(f"{'stage':<20}{'median':>9}{'mean':>9}{'x yardstick':>13}{'texts':>7}")
    for stage in dict.fromkeys(stage for cost in costs for stage in cost):
        values = [cost[stage] for cost in costs if stage in cost]
        print(f"{stage:<20}{median(values):>9.2f}{sum(values) / len(values):>9.2f}{median(values) / unit:>13.1f}{len(values):>7}")
    return costs


def _groups(costs: dict[str, list[Costs]]) -> Iterator[tuple[str, str, list[tuple[float, float]]]]:
    """Yield what the aim speaks of: name, stage, and the cost of each text as milliseconds and as a multiple of the yardstick's."""
    every = [cost for of_set in costs.values() for cost in of_set]
    as_it_comes = costs.get(STREAM_NAME, [])
    groups = (("news as it comes", as_it_comes, "read_document"), ("texts with an incident", every, "incident"))
    for name, chosen, stage in (*groups, ("texts without one", every, "no incident")):
        if values := [(cost[stage], cost[stage] / cost["yardstick"]) for cost in chosen if stage in cost]:
            yield name, stage, values


def print_summary(costs: dict[str, list[Costs]]) -> None:
    """Print the medians that the aim speaks of: of the news as it comes, and of all texts with and without an incident."""
    print(f"\nmedian CPU ms per {WORDS} words, times the yardstick, texts")
    for name, _, values in _groups(costs):
        print(f"{name:<24}{median(ms for ms, _ in values):>7.2f}{median(times for _, times in values):>7.1f}{len(values):>7}")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident after all of them, the texts themselves included")


def first_reading(text: Text) -> float:
    """Return the CPU milliseconds per 500 words of a text that this process has not read before, measured once."""
    lexicons, gazetteer = load_tools()
    costs: Costs = {}
    doc = Document(text[0], text[1], Source(text[2]), lexicons, gazetteer)
    _timed(costs, "first reading", lambda: read_document(doc))
    return costs["first reading"] * WORDS / len(text[1].split()) * 1_000


def print_start() -> tuple[float, float, float]:
    """Print what a fresh process pays before its first text: CPU seconds of imports, of loading, and the MB that it holds then."""
    code = (
        "import time; start = time.process_time(); from flows.extraction import load_tools; imported = time.process_time(); load_tools();"
        "loaded = time.process_time(); from benchmarks.meter import peak_mb; print(imported - start, loaded - imported, peak_mb())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    imported, loaded, resident = map(float, done.stdout.split())
    print(f"start-up: imports {imported:.2f} s CPU, load_tools() {loaded:.2f} s CPU, {resident:.0f} MB resident")
    return imported, loaded, resident


def print_growth() -> None:
    """Print what 500 words cost in ever longer texts, made of the demo's articles one behind the other: linear is a level row."""
    _, texts = next(text_sets())
    words = " ".join(body for _, body, _ in texts).split()
    print(f"\nlength of the text, words, and CPU ms per {WORDS} words")
    for length in LENGTHS:
        body = "\n".join(" ".join(words[at : at + 40]) for at in range(0, length, 40)) if length <= len(words) else ""
        if body:
            print(f"{length:>7,}{measure((None, body, dt.date(2026, 1, 1)))['read_document']:>9.2f}")


if __name__ == "__main__":
    main()
