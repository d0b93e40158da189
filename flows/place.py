"""One `vigil up` a data folder: the place is held by a lock that the system frees when its holder ends, however it ends."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from flows.settings import SettingsError


class AlreadyUpError(Exception):
    """It runs already; the message says where, since when, and how to stop it."""


def refuse_second(home: Path) -> None:
    """Refuse to start where another process holds the place; writes nothing.

    Raises:
        AlreadyUpError: Another process holds it.
    """
    path = home / "up.json"
    if path.exists():
        with path.open("r", encoding="utf-8") as file:
            _lock(file, path)


@contextmanager
def hold_place(home: Path) -> Iterator[Callable[[str], None]]:
    """Hold the place of a data folder, and give a function that writes down at which address.

    Raises:
        AlreadyUpError: Another process holds it.
        SettingsError: The folder cannot be written.
    """
    path = home / "up.json"
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written ({error.strerror}); mend its rights or choose another data folder") from error
    with file:
        _lock(file, path)

        def tell(address: str) -> None:
            file.seek(0)
            file.truncate()
            json.dump({"pid": os.getpid(), "address": address, "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds")}, file)
            file.flush()

        tell("")
        yield tell
        file.truncate(0)


def _lock(file: TextIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyUpError(_who(_read(path))) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):  # it is just being written
        return {}


def _who(about: dict[str, Any]) -> str:
    where = f"its UI is at {about['address']}" if about.get("address") else "it is starting"
    pid = about.get("pid")
    who, stop = (f", process {pid} since {about['since']}", f"; stop it with Ctrl-C there, or: kill {pid}") if pid else ("", "")
    return f"vigil up runs already for this data folder{who}; {where}{stop}"
