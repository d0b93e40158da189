"""Cleaning and reading every page against trafilatura alone: CPU seconds, quality of text, title and date, peak memory.

    python -m benchmarks.reading            # English pages of ../shared/replay (full, and an eighth of the stream), else the demo newsroom
    python -m benchmarks.reading --quick    # a tenth of those

Both sides take the same bytes in the same process, one page after the other. The peer is `trafilatura.bare_extraction(page,
with_metadata=True)`; ours is clean, language, document, extract. Start-up (lexicons, language model) is paid before, and counted apart.
"""

from __future__ import annotations

import argparse
import contextlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import trafilatura

from benchmarks.history import Figure, table
from benchmarks.meter import Meter, walked
from benchmarks.pages import Page, captured_pages, demo_pages
from flows.extraction import load_tools
from transforms.clean import Cleaned, CleanError, clean_page
from transforms.document import Document, Source
from transforms.extract import read_document
from transforms.language import find_language

OURS = ("clean", "language", "document", "extract")
PEER = "x pages per CPU second of trafilatura"
BAR = 2.0  # on whole pages of today's web; the stream's are bare articles
MOST_LOST = 0.003  # of the body's F1
STREAM_STEP = 8  # every eighth page of the stream: one is like another, and medians do not move
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Side:
    """How good one side was: F1 of each text, titles and dates that were right."""

    f1: list[float] = field(default_factory=list)
    right: Counter[str] = field(default_factory=Counter)

    def judge(self, page: Page, title: str | None, day: str | None, body: str) -> None:
        """Compare with what is expected of a page."""
        wanted_title, wanted_day, wanted_body = page.expected
        if wanted_body:
            self.f1.append(token_f1(body, wanted_body))
        if wanted_title:
            self.right["title"] += _WORD.findall((title or "").lower()) == _WORD.findall(wanted_title.lower())
        if wanted_day:
            self.right["date"] += (day or "")[:10] == wanted_day


def token_f1(found: str, wanted: str) -> float:
    """Return the F1 of the words of a text, each as often as it stands there."""
    a, b = Counter(_WORD.findall(found.lower())), Counter(_WORD.findall(wanted.lower()))
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def _bare(page: Page) -> Any:
    with contextlib.suppress(Exception):  # the peer's failures are its own
        return trafilatura.bare_extraction(page.body, with_metadata=True)
    return None


def _clean(page: Page) -> Cleaned | None:
    with contextlib.suppress(CleanError):
        return clean_page(page.body, title=page.title, published=page.published, fetched=page.fetched, url=page.url)
    return None


def measure(pages: Sequence[Page]) -> tuple[Side, Side, Meter]:
    """Return the peer's side, ours, and what each stage cost: bare, clean, language, document, extract."""
    bare, ours, meter = Side(), Side(), Meter()
    lexicons, gazetteer = load_tools()
    for page in walked(pages, f"every page, {pages[0].kind}", "pages"):
        found = meter("bare", partial(_bare, page))
        bare.judge(page, found and found.title, found and found.date, (found and found.text) or "")
        cleaned = meter("clean", partial(_clean, page))
        day = cleaned.published.isoformat() if cleaned and cleaned.published else None
        ours.judge(page, cleaned.title if cleaned else None, day, cleaned.body if cleaned else "")
        if cleaned is None:
            continue
        said = f"{cleaned.title or ''}\n{cleaned.body}"
        if meter("language", partial(find_language, said, cleaned.declared_language)) == "en":
            source = Source(cleaned.published.date() if cleaned.published else None)
            doc = meter("document", partial(Document, cleaned.title, cleaned.body, source, lexicons, gazetteer))
            meter("extract", partial(read_document, doc))
    return bare, ours, meter


@lru_cache(maxsize=1)
def warm_up() -> None:
    """Pay what either side pays once a process: lexicons, the model of languages, and the word lists of trafilatura's last resort."""
    load_tools()
    find_language("Dies ist kein englischer Satz, sondern ein deutscher, und er lädt das Modell der Sprachen, das einmal geladen wird.")
    little = b"<html><head><title>Little</title></head><body><div>There is little here: the last resort is asked.</div></body></html>"
    trafilatura.bare_extraction(little, with_metadata=True)


def figures(step: int) -> list[Figure]:
    """Measure each kind of page; a line for each is printed as it is known."""
    warm_up()
    chosen = [list(captured_pages(kind))[:: step * (STREAM_STEP if kind == "stream" else 1)] for kind in ("full", "stream")]
    return [figure for pages in [some for some in chosen if some] or [list(demo_pages())] for figure in _figures_of(pages)]


def _figures_of(pages: Sequence[Page]) -> list[Figure]:
    bare, ours, meter = measure(pages)
    n, kind = len(pages), pages[0].kind
    whole = sum(meter.seconds.get(stage, 0.0) for stage in OURS)
    f1, bare_f1 = (sum(side.f1) / max(1, len(side.f1)) for side in (ours, bare))
    print(
        f"{kind}: {n} pages, CPU ms a page: {', '.join(f'{stage} {seconds / n * 1e3:.1f}' for stage, seconds in meter.seconds.items())}\n"
        f"  token F1 {bare_f1:.4f} bare, {f1:.4f} ours; titles {bare.right['title']} bare, {ours.right['title']} ours;"
        f" dates {bare.right['date']} bare, {ours.right['date']} ours",
        flush=True,
    )
    found = [Figure(f"trafilatura alone, {kind}", 1.0, "the peer", None, meter.seconds["bare"] / n, meter.peak_mb["bare"])]
    found += [
        Figure(f"{stage}, {kind}", meter.seconds["bare"] / meter.seconds[stage], PEER, None, meter.seconds[stage] / n, meter.peak_mb[stage])
        for stage in OURS
        if stage in meter.seconds
    ]
    peak = max(meter.peak_mb[stage] for stage in OURS if stage in meter.peak_mb)
    found.append(
        Figure(
            f"every page cleaned and read, {kind}", meter.seconds["bare"] / whole, PEER, BAR if kind == "full" else None, whole / n, peak
        )
    )
    found.append(Figure(f"body token F1, {kind}", f1 / (bare_f1 - MOST_LOST), f"x trafilatura's less {MOST_LOST}", 1.0))
    found += [
        Figure(f"right {what}s, {kind}", ours.right[what] / bare.right[what], "x trafilatura's", 1.0)
        for what in ("title", "date")
        if bare.right[what]
    ]
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every tenth page")
    print(table(figures(10 if parser.parse_args().quick else 1)))


if __name__ == "__main__":
    main()
