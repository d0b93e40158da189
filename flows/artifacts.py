"""What a run leaves in the Prefect UI: a bar that moves, tables, links. A run never fails because the UI could not be told.

Nothing that was fetched can steer the page it is shown on: every value goes through `cell`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_progress_artifact, update_progress_artifact

from flows.brief_page import escape_markdown
from flows.terminal import printable

EVERY_S = 3.0  # between two steps of a bar: it is looked at by people, and each step is a request to the server
MAX_MARKDOWN = 200_000  # characters of an artifact, far below what the server takes
Log = logging.Logger | logging.LoggerAdapter[Any]


def cell(value: Any) -> str:
    """Return a value as the text of a Markdown table's cell: one line, no markup, no control character."""
    return escape_markdown(printable(value))


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a Markdown table; every cell is escaped."""
    lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    return "\n".join([f"| {' | '.join(map(cell, header))} |", f"|{' --- |' * len(header)}", *lines])


def show_markdown(log: Log, key: str, markdown: str, description: str) -> None:
    """Leave a page in the UI."""
    text = markdown if len(markdown) <= MAX_MARKDOWN else markdown[:MAX_MARKDOWN].rsplit("\n", 1)[0] + "\n\n... cut off here"
    _told(log, key, lambda: create_markdown_artifact(text, key=key, description=description))


def show_link(log: Log, key: str, link: str, text: str, description: str) -> None:
    """Leave a link in the UI."""
    _told(log, key, lambda: create_link_artifact(link, link_text=text, key=key, description=description))


def _told(log: Log, key: str, tell: Callable[[], Any]) -> Any:
    try:
        return tell()
    except Exception as error:
        log.warning("the artifact %s could not be written, the run goes on: %s: %s", key, type(error).__name__, error)
        return None


class LiveProgress:
    """A bar in the UI that moves every few seconds, with a line on what is being done.

    Args:
        log: Where trouble with the UI is said.
        key: Key of the artifact.
        share: Tells how much of the whole is done, 0 to 1, from stage, done and total.
    """

    def __init__(self, log: Log, key: str, share: Callable[[str, int, int], float]) -> None:
        self.log, self.key, self.share = log, key, share
        self._moved = self._began = time.monotonic()
        self._id: UUID | None = _told(log, key, lambda: create_progress_artifact(0.0, key=key, description="beginning"))

    def tell(self, stage: str, done: int, total: int, note: str) -> None:
        """Take up a step of the work; the bar moves when it is due. A `flows.derive.Progress`."""
        if time.monotonic() - self._moved >= EVERY_S:
            self._move(self.share(stage, done, total), f"{stage}: {done} of {total} {note}".rstrip())

    def end(self, words: str, *, is_whole: bool = True) -> None:
        """Say how it ended."""
        self._move(1.0 if is_whole else None, words)

    def _move(self, share: float | None, words: str) -> None:
        self._moved = time.monotonic()
        if self._id is None:
            return
        if share is not None:
            self._share = min(max(share, 0.0), 1.0)
        spent = time.monotonic() - self._began
        left = f"; about {spent / self._share * (1 - self._share):.0f} s left" if share is not None and 0.02 < self._share < 1 else ""
        said = cell(words) + left
        _told(self.log, self.key, lambda: update_progress_artifact(self._id, round(100 * self._share, 1), said))  # type: ignore[arg-type]

    _share: float = 0.0


def every_step(log: Log, tells: Sequence[Callable[[str, int, int, str], None]]) -> Callable[[str, int, int, str], None]:
    """Return a progress that writes a line of the log for each feed and each batch, and tells others, too.

    Pages that are asked for come one by one: of these a line for every hundredth and the last.
    """

    def tell(stage: str, done: int, total: int, note: str) -> None:
        kind = stage.split(" ", 1)[0]
        if kind not in {"fetch", "update"} or done % LOG_EVERY == 0 or done == total:
            log.info("%s", printable(f"{stage} {done} of {total}{': ' if note else ''}{note}"))
        for other in tells:
            other(stage, done, total, note)

    return tell


LOG_EVERY = 100  # pages asked for between two lines of the log
