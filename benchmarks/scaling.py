"""The arithmetic of docs/scaling.md: articles per core-hour, storage and cost of a million, from what this machine measures.

    python -m benchmarks.scaling --data-dir FOLDER [--pages 300] [--core-hour 0.03] [--gb-month 0.02] [--write docs/scaling.md]

FOLDER is a watched one: `vigil demo` makes data/demo; `python -m benchmarks.orders --data-dir FOLDER` fills one with the captured stream
of 2016 where that lies beside the project. Pages are read in this process, so that its CPU seconds are those of the reading alone. The
prices are assumptions: give your own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from pathlib import Path

from benchmarks.pages import SHARED
from flows.extraction import analyse_row
from flows.reading import read_pages
from flows.runs import utc_now
from flows.settings import load_settings
from warehouse.connection import open_published
from warehouse.queries import ask, load_sql

BEGIN, END = "<!-- arithmetic -->", "<!-- /arithmetic -->"
WARM_UP = 20  # pages read before the clock starts: lexicons, gazetteer, compiled patterns
MILLION, HOUR_S, GB = 1_000_000, 3_600, 1e9


def measure(folder: Path, n_pages: int) -> dict[str, float]:
    """Return what a page of this folder costs: CPU seconds to clean and read, bytes in archive, work file and Parquet mirror."""
    settings = load_settings(data_dir=folder)
    con = open_published(settings.published_path)
    try:
        asked = {"mode": "all", "start": None, "end": None, "extractor_version": ""}
        pages = ask(con, load_sql("queries/pages_to_derive"), asked).to_dicts()
        ((telling,),) = con.sql("SELECT count(DISTINCT article_id) FROM report").fetchall()
    finally:
        con.close()
    step = max(1, len(pages) // (n_pages + WARM_UP))
    chosen = pages[::step][: n_pages + WARM_UP]
    read_pages(chosen[:WARM_UP], settings.shelf, "scaling", utc_now(), settings.min_confidence)
    began = time.process_time()
    read_pages(chosen[WARM_UP:], settings.shelf, "scaling", utc_now(), settings.min_confidence)
    cpu_s = time.process_time() - began
    mirror = sum(path.stat().st_size for path in (folder / "parquet").rglob("*.parquet"))
    return {
        "pages": len(pages), "measured": len(chosen) - WARM_UP, "cpu_s": cpu_s / (len(chosen) - WARM_UP), "telling": telling / len(pages),
        "archive": sum(page["warc_length"] for page in pages) / len(pages),
        "work": settings.work_path.stat().st_size / len(pages), "mirror": mirror / len(pages),
    }  # fmt: skip


def measure_whole_pages(replay: Path, n_pages: int) -> tuple[float, float, int]:
    """Return CPU seconds to clean and read a whole captured page, its gzipped bytes, and on how many pages that was measured."""
    with gzip.open(replay / "manifest.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["kind"] == "full_page"]
    chosen = rows[:: max(1, len(rows) // n_pages)]
    asked = [
        {"id": r["id"], "html_file": r["file"], "title": r["html_title"], "published": r["published"], "url": r["url"]} for r in chosen
    ]
    analyse_row(asked[0], replay)
    began = time.process_time()
    for row in asked:
        analyse_row(row, replay)
    n_bytes = sum((replay / row["file"]).stat().st_size for row in rows) / len(rows)
    return (time.process_time() - began) / len(asked), n_bytes, len(asked)


def table(found: dict[str, float], core_hour: float, gb_month: float) -> str:
    """Return the table for docs/scaling.md, and under which conditions it was measured."""
    hours = found["cpu_s"] * MILLION / HOUR_S
    stored = (found["archive"] + 2 * found["work"] + found["mirror"]) * MILLION / GB
    lines = [
        "| of a million articles | | how |",
        "| --- | ---: | --- |",
        f"| articles per core-hour, cleaned and read | {HOUR_S / found['cpu_s']:,.0f} | {found['cpu_s'] * 1e3:.1f} ms of CPU a page |",
        f"| core-hours | {hours:,.1f} | |",
        f"| archive | {found['archive'] * MILLION / GB:.1f} GB | {found['archive'] / 1e3:.1f} kB a page, gzip, with headers |",
        f"| work file, and the published copy again | {found['work'] * MILLION / GB:.1f} GB | {found['work'] / 1e3:.1f} kB a page |",
        f"| Parquet mirror | {found['mirror'] * MILLION / GB:.1f} GB | {found['mirror'] / 1e3:.1f} kB a page |",
        f"| reading, at {core_hour:.3f} a core-hour | {hours * core_hour:.2f} | once, and once more for every new extractor |",
        f"| keeping a month, at {gb_month:.3f} a GB | {stored * gb_month:.2f} | archive, two files, mirror: {stored:.1f} GB |",
    ]
    told = (
        f"Measured on {found['measured']:.0f} of {found['pages']:.0f} pages; {found['telling']:.0%} report an incident; one process,"
        " CPU seconds. Prices in any currency: assumptions, for your own to be put in."
    )
    return "\n".join([*lines, "", told])


def main() -> None:
    """Print the table, or write it between its marks in a file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--core-hour", type=float, default=0.03, help="price of a core-hour")
    parser.add_argument("--gb-month", type=float, default=0.02, help="price of a GB for a month")
    parser.add_argument("--write", type=Path, help="file whose table is replaced")
    asked = parser.parse_args()
    made = table(measure(asked.data_dir, asked.pages), asked.core_hour, asked.gb_month)
    if (SHARED / "replay" / "manifest.jsonl.gz").is_file():
        cpu_s, n_bytes, n = measure_whole_pages(SHARED / "replay", asked.pages // 4)
        made += (
            f"\n\nThe stream's pages are bare articles. Whole pages as publishers send them ({n} of those captured beside the project, of"
            f" many languages): {cpu_s * 1e3:.0f} ms of CPU a page, {HOUR_S / cpu_s:,.0f} an hour and core, and"
            f" {n_bytes * MILLION / GB:.0f} GB of archive a million."
        )
    print(made)
    if asked.write:
        text = asked.write.read_text(encoding="utf-8")
        head, rest = text.split(BEGIN, 1)
        asked.write.write_text(f"{head}{BEGIN}\n{made}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
