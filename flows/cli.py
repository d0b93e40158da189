"""The `vigil` command. Each command imports what it needs: `vigil extract` starts neither Prefect nor a database.

Exit codes: 0 all is done; 1 the work failed; 2 a parameter or an input cannot be used, and nothing was written.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from flows.archive_cli import archive
from flows.brief_cli import brief, browse
from flows.changes_cli import changes
from flows.export import export
from flows.extract_command import extract
from flows.feeds_cli import feeds
from flows.rejects_cli import rejects
from flows.review_cli import forget, review
from flows.terminal import guard, printable

if TYPE_CHECKING:
    from flows.settings import Settings

app = typer.Typer(
    name="vigil",
    help="A nightly watch over the news: who was harmed, where, when, by what, and who says so.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(review)
app.add_typer(feeds)
app.add_typer(rejects)
app.add_typer(archive)
app.command()(forget)
app.command()(changes)
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="FOLDER", help="Where the archive and the warehouse lie.  [default: data]")
]
Processes = Annotated[int | None, typer.Option("--processes", min=1, max=256, help="Processes that read pages.  [default: one a core]")]


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


class Form(StrEnum):
    """Forms of a query's result."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@app.command()
def demo(
    data_dir: Annotated[
        Path, typer.Option("--data-dir", metavar="FOLDER", help="Where the demo's archive and warehouse are written.")
    ] = Path("data/demo"),
    processes: Processes = None,
) -> None:
    """Run a whole watch on the bundled newsroom, offline: fetch over loopback, read, match, publish, night by night.

    Examples:
      vigil demo

      vigil demo --data-dir /tmp/vigil-demo
    """
    from flows.demo import run_demo

    run_demo(_settings(data_dir=data_dir, derive_processes=processes, host_pause_s=0))


@app.command()
def ingest(
    feeds: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|URL", help="CSV or OPML file, OPML address, or one feed address.  [default: the feeds shipped with Vigil]"
        ),
    ] = None,
    data_dir: DataDir = None,
    contact: Annotated[str | None, typer.Option(help="Mail or web address under which hosts reach you; needed for the real web.")] = None,
    processes: Processes = None,
) -> None:
    """Run one night now: poll feeds, fetch and archive new pages, read them, match, check, publish. Run again, it goes on.

    Examples:
      vigil ingest --contact desk@example.org

      vigil ingest --feeds my-feeds.opml --contact https://example.org/vigil

      vigil ingest --feeds http://127.0.0.1:8099/all/feed.xml
    """
    from flows.brief_file import write_brief
    from flows.night import run_night
    from flows.progress import told_progress

    settings = _settings(feeds=feeds, data_dir=data_dir, contact=contact, derive_processes=processes)
    with told_progress() as progress:
        night = run_night(settings, progress=progress)
    typer.echo(night.text())
    typer.echo(f"brief      {write_brief(settings)[0]}")
    if night.read.damage:
        _stop(_damage_line(night.read.damage), 1)


@app.command()
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

    settings = _settings(data_dir=data_dir, derive_processes=processes)
    first, last = _day("--start", start), _day("--end", end)
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
        typer.echo(f"vigil: {printable(_damage_line(damage))}", err=True)
    if summary.failed_days or damage:
        raise typer.Exit(1)


app.command()(extract)


@app.command()
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
    from warehouse.query import query

    settings = _settings(data_dir=data_dir)
    if form is Form.parquet and out is None:
        _stop("--format parquet needs --out FILE", 2)
    frame = query(settings.published_path, sys.stdin.read() if statement == "-" else statement)
    try:
        write_result(frame, form.value, out)
    except BrokenPipeError:
        raise  # the reader of our output went away; that is no fault of --out
    except OSError as error:
        _stop(f"--out {out}: cannot be written ({error.strerror or error}); give another file", 2)


@app.command()
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
    from warehouse.dossier import find_incident, read_dossier

    published = _settings(data_dir=data_dir).published_path
    dossier = read_dossier(published, find_incident(published, incident))
    typer.echo(dossier_json(dossier) if as_json else dossier_text(dossier), nl=as_json)


@app.command()
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

    settings = _settings(data_dir=data_dir, derive_processes=processes)
    with told_progress() as progress:
        proof = verify_published(settings, incident, progress=progress)
    for line in proof_lines(proof):
        typer.echo(line)
    if not proof.is_sound:
        raise typer.Exit(1)


app.command()(export)
app.command()(brief)
app.command()(browse)


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Say whether this machine can run Vigil: packages, seeds, folders, warehouse, last runs. Exit code 1 when something is wrong.

    Examples:
      vigil doctor

      vigil doctor --data-dir data/demo
    """
    from flows.doctor import examine

    found = examine(_settings(data_dir=data_dir))
    for line in found:
        typer.echo(f"{'ok  ' if line.is_well else 'BAD '} {line.what}: {line.says}")
    if not all(line.is_well for line in found):
        raise typer.Exit(1)


def _settings(**flags: Any) -> Settings:
    from flows.settings import load_settings

    return load_settings(**flags)


def _day(name: str, value: str | None) -> dt.date | None:
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        _stop(f"{name} {value!r} is no day; write it as 2025-04-04", 2)


def _damage_line(damage: list[str]) -> str:
    """Return the first of several damages to the archive and how many pages they cost; `reject` lists them all."""
    return f"{len(damage)} pages cannot be read from the archive, rows of an earlier reading were kept; the first: {damage[0]}"


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(f"vigil: {printable(' '.join(message.split()))}", err=True)
    raise typer.Exit(code)


def _exit_code(error: Exception) -> int | None:
    """Return 2 for what the user gave wrongly, 1 for work that failed for a known reason, None for a defect of ours."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"SettingsError", "FeedListError", "BackfillError", "InputError", "QueryError", "ExportError", "DecisionError"}:
        return 2
    return 1 if names & {"WarehouseError", "ArchiveError", "SeedError"} else None


def _usage_line(error: Exception) -> str | None:
    """Return what is wrong with the words of the command line, on one line; None for errors that are not about them.

    Typer's own text takes four lines. Its classes are private, but all of them can format their message.
    """
    if not hasattr(error, "format_message"):
        return None
    message = " ".join(str(error.format_message()).replace("Value error, ", "").split()).rstrip(".")
    context = getattr(error, "ctx", None)
    return f"{message}{'' if message.endswith('?') else ';'} `{context.command_path if context else 'vigil'} --help` shows what is allowed"


def main() -> None:
    """Run the command line; errors that a user can mend are one line on stderr."""
    guard()
    os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect's packages would report home
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    code = 0
    try:
        code = app(standalone_mode=False, prog_name="vigil") or 0
        sys.stdout.flush()  # here, not at the interpreter's end, which would complain of a reader that left
        sys.exit(code)
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # Typer makes an exit with code 1 of it
            os._exit(0)
        raise
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("vigil: stopped; what was written is kept, run again to go on", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os._exit(code)  # the reader of our output went away (`vigil sql ... | head`); what the work came to stands
    except Exception as error:
        if (usage := _usage_line(error)) is not None:
            typer.echo(error.ctx.get_help() if len(sys.argv) < 2 else f"vigil: {usage}", err=True)  # type: ignore[attr-defined]
            sys.exit(2)
        known = _exit_code(error)
        if known is None:
            raise
        typer.echo(f"vigil: {printable(' '.join(str(error).split()))}", err=True)
        sys.exit(known)


if __name__ == "__main__":
    main()
