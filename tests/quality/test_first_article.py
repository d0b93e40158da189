"""The article that this project began with, and the demo's own account of the same strike, give the same record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.newsroom import DEMO, read_newsroom
from flows.newsroom_articles import ArticleVersion

Row = dict[str, Any]


VERSIONS = [version for versions in read_newsroom().versions.values() for version in versions if version.text.strip()]


def demo_article(outlet: str, slug: str) -> tuple[str, str, str]:
    """Title, text and publication time of a demo article."""
    version = next(v for v in VERSIONS if (v.outlet, v.slug) == (outlet, slug))
    return version.title, version.text, version.published_at.isoformat()


def assert_nothing_invented(row: Row) -> None:
    """What stands in the text and must not become a value of this event."""
    (incident,) = row["incidents"]
    assert not any(claim["denies"] == "responsibility" for claim in row["claims"])
    assert incident["event_date_start"][:4] == "2025"
    counted = {claim[f"count_{part}"] for claim in row["claims"] if claim["claim_type"] == "casualties" for part in ("min", "best", "max")}
    assert not {15, 62, 2000, 9999} & counted


@pytest.mark.corpus
def test_the_seed_article(shared: Path, read: Callable[..., Row], assert_record: Callable[[Row, Row], None]) -> None:
    expected = json.loads((shared / "seed" / "expected.json").read_text())
    row = read((shared / "seed" / expected["source"]).read_text(), published=expected["published"])
    assert_record(row, expected)
    assert_nothing_invented(row)


def test_the_demo_article(read: Callable[..., Row], assert_record: Callable[[Row, Row], None]) -> None:
    expected = json.loads((DEMO / "expected_kryvyi_rih.json").read_text())
    title, text, published = demo_article(expected["outlet"], expected["slug"])
    row = read(text, title, published)
    assert_record(row, expected)
    assert_nothing_invented(row)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda v: f"{v.outlet}/{v.slug}")
def test_every_span_slices_to_its_quote(read: Callable[..., Row], version: ArticleVersion) -> None:
    row = read(version.text, version.title, version.published_at.isoformat())
    whole = f"{version.title}\n\n{version.text}" if row.get("body_start") else version.text
    assert all(whole[e["span_start"] : e["span_end"]] == e["quote"] for e in row["evidence"])
    counted = {e["column_name"] for e in row["evidence"]}
    for incident in row["incidents"]:
        assert {column for column, value in incident.items() if value is not None} - {"ordinal", "role", "is_aggregate"} <= counted
