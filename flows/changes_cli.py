"""`vigil changes`: what articles said before and say now, in the sentences that count people or say who did it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.terminal import json_line, printable, say

Row = dict[str, Any]
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def changes(
    what: Annotated[
        str | None, typer.Argument(metavar="[URL|INCIDENT|NIGHT]", help="Article address, incident id or day.  [default: the last night]")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All changes ever seen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines instead of text.")] = False,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", metavar="FOLDER", help="Where the archive and the warehouse lie.  [default: data]")
    ] = None,
) -> None:
    """Show what changed between versions of articles in their casualty and attribution sentences: old words -> new words.

    Examples:
      vigil changes

      vigil changes 2025-04-07

      vigil changes 3f2a --json

      vigil changes https://example.org/world/strike
    """
    from flows.settings import load_settings
    from warehouse.changes import last_night, read_changes
    from warehouse.errors import QueryError

    published = load_settings(data_dir=data_dir).published_path
    chosen: Row = {}
    if everything and what:
        raise QueryError(f"--all shows every change and {what!r} only some; leave one of them out")
    if what and "://" in what:
        chosen = {"url": what}
    elif what and _DAY.fullmatch(what):
        chosen = {"night": _day(what)}
    elif what:
        chosen = {"incident": what}
    elif not everything:
        chosen = {"night": last_night(published)}
    found = read_changes(published, **chosen)
    for line in map(json_line, found) if as_json else change_lines(found):
        say(line)


def change_lines(found: Sequence[Row]) -> Iterator[str]:
    """Yield the changes as text, article by article, then how many there are."""
    for (seen_at, url), rows in groupby(found, key=lambda row: (row["seen_at"], row["canonical_url"])):
        listed = list(rows)
        yield f"{_time(listed[0]['before_at'])} -> {_time(seen_at)}  {printable(listed[0]['outlet'])}  {printable(listed[0]['title'])}"
        incidents = ", ".join(listed[0]["incident_ids"])
        yield f"  {printable(url)}{f'  (incident {incidents})' if incidents else ''}"
        for row in listed:
            yield from _change(row)
    articles = len({row["canonical_url"] for row in found})
    yield f"{len(found)} changes in {articles} articles" if found else "no changes"


def _change(row: Row) -> Iterator[str]:
    if row["kind"] == "gone":
        yield "  page         gone: the address no longer answers with an article; what it said is kept"
        return
    yield f"  {row['topic']:<12} {row['kind']}"
    if row["old_words"]:
        yield f"    - {printable(row['old_words'])}"
    if row["new_words"]:
        yield f"    + {printable(row['new_words'])}"


def _time(when: dt.datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"


def _day(text: str) -> dt.date:
    from warehouse.errors import QueryError

    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise QueryError(f"night {text!r} is no day ({error}); write it as 2025-04-04") from error
