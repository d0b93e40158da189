"""Does matching a night cost more when history is long? 1,000 new reports against a warehouse of 10,000 and of 1,000,000 incidents.

    python -m benchmarks.matching_at_size [--folder FOLDER] [--sizes 10000 1000000] [--rounds 5]

Both warehouses are those of a watch that brings 274 incidents a day: the small one has run for five weeks, the large one for ten
years. The night's reports are the same for both: more about incidents of the last two days, new events, and one in twenty tells of
a day of the last ten years. Each round loads the night into a copy of the file and matches it in another process, whose CPU time and
peak memory count.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from benchmarks.meter import peak_mb
from flows.matching import match_new
from flows.runs import Run
from transforms.rows import Row
from transforms.schemas import BY_NAME
from warehouse.connection import open_work
from warehouse.store import replace_article_rows

TODAY = dt.date(2025, 4, 10)
PER_DAY = 274  # incidents a day: a million in ten years
NEW = 1_000
MAX_RATIO, MAX_MB = 1.5, 1_000
MADE = Path(__file__).with_suffix(".sql")
NIGHT = MADE.with_stem("matching_at_size_night")


def make_warehouse(path: Path, n: int) -> None:
    """Make a work file of `n` incidents, closed and complete."""
    con = open_work(path)
    try:
        con.execute("SET preserve_insertion_order = true")
        run_script(con, MADE, n=n, per_day=PER_DAY, today=TODAY)
        con.execute("CHECKPOINT").fetchall()
    finally:
        con.close()


def run_script(con: duckdb.DuckDBPyConnection, path: Path, **values: object) -> None:
    """Run the statements of a file one by one, its `$name` parameters filled; text stands in views, which take no parameters."""
    for text in path.read_text(encoding="utf-8").split(";\n"):
        statement, asked = text, {}
        for name, value in values.items():
            if isinstance(value, str):
                statement = statement.replace(f"${name}", f"'{value}'")
            elif re.search(rf"\${name}\b", statement):
                asked[name] = value
        con.execute(statement, asked or None).fetchall()


def night_frames(con: duckdb.DuckDBPyConnection, run_id: str, n: int = NEW) -> dict[str, pl.DataFrame]:
    """Return a night's reports, as the derive stage would write them into this warehouse."""
    run_script(con, NIGHT, new=n, per_day=PER_DAY, today=TODAY, run_id=run_id)
    frames = {}
    for name in ("article", "derivation", "report", "claim", "evidence"):
        rows: list[Row] = con.sql(f"FROM night_{name}").pl().to_dicts()
        frames[name] = BY_NAME[name].frame(rows)
    return frames


def load_night(con: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Write the night's reports as the derive stage writes them."""
    replace_article_rows(con, night_frames(con, run.run_id), run_id=run.run_id, at=run.at)


def load(path: Path, said: Any) -> None:
    """Load the night into a copy of a warehouse; the body of a process of its own."""
    con = open_work(path)
    try:
        load_night(con, _run())
    finally:
        con.close()
    said.send({})


def match(path: Path, said: Any) -> None:
    """Match the night on a copy of a warehouse and send what it cost; the body of a process of its own."""
    con = open_work(path)
    try:
        began = time.monotonic(), time.process_time()
        matched = match_new(con, _run())
        ended = time.monotonic(), time.process_time()
        parts = dict(con.sql("SELECT 'incidents', count(*) FROM incident").fetchall())
    finally:
        con.close()
    said.send({
        "match_s": ended[0] - began[0], "match_cpu_s": ended[1] - began[1], "close_cpu_s": time.process_time() - ended[1],
        "peak_mb": peak_mb(), "joined": matched.joined, "reports": matched.reports,
        "changed": matched.changed_incidents, **parts,
    })  # fmt: skip


def _run() -> Run:
    return Run("night", "benchmark", dt.datetime.combine(TODAY, dt.time(23), dt.UTC))


def measured(warehouse: Path) -> Row:
    """Return what matching the night costs on a copy of a warehouse, in a fresh process, as it loads nothing else."""
    copy = warehouse.with_name("night.duckdb")
    shutil.copy(warehouse, copy)
    try:
        _apart(load, copy)
        with copy.open("rb+") as written:
            os.fsync(written.fileno())  # else the copy is written to the disk while the night is matched
        return _apart(match, copy)
    finally:
        copy.unlink(missing_ok=True)


def _apart(body: Any, path: Path) -> Row:
    context = multiprocessing.get_context("spawn")
    told, said = context.Pipe(duplex=False)
    process = context.Process(target=body, args=(path, said))
    process.start()
    said.close()
    try:
        found: Row = told.recv()
    finally:
        process.join()
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is missing, measure, and say whether the bars hold; exit code 1 where one does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="keep the warehouses there and use them again  [default: a folder that is removed]")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000], help="incidents of each warehouse")
    parser.add_argument("--rounds", type=int, default=5, help="the median of the rounds' ratios counts")
    asked = parser.parse_args(arguments)
    if min(asked.sizes) < 1:
        parser.error(f"--sizes {min(asked.sizes)}: name numbers of incidents above 0")
    found: dict[int, list[Row]] = {size: [] for size in asked.sizes}
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for size in asked.sizes:
            warehouse = folder / f"incidents-{size}.duckdb"
            if not warehouse.exists():
                began = time.monotonic()
                make_warehouse(warehouse, size)
                print(f"{size} incidents made in {time.monotonic() - began:.0f} s", flush=True)
        for _ in range(asked.rounds):  # in turn, as the machine is now faster and now slower
            for size in asked.sizes:
                row = measured(folder / f"incidents-{size}.duckdb")
                print(json.dumps({name: round(value, 1) if isinstance(value, float) else value for name, value in row.items()}), flush=True)
                found[size].append(row)
    small, large = ([row["match_cpu_s"] for row in found[size]] for size in (asked.sizes[0], asked.sizes[-1]))
    ratio = statistics.median(more / less for more, less in zip(large, small, strict=True))
    peak = max(row["peak_mb"] for rows in found.values() for row in rows)
    for what, seconds in (("small", small), ("large", large)):
        print(f"{what}: CPU seconds {statistics.median(seconds):.2f} at the median, {min(seconds):.2f} at least")
    print(f"CPU time {ratio:.2f} times, median of the rounds (bar {MAX_RATIO}); peak memory {peak:.0f} MB (bar {MAX_MB})")
    return int(ratio > MAX_RATIO or peak > MAX_MB)


if __name__ == "__main__":
    raise SystemExit(main())
