"""Does anything get lost when a night is killed? Nights killed with SIGKILL at random moments, each followed by one that runs through.

Run `python -m benchmarks.kills [--kills 100] [--seed 1] [--write docs/crash-safety.md]`: on the captured stream of ../shared/replay (18
hours of it for every kill, from 12 January 2016 on), on the bundled newsroom where that is absent. The stages are killed in turn, each
at a moment drawn from the time that it takes; a night that had ended before its moment came does not count, and another one is tried.
After every kill the published file is opened; then the night is run again and looked at: is every row that was acknowledged still there
and every page's record readable, is anything there twice, do the counts balance. At the end everything is compared with a watch over
the same nights that nobody disturbed, and `vigil verify` derives every value again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import math
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.pages import SHARED
from benchmarks.servers import served
from flows.archive import ArchiveError, read_body
from flows.demo import write_feeds
from flows.newsroom import serve_newsroom
from flows.proof import verify
from flows.settings import load_settings
from warehouse.query import query

nights: Any = importlib.import_module("flows.night")  # its stages are wrapped, so that they tell when they begin
STAGES = ("collect", "derive", "match", "publish")
SERVER = SHARED / "replay" / "replay_server.py"
FIRST = dt.datetime(2016, 1, 12, 23, 0, tzinfo=dt.UTC)
WARM = 4  # nights after which it is known how long a stage takes
MISSES = 1.6  # nights tried for each kill asked for, at most: about one moment in ten comes too late
STORY = (
    "SELECT date, country, place, event_class, killed_min, killed, killed_max, injured, n_sources, killed_words FROM incidents ORDER BY ALL"
)
MARK = "<!-- kills -->"


@dataclass
class Source:
    """What nights are collected from: the feeds file, when the first night is and how far they lie apart, how the source's clock is set."""

    feeds: Path
    first: dt.datetime
    apart: dt.timedelta
    set_clock: Callable[[dt.datetime], None]

    def moment(self, number: int) -> dt.datetime:
        """Return when a night is, counted from 0."""
        return self.first + number * self.apart


@dataclass
class Killed:
    """What was found after kills of one stage."""

    n: int = 0
    findings: Counter[str] = field(default_factory=Counter)


def run_one(folder: Path, feeds: Path, moment: dt.datetime, say: Callable[[str], None]) -> None:
    """Run a night in this process; `say` is told which stage begins."""
    collect, derive, publish = nights.run_collection, nights.run_derivation, nights.run_publication

    def told(stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def begin(*a: Any, **k: Any) -> Any:
            say(stage)
            return work(*a, **k)

        return begin

    def tell(stage: str, *_: Any) -> None:
        if stage == "match":
            say(stage)

    nights.run_collection, nights.run_derivation, nights.run_publication = (
        told("collect", collect),
        told("derive", derive),
        told("publish", publish),
    )
    try:
        settings = load_settings(data_dir=folder, feeds=str(feeds), derive_processes=1, host_pause_s=0, min_poll_h=0)
        nights.run_night(settings, clock=lambda: moment, progress=tell)
        say("end")
    finally:
        nights.run_collection, nights.run_derivation, nights.run_publication = collect, derive, publish


def run_in_child(folder: Path, feeds: Path, moment: dt.datetime, where: Path) -> None:
    """Run a night and write into a file which stage it is in."""

    def say(stage: str) -> None:
        where.write_text(stage)

    run_one(folder, feeds, moment, say)


def start(folder: Path, source: Source, moment: dt.datetime, where: Path) -> Any:
    """Start a night in a process of its own."""
    where.write_text("")
    process = _CONTEXT.Process(target=run_in_child, args=(folder, source.feeds, moment, where))
    process.start()
    return process


_CONTEXT = multiprocessing.get_context("forkserver")


def kill_in(process: Any, where: Path, stage: str, delay_s: float) -> str | None:
    """Kill a night some time after it entered a stage; return the stage that it was in, None where it had ended before."""
    while process.is_alive() and _stage(where) != stage:
        time.sleep(0.002)
    process.join(delay_s)
    if not process.is_alive():
        return None
    found = _stage(where)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return found


def _stage(where: Path) -> str:
    with suppress(OSError):
        return where.read_text()
    return ""


def pages_of(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the page rows that the warehouse acknowledges, by id; none where it does not exist yet."""
    rows = _rows(folder, "SELECT page_id, url, warc_file, warc_offset, warc_length, sha256 FROM page")
    return {row["page_id"]: row for row in rows}


def acknowledged_by(folder: Path) -> dict[str, set[str]]:
    """Return the keys of all that must never go: polls, entries, pages, readings, articles, refusals, runs."""
    return {table: {row["key"] for row in _rows(folder, f"SELECT {key} AS key FROM {table}")} for table, key in _KEPT.items()}


_KEPT = {
    "feed_poll": "poll_id", "entry": "entry_id", "page": "page_id", "derivation": "page_id", "article": "article_id", "report": "report_id",
    "reject": "reject_id", "run": "run_id",
}  # fmt: skip


def _rows(folder: Path, sql: str) -> list[dict[str, Any]]:
    path = folder / "work.duckdb"
    if not path.exists():
        return []
    con = duckdb.connect(str(path))
    try:
        return con.sql(sql).pl().to_dicts()
    except duckdb.CatalogException:
        return []  # killed before the tables were there
    finally:
        con.close()


def look_at_published(folder: Path, before: list[dict[str, Any]]) -> Counter[str]:
    """Open the published file as a reader would: it must be that of the night before, or that of this one, whole."""
    path = folder / "vigil.duckdb"
    if not path.exists():
        return Counter({"published file gone": 1})
    try:
        rows = query(path, STORY).to_dicts()
    except Exception as error:
        return Counter({f"published file does not open: {type(error).__name__}": 1})
    return Counter({"published file lost incidents": 1}) if len(rows) < len(before) else Counter()


def look_at_work(folder: Path, acknowledged: dict[str, set[str]]) -> Counter[str]:
    """Look for what is lost, there twice, or out of balance, after the night that ran through."""
    found: Counter[str] = Counter()
    for table, keys in acknowledged_by(folder).items():
        found[f"acknowledged {table} lost"] = len(acknowledged[table] - keys)
    for page in pages_of(folder).values():
        try:
            read_body(folder / "archive", page)
        except ArchiveError:
            found["page whose record cannot be read"] += 1
    con = duckdb.connect(str(folder / "work.duckdb"))
    try:
        for what, sql in _TWICE.items():
            found[what] = con.sql(sql).fetchall()[0][0]
    finally:
        con.close()
    return +found


_TWICE = {
    "page twice": "SELECT count(*) FROM (SELECT url, sha256 FROM page GROUP BY ALL HAVING count(*) > 1)",
    "record of two pages": "SELECT count(*) FROM (SELECT warc_file, warc_offset FROM page GROUP BY ALL HAVING count(*) > 1)",
    "entry twice": "SELECT count(*) FROM (SELECT feed_id, guid FROM entry GROUP BY ALL HAVING count(*) > 1)",
    "article twice": "SELECT count(*) FROM (SELECT canonical_url, text_sha256 FROM article GROUP BY ALL HAVING count(*) > 1)",
    "page neither read nor refused": "SELECT count(*) FROM page ANTI JOIN derivation USING (page_id)",
    "reading without its article": "SELECT count(article_id) FROM derivation ANTI JOIN article USING (article_id)",
    "report in two incidents": "SELECT count(*) FROM (SELECT report_id FROM incident_report GROUP BY ALL HAVING count(*) > 1)",
    "run that never ended": "SELECT count(*) FROM run WHERE status = 'running'",
    "stage that let out and refused other than it took in": "SELECT count(*) FROM run_stage WHERE n_in <> n_out + n_rejected",
}


@contextmanager
def replay(folder: Path, n: int) -> Iterator[Source]:
    """Serve the captured stream, or the bundled newsroom where it is absent."""
    if not SERVER.exists():
        with serve_newsroom() as newsroom:
            feeds = folder / "feeds.csv"
            write_feeds(feeds, newsroom)
            first = dt.datetime(2025, 4, 1, 1, 0, tzinfo=dt.UTC)
            apart = dt.timedelta(days=6.9) / max(1, n * MISSES)
            yield Source(feeds, first, apart, lambda moment: setattr(newsroom, "clock", moment))
        return
    with served(str(SERVER), "--port", "0", "--max-seconds", "20000", "--robots-host", "") as port:
        base = f"http://127.0.0.1:{port}"
        feeds = folder / "feeds.csv"
        feeds.write_text(f"feed_id,url\nstream,{base}/all/feed.xml?only=fragment&limit=60\n")

        def set_clock(moment: dt.datetime) -> None:
            urllib.request.urlopen(f"{base}/__clock?set={moment:%Y-%m-%dT%H:%M:%S}", timeout=60).read()

        yield Source(feeds, FIRST, dt.timedelta(hours=18), set_clock)


def watch_undisturbed(source: Source, folder: Path, numbers: range) -> dict[str, float]:
    """Run these nights; return how long each stage took, seconds, at the median of the nights."""
    took: dict[str, list[float]] = {}
    last, since = "", time.monotonic()

    def say(stage: str) -> None:
        nonlocal last, since
        now = time.monotonic()
        took.setdefault(last, []).append(now - since)
        last, since = stage, now

    for number in numbers:
        source.set_clock(source.moment(number))
        run_one(folder, source.feeds, source.moment(number), say)
    return {stage: sorted(took[stage])[len(took[stage]) // 2] for stage in STAGES if stage in took}


def torture(
    source: Source, folder: Path, kills: int, took: dict[str, float], chance: random.Random, until: float
) -> tuple[dict[str, Killed], int]:
    """Kill nights until so many kills have hit or the time is over, let each night run through, and write down what was found.

    Returns:
        What was found, by stage; the number of nights, killed or not.
    """
    found = {stage: Killed() for stage in STAGES}
    where = folder.with_suffix(".stage")
    source.set_clock(source.moment(0))
    start(folder, source, source.moment(0), where).join()
    published = query(folder / "vigil.duckdb", STORY).to_dicts()
    number = 0
    while sum(killed.n for killed in found.values()) < kills and number < kills * MISSES and time.monotonic() < until:
        aim = min(STAGES, key=lambda stage: (found[stage].n, chance.random()))
        number += 1
        moment = source.moment(number)
        source.set_clock(moment)
        stage = kill_in(start(folder, source, moment, where), where, aim, chance.uniform(0, took[aim]))
        seen = look_at_published(folder, published)
        acknowledged = acknowledged_by(folder)
        again = start(folder, source, moment, where)
        again.join()
        if again.exitcode:
            seen["next run failed"] += 1
        seen += look_at_work(folder, acknowledged)
        published = query(folder / "vigil.duckdb", STORY).to_dicts()
        entry = found[stage if stage in found else aim]
        entry.n += stage is not None
        entry.findings += seen
        print(f"{moment:%d %B %Y}: killed in {stage or 'nothing, it had ended'}: {dict(seen) or 'nothing lost, nothing twice'}", flush=True)
    return found, number + 1


def compare(folder: Path, undisturbed: Path) -> list[str]:
    """Name what the two watches do not have in common; the time of a fetch, and ids made from it, may differ."""
    said = []
    for what, sql in {
        "addresses": "SELECT DISTINCT url FROM page ORDER BY 1",
        "articles": "SELECT DISTINCT canonical_url, text_sha256 FROM article ORDER BY ALL",
        "entries": "SELECT entry_id FROM entry ORDER BY 1",
        "incidents": STORY,
    }.items():
        one, other = (query(where / "vigil.duckdb", sql).rows() for where in (folder, undisturbed))
        said.append(f"{what}: {len(one)} and {len(other)}, {'the same' if one == other else f'{len(set(one) ^ set(other))} differ'}")
    return said


def table(found: dict[str, Killed]) -> list[str]:
    """Return the findings as lines of Markdown."""
    lines = ["| killed in | times | found afterwards |", "| --- | ---: | --- |"]
    for stage, killed in found.items():
        said = ", ".join(f"{what}: {n}" for what, n in sorted(killed.findings.items())) or "nothing lost, nothing twice, counts balance"
        lines.append(f"| {stage} | {killed.n} | {said} |")
    return lines


def measure(kills: int, seed: int, minutes: float = math.inf) -> tuple[dict[str, Killed], list[str]]:
    """Kill so many nights; return what was found by stage, and all of it as lines of Markdown."""
    _CONTEXT.set_forkserver_preload(["benchmarks.night_ready"])
    with tempfile.TemporaryDirectory(prefix="vigil-kills-") as made, replay(Path(made), kills) as source:
        folder, undisturbed = Path(made) / "killed", Path(made) / "undisturbed"
        took = watch_undisturbed(source, undisturbed, range(min(WARM, kills + 1)))
        print("undisturbed, a stage takes", ", ".join(f"{stage} {s:.2f} s" for stage, s in took.items()), flush=True)
        found, nights = torture(source, folder, kills, took, random.Random(seed), time.monotonic() + 60 * minutes)
        watch_undisturbed(source, undisturbed, range(min(WARM, kills + 1), nights))
        said = compare(folder, undisturbed)
        proof = verify(load_settings(data_dir=folder, derive_processes=1))
    said.append(f"`vigil verify` afterwards: {'everything is proved' if proof.is_sound else 'differences'}")
    return found, [*table(found), "", f"{nights} nights.", "", *(f"- {line}" for line in said)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=100, help="nights to kill")
    parser.add_argument("--minutes", type=float, default=math.inf, help="kill no more after so many minutes")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--write", type=Path, metavar="FILE", help=f"put the table between the lines {MARK} of this file")
    flags = parser.parse_args()
    found, lines = measure(flags.kills, flags.seed, flags.minutes)
    print("\n".join(lines))
    if flags.write:
        text = flags.write.read_text(encoding="utf-8")
        head, _, tail = text.split(MARK)
        flags.write.write_text(f"{head}{MARK}\n" + "\n".join(lines) + f"\n{MARK}{tail}", encoding="utf-8")
    if any(killed.findings for killed in found.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
