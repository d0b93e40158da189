"""The `vigil` command. Each command imports what it needs: `vigil extract` starts neither Prefect nor a database.

Exit codes: 0 all is done; 1 the work failed; 2 a parameter or an input cannot be used, and nothing was written.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.alerts_cli import alerts
from flows.apart_cli import derive
from flows.archive_cli import archive
from flows.backfill_cli import backfill, status
from flows.backup_cli import backup, restore
from flows.brief_cli import brief, browse
from flows.changes_cli import changes
from flows.export import export
from flows.extract_command import extract
from flows.feeds_cli import feeds
from flows.flags import DataDir, Processes, damage_line, stop
from flows.look_cli import show, sql, verify
from flows.rejects_cli import rejects
from flows.review_cli import forget, review
from flows.terminal import guard, printable
from flows.up_cli import up

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
app.add_typer(alerts)
app.command()(forget)
app.command()(changes)


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
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Run as if it were then (UTC), for a replay of captured feeds: 2016-03-23T23:59.")
    ] = None,
) -> None:
    """Run one night now: poll feeds, fetch and archive new pages, read them, match, check, publish. Run again, it goes on.

    Examples:
      vigil ingest --contact desk@example.org

      vigil ingest --feeds my-feeds.opml --contact https://example.org/vigil

      vigil ingest --feeds http://127.0.0.1:8099/all/feed.xml
    """
    from flows.brief_file import write_brief
    from flows.night import clock_at, run_night
    from flows.progress import told_progress

    settings = _settings(feeds=feeds, data_dir=data_dir, contact=contact, derive_processes=processes)
    clock = clock_at(settings, at)
    with told_progress() as progress:
        night = run_night(settings, clock=clock, progress=progress)
    typer.echo(night.text())
    typer.echo(f"brief      {write_brief(settings)[0]}")
    if night.read.damage:
        stop(damage_line(night.read.damage), 1)


app.command()(backfill)
app.command()(status)
app.command()(derive)
app.command()(extract)
app.command()(sql)
app.command()(show)
app.command()(verify)


app.command()(export)
app.command()(brief)
app.command()(browse)
app.command()(up)
app.command()(backup)
app.command()(restore)


@app.command()
def doctor(
    data_dir: DataDir = None,
    all_checks: Annotated[
        bool, typer.Option("--all-checks", help="Run every SQL check on every published row, also on those that no night touched.")
    ] = False,
) -> None:
    """Say whether this machine can run Vigil: packages, seeds, folders, warehouse, last runs. Exit code 1 when something is wrong.

    Examples:
      vigil doctor

      vigil doctor --data-dir data/demo --all-checks
    """
    from flows.doctor import examine

    found = examine(_settings(data_dir=data_dir), all_checks=all_checks)
    for line in found:
        typer.echo(f"{'ok  ' if line.is_well else 'BAD '} {line.what}: {line.says}")
    if not all(line.is_well for line in found):
        raise typer.Exit(1)


def _settings(**flags: Any) -> Settings:
    from flows.settings import load_settings

    return load_settings(**flags)


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
