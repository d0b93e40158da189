"""Cleaning and reading every page against trafilatura alone: CPU seconds, quality of text, title and date, peak memory.

    python -m benchmarks.reading            # English pages of ../shared/replay (full and stream); the demo newsroom where absent
    python -m benchmarks.reading --quick    # every tenth page

Both sides take the same bytes in the same process, one page after the other. The peer is `trafilatura.bare_extraction(page,
with_metadata=True)`; ours is clean, language, document, extract. Start-up (lexicons, language model) is paid before, and counted apart.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import trafilatura

from benchmarks.history import Figure
from benchmarks.pages import Page, captured_pages, demo_pages
from flows.extraction import load_tools
from transforms.clean import Cleaned, CleanError, clean_page
from transforms.document import Document, Source
from transforms.extract import read_document
from transforms.language import find_language

_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Side:
    """What one side cost and how good it was: CPU seconds, F1 of each text, titles and dates that were right."""

    seconds: float = 0.0
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


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return work(), time.process_time() - began


def _bare(page: Page) -> Any:
    with contextlib.suppress(Exception):  # the peer's failures are its own
        return trafilatura.bare_extraction(page.body, with_metadata=True)
    return None


def _clean(page: Page) -> Cleaned | None:
    with contextlib.suppress(CleanError):
        return clean_page(page.body, title=page.title, published=page.published, fetched=page.fetched, url=page.url)
    return None


def _extract(cleaned: Cleaned) -> None:
    if find_language(f"{cleaned.title or ''}\n{cleaned.body}", cleaned.declared_language) == "en":
        source = Source(cleaned.published.date() if cleaned.published else None)
        read_document(Document(cleaned.title, cleaned.body, source, *load_tools()))


def measure(pages: Sequence[Page]) -> tuple[Side, Side, float]:
    """Return the peer's side, ours, and the CPU seconds of our cleaning alone."""
    bare, ours, clean_s = Side(), Side(), 0.0
    for page in pages:
        found, seconds = _timed(partial(_bare, page))
        bare.seconds += seconds
        bare.judge(page, found and found.title, found and found.date, (found and found.text) or "")
        cleaned, seconds = _timed(partial(_clean, page))
        clean_s += seconds
        ours.seconds += seconds
        day = cleaned.published.isoformat() if cleaned and cleaned.published else None
        ours.judge(page, cleaned.title if cleaned else None, day, cleaned.body if cleaned else "")
        if cleaned:
            ours.seconds += _timed(partial(_extract, cleaned))[1]
    return bare, ours, clean_s


def figures(step: int) -> list[Figure]:
    """Measure each kind of page and print a line for it."""
    found = []
    load_tools()
    find_language("Dies ist kein englischer Satz, sondern ein deutscher, und er lädt das Modell der Sprachen, das einmal geladen wird.")
    for chosen in [list(captured_pages(kind))[::step] for kind in ("full", "stream") if any(captured_pages(kind))] or [list(demo_pages())]:
        bare, ours, clean_s = measure(chosen)
        n = len(chosen)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{chosen[0].kind}: {n} pages, CPU ms a page: bare {bare.seconds / n * 1e3:.1f}, clean {clean_s / n * 1e3:.1f},"
            f" extract {(ours.seconds - clean_s) / n * 1e3:.1f}; peak {peak:.0f} MB\n"
            f"  token F1 {sum(bare.f1) / max(1, len(bare.f1)):.4f} bare, {sum(ours.f1) / max(1, len(ours.f1)):.4f} ours;"
            f" titles {bare.right['title']} bare, {ours.right['title']} ours; dates {bare.right['date']} bare, {ours.right['date']} ours"
        )
        ratio = bare.seconds / ours.seconds
        found.append(Figure(f"every page, {chosen[0].kind}", ratio, "x pages per CPU second of trafilatura", 2.0, ours.seconds / n, peak))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every tenth page")
    for figure in figures(10 if parser.parse_args().quick else 1):
        print(figure.line())


if __name__ == "__main__":
    main()
