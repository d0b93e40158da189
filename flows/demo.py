"""The demo: the bundled newsroom served over loopback, and six evenings of Vigil's nightly work on it."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import typer
from pydantic import SecretStr

from flows.brief_file import write_brief
from flows.collection import ANSWERED
from flows.console import DEMO_QUERIES, print_incidents
from flows.newsroom import Newsroom, serve_newsroom
from flows.night import Night, run_night
from flows.progress import told_progress
from flows.settings import Settings, SettingsError
from warehouse.connection import open_work
from warehouse.errors import WarehouseError, WarehouseLockedError

# The evenings on which the demo's watch runs, UTC; its articles appear between 1 and 6 April 2025. At 20:00 the first
# night of Kryvyi Rih still knows of 12 dead: the 16 came a quarter of an hour later.
EVENINGS = tuple(dt.datetime(2025, 4, day, 20, 0, tzinfo=dt.UTC) for day in range(1, 8))
PORT = 18_404  # fixed, so that a second demo meets the same addresses; any free port when it is taken
BRIEF_NIGHT = dt.date(2025, 4, 5)  # has all that a brief can tell: a toll that moved, sides that contradict each other, new incidents
SILENT = {"alert_webhook": SecretStr(""), "alert_email": SecretStr("")}  # nobody is alarmed by what a demo makes up
MARK = "this-folder-was-made-by-vigil-demo"


class DemoError(WarehouseError):
    """The demo cannot run here; the message says what to do."""


def run_demo(settings: Settings) -> list[Night]:
    """Run the demo into a folder of its own, which is emptied first, and print what came out.

    Raises:
        SettingsError: The folder holds something else.
        DemoError: The newsroom cannot be reached over loopback.
    """
    _empty(settings.data_dir)
    nights: list[Night] = []
    with tempfile.TemporaryDirectory() as folder, _served() as newsroom:
        feeds = Path(folder) / "feeds.csv"
        write_feeds(feeds, newsroom)
        local = settings.model_copy(update={"feeds": str(feeds), "allow_private_addresses": True, "retry_wait_s": 0.1, **SILENT})
        typer.echo(
            f"The newsroom answers on {newsroom.base_url}: {len(newsroom.feeds())} feeds."
            " Vigil runs every evening from 1 to 7 April 2025.\n"
        )
        for evening in EVENINGS:
            newsroom.clock = evening
            with told_progress() as progress:
                nights.append(run_night(local, clock=lambda at=evening: at, progress=progress))  # type: ignore[misc]
            _refuse_silence(nights[-1], newsroom)
            typer.echo(_line(evening, nights[-1]))
    typer.echo("")
    print_incidents(settings.published_path)
    _say_what_next(settings)
    return nights


@contextmanager
def _served() -> Iterator[Newsroom]:
    """Serve the newsroom on its own port, on any free one where that is taken."""
    with ExitStack() as stack:
        try:
            newsroom = stack.enter_context(serve_newsroom(port=PORT))
        except OSError:
            newsroom = stack.enter_context(serve_newsroom())
        yield newsroom


def _refuse_silence(night: Night, newsroom: Newsroom) -> None:
    """Raise DemoError where no feed could be read: a demo of empty nights would look like a watch that finds nothing."""
    polls = night.collected.polls
    if not any(polls[status] for status in ANSWERED):
        why = ", ".join(f"{status} {n}" for status, n in polls.most_common())
        raise DemoError(
            f"the newsroom on {newsroom.base_url} does not answer this program (feeds: {why});"
            " allow connections to 127.0.0.1, and take loopback out of any proxy"
        )


def _line(evening: dt.datetime, night: Night) -> str:
    refused = sum(night.collected.page_rejects.values()) + night.read.outcomes["rejected"]
    return (
        f"{evening:%a %d %B}: {night.collected.pages:3} pages, {night.read.reports:3} reports,"
        f" {night.matched.changed_incidents:3} incidents new or changed, {night.published.n_incidents:3} in all"
        + (f"; {refused} refused" if refused else "")
    )


def _say_what_next(settings: Settings) -> None:
    typer.echo(f"\nThe warehouse is {settings.published_path}; the pages are in {settings.archive_dir}. Three queries to try:\n")
    option = "" if settings.data_dir == Path("data").absolute() else f" --data-dir {_short(settings.data_dir)}"
    for query in DEMO_QUERIES:
        typer.echo(f'  vigil sql{option} "{query}"\n')
    night = min(BRIEF_NIGHT, EVENINGS[-1].date())
    typer.echo(f"The morning brief of {night:%-d %B}, for any browser: {write_brief(settings, night)[0]}")
    typer.echo(f"All of it to look around in: vigil browse{option}")


def _short(folder: Path) -> Path:
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _empty(folder: Path) -> None:
    """Empty the demo's folder; refuse one that the demo did not make."""
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / MARK).exists():
                raise SettingsError(f"--data-dir {folder}: holds something that is not the demo's; give an empty folder or a new one")
            _refuse_running(folder / "work.duckdb")
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch()
    except OSError as error:
        raise SettingsError(f"--data-dir {folder}: cannot be written ({error.strerror}); give another folder") from error


def _refuse_running(work: Path) -> None:
    """Raise WarehouseLockedError while another demo works in the folder; a damaged file may go with the folder."""
    if not work.exists():
        return
    try:
        open_work(work).close()
    except WarehouseLockedError:
        raise
    except WarehouseError:
        return


def write_feeds(path: Path, newsroom: Newsroom) -> None:
    """Write the newsroom's feeds as a CSV for `--feeds`."""
    rows = newsroom.feeds()
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
