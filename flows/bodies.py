"""Content encodings removed in bounded steps: no answer can become larger than its cap, whatever it claims to hold."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

KNOWN = frozenset({"identity", "gzip", "x-gzip", "deflate"})
_STEP = 65_536  # bytes that one step may expand to


class BodyError(ValueError):
    """A body that cannot be read; `status` is a class of vocabularies.POLL_STATUS."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


def read_body(chunks: Iterable[bytes], content_encoding: str, limit: int) -> bytes:
    """Return a body with its content encodings removed.

    Args:
        chunks: Raw body as it arrives.
        content_encoding: Content-Encoding header; empty: none.
        limit: Largest body, bytes, counted before and after decompression.

    Raises:
        BodyError: too_large, truncated (the compressed stream does not end) or bad_encoding (unknown or damaged).
    """
    codings = [coding for part in content_encoding.lower().split(",") if (coding := part.strip()) and coding != "identity"]
    if len(codings) > 1 or not KNOWN.issuperset(codings):
        raise BodyError("bad_encoding", f"Content-Encoding {content_encoding[:60]!r} was not asked for and cannot be read")
    body = bytearray()
    for piece in _inflate(_capped(chunks, limit), codings[0]) if codings else _capped(chunks, limit):
        body += piece
        if len(body) > limit:
            raise BodyError("too_large", f"is larger than {limit} bytes" + (" after decompression" if codings else ""))
    return bytes(body)


def _capped(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise BodyError("too_large", f"is larger than {limit} bytes")
        yield chunk


def _inflate(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Yield decompressed pieces of at most `_STEP` bytes; several gzip members in a row are one body."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by their header
    is_started = False
    try:
        for chunk in chunks:
            rest = chunk
            if not is_started and coding == "deflate" and (rest[0] & 0x0F) != 8:
                inflater = zlib.decompressobj(-zlib.MAX_WBITS)  # some servers send deflate without the zlib header
            is_started = is_started or bool(rest)
            while rest:
                if inflater.eof:
                    if rest[:2] != b"\x1f\x8b":
                        break  # padding behind the last member
                    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
                piece = inflater.decompress(rest, _STEP)
                rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
                if not piece and not inflater.eof:
                    break
                yield piece
    except zlib.error as error:
        raise BodyError("bad_encoding", f"its {coding} body is damaged ({error})") from error
    if is_started and not inflater.eof:
        raise BodyError("truncated", f"its {coding} body ends in the middle")
