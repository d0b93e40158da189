"""Are reports of one event joined, and of two events kept apart: the labelled pages beside the project, read and matched for real.

Run `python -m benchmarks.matching [--errors]`. Two pages report the same event where labels of theirs give the same date and
places within 25 km; they are joined where reports of theirs belong to one incident. Pairs whose labels lack a date or a place
count neither way.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import tempfile
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.pages import SHARED
from flows.extraction import read_html_file
from flows.matching import match_new
from flows.reading import BatchRows, read_page
from flows.runs import Run
from transforms.clean import CleanError
from transforms.geo import distance_km
from transforms.schemas import BY_NAME
from warehouse.connection import open_work
from warehouse.store import replace_article_rows

Row = dict[str, Any]
NEAR_KM = 25.0
AT = dt.datetime(2016, 6, 1, tzinfo=dt.UTC)


def read_labelled() -> list[Row]:
    """Return the labelled pages that report incidents."""
    with gzip.open(SHARED / "corpora" / "pages.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if row["gold"]["is_incident"]]


def is_same_event(one: Row, other: Row) -> bool | None:
    """Tell whether two labelled incidents are the same event; None where a label lacks a date or a place."""
    if any(label.get(name) is None for label in (one, other) for name in ("event_date", "lat", "lon")):
        return None
    near = distance_km(one["lat"], one["lon"], other["lat"], other["lon"]) <= NEAR_KM
    return bool(one["event_date"] == other["event_date"] and near)


def same_pairs(rows: list[Row]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return the pairs of page ids that share a labelled event, and those of which nothing can be said."""
    same, unknown = set(), set()
    for one, other in combinations(rows, 2):
        found = {is_same_event(a, b) for a in one["gold"]["incidents"] for b in other["gold"]["incidents"]}
        pair = (min(one["id"], other["id"]), max(one["id"], other["id"]))
        if True in found:
            same.add(pair)
        elif None in found:
            unknown.add(pair)
    return same, unknown


def joined_pairs(rows: list[Row]) -> tuple[set[tuple[str, str]], dict[str, list[str]]]:
    """Read and match the pages; return the pairs of page ids whose reports share an incident, and the reports of each page as words."""
    batch, run = BatchRows(), Run("matching", "benchmark", AT)
    for row in rows:
        published = row.get("published")
        when = dt.datetime.fromisoformat(published[:10]).replace(tzinfo=dt.UTC) if published else AT
        body = read_html_file(row["html_file"], SHARED / "replay")
        page = {
            "page_id": row["id"], "url": row["url"], "final_url": row["url"], "fetched_at": when + dt.timedelta(hours=23),
            "item_title": row.get("title"), "item_published_at": when if published else None, "n_bytes": len(body),
        }  # fmt: skip
        try:
            batch.add(read_page(page, body, run.run_id))
        except CleanError as error:
            print(f"{row['id']}: {error}")
    with tempfile.TemporaryDirectory() as folder:
        con = open_work(Path(folder) / "work.duckdb")
        try:
            frames = {name: BY_NAME[name].frame(rows) for name, rows in batch.rows.items() if name != "reject"}
            replace_article_rows(con, frames, run_id=run.run_id, at=AT)
            match_new(con, run, everything=True)
            sql = """
                SELECT a.page_id, m.incident_id,
                    concat_ws(' ', r.event_date_start, r.country_iso3, r.place, r.event_class, r.killed_best) AS told
                FROM report AS r JOIN article AS a USING (article_id) LEFT JOIN incident_report AS m USING (report_id) ORDER BY ALL
            """
            found: pl.DataFrame = con.sql(sql).pl()
        finally:
            con.close()
    members: dict[str, set[str]] = defaultdict(set)
    told: dict[str, list[str]] = defaultdict(list)
    for page_id, incident, words in found.iter_rows():
        told[page_id].append(f"{words} -> {incident}")
        if incident:
            members[incident].add(page_id)
    return {pair for pages in members.values() for pair in combinations(sorted(pages), 2)}, told


def main() -> None:
    """Measure and print recall and precision of pairs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="list the pairs that are wrong, with what their reports say")
    asked = parser.parse_args()
    rows = read_labelled()
    same, unknown = same_pairs(rows)
    joined, told = joined_pairs(rows)
    hit, wrong = same & joined, joined - same - unknown
    print(f"pages {len(rows)}, pairs of the same event {len(same)}, joined {len(joined)}, of them not labelled {len(joined & unknown)}")
    right = len(hit) / max(1, len(hit) + len(wrong))
    print(f"recall {len(hit) / len(same):.3f} ({len(hit)} of {len(same)}), precision {right:.3f} ({len(wrong)} wrong)")
    if asked.errors:
        for name, pairs in (("not joined", same - joined), ("wrongly joined", wrong)):
            for pair in sorted(pairs):
                print(f"-- {name}: {pair}")
                for page_id in pair:
                    labels = [i for row in rows if row["id"] == page_id for i in row["gold"]["incidents"]]
                    for label in labels:
                        print(
                            "   label ", page_id, label.get("event_date"), label.get("country"), label.get("place"), label.get("killed_min")
                        )
                    for words in told[page_id]:
                        print("   read  ", page_id, words)


if __name__ == "__main__":
    main()
