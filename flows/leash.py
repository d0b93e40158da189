"""Runs a Prefect command that is told to end when whoever started it is gone: `python -m flows.leash PARENT server start ...`.

A `vigil up` that is killed outright can stop nobody. The kernel then sends the signal in its place, where it is Linux; elsewhere the
next `vigil up` names what holds the port.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
_PR_SET_CHILD_SUBREAPER = 36


def leashed(words: Sequence[str]) -> list[str]:
    """Return the command line that runs a Prefect command on a leash of this process."""
    return [sys.executable, "-m", "flows.leash", str(os.getpid()), *words]


def adopt_orphans() -> None:
    """Make this process the parent of whatever its children leave behind; without effect where the system cannot."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def main() -> None:
    """Put the leash on and become the Prefect command."""
    parent, *words = sys.argv[1:]
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit("flows.leash: whoever started this is gone already")
    os.execv(sys.executable, [sys.executable, "-m", "prefect", *words])  # noqa: S606 -- the same interpreter, our own words


if __name__ == "__main__":
    main()
