"""The archive: what was fetched can be read back byte for byte, and damage is named."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from flows.archive import Archive, ArchiveError, iter_warc, read_body, read_page
from flows.fetch import Answer, Hop

NOW = dt.datetime(2025, 4, 5, 2, 30, 1, 234567, tzinfo=dt.UTC)
URL = "https://valley.example/page?id=1"


def answer(body: bytes = b"<p>Two people were hurt.</p>", url: str = URL, **more: object) -> Answer:
    headers = (
        ("Content-Type", "text/html"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "7"),
        ("X-Note", "caf\xe9"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )
    fields: dict[str, object] = {"hops": (), "request_headers": (("User-Agent", "Vigil/test"),), **more}
    return Answer(url, url, 200, headers, body, NOW, 5, **fields)  # type: ignore[arg-type]


def write(folder: Path, *answers: Answer, **more: int) -> list[dict[str, object]]:
    with Archive(folder, "run1", NOW, **more) as archive:
        places = [archive.write(a) for a in answers]
    return [
        {"warc_file": p.warc_file, "warc_offset": p.warc_offset, "warc_length": p.warc_length, "sha256": hashlib.sha256(a.body).hexdigest()}
        for p, a in zip(places, answers, strict=True)
    ]


def test_bytes_come_back_by_place(tmp_path: Path) -> None:
    bodies = [b"one", b"", b"\x00\xff" * 5000, "Київ".encode("utf-16")]
    rows = write(tmp_path, *(answer(body, f"{URL}{n}") for n, body in enumerate(bodies)))
    assert [read_body(tmp_path, row) for row in reversed(rows)] == bodies[::-1]
    assert rows[0]["warc_file"] == "2025/04/vigil-run1-00000.warc.gz"


def test_a_record_holds_what_was_said(tmp_path: Path) -> None:
    (row,) = write(tmp_path, answer(hops=(Hop("http://valley.example/old", 301, (("Location", URL),)),)))
    page = read_page(tmp_path, str(row["warc_file"]), int(str(row["warc_offset"])), int(str(row["warc_length"])))
    assert (page.url, page.http_status, page.fetched_at, page.header("x-note")) == (
        URL,
        200,
        NOW,
        "caf%C3%A9",
    )  # warcio keeps headers ASCII
    assert page.header("content-encoding") is None
    assert page.header("x-archive-orig-content-encoding") == "gzip"
    assert page.header("content-length") == str(len(page.body))
    assert [value for key, value in page.headers if key == "Set-Cookie"] == ["a=1", "b=2"]


def test_standard_tools_read_it(tmp_path: Path) -> None:
    (row,) = write(tmp_path, answer(hops=(Hop("http://valley.example/old", 301, (("Location", URL),)),)))
    with (tmp_path / str(row["warc_file"])).open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.rec_headers.get_header("WARC-Date"))
            for r in ArchiveIterator(file, check_digests="raise")
        ]
    stamp = "2025-04-05T02:30:01.234567Z"
    assert records == [
        ("warcinfo", None, stamp),
        ("response", "http://valley.example/old", stamp),
        ("response", URL, stamp),
        ("request", URL, stamp),
    ]


def test_files_rotate_and_a_killed_run_of_the_same_id_keeps_its_file(tmp_path: Path) -> None:
    rows = write(tmp_path, *(answer(os.urandom(80_000), f"{URL}{n}") for n in range(4)), max_file_bytes=150_000)
    assert [row["warc_file"] for row in rows] == ["2025/04/vigil-run1-00000.warc.gz"] * 2 + ["2025/04/vigil-run1-00001.warc.gz"] * 2
    (more,) = write(tmp_path, answer())
    assert more["warc_file"] == "2025/04/vigil-run1-00002.warc.gz"
    with Archive(tmp_path, "run2", NOW):
        pass
    assert len(list(tmp_path.rglob("*.warc.gz"))) == 3, "a run without pages leaves no file"


def test_damage_is_named(tmp_path: Path) -> None:
    row, other = write(tmp_path, answer(b"first body " * 50), answer(b"second body"))
    path = tmp_path / str(row["warc_file"])
    whole = path.read_bytes()
    where = f"at offset {row['warc_offset']}"

    with pytest.raises(ArchiveError, match=f"{where}: the body of .* is not the one that was fetched; restore"):
        read_body(tmp_path, row | {"sha256": "0" * 64})
    with pytest.raises(ArchiveError, match="is not one whole record"):
        read_body(tmp_path, row | {"warc_length": int(str(row["warc_length"])) - 3})
    middle = int(str(row["warc_offset"])) + 60
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
    with pytest.raises(ArchiveError, match=f"{path.name} {where}"):
        read_body(tmp_path, row)
    assert read_body(tmp_path, other) == b"second body"
    path.write_bytes(whole[: int(str(other["warc_offset"])) + 10])
    with pytest.raises(ArchiveError, match=r"the file ends .* bytes too early; restore it"):
        read_body(tmp_path, other)
    path.unlink()
    with pytest.raises(ArchiveError, match="is gone; restore it from a backup"):
        read_body(tmp_path, row)


def test_every_flipped_byte_of_a_record_is_found_or_harmless(tmp_path: Path) -> None:
    (row,) = write(tmp_path, answer())
    path = tmp_path / str(row["warc_file"])
    whole = path.read_bytes()
    start = int(str(row["warc_offset"]))
    for at in range(start, start + int(str(row["warc_length"])), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        try:
            assert read_body(tmp_path, row) == b"<p>Two people were hurt.</p>"
        except ArchiveError as error:
            assert path.name in str(error)


def test_rows_cannot_point_outside_the_archive(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x" * 100)
    with pytest.raises(ArchiveError, match="lies outside the archive folder"):
        read_page(tmp_path / "archive", "../secret", 0, 50)


def test_unwritable_archive(tmp_path: Path) -> None:
    (tmp_path / "2025").write_text("a file where a folder should be")
    with pytest.raises(ArchiveError, match=r"cannot be written .*; free space or choose another archive_dir"):
        write(tmp_path, answer())


def test_iterating_own_and_foreign_files(tmp_path: Path) -> None:
    rows = write(tmp_path, answer(b"one", f"{URL}1"), answer(b"two" * 500, f"{URL}2"), answer(b"three", f"{URL}3"))
    path = tmp_path / str(rows[0]["warc_file"])
    pages = list(iter_warc(path, 1000))
    assert [(p.url, p.body, p.offset, p.length) for p in pages] == [
        (f"{URL}{n}", body, rows[n - 1]["warc_offset"], rows[n - 1]["warc_length"]) for n, body in ((1, b"one"), (3, b"three"))
    ], "a body above the cap is passed over"
    plain = tmp_path / "foreign.warc"
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    assert [(p.url, p.body) for p in iter_warc(plain, 10_000)] == [(f"{URL}1", b"one"), (f"{URL}2", b"two" * 500), (f"{URL}3", b"three")]


@pytest.mark.parametrize(("content", "message"), [
    (b"", "is no WARC file"), (b"PK\x03\x04 zip", "is no WARC file"), (gzip.compress(b"hello there, no record", mtime=0), "at offset 0"),
    (b"\x1f\x8b\x08\x00 broken", "at offset 0"),
])  # fmt: skip
def test_files_that_are_no_warc(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=message):
        list(iter_warc(path, 1000))


def test_records_compressed_as_one_are_refused_with_the_remedy(tmp_path: Path) -> None:
    rows = write(tmp_path, *(answer(os.urandom(500_000), f"{URL}{n}") for n in range(4)))
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(gzip.decompress((tmp_path / str(rows[0]["warc_file"])).read_bytes()), 1))
    with pytest.raises(ArchiveError, match="warcio recompress"):
        list(iter_warc(whole, 1000))


KILLED = """
import datetime as dt, sys
from pathlib import Path
from flows.archive import Archive
from flows.fetch import Answer
now = dt.datetime(2025, 4, 5, tzinfo=dt.UTC)
archive = Archive(Path(sys.argv[1]), "killed", now)
n = 0
while True:
    url = f"http://127.0.0.1/{n}"
    archive.write(Answer(url, url, 200, (("Content-Type", "text/html"),), bytes([n % 256]) * 3000, now, 1))
    if n == 20:
        archive.flush(); print("flushed", flush=True)
    n += 1
"""


def test_a_kill_leaves_the_complete_records_readable(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[2]
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
    (path,) = tmp_path.rglob("*.warc.gz")
    path.write_bytes(path.read_bytes()[:-5])  # as a page cut off in the middle leaves it
    pages = []
    with pytest.raises(ArchiveError, match="the last record is cut off; those before it are whole"):
        for page in iter_warc(path, 10_000):
            pages.append(page)
    assert len(pages) >= 21
    assert all(page.body == bytes([n % 256]) * 3000 for n, page in enumerate(pages))
