"""What needs a person, asked of a work file or a published file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from transforms.review import (
    DOUBTFUL_SCORE,
    NEAR_DAYS,
    NEAR_KM,
    UNSURE_CONFIDENCE,
    Matter,
    judge_confidence,
    judge_counts,
    judge_decisions,
    judge_joins,
    judge_left_out,
    judge_neighbours,
    rank_matters,
)
from warehouse.connection import open_published
from warehouse.queries import ask, load_sql

KM_A_DEGREE = 111.0


def find_matters(database: Path) -> list[Matter]:
    """Return what needs a person, the greatest gain first.

    Raises:
        WarehouseError: The file cannot be opened.
    """
    con = open_published(database)
    try:
        return rank_matters(
            [
                *judge_counts(_rows(con, "contested")),
                *judge_confidence(_rows(con, "low_confidence", below=UNSURE_CONFIDENCE)),
                *judge_joins(_rows(con, "doubtful_joins", below=DOUBTFUL_SCORE)),
                *judge_neighbours(_rows(con, "neighbours", days=NEAR_DAYS, degrees=NEAR_KM / KM_A_DEGREE)),
                *judge_left_out(_rows(con, "left_out")),
                *judge_decisions(_rows(con, "decisions")),
            ]
        )
    finally:
        con.close()


def _rows(con: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[dict[str, Any]]:
    return ask(con, load_sql(f"review/{name}"), parameters).to_dicts()
