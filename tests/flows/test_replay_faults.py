"""The 27 faults of the captured web, as feed and as page, in one night with 30 healthy feeds."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from warehouse.connection import open_published

pytestmark = [pytest.mark.corpus, pytest.mark.slow]
CAP = 3_000_000
HEALTHY = 30
# (class as a feed, classes as a page): where two stand for a page, the bytes decide, which the server draws at random.
FAULTS: dict[str, tuple[set[str], set[str]]] = {
    "slow": ({"timeout"}, {"timeout"}), "reset": ({"reset"}, {"reset"}), "hang": ({"timeout"}, {"timeout"}),
    "500-then-ok": ({"ok"}, {"read"}), "429": ({"ok"}, {"read"}), "429-forever": ({"http_429"}, {"http_429"}),
    "403": ({"http_403"}, {"http_403"}), "404": ({"http_404"}, {"http_404"}), "410": ({"http_410"}, {"http_410"}),
    "redirect-loop": ({"redirect_loop"}, {"redirect_loop"}), "redirect-permanent": ({"ok"}, {"read"}),
    "redirect-to-file": ({"redirect_refused"}, {"redirect_refused"}), "huge": ({"too_large"}, {"too_large"}),
    "gzip-bomb": ({"too_large"}, {"too_large"}), "bad-gzip": ({"bad_encoding", "truncated"}, {"bad_encoding", "truncated"}),
    "bad-encoding": ({"ok", "bad_encoding"}, {"read"}), "truncated": ({"truncated"}, {"truncated"}),
    "broken-chunks": ({"truncated"}, {"truncated"}), "xml-bomb": ({"unsafe_xml"}, {"too_short", "not_html", "unparsable"}),
    "xml-quadratic": ({"unsafe_xml"}, {"too_short", "not_html", "unparsable"}), "xxe": ({"unsafe_xml"}, {"too_short", "not_html"}),
    "empty": ({"empty"}, {"empty"}), "html-instead-of-feed": ({"not_a_feed"}, {"too_short", "robot_check"}),
    "soft-404": ({"not_a_feed"}, {"soft_404"}), "wrong-content-type": ({"ok"}, {"read"}), "robots-disallow": ({"robots"}, {"robots"}),
    "304-always": ({"empty"}, {"empty"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def replay(shared: Path) -> Iterator[str]:
    command = [sys.executable, str(shared / "replay/replay_server.py"), "--port", "0", "--max-seconds", "900", "--robots-host", ""]
    process = subprocess.Popen(
        [*command, "--bomb-mb", "512", "--slow-seconds", "12", "--hang-seconds", "20"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        with urllib.request.urlopen(f"{found.group()}/fault/gzip-bomb", timeout=120) as bomb:
            bomb.read(1)  # packed before anybody waits for it: on a busy machine that takes longer than the night's limits
        yield found.group()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


# What it opened and connected to, as the interpreter itself reports it.
# The peak of its own memory, as the process sees it at its end: what wait4 tells of a child begins with the memory of its parent.
INGEST = """
import atexit, pathlib, re, sys
peak = pathlib.Path(sys.argv.pop())
touched = set()
def note(event, args):
    if event == "socket.connect":
        touched.add(f"connect {args[1][0] if isinstance(args[1], tuple) else args[1]}")
    elif event == "open" and str(args[0]).startswith(("/etc/hostname", "file:")):
        touched.add(f"open {args[0]}")
sys.addaudithook(note)
atexit.register(lambda: peak.with_name("touched").write_text("\\n".join(sorted(touched))))
atexit.register(lambda: peak.write_text(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]))
sys.argv = ["vigil", "ingest"]
from flows.cli import main
main()
"""


@pytest.fixture(scope="module")
def night(shared: Path, replay: str, serve: Callable[[], Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("replay")
    with gzip.open(shared / "replay/manifest.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    by_publisher: dict[str, list[str]] = {}
    for row in rows:
        publisher = re.sub(r"[^A-Za-z0-9.-]+", "-", row.get("publisher") or "unknown").strip("-").lower() or "unknown"
        if row["lang"] == "en":
            by_publisher.setdefault(publisher, []).append(row["id"])
    chosen = list(itertools.islice(by_publisher.items(), HEALTHY))
    pages = [f"/{publisher}/{ids[-1]}.html" for publisher, ids in chosen if ids]
    with serve() as world:
        world.pages = {}
        world.links = [f"{replay}/fault/{name}{page}" for name, page in zip(FAULTS, pages, strict=False)]
        feeds = [f"healthy-{n},{replay}/{publisher}/feed.xml?limit=5" for n, (publisher, _) in enumerate(chosen)]
        feeds += [f"fault-{name},{replay}/fault/{name}/all/feed.xml?limit=20" for name in FAULTS] + [f"pages,{world.base}/feed.xml"]
        (folder / "feeds.csv").write_text("\n".join(["feed_id,url", *feeds]) + "\n")
        settings = {
            "connect_timeout_s": 2, "read_timeout_s": 3, "total_timeout_s": 6, "retry_wait_s": 0.1, "max_page_bytes": CAP, "max_feed_bytes": CAP,
            "data_dir": folder / "data", "feeds": folder / "feeds.csv", "derive_processes": 1,
        }  # fmt: skip
        environment = os.environ | {f"VIGIL_{name.upper()}": str(value) for name, value in settings.items()}
        process = subprocess.run(
            [sys.executable, "-c", INGEST, str(folder / "peak_kb")], env=environment, cwd=Path(__file__).resolve().parents[2], check=False
        )
        con = open_published(folder / "data/vigil.duckdb")
        yield {
            "code": process.returncode,
            "peak_kb": int((folder / "peak_kb").read_text()),
            "con": con,
            "folder": folder,
            "links": world.links,
            "touched": (folder / "touched").read_text().splitlines(),
        }
        con.close()


def test_the_night_ends_by_itself_and_healthy_feeds_complete(night: dict[str, Any]) -> None:
    assert night["code"] == 0
    polls = night["con"].sql("SELECT status, count(*), min(n_entries) FROM feed_poll WHERE feed_id LIKE 'healthy-%' GROUP BY 1").fetchall()
    assert [(status, count) for status, count, _ in polls] == [("ok", HEALTHY)] and polls[0][2] >= 1
    assert len(night["links"]) == len(FAULTS) == 27


def test_every_fault_has_its_class_as_a_feed(night: dict[str, Any]) -> None:
    found = dict(night["con"].sql("SELECT substr(feed_id, 7), status FROM feed_poll WHERE feed_id LIKE 'fault-%'").fetchall())
    assert {name: status for name, status in found.items() if status not in FAULTS[name][0]} == {}
    assert found.keys() == FAULTS.keys()


def test_every_fault_has_its_class_as_a_page(night: dict[str, Any]) -> None:
    con = night["con"]
    found = dict(con.sql("SELECT input_ref, reason FROM reject WHERE stage = 'fetch'").fetchall())
    found |= dict(
        con.sql("SELECT p.url, r.reason FROM reject AS r JOIN page AS p ON p.page_id = r.input_ref WHERE r.stage = 'clean'").fetchall()
    )
    found |= {
        url: "read"
        for (url,) in con.sql("SELECT p.url FROM derivation AS d JOIN page AS p USING (page_id) WHERE d.outcome <> 'rejected'").fetchall()
    }
    by_name = {url.split("/")[4]: reason for url, reason in found.items() if "/fault/" in url}
    assert {name: reason for name, reason in by_name.items() if reason not in FAULTS[name][1]} == {}
    assert by_name.keys() == FAULTS.keys()


def test_nothing_but_the_server_was_reached(night: dict[str, Any]) -> None:
    assert night["touched"] == ["connect 127.0.0.1"], "no file that a feed or redirect names, no other address"


def test_memory_and_caps_hold(night: dict[str, Any]) -> None:
    print("peak memory", night["peak_kb"] // 1000, "MB")
    assert night["peak_kb"] < 600_000
    con = night["con"]
    assert max(con.sql("SELECT max(n_bytes) FROM page UNION ALL SELECT max(n_bytes) FROM feed_poll").fetchall())[0] <= CAP
    assert con.sql("SELECT count(*) FROM page WHERE final_url NOT LIKE 'http://127.0.0.1:%'").fetchall() == [(0,)]
    archive = sum(path.stat().st_size for path in (night["folder"] / "data/archive").rglob("*.gz"))
    assert archive < 30_000_000
