"""`vigil backfill`: days of the archive, read again. `cli` adds it to the command."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.flags import DataDir, Processes, damage_line, parse_day
from flows.terminal import printable


class Stage(StrEnum):
    """Stages of a backfill."""

    extract = "extract"
    match = "match"
    publish = "publish"
    all = "all"


class Mode(StrEnum):
    """Which pages a backfill reads."""

    missing = "missing"
    stale = "stale"
    failed = "failed"
    all = "all"


def backfill(
    *,
    start: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="First day, by fetch time.  [default: the archive's first]")
    ] = None,
    end: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Last day, included.  [default: the archive's last]")] = None,
    stage: Annotated[
        Stage, typer.Option(help="extract: read pages; match: reports to incidents; publish; all: one after the other.")
    ] = Stage.all,
    mode: Annotated[
        Mode, typer.Option(help="missing: pages never read; stale: also those read by another extractor; failed: those refused; all.")
    ] = Mode.stale,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Work on a copy, say what would change, leave everything as it is.")] = False,
    difference: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write what changes, value by value, as Parquet, CSV and a page, before it is published."),
    ] = None,
    warc: Annotated[
        list[Path] | None,
        typer.Option("--warc", metavar="FILE", help="First take the pages of this WARC file into the archive; may be given several times."),
    ] = None,
    data_dir: DataDir = None,
    processes: Processes = None,
) -> None:
    """Read days of the archive again with the present extractor, match and publish. No network.

    Examples:
      vigil backfill --start 2025-04-04 --end 2025-04-06

      vigil backfill --mode failed

      vigil backfill --stage match

      vigil backfill --warc CC-NEWS-20250404.warc.gz --mode missing

      vigil backfill --mode all --dry-run --difference what-would-change/
    """
    from flows.backfill import rehearse_backfill, run_backfill
    from flows.difference import Difference, difference_lines, read_difference, write_difference
    from flows.progress import told_progress
    from flows.settings import load_settings

    settings = load_settings(data_dir=data_dir, derive_processes=processes)
    first, last = parse_day("--start", start), parse_day("--end", end)
    if warc:
        from flows.foreign_warc import take_warcs

        take_warcs(settings, warc, dry_run=dry_run)
    found: list[Difference] = []

    def compare() -> None:
        found.append(read_difference(settings.published_path, settings.work_path))

    with told_progress() as progress:
        how: dict[str, Any] = {"start": first, "end": last, "stage": stage.value, "mode": mode.value, "progress": progress}
        if dry_run:
            summary, change = rehearse_backfill(settings, **how)
            found.append(change)
        else:
            compared = compare if difference and settings.published_path.exists() else None
            summary = run_backfill(settings, **how, before_publish=compared)
    for change in found:
        typer.echo("\n".join(difference_lines(change)))
        if difference:
            title = f"Vigil: what a backfill {'would change' if dry_run else 'changed'} (stage {stage.value}, mode {mode.value})"
            typer.echo(f"written: {', '.join(str(path) for path in write_difference(change, difference, title=title))}")
    for day, read in summary.days.items():
        typer.echo(
            f"{day}: {read.pages} pages, {read.reports} reports"
            + (f", {read.outcomes['rejected']} refused" if read.outcomes["rejected"] else "")
        )
    if summary.match:
        typer.echo(
            f"{summary.match.joined} of {summary.match.reports} reports belong to an incident;"
            f" {summary.match.changed_incidents} incidents changed"
        )
    if summary.n_incidents is not None:
        typer.echo(f"published: {summary.n_incidents} incidents in {settings.published_path}")
    for day, why in summary.failed_days.items():
        typer.echo(f"vigil: {day} failed: {printable(why)}", err=True)
    if damage := [message for read in summary.days.values() for message in read.damage]:
        typer.echo(f"vigil: {printable(damage_line(damage))}", err=True)
    if summary.failed_days or damage:
        raise typer.Exit(1)
