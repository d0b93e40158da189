"""Restore: a watch out of a backup, into empty folders, whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from flows.settings import Settings, SettingsError, prepare_folders
from flows.vault import PIECE_BYTES, SPARE_BYTES, Backup, BackupError, Kept, Tell, Vault, require_free
from warehouse.publish import mirror

PART = ".restoring"
SHOWN = 5


def restore_backup(settings: Settings, vault: Vault, backup: Backup, tell: Tell = lambda *_: None) -> None:
    """Bring a watch back.

    Every byte is checked on the way. What is damaged is named, and then nothing is left behind.

    Args:
        settings: Where to: the data folder, and the archive folder if it lies elsewhere; both empty or not there.
        vault: Where the backup lies.
        backup: Which one.
        tell: Told bytes done, bytes in all, and the file.

    Raises:
        SettingsError: A folder holds something, or cannot be written.
        BackupError: Files of the backup are missing or damaged, or there is too little space.
    """
    made = [folder for folder in (settings.data_dir, settings.archive_dir) if not folder.exists()]
    for folder in (settings.data_dir, settings.archive_dir):
        _require_empty(folder, settings)
    prepare_folders(settings)
    parts = {folder: folder / PART for folder in (settings.data_dir, settings.archive_dir)}
    try:
        for part in parts.values():
            part.mkdir()
        _require_room(settings, backup)
        _copy_all(settings, vault, backup, parts, tell)
        for folder, part in parts.items():
            for entry in sorted(part.iterdir()):
                entry.rename(folder / entry.name)
            part.rmdir()
    except BaseException as error:
        for part in parts.values():
            shutil.rmtree(part, ignore_errors=True)
        for folder in reversed(made):
            _remove_empty(folder)
        if isinstance(error, OSError):
            raise BackupError(
                f"{settings.data_dir}: cannot be written ({error.strerror or error}); free space or choose another"
            ) from error
        raise
    if settings.published_path.exists():
        mirror(settings.published_path, settings.data_dir / "parquet")


def _copy_all(settings: Settings, vault: Vault, backup: Backup, parts: dict[Path, Path], tell: Tell) -> None:
    done, bad = 0, []

    def count(n: int, place: str) -> None:
        nonlocal done
        done += n
        tell(done, backup.n_bytes, place)

    for place, kept in backup.files.items():
        in_archive = place.startswith("archive/")
        target = parts[settings.archive_dir] / place.removeprefix("archive/") if in_archive else parts[settings.data_dir] / place
        if not _copy(vault.path_of(kept.sha256), target, kept, lambda n, place=place: count(n, place)):  # type: ignore[misc]
            bad.append(place)
    if bad:
        listed = ", ".join(bad[:SHOWN]) + (f" and {len(bad) - SHOWN} more" if len(bad) > SHOWN else "")
        others = [name for name in vault.names() if name != backup.name]
        what = f"take another backup with --at ({', '.join(others)})" if others else "bring the folder back from another copy of it"
        raise BackupError(f"{vault.folder}: the backup {backup.name} is damaged, nothing was restored: {listed}; {what}")


def _copy(source: Path, target: Path, kept: Kept, tell: Callable[[int], None]) -> bool:
    """Copy a file and tell whether its bytes are those that were kept."""
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_file():
        return False
    with source.open("rb") as file, target.open("wb") as out:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            out.write(piece)
            tell(len(piece))
    return digest.hexdigest() == kept.sha256


def _require_empty(folder: Path, settings: Settings) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise SettingsError(f"{folder}: is no folder; give an empty one or a new one")
    held = [entry.name for entry in folder.iterdir() if entry != settings.archive_dir]
    if held:
        raise SettingsError(f"{folder}: holds {held[0]} already; a backup is restored into an empty folder or a new one only")


def _require_room(settings: Settings, backup: Backup) -> None:
    archive = sum(kept.n_bytes for place, kept in backup.files.items() if place.startswith("archive/"))
    published = backup.files.get(settings.published_path.name)
    data = backup.n_bytes - archive + (published.n_bytes if published else 0) + SPARE_BYTES  # Parquet takes no more than its source
    if settings.data_dir.stat().st_dev == settings.archive_dir.stat().st_dev:
        require_free(settings.data_dir, data + archive)
    else:
        require_free(settings.data_dir, data)
        require_free(settings.archive_dir, archive + SPARE_BYTES)


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
