"""Are the archive's bytes whole, and do pages say of them what they say of themselves."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.archive import ArchiveError, read_page
from flows.warc import MAX_RECORD_BYTES, iter_members

_HEADER = 10  # bytes of a gzip member's header, which its checksum does not cover


def check_file(archive_dir: Path, name: str, known: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield offset and fault of every damaged record of an archive file.

    Args:
        archive_dir: Archive folder.
        name: File relative to it.
        known: Offsets at which records of pages begin: behind a damaged record the walk goes on at the next of them.
    """
    path = archive_dir / name
    headers: dict[int, bytes] = {}
    start: int | None = 0
    try:
        with path.open("rb") as file:
            while start is not None:
                file.seek(start)
                at = start
                try:
                    for offset, length, _, _ in iter_members(file, path, MAX_RECORD_BYTES):
                        headers[start + offset] = os.pread(file.fileno(), _HEADER, start + offset)
                        at = start + offset + length
                    start = None
                except ArchiveError as error:
                    yield at, f"{_reason(error)}; restore the file from a backup"
                    start = min((offset for offset in known if offset > at), default=None)
    except FileNotFoundError:
        return  # each of its pages says so
    except OSError as error:
        yield 0, f"cannot be read ({error.strerror}); check the rights on the archive folder"
    if headers:
        usual, _ = Counter(headers.values()).most_common(1)[0]
        for offset, header in headers.items():
            if header != usual:
                yield offset, f"the record's head is {header.hex()}, that of the others {usual.hex()}; restore the file from a backup"


def check_page(archive_dir: Path, page: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield column, stored value and archived value where a page's row does not say what its record says.

    A record that cannot be read yields nothing: reading it again names it.
    """
    try:
        found = read_page(archive_dir, page["warc_file"], page["warc_offset"], page["warc_length"])
    except ArchiveError:
        return
    content_type = next((value for name, value in found.headers if name.lower() == "content-type"), None)
    for column, archived in {
        "final_url": found.url, "http_status": found.http_status, "content_type": content_type, "n_bytes": len(found.body),
    }.items():  # fmt: skip
        if page[column] != archived:
            yield column, page[column], archived


def _reason(error: ArchiveError) -> str:
    """Return what is wrong without the file's name, which the finding has, and without the way out."""
    return str(error).split(": ", 1)[-1].split(";", 1)[0]
