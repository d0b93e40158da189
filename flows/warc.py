"""Reading WARC files, our own and foreign ones, under caps: damaged, cut off or hostile files end in one clear error."""

from __future__ import annotations

import datetime as dt
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

MAX_RECORD_BYTES = 110_000_000  # a page at the highest cap that settings allow, and its headers
_CHUNK = 65_536
_GZIP = b"\x1f\x8b"


class ArchiveError(Exception):
    """An archive file that cannot be read or written; the message names file, offset and what to do."""


@dataclass(frozen=True, slots=True)
class WarcPage:
    """One archived response: headers in order, body without content encodings, place of its record in the file."""

    url: str
    fetched_at: dt.datetime
    http_status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    offset: int
    length: int

    def header(self, name: str) -> str | None:
        """Return the first header of that name."""
        return next((value for key, value in self.headers if key.lower() == name), None)


def iter_warc(path: Path, max_body_bytes: int) -> Iterator[WarcPage]:
    """Yield the HTTP responses of a WARC file in order; other records, and bodies above the cap, are passed over.

    Every complete record is yielded before damage behind it is reported, so that a file cut off by a kill gives all it holds.

    Args:
        path: `.warc` or `.warc.gz`.
        max_body_bytes: Largest body, after decompression.

    Raises:
        ArchiveError: The file cannot be read, is no WARC, or is damaged or cut off at the offset named.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    with file:
        head = file.read(5)
        file.seek(0)
        if head.startswith(_GZIP):
            yield from _iter_members(file, path, max_body_bytes)
        elif head.startswith(b"WARC/"):
            yield from _iter_plain(file, path, max_body_bytes)
        else:
            raise ArchiveError(f"{path}: is no WARC file (it begins with {head!r}); give a .warc or .warc.gz file")


def _iter_members(file: IO[bytes], path: Path, max_body_bytes: int) -> Iterator[WarcPage]:
    offset = 0
    for start, length, member, is_whole in iter_members(file, path, max_body_bytes + 1_000_000):
        where = f"{path} at offset {start}"
        if not is_whole and member[:5] == b"WARC/" and not _is_large_record(member, max_body_bytes):
            raise ArchiveError(f"{where}: records are not compressed one by one; rewrite the file with `warcio recompress`")
        if is_whole and (page := read_response(member, max_body_bytes, where, start, length)):
            yield page
        offset = start + length
    if offset == 0:
        raise ArchiveError(f"{path}: is empty; give a .warc or .warc.gz file")


def _is_large_record(member: bytes, max_body_bytes: int) -> bool:
    head = member[:20_000].split(b"\r\n\r\n", 1)[0].lower()
    lengths = [line.split(b":", 1)[1].strip() for line in head.split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(lengths) and lengths[0].isdigit() and int(lengths[0]) > max_body_bytes


def _iter_plain(file: IO[bytes], path: Path, max_body_bytes: int) -> Iterator[WarcPage]:
    records = ArchiveIterator(file)
    try:
        for record in records:
            # Only then is the offset known: asked for it before, the reader would skip to the end of the record.
            if page := _page_of(record, max_body_bytes, 0, 0):
                yield replace(page, offset=records.get_record_offset())
    except (ArchiveLoadFailed, ValueError, EOFError) as error:
        raise ArchiveError(f"{path} at offset {file.tell()}: is damaged ({error}); get the file again") from error


def iter_members(file: IO[bytes], path: Path, limit: int) -> Iterator[tuple[int, int, bytes, bool]]:
    """Yield offset, compressed length, content and whether the content is whole (not above `limit`) of each gzip member.

    Raises:
        ArchiveError: A member is damaged or cut off; those before it have been yielded.
    """
    start, pending = 0, b""
    while pending or (pending := file.read(_CHUNK)):
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        out, size, consumed = bytearray(), 0, 0
        while not inflater.eof:
            if not pending and not (pending := file.read(_CHUNK)):
                raise ArchiveError(f"{path} at offset {start}: the last record is cut off; those before it are whole, get the file again")
            try:
                piece = inflater.decompress(pending, _CHUNK)
            except zlib.error as error:
                raise ArchiveError(f"{path} at offset {start}: is damaged ({error}); restore the file, or leave it out") from error
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            consumed += len(pending) - len(rest)
            pending = rest
            size += len(piece)
            out += piece[: max(0, limit - len(out))]
        yield start, consumed, bytes(out), size <= limit
        start += consumed


def inflate_member(raw: bytes, where: str) -> bytes:
    """Return the content of the one gzip member that the bytes are.

    Raises:
        ArchiveError: They are not, or it is larger than any record of ours.
    """
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        out = inflater.decompress(raw, MAX_RECORD_BYTES)
    except zlib.error as error:
        raise ArchiveError(f"{where}: is damaged ({error}); restore the file from a backup, or fetch the page again") from error
    if not inflater.eof or inflater.unused_data:
        raise ArchiveError(f"{where}: is not one whole record; restore the file from a backup, or fetch the page again")
    return out


def read_response(member: bytes, max_body_bytes: int, where: str, offset: int, length: int) -> WarcPage | None:
    """Return the HTTP response that one record holds; None: it is another kind of record, or its body is above the cap.

    Raises:
        ArchiveError: It is no WARC record.
    """
    try:
        for record in ArchiveIterator(io.BytesIO(member)):
            return _page_of(record, max_body_bytes, offset, length)
    except (ArchiveLoadFailed, ValueError, EOFError, UnicodeError) as error:
        raise ArchiveError(f"{where}: is no readable WARC record ({error}); restore the file, or leave it out") from error
    raise ArchiveError(f"{where}: is no WARC record; restore the file, or leave it out")


def _page_of(record: Any, max_body_bytes: int, offset: int, length: int) -> WarcPage | None:
    if record.rec_type != "response" or record.http_headers is None:
        return None
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    status, when = record.http_headers.get_statuscode(), _parse_date(record.rec_headers.get_header("WARC-Date"))
    if not url.startswith(("http://", "https://")) or when is None or not (status or "").isdigit():
        return None
    body = _read_capped(record.content_stream(), max_body_bytes)
    if body is None:
        return None
    headers = tuple((str(name), str(value)) for name, value in record.http_headers.headers)
    return WarcPage(url, when, int(status), headers, body, offset, length)


def _read_capped(stream: Any, limit: int) -> bytes | None:
    out = bytearray()
    while piece := stream.read(_CHUNK):
        out += piece
        if len(out) > limit:
            return None
    return bytes(out)


def _parse_date(text: str | None) -> dt.datetime | None:
    try:
        when = dt.datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)
