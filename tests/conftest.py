"""Fixtures that every part of the suite may use."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
# Before anything imports Prefect: the tests neither need a home folder nor touch what the user keeps there.
_PREFECT_HOME = tempfile.TemporaryDirectory(prefix="vigil-prefect-")
os.environ["PREFECT_HOME"] = _PREFECT_HOME.name
os.environ.setdefault(
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120"
)  # a flow without a server starts its own; 20 s are few here


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with the labelled corpora and captured pages, which are not part of the project."""
    folder = Path(os.environ.get("VIGIL_SHARED", PROJECT.parent / "shared"))
    if not (folder / "corpora").is_dir():
        pytest.skip(f"labelled corpora and captured pages are not beside the project ({folder.name}/ is absent)")
    return folder


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated work file without rows, made once: tables, views and comments on a thousand columns take over a second. Copy it."""
    from warehouse.connection import open_work  # noqa: PLC0415 -- most tests need no database
    from warehouse.migrate import write_comments  # noqa: PLC0415

    path = tmp_path_factory.mktemp("warehouse") / "empty.duckdb"
    with open_work(path) as con:
        write_comments(con)
    return path
