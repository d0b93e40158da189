"""The operator's own list of feeds, feeds.csv in the data folder: what `vigil feeds` writes, and no new seed or migration touches.

It has the columns of seeds/feeds.csv. A line changes the listed feed of its feed_id or address, or adds a feed; cells left empty
change nothing. The list that is shipped (or that VIGIL_FEEDS names) comes first, this file has the last word.
"""

from __future__ import annotations

import csv
import fcntl
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transforms.feedlist import COLUMNS, LINE, FeedListError
from warehouse.errors import SeedError
from warehouse.seeds import parse_csv


def read_own_rows(path: Path) -> list[dict[str, str]]:
    """Return the lines of the own list; none where there is no such file.

    Raises:
        FeedListError: It cannot be read; names the line.
    """
    try:
        body = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):  # a folder that cannot be is named by who writes to it
        return []
    except OSError as error:
        raise FeedListError(f"{path}: cannot be read ({error.strerror}); mend its rights, or move it away") from error
    if not body.strip():
        return []
    try:
        return parse_csv(body, str(path), ("feed_id", "url"))
    except SeedError as error:
        raise FeedListError(str(error)) from error


@contextmanager
def changed_own_rows(path: Path) -> Iterator[dict[str, dict[str, str]]]:
    """Give the lines of the own list by feed_id to be changed, and write them when the block ends well, whole or not at all.

    Two commands at once wait for each other.

    Raises:
        FeedListError: The file cannot be read or written; it is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(f".{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            rows = {row["feed_id"] or f"line {row[LINE]}": row for row in read_own_rows(path)}
            yield rows
            _write(path, rows)
    except OSError as error:
        raise FeedListError(f"{path}: cannot be written ({error.strerror or error}); free space or mend its rights") from error


def _write(path: Path, rows: dict[str, dict[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, *_further_columns(rows)], restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows.values())
    part = path.with_name(f".{path.name}.new")
    with part.open("w", encoding="utf-8") as file:
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _further_columns(rows: dict[str, dict[str, str]]) -> list[str]:
    """Return columns that the operator added for notes of his own: they are his, and stay."""
    return list(dict.fromkeys(name for row in rows.values() for name in row if name not in COLUMNS and name != LINE))
