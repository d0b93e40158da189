"""Derive against bare trafilatura: the same archived pages, the same number of processes, one run.

    python -m benchmarks.derive [LIMIT]

Derive reads the archive, cleans, extracts and writes; the peer only runs trafilatura.bare_extraction with metadata. Both times hold
the start of their workers, not that of the fork server.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import trafilatura

from benchmarks.pages import served_feed
from flows.archive import read_body
from flows.collect import run_collection
from flows.derive import run_derivation
from flows.pool import open_pool
from flows.settings import load_settings
from transforms.rows import Row
from warehouse.connection import open_work

CHUNK = 20


def bare(folder: Path, pages: Sequence[Row]) -> int:
    """Run the peer on a chunk of pages; return how many gave a text."""
    found = 0
    for page in pages:
        try:
            found += trafilatura.bare_extraction(read_body(folder, page), with_metadata=True) is not None
        except Exception:
            continue
    return found


def main(limit: int = 5000) -> None:
    """Collect once, then time derive and the peer, and print both."""
    with tempfile.TemporaryDirectory() as name, served_feed(limit) as (feed, what):
        settings = load_settings(data_dir=Path(name), feeds=feed, allow_private_addresses=True)
        began = time.monotonic()
        collected = run_collection(settings)
        collect_s = time.monotonic() - began
        began = time.monotonic()
        again = run_collection(settings)
        again_s = time.monotonic() - began
        with open_pool(settings.derive_processes) as pool:  # start the fork server, which both sides use then
            pool.submit(bare, settings.archive_dir, []).result()
        read, matched = run_derivation(settings)
        derive_s = read.elapsed_s
        con = open_work(settings.work_path)
        pages = con.sql("SELECT warc_file, warc_offset, warc_length, sha256 FROM page ORDER BY warc_file, warc_offset").pl().to_dicts()
        con.close()
        chunks = [pages[at : at + CHUNK] for at in range(0, len(pages), CHUNK)]
        began = time.monotonic()
        with open_pool(settings.derive_processes) as pool:
            found = sum(pool.map(bare, [settings.archive_dir] * len(chunks), chunks))
        bare_s = time.monotonic() - began
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(
        f"{what}: {collected.pages} pages in {collect_s:.1f} s ({collected.pages / collect_s:.0f}/s);"
        f" again: {again.pages} pages in {again_s:.1f} s"
    )
    print(
        f"derive, {settings.derive_processes} processes: {derive_s:.1f} s ({read.pages / derive_s:.0f} pages/s),"
        f" {dict(read.outcomes)}, {read.reports} reports; {matched}"
    )
    print(
        f"bare trafilatura with metadata, {settings.derive_processes} processes: {bare_s:.1f} s"
        f" ({len(pages) / bare_s:.0f} pages/s), {found} texts"
    )
    print(f"derive / bare trafilatura: {derive_s / bare_s:.2f}   (bar: 1.5)   peak memory of a process: {peak:.0f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
