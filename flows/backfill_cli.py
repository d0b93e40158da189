"""`vigil backfill`: days of the archive, read again; `vigil status`: how the days stand. `cli` adds them to the command."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.flags import DataDir, Processes, damage_line, parse_day, stop
from flows.terminal import printable


class Stage(StrEnum):
    """Stages of a backfill."""

    fetch = "fetch"
    clean = "clean"
    extract = "extract"
    match = "match"
    publish = "publish"
    all = "all"


class Mode(StrEnum):
    """Which pages a backfill takes up."""

    missing = "missing"
    failed = "failed"
    stale = "stale"
    all = "all"


class Order(StrEnum):
    """Which day comes first."""

    oldest = "oldest"
    newest = "newest"


class Form(StrEnum):
    """Forms of the grid."""

    table = "table"
    json = "json"


Feeds = Annotated[list[str] | None, typer.Option("--feed", metavar="ID", help="Only of this feed; may be given several times.")]


def backfill(
    *,
    start: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="First day, by fetch time.  [default: the archive's first]")
    ] = None,
    end: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Last day, included.  [default: the archive's last]")] = None,
    stage: Annotated[
        Stage,
        typer.Option(
            help="fetch: ask the network for pages; clean, extract: read archived pages; match: reports to incidents; publish;"
            " all: extract, match, publish."
        ),
    ] = Stage.all,
    mode: Annotated[
        Mode,
        typer.Option(
            help="missing: pages not there or never read; failed: those refused, and days that a backfill left;"
            " stale: missing, and those read by another version; all."
        ),
    ] = Mode.stale,
    feed: Feeds = None,
    order: Annotated[Order, typer.Option(help="Which day comes first.")] = Order.oldest,
    reason: Annotated[str, typer.Option(metavar="WORDS", help="Why; kept with the run.")] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Only say which days have how much to do and how long it would take.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say the same, then work on a copy and say what would change; leave everything as it is.")
    ] = False,
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
    """Run stages over past days: read the archive again with the present extractor, match, publish. Only the stage fetch asks the network.

    Days are worked on one by one; a bad day does not stop the others, and a run that is stopped goes on with --mode failed.

    Examples:
      vigil backfill --start 2025-04-04 --end 2025-04-06

      vigil backfill --mode failed

      vigil backfill --stage fetch --mode missing --feed meridian-world

      vigil backfill --stage match

      vigil backfill --warc CC-NEWS-20250404.warc.gz --mode missing

      vigil backfill --mode all --plan

      vigil backfill --mode all --dry-run --difference what-would-change/
    """
    from flows.backfill_days import BackfillSummary, look_ahead, rehearse_backfill, run_backfill
    from flows.difference import Difference, read_difference
    from flows.progress import told_progress
    from flows.settings import load_settings

    settings = load_settings(data_dir=data_dir, derive_processes=processes)
    asked: dict[str, Any] = {
        "start": parse_day("--start", start), "end": parse_day("--end", end), "stage": stage.value, "mode": mode.value, "feeds": feed,
        "order": order.value, "reason": reason,
    }  # fmt: skip
    if warc:
        from flows.foreign_warc import take_warcs

        take_warcs(settings, warc, dry_run=plan or dry_run)
    if plan or dry_run:
        typer.echo("\n".join(map(printable, look_ahead(settings, **asked).lines())))
        if plan or stage is Stage.fetch:
            return
    found: list[Difference] = []
    with told_progress() as progress:
        if dry_run:
            summary, change = rehearse_backfill(settings, **asked, progress=progress)
            found.append(change)
        else:
            compared = bool(difference) and settings.published_path.exists()

            def compare() -> None:
                if compared:
                    found.append(read_difference(settings.published_path, settings.work_path))

            summary = run_backfill(settings, **asked, progress=progress, before_publish=compare)
    title = f"Vigil: what a backfill {'would change' if dry_run else 'changed'} (stage {stage.value}, mode {mode.value})"
    for change in found:
        _say_difference(change, difference, title)
    _say_summary(summary, settings.published_path)
    if isinstance(summary, BackfillSummary) and (summary.failed_days or summary.damage):
        raise typer.Exit(1)


def _say_difference(change: Any, folder: Path | None, title: str) -> None:
    from flows.difference import difference_lines, write_difference

    typer.echo("\n".join(difference_lines(change)))
    if folder:
        typer.echo(f"written: {', '.join(str(path) for path in write_difference(change, folder, title=title))}")


def _say_summary(summary: Any, published: Path) -> None:
    from flows.backfill_words import summary_lines

    for line in summary_lines(summary):
        typer.echo(line)
    if summary.n_incidents is not None:
        typer.echo(f"published: {summary.n_incidents} incidents in {published}")
    for day, why in summary.failed_days.items():
        typer.echo(f"vigil: {day} failed: {printable(why)}; `vigil backfill --mode failed` takes it up again", err=True)
    if summary.damage:
        typer.echo(f"vigil: {printable(damage_line(summary.damage))}", err=True)


def status(
    *,
    start: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="First day.")] = None,
    end: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Last day, included.")] = None,
    feed: Feeds = None,
    days: Annotated[int, typer.Option("--days", "-n", min=0, help="Show the last so many days; 0: all.")] = 30,
    form: Annotated[Form, typer.Option("--format", help="table, or json: a line a day and stage.")] = Form.table,
    data_dir: DataDir = None,
) -> None:
    """Show how the archive stands, a row a day, a column a stage: done, failed, missing, stale version, left by a run that was stopped.

    A day is that of the first sight for fetch, and that of the fetch for clean, extract and match. `vigil backfill` takes up the rest:
    --mode missing, failed or stale.

    Examples:
      vigil status

      vigil status --start 2025-04-01 --end 2025-04-07

      vigil status --days 0 --format json
    """
    from flows.backfill_request import check_request, request_of
    from flows.runs import utc_now
    from flows.settings import load_settings
    from flows.status import last_days, read_status

    request = request_of(start=parse_day("--start", start), end=parse_day("--end", end), feeds=feed)
    check_request(request, utc_now().date())
    found = read_status(load_settings(data_dir=data_dir), request)
    grid = last_days(found.grid, days)
    if found.writer:
        typer.echo(f"vigil: {printable(found.writer)}; shown is what was published last", err=True)
    if form is Form.json:
        _say_cells(grid)
    elif grid:
        _say_grid(grid, len(found.grid) - len(grid))
    else:
        stop("no day lies within the choice; `vigil status --days 0` shows all", 1)


def _say_cells(grid: Any) -> None:
    from dataclasses import asdict

    from flows.terminal import json_line

    for day, cells in sorted(grid.items()):
        for stage, cell in cells.items():
            typer.echo(json_line({"day": str(day), "stage": stage, "state": cell.state, **asdict(cell)}))


def _say_grid(grid: Any, n_earlier: int) -> None:
    from transforms.day_grid import STAGES, count_states, grid_rows

    rows = [("day", *STAGES), *grid_rows(grid)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        typer.echo("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip())
    if n_earlier:
        typer.echo(f"and {n_earlier} earlier days; --days 0 shows all")
    counts = count_states(grid)
    typer.echo("; ".join(f"{stage}: {', '.join(f'{n} {state}' for state, n in counts[stage].items())}" for stage in counts))
