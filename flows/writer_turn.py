"""The turn of the one writer among deployed runs: a lock that the system frees with the process, however it ends.

Prefect lets one run of the queue `writers` through, but two that are fetched within the same second may both begin, and a run of a
server elsewhere knows nothing of it. Whoever comes second waits here, where a locked work file would end it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

LOOK_S = 1.0
_held: dict[Path, TextIO] = {}  # kept open until this process ends: a deployed run has one of its own


def take_turn(data_dir: Path, tell: Callable[[str], None]) -> None:
    """Return once this process is the only deployed run that writes to a data folder; told once of whom it waits for.

    A folder that cannot be written is left to those who say so in their own words.
    """
    path = data_dir / ".writer"
    if path in _held:
        return
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError:
        return
    is_told = False
    while not _is_locked(file):
        if not is_told:
            file.seek(0)
            tell(f"waits for its turn: process {file.read().strip() or 'of another run'} writes to {data_dir}")
            is_told = True
        time.sleep(LOOK_S)
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    _held[path] = file


def _is_locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
