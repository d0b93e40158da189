"""`vigil brief` and `vigil browse`: the published file for people who read. `cli` adds them to the command."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.flags import DataDir


class BriefForm(StrEnum):
    """Forms of a brief."""

    html = "html"
    markdown = "markdown"


def brief(
    date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Night, by the day (UTC) on which its runs began.  [default: the last one]")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there; - for standard output.  [default: the data folder]")
    ] = None,
    form: Annotated[BriefForm | None, typer.Option("--format", "-f", help="With --output: which form.  [default: by the ending]")] = None,
    data_dir: DataDir = None,
) -> None:
    """Write the morning brief of a night: what happened, who says so, what to doubt. One file that asks nothing of any host.

    Without --output both forms are written to briefs/ in the data folder, named by the night.

    Examples:
      vigil brief

      vigil brief --date 2025-04-05 --data-dir data/demo

      vigil brief --format markdown --output - | mail -s "Vigil" desk@example.org
    """
    from flows.brief_file import RENDERERS, BriefError, write_brief, write_form
    from flows.settings import SettingsError, load_settings
    from warehouse.brief import read_brief

    try:
        night = dt.date.fromisoformat(date) if date else None
    except ValueError as error:
        raise SettingsError(f"--date {date!r} is no day; write it as 2025-04-04") from error
    if form and output is None:
        raise SettingsError("--format needs --output FILE, or --output - for standard output; without it both forms are written")
    settings = load_settings(data_dir=data_dir)
    if output is None:
        for path in write_brief(settings, night):
            typer.echo(f"written: {path}")
        return
    is_markdown = form is BriefForm.markdown if form else output.suffix.lower() in {".md", ".markdown"}
    ending = "md" if is_markdown else "html"
    found = read_brief(settings.published_path, night)
    if str(output) == "-":
        typer.echo(RENDERERS[ending](found), nl=False)
    else:
        try:
            typer.echo(f"written: {write_form(found, ending, output)}")
        except BriefError as error:
            raise SettingsError(f"--output {error}") from error


def browse(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0: any free one.")] = 8480,
    is_opened: Annotated[bool, typer.Option("--open/--no-open", help="Open the first page in the browser.")] = True,
    data_dir: DataDir = None,
) -> None:
    """Look around the published file in a browser: search, map, an incident's dossier, its sources with the words that were read.

    Only this machine can reach it, nothing can be changed, and a newly published file is seen with the next page.

    Examples:
      vigil browse

      vigil browse --port 9000 --no-open --data-dir data/demo
    """
    from flows.browse import serve
    from flows.settings import load_settings

    serve(load_settings(data_dir=data_dir), port, is_opened=is_opened)
