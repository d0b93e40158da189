"""Backup: a folder from which a watch comes back as it was, to the byte; a second one costs only what is new.

    files/ab/ab12...       every file under the SHA-256 of its bytes, once
    backups/TIME.json      one backup: which file of the watch has which bytes; written last, so that a backup is whole or is not there

    archive, first         without any lock: files of ended runs do not change, and they are nearly all of it
    the writer's lock      work file, and what the archive got meanwhile: rows and the bytes that they point at are of one moment
    the rest               published file, briefs, own feeds, corrections as CSV, settings, Prefect's database
    read again             what was written is read back from the disk before the backup is listed

Why digests and not a tree of copies: docs/decisions/0011. `flows.restore` is the way back.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from flows.fetch import Clock
from flows.review_file import write_orders
from flows.runs import utc_now
from flows.settings import Settings, SettingsError
from flows.vault import SPARE_BYTES, Backup, BackupError, Kept, Tell, Vault, require_free
from warehouse.errors import WarehouseLockedError
from warehouse.publish import copy_work


def make_backup(
    settings: Settings, folder: Path, *, keep: int = 7, wait_s: float = 0.0, clock: Clock = utc_now, tell: Tell = lambda *_: None
) -> Backup:
    """Back up a watch into a folder, beside the backups that are there.

    Args:
        settings: The watch.
        folder: Where backups lie; made when absent. On another disk, best of another machine.
        keep: Backups that are kept, with this one; older ones go, with the bytes that only they needed.
        wait_s: How long to wait for a run that writes to end, seconds.
        clock: Time, for the name.
        tell: Told bytes done, bytes in all, and the file.

    Raises:
        SettingsError: The folder lies inside the watch, or cannot be written.
        BackupError: There is nothing to back up, too little space, or what was written reads back otherwise; backups before it stand.
        WarehouseLockedError: A run writes, and did not end in time.
    """
    if not settings.work_path.exists():
        raise BackupError(f"{settings.work_path}: does not exist; there is nothing to back up")
    _refuse_place(settings, folder)
    vault = Vault(folder)
    backup = Backup(f"{clock():%Y-%m-%dT%H%M%SZ}", archive_url=settings.archive_url)
    before = vault.load().files if vault.names() else {}
    taker = _Taker(vault, backup, before, tell)
    try:
        with vault.held(), tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as made:
            _take_all(settings, taker, Path(made), wait_s)
            if bad := vault.damaged(backup, taker.new):
                raise BackupError(f"{folder}: {bad[0]} reads back otherwise than it was written; check the disk, this backup is not listed")
            vault.list_backup(backup)
            vault.drop_old(keep)
    except OSError as error:
        raise BackupError(f"{folder}: cannot be written ({error.strerror or error}); free space or choose another folder") from error
    return backup


def _take_all(settings: Settings, taker: _Taker, made: Path, wait_s: float) -> None:
    taker.require_space(settings)
    taker.take_archive(settings)
    copy = made / "work.duckdb"
    _patiently(lambda: copy_work(settings.work_path, copy, lambda: taker.take_archive(settings)), wait_s)
    taker.take("work.duckdb", copy)
    write_orders(copy, made / "corrections.csv")
    taker.take("corrections.csv", made / "corrections.csv")
    for place, path in _own_files(settings, made):
        taker.take(place, path)


class _Taker:
    """Takes the files of a watch into a vault, those that are there already without reading them."""

    def __init__(self, vault: Vault, backup: Backup, before: dict[str, Kept], tell: Tell) -> None:
        self.vault, self.backup, self.before = vault, backup, before
        self.new: set[str] = set()
        self.total = self.done = 0
        self._tell = tell

    def require_space(self, settings: Settings) -> None:
        """Refuse to begin what will not fit: new archive files, and the two databases with a copy of the one."""
        archive = sum(path.stat().st_size for place, path in _archive_files(settings) if not self._known(place, path))
        databases = sum(path.stat().st_size for path in (settings.work_path, settings.published_path) if path.exists())
        self.total = archive + databases
        needed = archive + databases + settings.work_path.stat().st_size + SPARE_BYTES
        require_free(self.vault.folder, needed)

    def take_archive(self, settings: Settings) -> None:
        """Take the archive files that changed since they were last taken."""
        there = dict(_archive_files(settings))
        for place in [place for place in self.backup.files if place.startswith("archive/") and place not in there]:
            del self.backup.files[place]  # pruned or erased while we copied
        for place, path in there.items():
            about = path.stat()
            taken = self.backup.files.get(place)
            if taken is None or (taken.n_bytes, taken.changed_ns) != (about.st_size, about.st_mtime_ns):
                self.take(place, path)

    def take(self, place: str, path: Path) -> None:
        """Take one file."""
        if known := self._known(place, path):
            self.backup.files[place] = known
            return
        about = path.stat()

        def count(n: int) -> None:
            self.done += n
            self._tell(self.done, max(self.total, self.done), place)

        with path.open("rb") as source:
            sha256, n_bytes, is_new = self.vault.take(source, count)
        self.backup.files[place] = Kept(sha256, n_bytes, about.st_mtime_ns)
        if is_new:
            self.new.add(place)
            self.backup.n_new, self.backup.new_bytes = self.backup.n_new + 1, self.backup.new_bytes + n_bytes

    def _known(self, place: str, path: Path) -> Kept | None:
        kept, about = self.before.get(place), path.stat()
        if kept is None or (kept.n_bytes, kept.changed_ns) != (about.st_size, about.st_mtime_ns):
            return None
        there = self.vault.path_of(kept.sha256)
        return kept if there.exists() and there.stat().st_size == kept.n_bytes else None


def _archive_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    for name in sorted(settings.shelf.local_names()):
        path = settings.archive_dir / name
        if path.exists():
            yield f"archive/{name}", path


def _own_files(settings: Settings, made: Path) -> Iterator[tuple[str, Path]]:
    """Yield what else belongs to a watch; what can be made again from it (Parquet, partitions) does not."""
    for path in (settings.published_path, settings.own_feeds_path, *sorted((settings.data_dir / "briefs").glob("*.*"))):
        if path.is_file() and not path.name.startswith("."):
            yield str(path.relative_to(settings.data_dir)), path
    if (env := Path(".env")).is_file():
        yield "settings.env", env
    prefect = settings.data_dir / "prefect"
    if (prefect / "prefect.db").exists():
        copy = made / "prefect.db"
        with (
            closing(sqlite3.connect(f"file:{prefect / 'prefect.db'}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)  # whole, also while the server writes
        yield "prefect/prefect.db", copy
    if (prefect / "deployed.json").exists():
        yield "prefect/deployed.json", prefect / "deployed.json"


def _refuse_place(settings: Settings, folder: Path) -> None:
    for own in (settings.data_dir, settings.archive_dir):
        if folder.resolve().is_relative_to(own.resolve()):
            raise SettingsError(f"{folder}: lies inside {own}, which is to be backed up; choose a folder elsewhere, best on another disk")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SettingsError(f"{folder}: cannot be written ({error.strerror}); choose another folder") from error


def _patiently(work: Callable[[], Any], wait_s: float) -> None:
    until = time.monotonic() + wait_s
    while True:
        try:
            work()
        except WarehouseLockedError:
            if time.monotonic() > until:
                raise
            time.sleep(1.0)
        else:
            return
