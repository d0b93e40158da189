"""What is known of feeds, asked of a work file or a published file; opened read-only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from warehouse.connection import open_published
from warehouse.queries import ask, load_sql

Rows = list[dict[str, Any]]
SHOWN_POLLS = 12


def read_health(database: Path) -> Rows:
    """Return one row of `feed_health` for each feed, with its address; the ones that need a person first.

    Raises:
        WarehouseError: The file cannot be opened.
    """
    return _ask(database, {"health": ("feeds/health", {})})["health"]


def read_feed_story(database: Path, feed_id: str, site: str, outlet: str) -> dict[str, Rows]:
    """Return what explains one feed: its `polls`, its `host`, `opt_outs` of its outlet, and `page_rejects`.

    Args:
        database: Work file or published file.
        feed_id: The feed.
        site: Scheme, host and port of its address.
        outlet: Publisher domain.

    Raises:
        WarehouseError: The file cannot be opened.
    """
    asked: dict[str, tuple[str, dict[str, Any]]] = {
        "polls": ("feeds/polls", {"feed_id": feed_id, "limit": SHOWN_POLLS}),
        "host": ("feeds/host", {"site": site}),
        "opt_outs": ("feeds/opt_outs", {"outlet": outlet}),
        "page_rejects": ("feeds/page_rejects", {"feed_id": feed_id}),
    }
    return _ask(database, asked)


def _ask(database: Path, asked: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Rows]:
    con = open_published(database)
    try:
        return {key: ask(con, load_sql(name), parameters).to_dicts() for key, (name, parameters) in asked.items()}
    finally:
        con.close()
