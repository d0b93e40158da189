"""`vigil rejects`: what was refused and waits, why, and what becomes of it. `cli` adds it to the command."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.flags import DataDir, stop

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    import duckdb
    import polars as pl

    from flows.settings import Settings
    from warehouse.rejects import Wanted

    Change = Callable[[duckdb.DuckDBPyConnection, Sequence[str], dt.datetime], None]

rejects = typer.Typer(
    name="rejects",
    help="The quarantine: list what was refused, say why, put it back, or give it up.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class State(StrEnum):
    """What becomes of a reject."""

    open = "open"
    waiting = "waiting"
    stopped = "stopped"
    drained = "drained"
    resolved = "resolved"
    all = "all"


class Form(StrEnum):
    """Forms of a list."""

    table = "table"
    json = "json"
    csv = "csv"


Which = Annotated[str | None, typer.Argument(metavar="REJECT", help="Id or its beginning, an address, a feed id or a page id.")]
Stage = Annotated[str | None, typer.Option("--stage", metavar="STAGE", help="Only of this stage: poll, fetch, clean, extract, load.")]
Why = Annotated[str | None, typer.Option("--reason", metavar="CLASS", help="Only with this reason: timeout, http_404, robots ...")]
Outlet = Annotated[str | None, typer.Option("--outlet", metavar="DOMAIN", help="Only of this outlet and its subdomains.")]
Everything = Annotated[bool, typer.Option("--all", help="All that are open; needed where nothing narrows the choice.")]
SHOWN = ("reject_id", "stage", "reason", "outlet", "state", "attempts", "last_at", "next_try_at", "url")


@rejects.command("list")
def list_rejects(
    stage: Stage = None,
    reason: Why = None,
    outlet: Outlet = None,
    state: Annotated[State, typer.Option("--state", help="open is waiting and stopped.")] = State.open,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="Show so many; 0: all.")] = 40,
    form: Annotated[Form, typer.Option("--format", help="table, json (a line a reject, with its message) or csv.")] = Form.table,
    data_dir: DataDir = None,
) -> None:
    """List what was refused: reason, attempts, next try; the newest refusal first. A summary by stage and reason ends the table.

    Examples:
      vigil rejects list

      vigil rejects list --stage fetch --outlet valley.example --format json

      vigil rejects list --state drained
    """
    import sys

    from flows.console import write_result

    found = _find(_settings(data_dir), _wanted(None, stage, reason, outlet, state.value))
    shown = found.head(limit) if limit else found
    if form is not Form.table:
        write_result(shown, form.value, None)
        return
    if shown.height:
        write_result(_in_minutes(shown.select(SHOWN)), "table", None)
    sys.stdout.write(_summary(found, state.value))


@rejects.command()
def why(reject: Which, data_dir: DataDir = None) -> None:
    """Say why something was refused, how often it was tried, and what happens next. Exit code 1 when nothing of that name was refused.

    Examples:
      vigil rejects why 3f2a90

      vigil rejects why https://valley.example/news/7
    """
    from flows.terminal import printable

    found = _find(_settings(data_dir), _wanted(reject, None, None, None, None))
    if found.is_empty():
        stop(f"nothing refused is called {reject!r}; `vigil rejects list --state all` shows what there is", 1)
    for row in found.head(20).to_dicts():
        typer.echo(printable(f"{row['reject_id']}  {row['stage']}: {row['reason']}"))
        typer.echo(printable(f"  {row['message']}"))
        typer.echo(printable(f"  {row['url'] or row['input_ref']}"))
        typer.echo(f"  tried {row['attempts']} times, first {row['first_at']:%Y-%m-%d %H:%M}, last {row['last_at']:%Y-%m-%d %H:%M} UTC")
        typer.echo(printable(f"  {_what_next(row)}"))
    if found.height > 20:
        typer.echo(f"and {found.height - 20} more")


@rejects.command()
def retry(
    reject: Which = None,
    stage: Stage = None,
    reason: Why = None,
    outlet: Outlet = None,
    everything: Everything = False,
    data_dir: DataDir = None,
) -> None:
    """Let the next run try again, as if it had never failed: feeds are polled, pages asked for. Robots rules hold all the same.

    Examples:
      vigil rejects retry --reason timeout

      vigil rejects retry https://valley.example/news/7
    """
    from warehouse.rejects import retry_rejects

    chosen, archived = _change(data_dir, _wanted(reject, stage, reason, outlet, None), everything, retry_rejects)
    typer.echo(f"{chosen} put back; the next run tries them")
    if archived:
        typer.echo(f"{archived} of the archive: `vigil backfill --stage extract --mode failed` reads them again")
    if not chosen + archived:
        raise typer.Exit(1)


@rejects.command()
def drain(
    words: Annotated[str, typer.Option("--because", metavar="WORDS", help="Why they are given up; kept with them.")],
    reject: Which = None,
    stage: Stage = None,
    reason: Why = None,
    outlet: Outlet = None,
    everything: Everything = False,
    data_dir: DataDir = None,
) -> None:
    """Give rejects up: they are not tried again and no longer count as open, but stay on record. A new failure opens them again.

    Feeds that fail are polled on whatever is drained, ever more slowly; `vigil feeds pause` switches one off.

    Examples:
      vigil rejects drain --reason http_410 --because "gone for good, checked by hand"
    """
    from warehouse.rejects import drain_rejects

    wanted = _wanted(reject, stage, reason, outlet, "open")
    chosen, archived = _change(data_dir, wanted, everything, lambda con, ids, at: drain_rejects(con, ids, words, at), archived_too=True)
    typer.echo(f"{chosen + archived} given up: {words}")
    if not chosen + archived:
        raise typer.Exit(1)


def _settings(data_dir: Path | None) -> Settings:
    from flows.settings import load_settings

    return load_settings(data_dir=data_dir)


def _wanted(reject: str | None, stage: str | None, reason: str | None, outlet: str | None, state: str | None) -> Wanted:
    from transforms.vocabularies import REJECT_STAGE
    from warehouse.rejects import Wanted

    if stage is not None and stage not in REJECT_STAGE:
        stop(f"--stage {stage!r} is not known; allowed are {', '.join(REJECT_STAGE)}", 2)
    return Wanted(stage, reason, outlet.lower().removeprefix("www.") if outlet else None, None if state == "all" else state, reject)


def _find(settings: Settings, wanted: Wanted) -> pl.DataFrame:
    from warehouse.errors import WarehouseLockedError
    from warehouse.rejects import find_rejects

    if not settings.work_path.exists() and settings.published_path.exists():
        return find_rejects(settings.published_path, wanted)
    try:
        return find_rejects(settings.work_path, wanted)
    except WarehouseLockedError:  # a run writes: what it published last is the newest that can be read
        return find_rejects(settings.published_path, wanted)


def _change(data_dir: Path | None, wanted: Wanted, everything: bool, change: Change, *, archived_too: bool = False) -> tuple[int, int]:
    """Change the rejects asked for; return how many are of feeds and pages to be asked for, and how many of the archive."""
    from flows.runs import utc_now
    from warehouse.connection import open_work
    from warehouse.rejects import select_rejects

    if not (everything or wanted.id or wanted.stage or wanted.reason or wanted.outlet):
        stop("name a reject, or give --stage, --reason or --outlet; --all means all of them", 2)
    settings = _settings(data_dir)
    if not settings.work_path.exists():
        stop(f"{settings.work_path}: does not exist; run `vigil ingest` first, or give another --data-dir", 1)
    con = open_work(settings.work_path)
    try:
        found = select_rejects(con, wanted).to_dicts()
        open_ones = [row for row in found if row["state"] != "resolved"]
        asked = [row["reject_id"] for row in open_ones if row["stage"] in {"poll", "fetch"}]
        archived = [row["reject_id"] for row in open_ones if row["stage"] not in {"poll", "fetch"}]
        change(con, asked + archived if archived_too else asked, utc_now())
    finally:
        con.close()
    return len(asked), len(archived)


def _what_next(row: dict[str, object]) -> str:
    if row["state"] == "resolved":
        return f"it went through after all on {row['resolved_at']:%Y-%m-%d %H:%M} UTC"
    if row["state"] == "drained":
        given_up = f"given up on {row['drained_at']:%Y-%m-%d %H:%M} UTC: {row['drained_reason']}"
        return f"{given_up}; `vigil rejects retry {row['reject_id']}` undoes it"
    if row["stage"] not in {"poll", "fetch"}:
        return "`vigil backfill --stage extract --mode failed` reads it again from the archive"
    if row["state"] == "waiting":
        return f"tried again by the first run after {row['next_try_at']:%Y-%m-%d %H:%M} UTC, pages up to VIGIL_MAX_PAGE_ATTEMPTS times"
    return f"not tried again by itself; `vigil rejects retry {row['reject_id']}` puts it back, `vigil rejects drain` gives it up"


def _in_minutes(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return frame.with_columns(pl.col("last_at", "next_try_at").dt.strftime("%Y-%m-%d %H:%M"), pl.col("reject_id").str.slice(0, 8))


def _summary(found: pl.DataFrame, state: str) -> str:
    counts = found.group_by("stage", "reason").len().sort("len", "stage", "reason", descending=[True, False, False])
    listed = ", ".join(f"{n} {stage} {reason}" for stage, reason, n in counts.iter_rows())
    return f"{found.height} {state}{': ' + listed if listed else ''}\n"
