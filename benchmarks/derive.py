"""Derive as a whole: memory whatever the night's size, what a second process gains, the writer's share, and trafilatura beside it.

    python -m benchmarks.derive                            # 2,000 pages with one and two processes, and ten times as many
    python -m benchmarks.derive --quick                    # 200 and 2,000 pages
    python -m benchmarks.derive --sizes 2000 20000 --clean candidates

Pages are collected once over loopback HTTP; a larger night is made of the same archived bytes under other addresses. Each derivation
runs in a process of its own, on a copy of the work file. CPU and memory are those of the process that writes: readers come from a fork
server, whose children this process cannot account for; with one process it reads, too. On a machine that others use, wall time says little.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import trafilatura

from benchmarks.history import Figure
from benchmarks.pages import PROJECT, served_feed
from flows.archive import read_body
from flows.collect import run_collection
from flows.derive import run_derivation
from flows.settings import Settings, load_settings
from warehouse.connection import open_work

PAGES = 2_000
PEER_PAGES = 200  # that the peer cleans: one page is like another
GROW = PROJECT / "benchmarks" / "larger_night.sql"
FIRST = "SELECT page_id FROM page ORDER BY warc_file, warc_offset, page_id LIMIT $1"


def settings_of(folder: Path, processes: int, clean: str) -> Settings:
    """Return settings for a data folder."""
    return load_settings(data_dir=folder, archive_dir=folder.parent / "archive", derive_processes=processes, clean=clean)


def derive_here(folder: Path, processes: int, clean: str) -> dict[str, Any]:
    """Derive the pages of a folder in this process, and return what it cost."""
    began = time.monotonic()
    read, matched = run_derivation(settings_of(folder, processes, clean))
    own = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "pages": read.pages, "outcomes": dict(read.outcomes), "reports": read.reports, "joined": matched.joined,
        "wall_s": time.monotonic() - began, "read_s": read.elapsed_s,
        "own_cpu_s": own.ru_utime + own.ru_stime,
        "own_peak_mb": own.ru_maxrss / 1024,
    }  # fmt: skip


def derive_apart(template: Path, pages: int, processes: int, clean: str) -> dict[str, Any]:
    """Derive a night of so many pages in a fresh process, on a copy of the collected work file."""
    folder = template.parent / f"night-{pages}-{processes}-{clean}"
    shutil.copytree(template, folder)
    con = open_work(folder / "work.duckdb")
    try:
        (held,) = con.execute("SELECT count(*) FROM page").fetchall()[0]
        con.execute(GROW.read_text(encoding="utf-8"), {"times": -(-pages // held) - 1}).fetchall()
        con.execute(
            "DELETE FROM page WHERE page_id NOT IN (SELECT page_id FROM page ORDER BY warc_file, warc_offset, page_id LIMIT $1)", [pages]
        )
    finally:
        con.close()
    command = [sys.executable, "-m", "benchmarks.derive", "--child", str(folder), "--processes", str(processes), "--clean", clean]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT, env=os.environ)
    shutil.rmtree(folder)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{found['pages']} pages, {processes} processes, clean {clean}: wall {found['wall_s']:.1f} s;"
        f" CPU {found['own_cpu_s']:.1f} s of the writer;"
        f" peak {found['own_peak_mb']:.0f} MB of the writer;"
        f" {found['outcomes']}, {found['reports']} reports",
        flush=True,
    )
    return found


def peer_seconds(template: Path) -> float:
    """Return the CPU seconds a page that bare trafilatura takes for archived pages."""
    con = open_work(template / "work.duckdb")
    pages = con.sql("SELECT warc_file, warc_offset, warc_length, sha256 FROM page ORDER BY hash(page_id)").pl().head(PEER_PAGES).to_dicts()
    con.close()
    began = time.process_time()
    for page in pages:
        trafilatura.bare_extraction(read_body(template.parent / "archive", page), with_metadata=True)
    return (time.process_time() - began) / len(pages)


def figures(sizes: Sequence[int], clean: str) -> list[Figure]:
    """Measure, print a line for each derivation, and return the figures."""
    with tempfile.TemporaryDirectory() as name, served_feed(max(sizes)) as (feed, what):
        template = Path(name) / "data"
        settings = load_settings(data_dir=template, archive_dir=Path(name) / "archive", feeds=feed, allow_private_addresses=True)
        print(f"{what}: {run_collection(settings).pages} pages collected")
        nights = [derive_apart(template, size, 2, clean) for size in sizes]
        one = derive_apart(template, sizes[0], 1, clean)
        bare = peer_seconds(template)
    first, last = nights[0], nights[-1]
    wall = one["wall_s"] / first["wall_s"]
    peak = last["own_peak_mb"]
    cpu = one["own_cpu_s"] / one["pages"]
    named, growth = f"derive, clean {clean}", last["own_peak_mb"] / first["own_peak_mb"]
    return [
        Figure(f"{named}: bare trafilatura / derive", bare / cpu, "CPU a page, with start, writing and matching", None, cpu, peak),
        Figure(f"{named}: memory, {last['pages']} / {first['pages']} pages", growth, "x", None, None, peak),
        Figure(f"{named}: 1,000 MB / the writer's peak", 1000 / peak, "x", 1.0, None, peak),
        Figure(f"{named}: two processes, by wall", wall, "x one; of no meaning on a busy machine", 1.8),
    ]


def main() -> None:
    """Measure and print; as a child: derive one folder and print what it cost as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="200 and 2,000 pages")
    parser.add_argument("--sizes", type=int, nargs="+", help="pages of each night, the first one also with one process")
    parser.add_argument("--clean", choices=("all", "candidates"), default="all", help="which pages are cleaned")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--processes", type=int, default=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(derive_here(given.child, given.processes, given.clean)))
        return
    for figure in figures(given.sizes or ((200, 2_000) if given.quick else (PAGES, 10 * PAGES)), given.clean):
        print(figure.line())


if __name__ == "__main__":
    main()
