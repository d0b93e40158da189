"""Erasing records of an archive file in place: each becomes an empty record of the same length, so that no other one moves.

A record is overwritten where it stands and brought to disk before any row that points to it goes. A kill in between leaves
a damaged record at a known place, and erasing it again mends it.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from flows.warc import MAX_RECORD_BYTES, ArchiveError, iter_members

_HEAD, _TAIL, _BLOCK = 10, 8, 5  # bytes of a gzip member's head and tail, and of the head of a stored block
_MOST = 65_535  # bytes that a stored block holds
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03"  # as warcio writes it: level 9, Unix
_REDIRECTS = tuple([status] for status in (b"301", b"302", b"303", b"307", b"308"))
_RECORD = (
    b"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:vigil:erased>\r\nWARC-Date: 1970-01-01T00:00:00Z\r\n"
    b"Content-Length: %d\r\n\r\n%s\r\n\r\n"
)


def erase_records(path: Path, offsets: Sequence[int], lengths: Sequence[int], urls: frozenset[str]) -> int:
    """Overwrite the response records at these offsets, the redirects before them, and every record of these addresses.

    Args:
        path: Archive file of ours: `.warc.gz`, a gzip member a record.
        offsets: Where the response records begin, as rows say; erased even where they are damaged.
        lengths: Their lengths in bytes.
        urls: Addresses; requests and redirects name them, too.

    Returns:
        Records overwritten; 0 when all were before.

    Raises:
        ArchiveError: The file cannot be read or written.
    """
    if not path.exists():
        return 0
    spans = dict(zip(offsets, lengths, strict=True))
    # First the records that rows point to: damage in them would end the walk through the file.
    n = _overwrite(path, spans.items())
    spans_of_names = dict(_named(path, frozenset(url.encode() for url in urls), frozenset(offsets)))
    return n + _overwrite(path, ((offset, length) for offset, length in spans_of_names.items() if offset not in spans))


def _overwrite(path: Path, spans: Iterable[tuple[int, int]]) -> int:
    n = 0
    try:
        with path.open("r+b") as file:
            for offset, length in sorted(spans):
                old = os.pread(file.fileno(), length, offset)
                if len(old) < length:
                    continue  # the file was cut off before: nothing is there
                head = old[:_HEAD] if old.startswith(b"\x1f\x8b\x08\x00") else _GZIP_HEAD
                new = empty_member(length, head, f"{path} at offset {offset}")
                if new != old:
                    os.pwrite(file.fileno(), new, offset)
                    n += 1
            os.fsync(file.fileno())
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be erased from ({error.strerror or error}); make it writable and run it again") from error
    return n


def empty_member(length: int, head: bytes = _GZIP_HEAD, where: str = "record") -> bytes:
    """Return a gzip member of exactly this length that holds an empty WARC record.

    Raises:
        ArchiveError: It would be too short to hold one.
    """
    room = length - _HEAD - _TAIL
    n_blocks = max(1, -(-room // (_MOST + _BLOCK)))
    content = room - n_blocks * _BLOCK
    padding = content - len(_RECORD % (0, b""))
    while padding > 0 and len(_RECORD % (padding, b" " * padding)) > content:
        padding -= 1
    record = _RECORD % (max(0, padding), b" " * max(0, padding))
    record += b"\r\n" * ((content - len(record)) // 2) if content > len(record) else b""
    record += b"\n" * (content - len(record))
    if padding < 0 or len(record) != content:
        raise ArchiveError(f"{where}: {length} bytes are too few for an empty record; delete the file and what rows say of it")
    blocks = bytearray()
    for number in range(n_blocks):
        piece = record[number * _MOST : (number + 1) * _MOST]
        size = len(piece)
        blocks += bytes([number == n_blocks - 1]) + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + piece
    return head + bytes(blocks) + zlib.crc32(record).to_bytes(4, "little") + (len(record) & 0xFFFFFFFF).to_bytes(4, "little")


def _named(path: Path, urls: frozenset[bytes], responses: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield offset and length of the records of these addresses, and of the redirects that led to the responses."""
    hops: list[tuple[int, int]] = []
    with path.open("rb") as file:
        try:
            for offset, length, content, _ in iter_members(file, path, min(MAX_RECORD_BYTES, 100_000)):
                head = content.split(b"\r\n\r\n", 1)[0]
                is_hop = b"\r\nWARC-Type: response" in head and content[len(head) + 4 :].split(b" ", 2)[1:2] in _REDIRECTS
                if any(line[17:].strip(b" <>") in urls for line in head.split(b"\r\n") if line.startswith(b"WARC-Target-URI: ")):
                    yield offset, length
                if offset in responses:
                    yield from hops
                hops = [*hops, (offset, length)] if is_hop else []
        except ArchiveError:
            return  # what lies behind damage cannot be told apart; `vigil verify` names it
