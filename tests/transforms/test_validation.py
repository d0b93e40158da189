"""Rows that may not be loaded come back with the rule they break; the others are untouched and in order."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from transforms.schemas import BY_NAME, RUN_STAGE
from transforms.validation import split_rows

CLAIM = {"claim_id": "c", "report_id": "r", "article_id": "a", "claim_type": "casualties", "effect": "killed", "speaker_class": "police",
         "speech_mode": "indirect", "stance": "asserts", "span_start": 0, "span_end": 5, "rule": "x"}  # fmt: skip
REPORT = {"report_id": "r", "article_id": "a", "ordinal": 0, "role": "primary", "is_aggregate": False, "is_incident": True,
          "relevance": 0.5, "extractor_version": "1"}  # fmt: skip
EVIDENCE = {"row_table": "report", "row_id": "r", "column_name": "killed_best", "article_id": "a", "span_start": 1, "span_end": 3,
            "quote": "\U0001f600b", "rule": "x"}  # fmt: skip
NOW = pl.datetime(2025, 1, 1, time_zone="UTC")


def reasons(table: str, row: dict[str, Any]) -> list[str]:
    frame = BY_NAME[table].frame([row])
    if table in {"claim", "report", "evidence"}:
        frame = frame.with_columns(NOW.alias("as_of"))
    good, bad = split_rows(BY_NAME[table], frame)
    assert good.height + bad.height == 1
    assert good.schema == frame.schema
    return bad["reason"].to_list()


@pytest.mark.parametrize(("table", "row", "reason"), [
    ("claim", CLAIM, None), ("report", REPORT, None), ("evidence", EVIDENCE, None),
    ("claim", CLAIM | {"rule": None}, "missing"), ("claim", CLAIM | {"stance": "shouts"}, "not_in_set"),
    ("claim", CLAIM | {"count_min": -1}, "out_of_bounds"), ("claim", CLAIM | {"count_min": 5, "count_best": 4}, "range"),
    ("claim", CLAIM | {"count_min": 5, "count_max": 4}, "range"), ("claim", CLAIM | {"span_start": 6}, "span"),
    ("claim", CLAIM | {"effect": None}, "claim"), ("claim", CLAIM | {"claim_type": "denial"}, "claim"),
    ("report", REPORT | {"latitude": float("nan"), "longitude": 0.0}, "out_of_bounds"),
    ("report", REPORT | {"latitude": 5.0}, "coordinates"),
    ("report", REPORT | {"target_class": ["school", "moon"]}, "not_in_set"), ("report", REPORT | {"target_class": [None]}, "not_in_set"),
    ("report", REPORT | {"target_class": []}, None), ("report", REPORT | {"target_class": ["school"]}, None),
    ("report", REPORT | {"killed_best": 3, "children_killed_best": 4}, "part_exceeds_whole"),
    ("report", REPORT | {"killed_min": 12, "killed_best": 12, "children_killed_min": 3}, None),
    ("report", REPORT | {"date_precision": 6}, "not_in_set"), ("report", REPORT | {"relevance": 1.1}, "out_of_bounds"),
    ("evidence", EVIDENCE | {"quote": "\U0001f600"}, "quote"),
])  # fmt: skip
def test_rules(table: str, row: dict[str, Any], reason: str | None) -> None:
    assert reasons(table, row) == ([reason] if reason else [])


def test_order_is_kept_and_messages_name_the_column() -> None:
    row: dict[str, object] = {"run_id": "r", "n_out": 0, "n_rejected": 0, "elapsed_s": 0.0}
    rows = [row | {"stage": str(n), "n_in": n} for n in (3, -1, 2, 1)]
    good, bad = split_rows(RUN_STAGE, RUN_STAGE.frame(rows))
    assert good["n_in"].to_list() == [3, 2, 1]
    assert bad["message"].to_list() == ["n_in is below 0"]


def test_frames_of_another_shape_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match=r"has no column 'x'"):
        split_rows(RUN_STAGE, pl.DataFrame({"x": [1]}))
    with pytest.raises(ValueError, match=r"run_stage\.n_in has dtype"):
        split_rows(RUN_STAGE, pl.DataFrame({"n_in": ["1"]}))
