"""What the README shows is what a new user sees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.readme import read_query, run_query

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_query_gives_the_rows_shown(watched: Any) -> None:
    sql, shown = read_query(README)
    assert run_query(sql, watched.settings.published_path) == shown  # tolls do not depend on when a night was run


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(((?!https?:)[^)#]+)\)", README))))
def test_links_lead_somewhere(link: str) -> None:
    assert (PROJECT / link).exists()


def test_it_opens_with_what_a_row_is() -> None:
    assert "one row is one" in " ".join(README.split()[:60])
    assert "make demo" in README
    assert "make test" in README
