"""`vigil archive`: list, check, reindex, prune and send the archive's files. `cli` adds it to the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.flags import DataDir
from flows.terminal import json_line, printable, say

if TYPE_CHECKING:
    from flows.settings import Settings

archive = typer.Typer(
    name="archive",
    help="The WARC files that everything rests on: list, check, build the index anew, delete what is old, send to an object store.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@archive.command("list")
def list_files(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines instead of text.")] = False,
    data_dir: DataDir = None,
) -> None:
    """List archive files with their size, pages and times, also those that the index does not know.

    Examples:
      vigil archive list

      vigil archive list --json --data-dir data/demo
    """
    from flows.archive_check import list_archive

    rows = list_archive(_settings(data_dir))
    for row in rows:
        times = f"{row['first_at']:%Y-%m-%d %H:%M} to {row['last_at']:%Y-%m-%d %H:%M}" if row["first_at"] else "not in the index"
        text = f"{row['n_bytes'] / 1e6:10.2f} MB  {row['pages']:7} pages  {times:36}  {row['place']:7}  {row['file']}"
        say(json_line(row) if as_json else printable(text))
    if not as_json:
        say(f"{len(rows)} files, {sum(r['pages'] for r in rows)} pages, {sum(r['n_bytes'] for r in rows) / 1e6:.2f} MB")


@archive.command()
def check(data_dir: DataDir = None) -> None:
    """Read every record of every file: is it whole, and is it what the index says. Exit code 1 when anything is not.

    Examples:
      vigil archive check

      vigil archive check --data-dir data/demo
    """
    from flows.archive_check import check_archive
    from flows.progress import told_progress

    with told_progress() as progress:
        checked = check_archive(_settings(data_dir), progress=progress)
    for where, says in checked.findings:
        say(printable(f"{where}: {says}"))
    for name in checked.unknown:
        say(printable(f"{name}: no page of the index lies in it; `vigil archive reindex` reads it in"))
    count = len(checked.findings)
    say(f"{checked.files} files, {checked.pages} pages checked; {count or 'no'} fault{'' if count == 1 else 's'}")
    if checked.findings:
        raise typer.Exit(1)


@archive.command()
def reindex(data_dir: DataDir = None) -> None:
    """Build the index of the archive anew from its files: after a lost warehouse, a restored backup or files moved by hand.

    Rows of pages that are missing are added, places that changed are mended, nothing is deleted. `vigil backfill --mode missing`
    reads the pages that were added.

    Examples:
      vigil archive reindex

      vigil archive reindex --data-dir /srv/vigil && vigil backfill --mode missing --data-dir /srv/vigil
    """
    from flows.archive_index import reindex as reindex_archive
    from flows.progress import told_progress

    with told_progress() as progress:
        found = reindex_archive(_settings(data_dir), progress=progress)
    for message in found.damage:
        say(printable(f"damaged: {message}"))
    for page_id in found.lost:
        say(f"no record: page {page_id}; restore its file from a backup and run this again")
    pages = f"{found.added} pages added, {found.moved} places mended, {found.known} as they were"
    say(f"{found.files} files: {pages}" + (f", {found.erased} of erased articles left out" if found.erased else ""))
    if found.damage or found.lost:
        raise typer.Exit(1)


@archive.command()
def prune(
    older_than: Annotated[
        int | None, typer.Option("--older-than", metavar="DAYS", min=1, help="Age of pages that go.  [default: VIGIL_ARCHIVE_KEEP_DAYS]")
    ] = None,
    with_evidence: Annotated[
        bool, typer.Option("--with-evidence", help="Also pages that published values rest on: those can then not be proved any more.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Delete the bytes of old pages, but not of those that published values rest on. What was read from them stays.

    Examples:
      vigil archive prune --older-than 730 --dry-run

      vigil archive prune --older-than 730
    """
    from flows.progress import told_progress
    from flows.retention import prune as prune_archive

    with told_progress() as progress:
        done = prune_archive(
            _settings(data_dir), keep_days=older_than, with_evidence=with_evidence, dry_run=dry_run, progress=progress
        )  # fmt: skip
    for message in done.damage:
        say(printable(f"left as it is: {message}"))
    evidence = f", of them {done.evidence} that published values rest on" if done.evidence else ""
    kept = f"; {done.kept_evidence} kept, because published values rest on them" if done.kept_evidence else ""
    verb = "would go" if dry_run else "deleted"
    say(f"{done.pages} pages of {done.files} files {verb} ({done.n_bytes / 1e6:.2f} MB){evidence}{kept}")
    if done.damage:
        raise typer.Exit(1)


@archive.command()
def send(data_dir: DataDir = None) -> None:
    """Upload what the object store does not have yet, and drop local copies that have not been used for long. Nights do it, too.

    Examples:
      VIGIL_ARCHIVE_URL=s3://bucket/vigil vigil archive send
    """
    from flows.archive_check import send_archive
    from flows.settings import SettingsError

    settings = _settings(data_dir)
    if not settings.archive_url:
        raise SettingsError("archive_url is empty: set VIGIL_ARCHIVE_URL to the address of a store, such as s3://bucket/folder")
    sent, failed, evicted = send_archive(settings)
    for name, why in failed.items():
        say(printable(f"not sent: {name} {why}"))
    say(f"{len(sent)} files sent, {len(failed)} not, {len(evicted)} local copies dropped")
    if failed:
        raise typer.Exit(1)


def _settings(data_dir: Path | None, **flags: Any) -> Settings:
    from flows.settings import load_settings

    return load_settings(data_dir=data_dir, **flags)
