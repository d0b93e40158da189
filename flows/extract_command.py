"""`vigil extract`: texts of a file into readings, or one text explained. Imports what it needs when it runs, as all commands do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

PROCESSES = os.cpu_count() or 1


def extract(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN.jsonl",
            help="One JSON object a line: id, and text or html or html_file; title, published, url if known."
            " With --explain: a text, a page (.html), JSON lines (.jsonl), or - for standard input.",
        ),
    ],
    target: Annotated[
        Path | None, typer.Argument(metavar="OUT.jsonl", help="Written whole or not at all: one line per input line, in order.")
    ] = None,
    *,
    html_root: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Folder that html_file names are relative to.")] = None,
    processes: Annotated[int, typer.Option(min=1, max=256, help="Processes that read.")] = PROCESSES,
    is_explained: Annotated[bool, typer.Option("--explain", help="Show one text: values, claims, mentions, words, rules.")] = False,
    page: Annotated[
        Path | None, typer.Option("--html", metavar="OUT.html", help="With --explain: write one self-contained page instead.")
    ] = None,
    text_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="With --explain: which line of the JSON lines.")] = None,
    title: Annotated[str | None, typer.Option(help="With --explain: headline of the text.")] = None,
    published: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help='With --explain: publication day; "on Monday" needs it.')
    ] = None,
    min_confidence: Annotated[
        float | None, typer.Option(metavar="P", help="Withhold values less sure than this, 0 to 1; their words stay.  [default: 0]")
    ] = None,
) -> None:
    """Read texts and write what they report: incidents with every column, claims, evidence. Or explain one of them.

    Examples:
      vigil extract texts.jsonl read.jsonl

      vigil extract pages.jsonl read.jsonl --html-root captured/ --processes 1

      vigil extract --explain story.txt --title "Three farmers killed" --published 2025-04-04

      vigil extract --explain texts.jsonl --id a17 --html a17.html

      pbpaste | vigil extract --explain -
    """
    from flows.extraction import InputError
    from flows.settings import load_settings

    threshold = load_settings(min_confidence=min_confidence).min_confidence
    if is_explained:
        from flows.explain_console import show_source

        if target is not None:
            raise InputError(f"--explain writes no {target}; leave it out, or write a page with --html {target.stem}.html")
        given = {"text_id": text_id, "title": title, "published": published, "html_root": html_root}
        show_source(source, page, **given, min_confidence=threshold)
        return
    for name, value in (("--html", page), ("--id", text_id), ("--title", title), ("--published", published)):
        if value is not None:
            raise InputError(f"{name} goes with --explain; add --explain, or leave it out")
    if target is None:
        raise InputError("Missing argument 'OUT.jsonl'; `vigil extract --help` shows what is allowed")
    count = _extract(source, target, html_root, processes, threshold)
    typer.echo(f"{count} texts read, written to {target}", err=True)


def _extract(source: Path, target: Path, html_root: Path | None, processes: int, min_confidence: float) -> int:
    from flows.extraction import extract_file
    from flows.progress import Progress

    with Progress("extract", None, "texts") as progress:
        return extract_file(source, target, html_root, processes, progress.update, min_confidence=min_confidence)
