"""Is a backfill of the archive a fresh build? A watched folder, backfilled over all its days, against a new warehouse of the same archive.

    python -m benchmarks.fresh_build [--data-dir FOLDER]

Both are exported table by table, in the order of their keys, and the files compared byte for byte; run ids and clock times are left
out. Tables of runs are not compared, nor are past versions and former ids: a fresh build has no past. The folder stays as it is.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from flows.backfill_days import run_backfill
from flows.derive import run_derivation
from flows.settings import Settings, load_settings
from transforms.schemas import BY_NAME
from warehouse.compare import OF_THE_RUN, find_differences
from warehouse.connection import open_work

RAW = ("feed", "outlet", "feed_poll", "host", "opt_out", "entry", "page", "page_check", "page_deletion", "decision", "decision_report")
MADE = (
    "article",
    "derivation",
    "report",
    "claim",
    "evidence",
    "incident",
    "incident_version",
    "incident_report",
    "toll_claim",
    "incident_toll",
)
ONLY = {"incident_version": "valid_to IS NULL"}
SHOWN = 10  # rows that differ, of each table


def build(watched: Settings, folder: Path) -> tuple[Settings, Settings]:
    """Make both: a copy of a watched folder that is backfilled over all days, and a new warehouse with its raw rows and archive."""
    old, new = (load_settings(data_dir=folder / name, derive_processes=watched.derive_processes) for name in ("backfilled", "fresh"))
    for settings in (old, new):
        settings.work_path.parent.mkdir(parents=True)
        settings.archive_dir.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(watched.archive_dir, settings.archive_dir)
    shutil.copy(watched.work_path, old.work_path)
    con = open_work(new.work_path)
    try:
        con.execute(f"ATTACH '{watched.work_path}' AS watched (READ_ONLY)")
        for name in RAW:
            con.execute(f"INSERT INTO {name} BY NAME SELECT {', '.join(BY_NAME[name].names)} FROM watched.{name}")
    finally:
        con.close()
    run_derivation(new)
    for stage in ("extract", "match"):
        run_backfill(old, stage=stage, mode="all")
    return old, new


def export(settings: Settings, folder: Path) -> Mapping[str, Path]:
    """Write each table as CSV in the order of its key, without what tells of runs and clocks; return the files by table."""
    folder.mkdir()
    con = duckdb.connect(str(settings.work_path), read_only=True)
    try:
        con.execute("SET TimeZone = 'UTC'")
        files = {}
        for name in MADE:
            columns = ", ".join(column for column in BY_NAME[name].names if column not in OF_THE_RUN)
            order = ", ".join(BY_NAME[name].key)
            rows = f"SELECT {columns} FROM {name} WHERE {ONLY.get(name, 'true')} ORDER BY {order}"
            files[name] = folder / f"{name}.csv"
            con.execute(f"COPY ({rows}) TO '{files[name]}'")
        return files
    finally:
        con.close()


def find_other_tables(watched: Settings, folder: Path) -> dict[str, list[str]]:
    """Return the tables whose exports differ, each with what to say about it: rows, keys, columns."""
    old, new = build(watched, folder)
    one, other = export(old, folder / "one"), export(new, folder / "other")
    found: dict[str, list[str]] = {}
    con = duckdb.connect(str(new.work_path), read_only=True)
    try:
        con.execute(f"ATTACH '{old.work_path}' AS backfilled (READ_ONLY)")
        for name in MADE:
            same = one[name].read_bytes() == other[name].read_bytes()
            print(f"{name}: {'the same' if same else 'DIFFERS'}, {one[name].stat().st_size} bytes", flush=True)
            if not same:
                rows = list(find_differences(con, BY_NAME[name], "backfilled", ONLY.get(name, "true")))
                how = ((row, ", ".join(row.columns) or ("only fresh" if row.stored is None else "only backfilled")) for row in rows[:SHOWN])
                found[name] = [f"{len(rows)} rows differ", *(f"{row.key}: {what}" for row, what in how)]
    finally:
        con.close()
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare and say what differs; exit code 1 where anything does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=Path("data/demo"))
    asked = parser.parse_args(arguments)
    if not (asked.data_dir / "archive").is_dir():
        parser.error(f"{asked.data_dir} holds no archive; name a watched folder, or run `vigil demo` first")
    with tempfile.TemporaryDirectory() as folder:
        found = find_other_tables(load_settings(data_dir=asked.data_dir), Path(folder))
    for name, lines in found.items():
        print(f"{name}: " + "\n    ".join(lines))
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
