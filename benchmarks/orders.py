"""Do incidents depend on the order in which articles arrive? The same readings, matched night by night in random orders and portions.

Run `python -m benchmarks.orders [--data-dir FOLDER] [--orders N]` on a watched folder (`vigil demo` makes data/demo). A folder that holds
nothing is filled first: with the captured stream of 2016 beside the project, or the demo newsroom where that is absent. Each order ends in
memberships, values and tolls that are compared with those of one single match; then a tenth of the articles is read and matched a second
time, which must change nothing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from benchmarks.pages import served_feed
from flows.collect import run_collection
from flows.derive import run_derivation
from flows.matching import match_new
from flows.publish import run_publication
from flows.runs import Run
from flows.settings import load_settings
from transforms.schemas import BY_NAME
from warehouse.compare import OF_THE_RUN
from warehouse.connection import open_work
from warehouse.store import replace_article_rows

RAW = ("feed", "outlet", "entry", "page")
READ = ("article", "report", "claim", "evidence", "derivation")
START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
LIMIT = 5_000  # pages of the stream, more than it has
Frames = dict[str, pl.DataFrame]


def watch(folder: Path) -> None:
    """Fetch, read, match and publish the captured stream in one night."""
    with served_feed(LIMIT) as (feed, what):
        settings = load_settings(data_dir=folder, feeds=feed, allow_private_addresses=True, derive_processes=1)
        collected = run_collection(settings)
    read, _ = run_derivation(settings)
    run_publication(settings)
    print(f"{what}: {collected.pages} pages fetched, {read.pages} read: {dict(read.outcomes)}", flush=True)


def read_folder(published: Path) -> Frames:
    """Return the raw and derived rows of a published file; nothing that matching made."""
    con = duckdb.connect(str(published), read_only=True)
    try:
        frames = {
            name: con.sql(f"SELECT {', '.join(BY_NAME[name].names)} FROM {name}").pl().cast(BY_NAME[name].frame_schema)
            for name in (*RAW, *READ)
        }
    finally:
        con.close()
    return frames | {"article": frames["article"].with_columns(duplicate_of=pl.lit(None, pl.String))}


def match_in_portions(frames: Frames, portions: list[list[str]]) -> dict[str, Any]:
    """Match the articles portion by portion and return what came out: groups of reports, values by group, ids that still lead there."""
    with tempfile.TemporaryDirectory() as folder:
        con = open_work(Path(folder) / "work.duckdb")
        try:
            for name in RAW:
                con.register("rows", frames[name])
                con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM rows")
                con.unregister("rows")
            for number, articles in enumerate(portions):
                run = Run(f"portion-{number}", "orders", START + dt.timedelta(days=number))
                chosen = {name: frames[name].filter(pl.col("article_id").is_in(articles)) for name in READ}
                replace_article_rows(con, chosen, run_id=run.run_id, at=run.at)
                match_new(con, run)
            found = _outcome(con)
            again = Run("again", "orders", START + dt.timedelta(days=len(portions)))
            tenth = sorted(article for portion in portions for article in portion)[::10]
            some = {name: frames[name].filter(pl.col("article_id").is_in(tenth)) for name in READ}
            replace_article_rows(con, some, run_id=again.run_id, at=again.at)
            match_new(con, again)
            return found | {"twice_is_once": found == _outcome(con)}
        finally:
            con.close()


def _outcome(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    members = con.sql("SELECT incident_id, list(report_id ORDER BY report_id) FROM incident_report GROUP BY 1").fetchall()
    groups = {incident: tuple(reports) for incident, reports in members}
    left_out = ", ".join(sorted(OF_THE_RUN & set(BY_NAME["incident"].names)))
    rows = con.sql(f"SELECT * EXCLUDE ({left_out}) FROM incident ORDER BY incident_id").pl().to_dicts()
    values = {groups[row.pop("incident_id")]: repr(row) for row in rows}
    aliases = dict(con.sql("SELECT old_id, incident_id FROM incident_alias").fetchall())
    return {"groups": set(groups.values()), "values": values, "ids": set(groups), "aliases": aliases}


def shuffled(articles: list[str], chance: random.Random) -> list[list[str]]:
    """Return the articles in a random order, cut into portions of random sizes."""
    rest = chance.sample(articles, len(articles))
    portions = []
    while rest:
        size = chance.randint(1, max(1, len(articles) // chance.choice([2, 5, 12, 30])))
        portions.append(rest[:size])
        rest = rest[size:]
    return portions


def main() -> None:
    """Compare random orders with one single match; exit code 1 where any differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=Path("data/demo"))
    parser.add_argument("--orders", type=int, default=10)
    asked = parser.parse_args()
    if not (asked.data_dir / "vigil.duckdb").exists():
        watch(asked.data_dir)
    frames = read_folder(asked.data_dir / "vigil.duckdb")
    articles = frames["article"]["article_id"].sort().to_list()
    whole = match_in_portions(frames, [articles])
    print(f"{len(articles)} articles, {frames['report'].height} reports, {len(whole['groups'])} incidents in one portion", flush=True)
    failed = 0
    for seed in range(asked.orders):
        portions = shuffled(articles, random.Random(seed))
        began = time.monotonic()
        found = match_in_portions(frames, portions)
        others = len(found["groups"] ^ whole["groups"])
        changed = sum(found["values"].get(group) != value for group, value in whole["values"].items())
        lost = [incident for incident in whole["ids"] - found["ids"] if found["aliases"].get(incident) not in found["ids"]]
        print(
            f"order {seed}: {len(portions)} portions in {time.monotonic() - began:.1f} s, {others} incidents with other members,"
            f" {changed} with other values, {len(whole['ids'] - found['ids'])} other ids, {len(found['aliases'])} aliases,"
            f" twice is {'once' if found['twice_is_once'] else 'NOT once'}",
            flush=True,
        )
        failed += bool(others or changed or not found["twice_is_once"] or (lost and whole["ids"] != found["ids"]))
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
