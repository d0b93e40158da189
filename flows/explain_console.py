"""An explanation in a terminal: the text with numbered words, then values, claims and mentions that point to the numbers."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.explain import Explained, explain_source
from flows.explain_page import write_page
from flows.terminal import printable
from transforms.explanation import EventPart, Explanation, Piece, Source

STYLES = {
    "toll": "bold red", "when": "bold magenta", "where": "bold green", "what": "bold yellow", "who": "bold cyan",
    "claim": "underline", "seen": "dim underline",
}  # fmt: skip
WIDTH = 120  # columns where the output is no terminal
_RATIOS = {"value": 4, "words": 5, "speaker": 3, "states": 3}  # what may be long shares the width; the other columns take what they need
MOST_ROWS = 300  # claims or mentions that a table of the terminal shows: a live blog has thousands
MOST_QUOTED = 90  # characters of a quote in a table; the text above has all of it


def show_source(source: Path, page: Path | None, **given: Any) -> None:
    """Explain one text on standard output, or as a page in a file; `given` goes to explain_source.

    Raises:
        InputError: The source, an option or the page's file cannot be used.
    """
    explained = explain_source(source, **given)
    if page is None:
        write_explanation(explained)
        return
    write_page(explained, page)
    sys.stderr.write(f"{explained.verdict} Written to {page}\n")


def write_explanation(explained: Explained) -> None:
    """Print an explanation to standard output; colours only on a terminal, no control character of the text."""
    is_terminal = sys.stdout.isatty()
    with io.StringIO() as buffer:
        console = Console(file=buffer, force_terminal=is_terminal, width=Console().width if is_terminal else WIDTH, highlight=False)
        _print(console, explained)
        sys.stdout.write("\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n")


def _print(console: Console, explained: Explained) -> None:
    analysis = explained.analysis
    console.print(Text(printable(explained.name), style="bold"))
    console.print(Text(printable(explained.verdict)))
    if analysis.language:
        console.print(Text(f"Language: {printable(analysis.language)}; {len(analysis.text)} characters"))
    if explained.reasons:
        _heading(console, "Why: points, signal, words")
        for reason in explained.reasons:
            console.print(Text(f"  {printable(reason)}"))
    has_values = explained.parts is not None and explained.parts.events
    _heading(console, "Text" + (": a number in brackets follows the words that a line below points to" if has_values else ""))
    if explained.parts is None:
        console.print(Text(_lines(analysis.text)))
        return
    console.print(_marked_text(explained.parts.pieces))
    for event in explained.parts.events:
        _print_event(console, event)
    _print_mentions(console, explained.parts)


def _print_event(console: Console, event: EventPart) -> None:
    remark = ", a sum of several events or a period" if event.is_aggregate else ""
    _heading(console, f"Event {event.ordinal + 1}: {event.role}{remark}")
    table = _table("column", "value", "confidence", "rule", "words")
    for line in event.values:
        columns, values = (("\n".join(cell)) for cell in zip(*line.values, strict=True))
        _add_row(table, [columns, values, line.confidence_words, *_source_cells(line.sources)], STYLES[line.family])
    console.print(table)
    console.print(Text(f"Not stated: {', '.join(event.not_stated)}"))
    if event.claims:
        _heading(console, f"Claims about event {event.ordinal + 1}")
        table = _table("states", "speaker", "class, mode, stance", "rule", "words")
        for claim in event.claims[:MOST_ROWS]:
            how = "\n".join((claim.speaker_class, claim.mode, claim.stance))
            _add_row(table, [claim.states, claim.speaker, how, *_source_cells(claim.sources)])
        console.print(table)
        _tell_rest(console, len(event.claims))


def _print_mentions(console: Console, parts: Explanation) -> None:
    _heading(console, "Mentions: what rules could use, with the place in the text (characters)")
    table = _table("kind", "taken for", "found by", "at", "words")
    for line in parts.mentions[:MOST_ROWS]:
        span = line.source.mark.span
        _add_row(table, [line.kind, line.says, line.source.rule, f"{span.start}-{span.end}", _quoted(line.source)])
    console.print(table if parts.mentions else Text("none"))
    _tell_rest(console, len(parts.mentions))


def _tell_rest(console: Console, count: int) -> None:
    if count > MOST_ROWS:
        console.print(Text(f"{count - MOST_ROWS} more; --html OUT.html shows all"))


def _marked_text(pieces: Iterable[Piece]) -> Text:
    out = Text()
    for piece in pieces:
        out.append(_lines(piece.text), STYLES[piece.marks[0].family] if piece.marks else "")
        for mark in piece.ends:
            if mark.family != "seen":
                out.append(f"[{mark.number}]", "reverse")
    return out


def _source_cells(sources: Sequence[Source]) -> tuple[str, str]:
    return "\n".join(source.rule for source in sources), "\n".join(f"[{s.mark.number}] {_quoted(s)}" for s in sources)


def _quoted(source: Source) -> str:
    quote = source.mark.quote
    return quote if len(quote) <= MOST_QUOTED else f"{quote[: MOST_QUOTED - 4]} ..."


def _lines(text: str) -> str:
    """Return a text whose lines hold no control character."""
    return "\n".join(map(printable, text.replace("\r\n", " \n").split("\n")))


def _heading(console: Console, words: str) -> None:
    console.print()
    console.print(Text(words, style="bold"))


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim", padding=(0, 2, 0, 0), expand=True)
    for name in names:
        table.add_column(name, overflow="fold", ratio=_RATIOS.get(name))
    return table


def _add_row(table: Table, cells: Iterable[str], style: str = "") -> None:
    first, *rest = (Text(_lines(cell)) for cell in cells)
    first.stylize(style)
    table.add_row(first, *rest)
