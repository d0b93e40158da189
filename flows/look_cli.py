"""`vigil sql`, `vigil show` and `vigil verify`: the published file asked, told and proved. `cli` adds them to the command."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.flags import DataDir, Processes, stop


class Form(StrEnum):
    """Forms of a query's result."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def sql(
    statement: Annotated[str, typer.Argument(metavar="SQL", help="One statement, or - to read it from standard input.")],
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of the result.")] = Form.table,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write there instead of standard output.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Ask the published file, read-only. Never blocks a run, never sees half a night.

    Examples:
      vigil sql "SELECT date, place, killed, killed_words FROM incidents ORDER BY date DESC LIMIT 10"

      vigil sql "FROM toll_history" --format csv --out tolls.csv

      vigil sql "DESCRIBE incidents" --data-dir data/demo
    """
    from flows.console import write_result
    from flows.settings import load_settings
    from warehouse.query import query

    settings = load_settings(data_dir=data_dir)
    if form is Form.parquet and out is None:
        stop("--format parquet needs --out FILE", 2)
    frame = query(settings.published_path, sys.stdin.read() if statement == "-" else statement)
    try:
        write_result(frame, form.value, out)
    except BrokenPipeError:
        raise  # the reader of our output went away; that is no fault of --out
    except OSError as error:
        stop(f"--out {out}: cannot be written ({error.strerror or error}); give another file", 2)


def show(
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="Id, former id or its beginning.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Print an incident as a dossier: values, toll, who says what in which words, sources, history.

    Examples:
      vigil show 3f2a

      vigil show 3f2a --data-dir data/demo --json
    """
    from flows.dossier import dossier_json, dossier_text
    from flows.settings import load_settings
    from warehouse.dossier import find_incident, read_dossier

    published = load_settings(data_dir=data_dir).published_path
    dossier = read_dossier(published, find_incident(published, incident))
    typer.echo(dossier_json(dossier) if as_json else dossier_text(dossier), nl=as_json)


def verify(
    incident: Annotated[
        str | None, typer.Argument(metavar="INCIDENT", help="Id, former id or its beginning.  [default: everything]")
    ] = None,
    data_dir: DataDir = None,
    processes: Processes = None,
) -> None:
    """Derive every published value again from the archived bytes, offline, and name what differs. Exit code 1 when anything does.

    Examples:
      vigil verify

      vigil verify 3f2a --data-dir data/demo
    """
    from flows.console import proof_lines
    from flows.progress import told_progress
    from flows.proof import verify as verify_published
    from flows.settings import load_settings

    settings = load_settings(data_dir=data_dir, derive_processes=processes)
    with told_progress() as progress:
        proof = verify_published(settings, incident, progress=progress)
    for line in proof_lines(proof):
        typer.echo(line)
    if not proof.is_sound:
        raise typer.Exit(1)
