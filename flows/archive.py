"""The archive: WARC 1.1 files of what was fetched, written record by record, read back by file, offset and length.

archive/YYYY/MM/vigil-<run_id>-NNNNN.warc.gz; one gzip member a record, so that any record can be read alone and a file cut
off by a kill is readable up to its last complete record. Bodies are stored with content and transfer encodings removed; the
headers that spoke of them are kept as X-Archive-Orig-*.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.fetch import Answer, Headers
from flows.shelf import Shelf
from flows.warc import MAX_RECORD_BYTES, ArchiveError, WarcPage, inflate_member, iter_warc, read_response

__all__ = ["Archive", "ArchiveError", "Location", "WarcPage", "iter_warc", "read_body", "read_page"]

# They describe how the body travelled, not the body that is stored.
_TRAVEL = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_HOP_ONLY = frozenset({"connection", "keep-alive"})


@dataclass(frozen=True, slots=True)
class Location:
    """Where one response record stands: file relative to the archive folder, offset and compressed length in bytes."""

    warc_file: str
    warc_offset: int
    warc_length: int


class Archive:
    """Writes the archive files of one run. Not for several threads: the one that writes the warehouse writes it, too."""

    def __init__(self, folder: Path, run_id: str, started_at: dt.datetime, *, max_file_bytes: int = 1_000_000_000) -> None:
        self.folder, self.run_id, self.started_at, self.max_file_bytes = folder, run_id, started_at, max_file_bytes
        self._file: IO[bytes] | None = None
        self._name = ""
        self._number = 0
        self._writer: Any = None

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, answer: Answer, note: Mapping[str, Any] | None = None) -> Location:
        """Append the redirects, the response, the request and a note of one page; it is on disk after `flush`.

        Args:
            answer: What came.
            note: What the warehouse says of the page beyond it, as JSON: from it the index can be built anew.

        Raises:
            ArchiveError: The file cannot be written (disk full, folder gone); nothing after the last `flush` counts as kept.
        """
        try:
            if self._file is None or self._file.tell() >= self.max_file_bytes:
                self._open_next()
            for hop in answer.hops:
                self._append("response", hop.url, answer, _status_line(hop.http_status), _stored_headers(hop.headers, b""), b"")
            location, record_id = self._append_pair(answer)
            if note is not None:
                self._append_note(answer, note, record_id)
            return location
        except OSError as error:
            raise ArchiveError(self._unwritable(error)) from error

    def flush(self) -> None:
        """Bring all records to disk: only then may rows point to them.

        Raises:
            ArchiveError: They cannot be written.
        """
        if self._file is None:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise ArchiveError(self._unwritable(error)) from error

    def close(self) -> None:
        """Flush and close the current file; the next page would begin another.

        Raises:
            ArchiveError: What waits to be written cannot be; the file is closed all the same.
        """
        file = self._file
        if file is None:
            return
        try:
            self.flush()
        finally:
            self._file = self._writer = None
            try:
                file.close()
            except OSError as error:  # what could not be flushed is tried once more
                raise ArchiveError(self._unwritable(error)) from error

    def _unwritable(self, error: OSError) -> str:
        return f"{self.folder / self._name}: cannot be written ({error.strerror or error}); free space or choose another archive_dir"

    def _open_next(self) -> None:
        self.close()
        while self._file is None:
            self._name = f"{self.started_at:%Y/%m}/vigil-{self.run_id}-{self._number:05d}.warc.gz"
            self._number += 1
            path = self.folder / self._name
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._file = path.open("xb")
            except FileExistsError:
                continue  # left by a run of the same id that was killed: its records stay as they are
        self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        about = {"software": f"Vigil/{version('vigil-pipeline')}", "format": "WARC File Format 1.1", "isPartOf": f"vigil-{self.run_id}"}
        info = self._writer.create_warcinfo_record(Path(self._name).name, about)
        info.rec_headers.replace_header("WARC-Date", warc_date(self.started_at))
        self._writer.write_record(info)

    def _append_note(self, answer: Answer, note: Mapping[str, Any], record_id: str) -> None:
        body = json.dumps(note, ensure_ascii=False, default=_time_text, sort_keys=True).encode()
        record = self._writer.create_warc_record(
            answer.final_url, "metadata", payload=io.BytesIO(body), length=len(body), warc_content_type="application/json",
            warc_headers_dict={"WARC-Date": warc_date(answer.requested_at), "WARC-Concurrent-To": record_id},
        )  # fmt: skip
        self._writer.write_record(record)

    def _append_pair(self, answer: Answer) -> tuple[Location, str]:
        location, record_id = self._append(
            "response",
            answer.final_url,
            answer,
            _status_line(answer.http_status),
            _stored_headers(answer.headers, answer.body),
            answer.body,
        )
        parts = urlsplit(answer.final_url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = (("Host", parts.netloc), *answer.request_headers)
        self._append("request", answer.final_url, answer, f"GET {target} HTTP/1.1", sent, b"", {"WARC-Concurrent-To": record_id})
        return location, record_id

    def _append(
        self,
        kind: str,
        url: str,
        answer: Answer,
        line: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        more: Mapping[str, str] | None = None,
    ) -> tuple[Location, str]:
        protocol, _, status = line.partition(" ") if kind == "response" else ("", "", line)
        block = StatusAndHeaders(status, list(headers), protocol=protocol, is_http_request=kind == "request")
        record = self._writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), length=len(body), http_headers=block,
            warc_headers_dict={"WARC-Date": warc_date(answer.requested_at), **(more or {})},
        )  # fmt: skip
        file = self._writer.out
        start = file.tell()
        self._writer.write_record(record)
        return Location(self._name, start, file.tell() - start), record.rec_headers.get_header("WARC-Record-ID")


def warc_date(when: dt.datetime) -> str:
    """Return a time as WARC 1.1 writes it, in UTC with microseconds."""
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _time_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def read_body(archive_dir: Path | Shelf, page: Mapping[str, Any]) -> bytes:
    """Return the body of a `page` row, checked against its digest.

    Raises:
        ArchiveError: The file is gone, cut off or damaged, or the bytes are not those that were fetched.
    """
    return read_page(archive_dir, page["warc_file"], page["warc_offset"], page["warc_length"], page["sha256"]).body


def read_page(archive_dir: Path | Shelf, warc_file: str, offset: int, length: int, sha256: str | None = None) -> WarcPage:
    """Return one archived response.

    Args:
        archive_dir: Archive folder, or the shelf with the store behind it.
        warc_file: File relative to it.
        offset: Where the record begins, bytes.
        length: Its compressed length, bytes.
        sha256: Digest that the body must have; None: not checked.

    Raises:
        ArchiveError: The file is gone, cut off or damaged, or the bytes are not those that were fetched.
    """
    if length == 0:
        raise ArchiveError(f"{warc_file}: the record was deleted by the retention rule; page_deletion says when, nothing brings it back")
    path = Shelf.of(archive_dir).path(warc_file)
    where = f"{path} at offset {offset}"
    if length > 2 * MAX_RECORD_BYTES:
        raise ArchiveError(f"{where}: a record of {length} bytes cannot be ours; the page row was tampered with")
    try:
        with path.open("rb") as file:
            file.seek(offset)
            raw = file.read(length)
    except FileNotFoundError as error:
        raise ArchiveError(f"{path}: is gone; restore it from a backup, or fetch its pages again") from error
    except OSError as error:
        raise ArchiveError(f"{where}: cannot be read ({error.strerror}); check the rights on the archive folder") from error
    if len(raw) < length:
        raise ArchiveError(f"{where}: the file ends {length - len(raw)} bytes too early; restore it from a backup, or fetch the page again")
    member = inflate_member(raw, where)
    page = read_response(member, MAX_RECORD_BYTES, where, offset, length)
    if page is None:
        raise ArchiveError(f"{where}: holds no response record; restore the file from a backup, or fetch the page again")
    if sha256 is not None and hashlib.sha256(page.body).hexdigest() != sha256:
        raise ArchiveError(f"{where}: the body of {page.url} is not the one that was fetched; restore the file from a backup")
    return page


def _status_line(status: int) -> str:
    try:
        return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP/1.1 {status} -"


def _stored_headers(headers: Headers, body: bytes) -> Headers:
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        if name.lower() in _TRAVEL:
            kept.append((f"X-Archive-Orig-{name}", value))
        elif name.lower() not in _HOP_ONLY:
            kept.append((name, value))
    return (*kept, ("Content-Length", str(len(body))))
