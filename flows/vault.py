"""The folder that backups lie in: every file once, under the SHA-256 of its bytes, and lists that say what a backup is made of.

A list is written last and in one step, so that a backup is whole or is not there. Why not a tree of copies: docs/decisions/0011.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO

from warehouse.errors import WarehouseError

FORMAT = 1
PIECE_BYTES = 4 * 1024 * 1024
SPARE_BYTES = 50_000_000  # left free beside what is written
Tell = Callable[[int, int, str], None]


class BackupError(WarehouseError):
    """A backup that cannot be made, read or restored; names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a backup.

    Attributes:
        sha256: Digest of its bytes, and so its place in the backup.
        n_bytes: Its size.
        changed_ns: When it last changed where it came from, nanoseconds; a file of the same size and time is not read again.
    """

    sha256: str
    n_bytes: int
    changed_ns: int


@dataclass(slots=True)
class Backup:
    """One backup: its name (the time), what made it, its files by their place in the watch."""

    name: str
    vigil: str = ""
    archive_url: str = ""
    files: dict[str, Kept] = field(default_factory=dict)
    n_new: int = 0
    new_bytes: int = 0

    @property
    def n_bytes(self) -> int:
        """Bytes of all its files."""
        return sum(kept.n_bytes for kept in self.files.values())


class Vault:
    """The folder that backups lie in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of(self, sha256: str) -> Path:
        """Return where bytes of a digest lie."""
        return self.folder / "files" / sha256[:2] / sha256

    def names(self) -> list[str]:
        """Return the names of the backups, the oldest first."""
        return sorted(path.stem for path in (self.folder / "backups").glob("*.json"))

    def load(self, name: str = "") -> Backup:
        """Return a backup by its name or the beginning of one; the newest for none.

        Raises:
            BackupError: There is none, it cannot be read, or a newer Vigil wrote it.
        """
        names = self.names()
        if not names:
            raise BackupError(f"{self.folder}: holds no backup; `vigil backup` makes one")
        found = [each for each in names if each.startswith(name)]
        if name and len(found) != 1:
            raise BackupError(
                f"{self.folder}: {'several backups begin' if found else 'no backup begins'} with {name}; it has {', '.join(names)}"
            )
        path = self.folder / "backups" / f"{found[-1]}.json"
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            if about["format"] > FORMAT:
                raise BackupError(f"{path}: was written by Vigil {about['vigil']}, which is newer than this one; upgrade first")
            return Backup(found[-1], about["vigil"], about["archive_url"], {place: Kept(*kept) for place, kept in about["files"].items()})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BackupError(f"{path}: is damaged ({error}); take another backup with --at") from error

    def take(self, source: IO[bytes], tell: Callable[[int], None] = lambda _: None) -> tuple[str, int, bool]:
        """Keep the bytes of a file; return their digest, their number, and whether they were new."""
        self.folder.joinpath("files").mkdir(parents=True, exist_ok=True)
        digest, n_bytes = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self.folder / "files", prefix=".new-")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                while piece := source.read(PIECE_BYTES):
                    digest.update(piece)
                    out.write(piece)
                    n_bytes += len(piece)
                    tell(len(piece))
                out.flush()
                os.fsync(out.fileno())
            target = self.path_of(digest.hexdigest())
            is_new = not target.exists() or target.stat().st_size != n_bytes
            if is_new:
                target.parent.mkdir(exist_ok=True)
                part.replace(target)
            return digest.hexdigest(), n_bytes, is_new
        finally:
            part.unlink(missing_ok=True)

    def list_backup(self, backup: Backup) -> None:
        """Write down a backup whose files are all there."""
        path = self.folder / "backups" / f"{backup.name}.json"
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".new")
        files = {place: [kept.sha256, kept.n_bytes, kept.changed_ns] for place, kept in sorted(backup.files.items())}
        about = {"format": FORMAT, "vigil": version("vigil-pipeline"), "archive_url": backup.archive_url, "files": files}
        with part.open("w", encoding="utf-8") as out:
            json.dump(about, out, indent=0)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for the block, free of what a killed backup left half: of two at once, one would drop what the other wrote.

        Raises:
            BackupError: Another backup writes.
        """
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupError(f"{self.folder}: another backup writes into it; wait until it ends") from error
            for left in self.folder.glob(".making-*"):
                shutil.rmtree(left, ignore_errors=True)
            yield

    def drop_old(self, keep: int) -> list[str]:
        """Delete all but the newest backups, and the bytes that only they needed; return the names."""
        gone = self.names()[:-keep]
        for name in gone:
            (self.folder / "backups" / f"{name}.json").unlink()
        needed = {kept.sha256 for name in self.names() for kept in self.load(name).files.values()}
        for path in (self.folder / "files").rglob("*"):
            if path.is_file() and path.name not in needed:
                path.unlink()
        return gone

    def damaged(self, backup: Backup, only: set[str] | None = None, tell: Tell = lambda *_: None) -> list[str]:
        """Read the files of a backup and return the places of those that are missing or have other bytes."""
        chosen = {place: kept for place, kept in backup.files.items() if only is None or place in only}
        found, done, total = [], 0, sum(kept.n_bytes for kept in chosen.values())
        for place, kept in chosen.items():
            digest = hashlib.sha256()
            try:
                with self.path_of(kept.sha256).open("rb") as file:
                    while piece := file.read(PIECE_BYTES):
                        digest.update(piece)
                        done += len(piece)
                        tell(done, total, place)
            except OSError:
                found.append(place)
                continue
            if digest.hexdigest() != kept.sha256:
                found.append(place)
        return found


def require_free(folder: Path, needed: int) -> None:
    """Refuse to write where there is too little room.

    Raises:
        BackupError: Fewer bytes are free than needed.
    """
    if (free := shutil.disk_usage(folder).free) < needed:
        raise BackupError(f"{folder}: needs {needed / 1e9:.2f} GB, only {free / 1e9:.2f} GB are free; free space or choose another disk")
