"""The processes that `vigil up` keeps: started into a log of their own, watched, and ended with all that they left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flows.leash import leashed

LOG_BYTES = 20_000_000  # a log that is larger is kept as .1, and a new one begun
_LOOK_S = 0.1


@dataclass(slots=True)
class Child:
    """One process that was started: what it is called, where it logs."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def is_alive(self) -> bool:
        """It has not ended."""
        return self.process.poll() is None

    def last_words(self) -> str:
        """Return the last line of its log that says something; empty where there is none."""
        with suppress(OSError):
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - 4_000))
                lines = [line.strip() for line in file.read().decode(errors="replace").splitlines()]
            return next((line for line in reversed(lines) if any(char.isalnum() for char in line)), "")[:300]
        return ""


def start_child(name: str, words: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> Child:
    """Start a Prefect command in a session of its own, so that a Ctrl-C in the terminal reaches only us, who know the order.

    Args:
        name: What it is called; its log is NAME.log.
        words: The command after `prefect`.
        folder: Working folder; logs lie in `logs` of it.
        environment: Its whole environment.
    """
    log = folder / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    turn_log(log)
    with log.open("ab") as file:  # to append: the log can be cut while it is written
        process = subprocess.Popen(  # noqa: S603 -- the same interpreter, our own words
            leashed(words), cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    return Child(name, log, process)


def turn_log(log: Path) -> None:
    """Keep a log that has grown large as .1, over an older one, and let its writer go on in an empty file."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)


def end_child(child: Child, grace_s: float, is_hurried: Callable[[], bool] = lambda: False) -> bool:
    """End a process: asked first, after the grace killed with its session. Return whether it went when asked."""
    if child.is_alive:
        child.process.terminate()
        until = time.monotonic() + grace_s
        while child.is_alive and time.monotonic() < until and not is_hurried():
            time.sleep(_LOOK_S)
    went = not child.is_alive
    kill_session(child.process.pid)
    child.process.wait()
    return went


def kill_session(leader: int) -> None:
    """Kill a process group that one of ours leads; without effect where it is gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_orphans(but: Sequence[Child], grace_s: float) -> list[int]:
    """End what processes of ours left behind, which the system made children of this one: asked first, then killed.

    Returns:
        Ids of the processes that were ended; each led a session of its own.
    """
    orphans = [pid for pid in _child_ids() if pid not in {child.process.pid for child in but}]
    for pid in orphans:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + grace_s
    left = [pid for pid in orphans if not _is_reaped(pid)]
    while left and time.monotonic() < until:
        time.sleep(_LOOK_S)
        left = [pid for pid in left if not _is_reaped(pid)]
    for pid in orphans:
        kill_session(pid)  # what an orphan started itself, too: readers of a flow that was killed
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
    return orphans


def reap_orphans(but: Sequence[Child]) -> None:
    """Take note of the end of processes that were left to us, or the system keeps their entries for months."""
    for pid in _child_ids():
        if pid not in {child.process.pid for child in but}:
            _is_reaped(pid)


def _child_ids() -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()]
    except OSError:  # no Linux
        return []


def _is_reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
