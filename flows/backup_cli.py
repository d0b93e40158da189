"""`vigil backup` and `vigil restore`. `cli` adds them to the command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.flags import DataDir, stop
from flows.terminal import printable, say


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where backups lie, best on another disk; made when absent.")],
    keep: Annotated[int, typer.Option(min=1, max=10_000, help="Backups that are kept, with this one.")] = 7,
    wait: Annotated[float, typer.Option(metavar="MINUTES", min=0, help="Wait so long for a run that writes to end.")] = 0.0,
    check: Annotated[bool, typer.Option("--check", help="Make none: read all bytes of the newest one and name what is damaged.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Back up everything that cannot be made again: archive, work file, published file, corrections, feeds, briefs, settings.

    A second backup into the same folder costs only what is new. Safe while `vigil up` runs; what was written is read back.

    Examples:
      vigil backup /mnt/backup/vigil

      vigil backup /mnt/backup/vigil --wait 120 --keep 30

      vigil backup /mnt/backup/vigil --check
    """
    from flows.backup import make_backup
    from flows.progress import Progress
    from flows.settings import load_settings
    from flows.vault import Vault

    settings = load_settings(data_dir=data_dir)
    with Progress("backup", None, "MB") as line:

        def tell(done: int, total: int, place: str) -> None:
            line.update(done // 1_000_000, place, max(1, total // 1_000_000))

        if check:
            vault = Vault(folder)
            found = vault.load()
            if bad := vault.damaged(found, tell=tell):
                stop(f"{folder}: the backup {found.name} is damaged: {', '.join(map(printable, bad))}; make another with `vigil backup`", 1)
            say(f"{len(found.files)} files, {found.n_bytes / 1e6:.1f} MB of the backup {found.name} are whole")
            return
        made = make_backup(settings, folder, keep=keep, wait_s=wait * 60, tell=tell)
    say(f"backup {made.name}: {len(made.files)} files, {made.n_bytes / 1e6:.1f} MB; new: {made.n_new} files, {made.new_bytes / 1e6:.1f} MB")
    if made.archive_url:
        say(f"archive files that only {made.archive_url} has are not in it: that store keeps them")
    say(f"restore it with: vigil restore {folder} --data-dir NEW_FOLDER")


def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where backups lie.")],
    at: Annotated[str, typer.Option(metavar="TIME", help="Name of a backup or its beginning (2026-01-31).  [default: the newest]")] = "",
    is_list: Annotated[bool, typer.Option("--list", help="Only list the backups.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Bring a watch back from a backup, into an empty data folder. Every byte is checked; what is damaged is named, nothing is left half.

    Examples:
      vigil restore /mnt/backup/vigil --list

      vigil restore /mnt/backup/vigil --data-dir /srv/vigil

      vigil restore /mnt/backup/vigil --at 2026-01-31 --data-dir /tmp/as-it-was
    """
    from flows.progress import Progress
    from flows.restore import restore_backup
    from flows.settings import load_settings
    from flows.vault import Vault

    vault = Vault(folder)
    if is_list:
        for name in vault.names():
            found = vault.load(name)
            say(f"{name}  {len(found.files):6} files  {found.n_bytes / 1e6:10.1f} MB  by Vigil {printable(found.vigil)}")
        return
    settings, found = load_settings(data_dir=data_dir), vault.load(at)
    with Progress("restore", found.n_bytes // 1_000_000, "MB") as line:
        restore_backup(settings, vault, found, lambda done, total, place: line.update(done // 1_000_000, place, max(1, total // 1_000_000)))
    say(f"restored {len(found.files)} files, {found.n_bytes / 1e6:.1f} MB, of the backup {found.name} into {settings.data_dir}")
    if "settings.env" in found.files:
        say(f"its settings are {settings.data_dir / 'settings.env'}: copy what you need to .env")
    say(f"prove it with: vigil verify --data-dir {settings.data_dir}")
