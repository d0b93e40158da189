"""Derive as a whole: memory whatever the night's size, what a second process gains, the writer's share, and trafilatura beside it.

    python -m benchmarks.derive                            # 2,000 pages with one and two processes, and ten times as many
    python -m benchmarks.derive --quick                    # 200 and 2,000 pages
    python -m benchmarks.derive --sizes 2000 20000 --clean candidates

Pages are collected once over loopback HTTP; a larger night is made of the same archived bytes under other addresses. Each derivation
runs in a process of its own, on a copy of the work file. What a second process gains is told twice: by the clock, which on a machine that
others use says little, and as the bound that CPU seconds set. That one is what a machine of two free cores can reach: everything that one
process does in turn, against half of what two do side by side (with all that a pool costs), and the matching, which stays alone.
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
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import trafilatura

from benchmarks.history import Figure, table
from benchmarks.meter import peak_mb
from benchmarks.pages import PROJECT, served_feed
from flows.archive import read_body
from flows.collect import run_collection
from flows.derive import run_derivation
from flows.settings import Settings, load_settings
from warehouse.connection import open_work

Costs = dict[str, Any]
CORES, TWICE = 2, 1.8  # of the machine that the bars speak of; the least gain of a second process
NIGHT_S, WORLD = 8 * 3_600, 300_000  # seconds of a night, articles of the world's English news a day
PAGES = 2_000
PEER_PAGES = 200  # that the peer cleans: one page is like another
GROW = PROJECT / "benchmarks" / "larger_night.sql"
FIRST = "SELECT page_id FROM page ORDER BY warc_file, warc_offset, page_id LIMIT $1"


def settings_of(folder: Path, processes: int, clean: str) -> Settings:
    """Return settings for a data folder."""
    return load_settings(data_dir=folder, archive_dir=folder.parent / "archive", derive_processes=processes, clean=clean)


def derive_here(folder: Path, processes: int, clean: str) -> Costs:
    """Derive the pages of a folder in this process, and return what it cost."""
    marks: dict[str, tuple[float, float]] = {"start": (time.monotonic(), time.process_time())}

    def note(stage: str, *_: object) -> None:
        if stage == "match":
            marks["match"] = (time.monotonic(), time.process_time())

    read, matched = run_derivation(settings_of(folder, processes, clean), progress=note)
    end = time.monotonic(), time.process_time()
    # Readers are children of a fork server, which counts those that ended; it is counted itself once it has ended.
    forkserver._forkserver._stop()  # type: ignore[attr-defined]
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "pages": read.pages, "outcomes": dict(read.outcomes), "reports": read.reports, "joined": matched.joined,
        "read_wall_s": marks["match"][0] - marks["start"][0], "match_wall_s": end[0] - marks["match"][0],
        "start_cpu_s": marks["start"][1],
        "write_cpu_s": marks["match"][1] - marks["start"][1],
        "match_cpu_s": end[1] - marks["match"][1],
        "readers_cpu_s": others.ru_utime + others.ru_stime,
        "own_peak_mb": peak_mb(),  # ru_maxrss would hold what the parent held when it began this process
        "reader_peak_mb": others.ru_maxrss / 1024,
    }  # fmt: skip


def derive_apart(template: Path, pages: int, processes: int, clean: str) -> Costs:
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
    found: Costs = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{found['pages']} pages, {processes} process(es), clean {clean}: reading {found['read_wall_s']:.1f} s, matching"
        f" {found['match_wall_s']:.1f} s by the clock; CPU s: start {found['start_cpu_s']:.1f},"
        f" {'read and write' if processes == 1 else 'write'} {found['write_cpu_s']:.1f}, match {found['match_cpu_s']:.1f},"
        f" readers {found['readers_cpu_s']:.1f}; peak MB: {found['own_peak_mb']:.0f}, a reader {found['reader_peak_mb']:.0f};"
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
    return _figures_of(one, nights[0], nights[-1], bare, f"derive, clean {clean}")


def _figures_of(one: Costs, two: Costs, large: Costs, bare: float, named: str) -> list[Figure]:
    """Return the figures: `one` process, `two` on the same pages, and two on a `large` night; `bare`: the peer's seconds a page."""
    pages = one["pages"]
    # What reads starts with imports and lexicons; the same 2 or 3 s for a night of any size, and no part of a page.
    a_page = (one["write_cpu_s"] + one["match_cpu_s"]) / pages
    side_by_side = (large["write_cpu_s"] + large["readers_cpu_s"]) / large["pages"]
    bound = a_page / (side_by_side / CORES + one["match_cpu_s"] / pages)
    by_clock = (one["read_wall_s"] + one["match_wall_s"]) / (two["read_wall_s"] + two["match_wall_s"])
    peak = [max(night["own_peak_mb"], night["reader_peak_mb"]) for night in (two, large)]
    ratio = large["readers_cpu_s"] / large["write_cpu_s"]
    return [
        Figure(f"{named}: bare trafilatura / derive", bare / a_page, "CPU a page: read, write, match", None, a_page, one["own_peak_mb"]),
        Figure(f"{named}: readers that one writer keeps up with", ratio, "CPU of readers / of the writer", 2.0,
               large["write_cpu_s"] / large["pages"], large["own_peak_mb"]),
        Figure(f"{named}: two processes, bound of CPU", bound, f"x one, on {CORES} free cores", TWICE, side_by_side),
        Figure(f"{named}: two processes, by the clock", by_clock, "x one; says little on a busy machine"),
        Figure(f"{named}: memory, {two['pages']} / {large['pages']} pages", peak[0] / peak[1], "x", 0.8, None, peak[1]),
        Figure(f"{named}: 1,000 MB / highest peak", 1000 / max(peak), "x, of the writer or a reader", 1.0, None, max(peak)),
        Figure(f"{named}: a night of 8 h / 300,000 articles", NIGHT_S / (a_page * WORLD / CORES), f"x, on {CORES} cores", 1.0, a_page),
    ]  # fmt: skip


def main() -> None:
    """Measure and print; as a child: derive one folder and print what it cost as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="200 and 2,000 pages")
    parser.add_argument("--sizes", type=int, nargs="+", help="pages of each night, the first one also with one process")
    parser.add_argument("--clean", choices=("all", "candidates"), default="all", help="which pages are cleaned")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--processes", type=int, default=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.sizes and min(given.sizes) < 1:
        parser.error(f"--sizes {min(given.sizes)}: name numbers of pages above 0")
    if given.child:
        print(json.dumps(derive_here(given.child, given.processes, given.clean)))
        return
    print(table(figures(given.sizes or ((200, 2_000) if given.quick else (PAGES, 10 * PAGES)), given.clean)))


if __name__ == "__main__":
    main()
