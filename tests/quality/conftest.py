"""What the quality tests share: the extractor as `vigil extract` runs it, and a comparison with a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flows.extraction import extract_text

Row = dict[str, Any]


@pytest.fixture(scope="session")
def read() -> Callable[..., Row]:
    """Return a function (text, title=None, published=None) -> the row that `vigil extract` writes."""

    def extract(text: str, title: str | None = None, published: str | None = None) -> Row:
        return extract_text({"id": "x", "text": text, "title": title, "published": published}, None)

    return extract


@pytest.fixture(scope="session")
def assert_record() -> Callable[[Row, Row], None]:
    """Return a function that compares a reading with an expected record: its incidents whole, its claims field by field."""

    def compare(row: Row, expected: Row) -> None:
        assert row["is_incident"] is expected["is_incident"]
        assert len(row["incidents"]) == len(expected["incidents"])
        for got, want in zip(row["incidents"], expected["incidents"], strict=True):
            for column, value in want.items():
                if column in {"latitude", "longitude"}:
                    assert got[column] == pytest.approx(value, abs=0.05), column
                else:
                    assert got[column] == value, column
        for claim in expected["claims"]:
            want = expected_claim(claim)
            assert any(all(got.get(k) == v for k, v in want.items()) for got in row["claims"]), f"no claim {want} among {row['claims']}"

    return compare


def expected_claim(claim: Row) -> Row:
    """Translate a claim of an expected record into the columns of the claim table."""
    names = {
        "type": "claim_type",
        "group": "victim_group",
        "min": "count_min",
        "best": "count_best",
        "max": "count_max",
        "role": "speaker_role",
        "class": "speaker_class",
    }
    return {names.get(key, key): value for key, value in claim.items() if key != "about"}
