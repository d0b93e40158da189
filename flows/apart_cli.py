"""`vigil derive`: the pages of the archive read by another engine than a night's. `cli` adds it to the command."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from flows.flags import DataDir, damage_line, parse_day
from flows.terminal import printable


class EngineName(StrEnum):
    """Engines."""

    processes = "processes"
    dask = "dask"
    pool = "pool"


class DeriveMode(StrEnum):
    """Which pages are read."""

    missing = "missing"
    stale = "stale"
    failed = "failed"
    all = "all"


def derive(
    engine: Annotated[
        EngineName, typer.Option(help="processes of this machine; dask: a Dask cluster; pool: the workers of a Prefect work pool.")
    ] = EngineName.processes,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler, such as tcp://host:8786.  [default: a cluster on this machine]")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=1000, help="Workers to divide the work for.  [default: one a core]")] = None,
    mode: Annotated[
        DeriveMode, typer.Option(help="missing: never read; stale: also those read by another extractor; failed: those refused; all.")
    ] = DeriveMode.missing,
    start: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="First day, by fetch time.")] = None,
    end: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Last day, included.")] = None,
    publish: Annotated[bool, typer.Option("--publish/--no-publish", help="Check and publish afterwards.")] = True,
    data_dir: DataDir = None,
) -> None:
    """Read archived pages on one machine or on many, match their reports, publish. The rows are the same whatever reads them.

    Workers must see the data folder and the archive under the same paths (or the archive in an object store).

    Examples:
      vigil derive --engine dask --workers 8

      vigil derive --engine dask --scheduler tcp://reading-host:8786 --mode all

      vigil derive --engine pool --workers 20 --start 2025-01-01 --end 2025-12-31
    """
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    os.environ.setdefault("DASK_DISTRIBUTED__LOGGING__DISTRIBUTED", "error")
    # Where no server is set, one is started for the run; Prefect gives it 20 s, and a busy machine needs longer.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
    from flows.apart import day_start, derive_beyond
    from flows.progress import told_progress
    from flows.publish import run_publication
    from flows.settings import load_settings

    settings = load_settings(data_dir=data_dir)
    first, last = day_start(parse_day("--start", start)), day_start(parse_day("--end", end), 1)
    with told_progress() as progress:
        read, matched = derive_beyond(
            settings, engine.value, scheduler=scheduler, workers=workers, mode=mode.value, start=first, end=last, progress=progress
        )
    typer.echo(f"read: {read.pages} pages, {read.reports} reports" + _refused(read.outcomes["rejected"]))
    typer.echo(f"{matched.joined} of {matched.reports} reports belong to an incident; {matched.changed_incidents} incidents changed")
    if publish:
        typer.echo(f"published: {run_publication(settings).n_incidents} incidents in {settings.published_path}")
    if read.damage:
        typer.echo(f"vigil: {printable(damage_line(read.damage))}", err=True)
        raise typer.Exit(1)


def _refused(n: int) -> str:
    return f", {n} refused" if n else ""
