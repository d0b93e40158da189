"""What the commands share: flags of the same name and meaning, and how they refuse what cannot be used."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from flows.terminal import printable

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="FOLDER", help="Where the archive and the warehouse lie.  [default: data]")
]
Processes = Annotated[int | None, typer.Option("--processes", min=1, max=256, help="Processes that read pages.  [default: one a core]")]


def parse_day(name: str, value: str | None) -> dt.date | None:
    """Return the day of a flag, None where it was not given; anything else than 2025-04-04 stops the command with code 2."""
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        stop(f"{name} {value!r} is no day; write it as 2025-04-04", 2)


def damage_line(damage: list[str]) -> str:
    """Return the first of several damages to the archive and how many pages they cost; `reject` lists them all."""
    return f"{len(damage)} pages cannot be read from the archive, rows of an earlier reading were kept; the first: {damage[0]}"


def stop(message: str, code: int) -> NoReturn:
    """End the command with one line on stderr: code 1 where the work failed, 2 where what was given cannot be used."""
    typer.echo(f"vigil: {printable(' '.join(message.split()))}", err=True)
    raise typer.Exit(code)
