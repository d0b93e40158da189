"""Progress of long work on stderr: a line that moves on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

_EVERY_S = {True: 0.2, False: 15.0}  # on a terminal, in a log


class Progress:
    """Counts up to a total and says so, with the time left; silent for work that is over in two seconds."""

    def __init__(self, stage: str, total: int | None, unit: str) -> None:
        self.stage, self.total, self.unit = stage, total, unit
        self._terminal = sys.stderr.isatty()
        self._started = self._said = time.monotonic()
        self._shown = False

    def __enter__(self) -> Progress:
        return self

    def update(self, done: int, note: str = "", total: int | None = None) -> None:
        """Say how far the work is, not more often than a reader can follow."""
        self.total = total if total is not None else self.total
        now = time.monotonic()
        if now - self._said < _EVERY_S[self._terminal] or now - self._started < 2:
            return
        self._said, self._shown = now, True
        spent = now - self._started
        left = f", {spent / done * (self.total - done):.0f} s left" if self.total and done else ""
        of = f"/{self.total}" if self.total else ""
        line = f"{self.stage}: {done}{of} {self.unit} in {spent:.0f} s{left} {note}".rstrip()
        print(f"\r\x1b[K{line}" if self._terminal else line, end="" if self._terminal else "\n", file=sys.stderr, flush=True)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._shown and self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


@contextmanager
def told_progress() -> Iterator[Callable[[str, int, int, str], None]]:
    """Yield a function (stage, done, total, note) that shows the stages of a run, one line each."""
    lines: dict[str, Progress] = {}

    def tell(stage: str, done: int, total: int, note: str) -> None:
        lines.setdefault(stage, Progress(stage, total, "done")).update(done, note, total)

    try:
        yield tell
    finally:
        for line in lines.values():
            line.__exit__(None, None, None)
