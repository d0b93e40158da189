"""Pages to measure on: the captured ones beside the project, served on loopback, else the demo newsroom."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.servers import served
from flows.newsroom import read_newsroom, serve_newsroom

PROJECT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("VIGIL_SHARED", PROJECT.parent / "shared"))
FULL_SOURCES = frozenset({"flairNLP/fundus", "scrapinghub/article-extraction-benchmark"})


@dataclass(frozen=True, slots=True)
class Page:
    """One page to measure on, and what is known of it.

    Attributes:
        kind: full (a captured page of today), stream (an article's markup of 2016), spliced (such an article in a captured page), demo.
        title, published: What its feed item says; None where it has none.
        fetched: No date of the page lies behind it.
        expected: Title, day and text that a good cleaner finds, where that is known.
    """

    id: str
    kind: str
    url: str
    body: bytes
    title: str | None = None
    published: dt.datetime | None = None
    fetched: dt.datetime | None = None
    expected: tuple[str | None, str | None, str | None] = (None, None, None)


def captured_pages(*kinds: str) -> Iterator[Page]:
    """Yield the captured English pages beside the project, in order of the manifest; none where they are absent."""
    manifest = SHARED / "replay" / "manifest.jsonl.gz"
    if not manifest.is_file():
        return
    with gzip.open(manifest, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            kind = {"full_page": "full", "fragment": "stream"}.get(row["kind"], row["kind"])
            if row["lang"] == "en" and (not kinds or kind in kinds) and (kind != "full" or row["source_repo"] in FULL_SOURCES):
                yield _captured(row, kind)


def _captured(row: dict[str, Any], kind: str) -> Page:
    is_full = kind == "full"  # nothing is given that its feed would say: the page must tell
    published = dt.datetime.fromisoformat(row["published"]).replace(tzinfo=dt.UTC) if row["published"] and not is_full else None
    expected = (row["expected_title"], (row["expected_published"] or "")[:10] or None, row["expected_body"])
    body = gzip.decompress((SHARED / "replay" / row["file"]).read_bytes())
    return Page(
        row["id"], kind, row["url"], body, None if is_full else row["expected_title"] or row["html_title"], published,
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC) if is_full else None, expected,
    )  # fmt: skip


def demo_pages() -> Iterator[Page]:
    """Yield the pages of the demo newsroom."""
    newsroom = read_newsroom()
    for outlet, versions in newsroom.versions.items():
        for version in versions:
            newsroom.clock = version.changed_at
            answer = newsroom.find_answer(version.url_path)
            if answer is not None:
                url = f"http://{outlet}.example{version.url_path}"
                day = version.published_at.date().isoformat()
                yield Page(
                    f"{outlet}{version.path}@{version.changed_at:%m%d%H%M}", "demo", url, answer.body, version.title, version.published_at,
                    version.changed_at, (version.title, day, "\n".join(version.paragraphs)),
                )  # fmt: skip


@contextmanager
def served_feed(limit: int) -> Iterator[tuple[str, str]]:
    """Yield the address of a feed and the name of what stands behind it."""
    server = SHARED / "replay" / "replay_server.py"
    if not server.is_file():
        with serve_newsroom() as newsroom:
            yield next(f["url"] for f in newsroom.feeds() if f["active"] == "true"), "demo newsroom"
        return
    with served(str(server), "--port", "0", "--max-seconds", "3600", "--robots-host", "") as port:
        yield f"http://127.0.0.1:{port}/all/feed.xml?only=fragment&limit={limit}", "captured stream of 2016"
