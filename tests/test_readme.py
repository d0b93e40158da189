"""What the README shows is what a new user sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.readme import read_query, run_query
from flows.demo import EVENINGS, write_feeds
from flows.newsroom import serve_newsroom
from flows.night import run_night
from flows.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo's published file, made in one night: tolls do not depend on when they were read."""
    folder = tmp_path_factory.mktemp("readme")
    with serve_newsroom() as newsroom:
        write_feeds(folder / "feeds.csv", newsroom)
        newsroom.clock = EVENINGS[-1]
        settings = Settings(data_dir=folder / "data", feeds=str(folder / "feeds.csv"), allow_private_addresses=True, derive_processes=1)
        run_night(settings, clock=lambda: EVENINGS[-1])
        yield settings.published_path


def test_the_query_gives_the_rows_shown(published: Path) -> None:
    sql, shown = read_query(README)
    assert run_query(sql, published) == shown


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(((?!https?:)[^)#]+)\)", README))))
def test_links_lead_somewhere(link: str) -> None:
    assert (PROJECT / link).exists()


def test_it_opens_with_what_a_row_is() -> None:
    assert "one row is one" in " ".join(README.split()[:60])
    assert "make demo" in README
    assert "make test" in README
