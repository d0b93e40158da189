"""Where archive files lie: a local folder, and behind it, if one is set, an object store that keeps them for good.

Files are always written locally, since object stores cannot append; a closed one is uploaded, and its local copy may go after
some days. Whoever reads asks for a local path: a file that is only in the store is brought back whole, once for all its pages.
See docs/decisions/0010.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from flows.warc import ArchiveError

PATTERN = "*.warc*"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The archive's files. folder: local ones; url: fsspec address of the store behind it, empty: none."""

    folder: Path
    url: str = ""

    @classmethod
    def of(cls, archive: Path | Shelf) -> Shelf:
        """Return a shelf; a folder is one without a store."""
        return archive if isinstance(archive, Shelf) else cls(archive)

    def path(self, name: str) -> Path:
        """Return the local path of a file, brought from the store if it is only there; it may not exist.

        Raises:
            ArchiveError: The name leads outside the archive, or the store cannot be read.
        """
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise ArchiveError(f"{name}: lies outside the archive folder {self.folder}; the page row was tampered with")
        if self.url and not path.exists():
            self._fetch(name, path)
        return path

    def names(self) -> list[str]:
        """Return the names of all archive files, local or not, sorted.

        Raises:
            ArchiveError: The store cannot be listed.
        """
        return sorted({*self.local_names(), *self.stored()})

    def local_names(self) -> list[str]:
        """Return the names of the local files, sorted."""
        if not self.folder.is_dir():
            return []
        found = (path for path in self.folder.rglob(PATTERN) if path.is_file() and not path.name.startswith("."))
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def size(self, name: str) -> int:
        """Return the size of a file in bytes; 0 when it is nowhere."""
        path = self.folder / name
        return path.stat().st_size if path.exists() else self.stored().get(name, 0)

    def send(self) -> tuple[list[str], dict[str, str]]:
        """Upload local files that the store lacks or has in another size; return those sent, and why others were not.

        A file that a kill cut off is sent as it is: its complete records can be read.
        """
        if not self.url:
            return [], {}
        try:
            there = self.stored()
        except ArchiveError as error:
            return [], {"": str(error)}
        sent, failed = [], {}
        for name in self.local_names():
            if there.get(name) == (self.folder / name).stat().st_size:
                continue
            try:
                self.upload(name)
                sent.append(name)
            except ArchiveError as error:
                failed[name] = str(error)
        return sent, failed

    def upload(self, name: str) -> None:
        """Write a local file to the store, over an older one.

        Raises:
            ArchiveError: It cannot be written.
        """
        if not self.url:
            return
        fs, root = self._store()
        try:
            fs.makedirs(str(PurePosixPath(root) / PurePosixPath(name).parent), exist_ok=True)
            fs.put_file(str(self.folder / name), f"{root}/{name}")
            fs.invalidate_cache()
            size = fs.info(f"{root}/{name}")["size"]
        except Exception as error:  # each store has its own errors
            raise ArchiveError(
                f"{self.url}/{name}: cannot be written ({_line(error)}); it is kept in {self.folder} and sent again"
            ) from error
        if size != (self.folder / name).stat().st_size:
            raise ArchiveError(f"{self.url}/{name}: has {size} bytes after the upload, not those of the local file; it is sent again")

    def delete(self, name: str) -> None:
        """Delete a file, here and in the store.

        Raises:
            ArchiveError: The store refuses.
        """
        if self.url and name in self.stored():
            fs, root = self._store()
            try:
                fs.rm_file(f"{root}/{name}")
            except Exception as error:
                raise ArchiveError(f"{self.url}/{name}: cannot be deleted ({_line(error)}); check the rights of the key") from error
        (self.folder / name).unlink(missing_ok=True)

    @contextmanager
    def edited(self, name: str) -> Iterator[Path]:
        """Give the local path of a file to be changed in place; when the block ends, the store gets it, too."""
        yield self.path(name)
        if (self.folder / name).exists():
            self.upload(name)

    def evict(self, before: dt.datetime) -> list[str]:
        """Delete local copies, last used before a time, of files that the store holds whole; return their names."""
        if not self.url:
            return []
        there, gone = self.stored(), []
        for name in self.local_names():
            about = (self.folder / name).stat()
            if there.get(name) == about.st_size and about.st_mtime < before.timestamp():
                (self.folder / name).unlink()
                gone.append(name)
        return gone

    def _fetch(self, name: str, path: Path) -> None:
        fs, root = self._store()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            fs.get_file(f"{root}/{name}", part)
            Path(part).replace(path)  # two workers may fetch the same file: both bring the same bytes
        except FileNotFoundError:
            return
        except Exception as error:
            raise ArchiveError(f"{self.url}/{name}: cannot be read ({_line(error)}); check address, network and key") from error
        finally:
            Path(part).unlink(missing_ok=True)

    def stored(self) -> dict[str, int]:
        """Return the sizes of all files of the store by name."""
        if not self.url:
            return {}
        fs, root = self._store()
        try:
            fs.invalidate_cache()
            found = fs.find(root, detail=True) if fs.exists(root) else {}
        except Exception as error:
            raise ArchiveError(f"{self.url}: cannot be listed ({_line(error)}); check address, network and key") from error
        names = {path.removeprefix(root).lstrip("/"): about["size"] for path, about in found.items()}
        return {name: size for name, size in names.items() if PurePosixPath(name).match(PATTERN)}

    def _store(self) -> tuple[Any, str]:
        try:
            from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # noqa: PLC0415 -- only where a store is set
        except ImportError as error:
            raise ArchiveError(f"{self.url}: needs a package that is not installed; install vigil-pipeline[s3]") from error
        try:
            fs, root = url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise ArchiveError(f"{self.url}: cannot be used ({_line(error)}); s3:// needs vigil-pipeline[s3]") from error
        return fs, str(root).rstrip("/")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
