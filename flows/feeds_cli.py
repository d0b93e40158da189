"""`vigil feeds`: what is watched, how it does and why; add, test, pause, resume, move, import, export. `cli` adds it to the command."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.flags import stop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.settings import Settings

feeds = typer.Typer(
    name="feeds",
    help="The feeds that are watched: list, test, add, pause, resume, move, say why; OPML in and out. Changes go to feeds.csv"
    " in the data folder, which no update of Vigil touches.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class State(StrEnum):
    """States of a feed, the ones that need a person first."""

    failing = "failing"
    moved = "moved"
    silent = "silent"
    overflowing = "overflowing"
    dropped = "dropped"
    flooded = "flooded"
    new = "new"
    well = "well"
    off = "off"


class Form(StrEnum):
    """Forms of a list."""

    table = "table"
    json = "json"
    csv = "csv"


DataDir = Annotated[
    Path | None, typer.Option("--data-dir", metavar="FOLDER", help="Where the warehouse and your feeds.csv lie.  [default: data]")
]
Listed = Annotated[
    str | None, typer.Option("--feeds", metavar="FILE|URL", help="List that your feeds.csv changes.  [default: the shipped]")
]
Contact = Annotated[str | None, typer.Option(help="Mail or web address under which hosts reach you; needed for the real web.")]
Feed = Annotated[str, typer.Argument(metavar="FEED", help="Id or address of the feed.")]
Several = Annotated[list[str], typer.Argument(metavar="FEED...", help="Ids or addresses of feeds.")]
SHOWN = (
    "feed_id",
    "state",
    "last_status",
    "last_polled_at",
    "next_poll_at",
    "failures_in_row",
    "last_week",
    "usual_week",
    "n_articles",
    "url",
)


@feeds.command("list")
def list_feeds(
    state: Annotated[list[State] | None, typer.Option("--state", help="Only feeds in this state; repeat it.")] = None,
    outlet: Annotated[str | None, typer.Option("--outlet", metavar="WORD", help="Only feeds with this in address or publisher.")] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json (a line a feed, all that is known) or csv.")] = Form.table,
    listed: Listed = None,
    data_dir: DataDir = None,
) -> None:
    """List the feeds with their health, measured against their own history; those that need a person come first.

    Examples:
      vigil feeds list --state failing --state silent --state moved

      vigil feeds list --outlet bbc --format json
    """
    from collections import Counter

    import polars as pl

    from flows.console import write_result
    from flows.feed_desk import list_feeds as list_all
    from flows.runs import utc_now

    rows = list_all(_settings(data_dir, listed), utc_now)
    word = (outlet or "").lower()
    found = [row for row in rows if (not state or row["state"] in state) and word in f"{row['url']} {row['publisher']}".lower()]
    if form is Form.table:
        shown = [{name: _cell(row.get(name)) for name in SHOWN} for row in found]
        if shown:
            write_result(pl.DataFrame(shown, schema=dict.fromkeys(SHOWN, pl.String)), "table", None)
        counts = Counter(row["state"] for row in found)
        typer.echo(", ".join(f"{counts[name.value]} {name.value}" for name in State if counts[name.value]) or "no feeds")
    elif found:
        columns = list(dict.fromkeys(name for row in found for name in row))
        frame = pl.DataFrame([{name: row.get(name) for name in columns} for row in found], infer_schema_length=None)
        write_result(frame, form.value, None)


@feeds.command()
def why(feed: Feed, listed: Listed = None, data_dir: DataDir = None) -> None:
    """Say how a feed does, when it is asked next and why then, what its host and publisher want, and what you can do.

    Examples:
      vigil feeds why bbc-world
    """
    from flows.feed_desk import why_lines
    from flows.runs import utc_now

    _say(why_lines(_settings(data_dir, listed), utc_now, feed))


@feeds.command()
def test(feed: Feed, contact: Contact = None, listed: Listed = None, data_dir: DataDir = None) -> None:
    """Ask for a feed now, as a night would, and say what came; nothing is kept. Exit code 1 when a night could not read it.

    Examples:
      vigil feeds test https://valley.example/rss.xml --contact desk@example.org

      vigil feeds test bbc-world
    """
    from flows.feed_desk import find_feed, trial_lines, try_feed
    from flows.runs import utc_now

    settings = _settings(data_dir, listed, contact)
    url = feed if "://" in feed else find_feed(settings, utc_now, feed)["url"]
    trial = try_feed(settings, utc_now, url)
    _say(trial_lines(trial))
    if not trial.is_readable:
        raise typer.Exit(1)


@feeds.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of an RSS or Atom feed.")],
    *,
    feed_id: Annotated[str | None, typer.Option("--id", metavar="NAME", help="Short stable name.  [default: from the address]")] = None,
    publisher: Annotated[str | None, typer.Option(metavar="NAME", help="Publisher.  [default: the host]")] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE", help="Publisher's country, ISO 3166-1 alpha-2.")] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Language of the articles, ISO 639-1.")] = None,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Add it without asking for it first.")] = False,
    contact: Contact = None,
    listed: Listed = None,
    data_dir: DataDir = None,
) -> None:
    """Add a feed to your own list, after a look at it. Exit code 1 when it cannot be read and was not added.

    Examples:
      vigil feeds add https://valley.example/rss.xml --publisher "Valley Post" --country UA --language uk
    """
    from flows.feed_desk import add_feeds, trial_lines, try_feed
    from flows.runs import utc_now
    from transforms.feedlist import parse_feed_rows

    settings = _settings(data_dir, listed, contact)
    cells = {"url": url, "feed_id": feed_id, "publisher": publisher, "country_iso2": country, "language": language, "_line": "1"}
    (feed,) = parse_feed_rows([{name: value or "" for name, value in cells.items()}], url)
    if not unchecked:
        trial = try_feed(settings, utc_now, url)
        _say(trial_lines(trial))
        if not trial.is_readable or trial.parsed is None:
            stop("not added; give its right address, or add it all the same with --unchecked", 1)
        feed |= {"title": trial.parsed.title, "format": trial.parsed.format}
    added, known = add_feeds(settings, [feed], utc_now)
    if known:
        stop(f"{url} is listed already, as {known[0]}", 2)
    typer.echo(f"added as {added[0]} to {settings.own_feeds_path}; the next run polls it")


@feeds.command()
def pause(
    several: Several,
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why; shown wherever the feed is.")],
    listed: Listed = None,
    data_dir: DataDir = None,
) -> None:
    """Do not poll feeds until they are resumed. Their history stays.

    Examples:
      vigil feeds pause valley-post --reason "asked for by the publisher, mail of 3 March"
    """
    from flows.feed_desk import change_feed
    from flows.runs import utc_now

    for name in several:
        feed = change_feed(_settings(data_dir, listed), utc_now, name, active="false", inactive_reason=f"paused: {reason}")
        typer.echo(f"{feed['feed_id']}: paused; it is not polled until `vigil feeds resume {feed['feed_id']}`")


@feeds.command()
def resume(several: Several, listed: Listed = None, data_dir: DataDir = None) -> None:
    """Poll feeds again that were switched off, from the next run on.

    Examples:
      vigil feeds resume valley-post
    """
    from flows.feed_desk import change_feed
    from flows.runs import utc_now
    from flows.terminal import printable

    for name in several:
        feed = change_feed(_settings(data_dir, listed), utc_now, name, active="true", inactive_reason="")
        was = f"; it was off because: {feed['inactive_reason']}" if feed.get("inactive_reason") else ""
        typer.echo(printable(f"{feed['feed_id']}: polled again from the next run on{was}"))


@feeds.command()
def move(
    feed: Feed,
    url: Annotated[str | None, typer.Argument(metavar="URL", help="New address.  [default: where it redirects for good]")] = None,
    listed: Listed = None,
    data_dir: DataDir = None,
) -> None:
    """Give a feed a new address; it keeps its name and history. Without one, take the address to which it redirects for good.

    Examples:
      vigil feeds move bbc-world

      vigil feeds move valley-post https://valley.example/new.xml
    """
    from flows.feed_desk import change_feed, find_feed
    from flows.runs import utc_now

    settings = _settings(data_dir, listed)
    target = url or find_feed(settings, utc_now, feed).get("moved_to")
    if not target:
        stop(f"{feed} redirects nowhere for good; give the new address", 2)
    was = change_feed(settings, utc_now, feed, url=target)
    typer.echo(f"{was['feed_id']}: polled at {target} from the next run on, was {was['url']}")


@feeds.command("import")
def import_list(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="OPML, or a CSV with a url column.")],
    listed: Listed = None,
    data_dir: DataDir = None,
) -> None:
    """Add the feeds of an OPML or CSV file to your own list, all or none; addresses that are listed already are left out.

    Examples:
      vigil feeds import subscriptions.opml
    """
    from flows.feed_desk import add_feeds
    from flows.feed_source import parse_list
    from flows.runs import utc_now
    from transforms.feedlist import FeedListError

    try:
        body = source.read_bytes()
    except OSError as error:
        raise FeedListError(f"{source}: cannot be read ({error.strerror}); give an OPML or CSV file") from error
    settings = _settings(data_dir, listed)
    added, known = add_feeds(settings, parse_list(body, str(source)), utc_now)
    typer.echo(f"{len(added)} added to {settings.own_feeds_path}, {len(known)} listed already")


@feeds.command("export")
def export_list(
    target: Annotated[str, typer.Argument(metavar="FILE.opml", help="Written whole or not at all; -: standard output.")],
    everything: Annotated[bool, typer.Option("--all", help="Also feeds that are switched off.")] = False,
    listed: Listed = None,
    data_dir: DataDir = None,
) -> None:
    """Write the feeds that are polled as OPML, which every feed reader imports.

    Examples:
      vigil feeds export feeds.opml
    """
    import sys

    from flows.feed_source import load_feeds
    from flows.runs import utc_now
    from transforms.feedlist import FeedListError, render_opml

    chosen = [feed for feed in load_feeds(_settings(data_dir, listed), utc_now) if everything or feed["active"]]
    body = render_opml(chosen, "Feeds of Vigil")
    if target == "-":
        sys.stdout.write(body.decode())
        return
    path = Path(target)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    except OSError as error:
        raise FeedListError(f"{target}: cannot be written ({error.strerror or error}); give another file") from error
    typer.echo(f"{len(chosen)} feeds, written to {target}")


def _settings(data_dir: Path | None, listed: str | None = None, contact: str | None = None) -> Settings:
    from flows.settings import load_settings

    return load_settings(data_dir=data_dir, feeds=listed, contact=contact)


def _cell(value: object) -> str:
    import datetime as dt

    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


def _say(lines: Iterable[str]) -> None:
    from flows.terminal import printable

    for line in lines:
        typer.echo(printable(line))
