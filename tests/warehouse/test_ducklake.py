"""Several watches write what they published into one lake: DuckLake, its catalogue in PostgreSQL (ops/ducklake).

It runs where both are at hand, in an interpreter whose DuckDB has the extensions:

    VIGIL_DUCKLAKE_CATALOG='postgres:dbname=vigil host=127.0.0.1'  VIGIL_DUCKLAKE_EXTENSIONS=folder  VIGIL_DUCKLAKE_PYTHON=python
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from warehouse.connection import open_work
from warehouse.publish import publish

PUSH = Path(__file__).resolve().parents[2] / "ops" / "ducklake" / "push.py"
PYTHON = os.environ.get("VIGIL_DUCKLAKE_PYTHON", sys.executable)
CATALOG, EXTENSIONS = os.environ.get("VIGIL_DUCKLAKE_CATALOG"), os.environ.get("VIGIL_DUCKLAKE_EXTENSIONS")
WITH = [] if EXTENSIONS is None else ["--extensions", EXTENSIONS]
ASK = """
import json, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from push import open_lake
catalog, schema, rows, extensions, sql = sys.argv[2:]
con = open_lake(catalog, rows, Path(extensions) if extensions else None, schema=schema)
print(json.dumps(con.sql(sql).fetchall(), default=str))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CATALOG is None, reason="no PostgreSQL for the catalogue: VIGIL_DUCKLAKE_CATALOG names it (docs/scaling.md)"),
]


class Lake:
    """A lake of its own: its catalogue lies in a schema of the database that no other test knows."""

    def __init__(self, rows: Path) -> None:
        self.rows, self.schema = rows, f"lake_{uuid.uuid4().hex[:8]}"
        rows.mkdir()

    def begin(self, published: Path, watch: str) -> subprocess.Popen[str]:
        more = ["--extensions", EXTENSIONS] if EXTENSIONS else []
        where = ["--catalog", str(CATALOG), "--schema", self.schema, "--rows", str(self.rows)]
        return subprocess.Popen([PYTHON, str(PUSH), str(published), "--watch", watch, *where, *more], stdout=-1, stderr=-1, text=True)

    def push(self, published: Path, watch: str) -> str:
        return ended(self.begin(published, watch))

    def ask(self, sql: str) -> Any:
        command = [PYTHON, "-c", ASK, str(PUSH.parent), str(CATALOG), self.schema, str(self.rows), EXTENSIONS or "", sql]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def ended(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out.strip()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "rows")


def test_a_watch_writes_what_moved_as_one_snapshot(told: Path, tmp_path: Path, new_story: Any, lake: Lake) -> None:
    target = tmp_path / "vigil.duckdb"
    publish(told, target, run_id="r")
    assert lake.push(target, "north") == "1 incidents new, changed or gone"
    assert lake.push(target, "north") == "0 incidents new, changed or gone"
    ((before,),) = lake.ask("SELECT max(snapshot_id) FROM lake.snapshots()")
    with open_work(told, threads=1) as con:
        story = new_story(con)
        story.tell("b", 5, {"n": 8, "speaker_class": "police"})
        story.load(), story.match(at=101)
    publish(told, target, run_id="r2")
    assert lake.push(target, "north") == "1 incidents new, changed or gone"
    assert lake.ask("SELECT watch, killed FROM lake.incidents") == [["north", 8]]
    assert lake.ask("SELECT count(*) FROM lake.incident_version") == [[2]]
    assert lake.ask(f"SELECT killed FROM lake.incidents AT (VERSION => {before})") == [[3]], "what was known then"
    assert lake.ask("SELECT max(snapshot_id) FROM lake.snapshots()") == [[before + 1]]


def test_watches_that_write_at_once_lose_nothing(told: Path, tmp_path: Path, new_story: Any, lake: Lake) -> None:
    files = []
    for n in range(4):
        work = Path(shutil.copy(told, tmp_path / f"work-{n}.duckdb"))
        with open_work(work, threads=1) as con:
            story = new_story(con)
            story.tell("b", 5, {"n": 10 + n, "speaker_class": "police"})
            story.load(), story.match(at=101)
        files.append(tmp_path / f"vigil-{n}.duckdb")
        publish(work, files[-1], run_id="r")
    lake.push(files[0], "watch 0")
    for process in [lake.begin(file, f"watch {n}") for n, file in enumerate(files[1:], start=1)]:
        assert ended(process) == "1 incidents new, changed or gone"
    assert lake.ask("SELECT watch, killed FROM lake.incidents ORDER BY watch") == [[f"watch {n}", 10 + n] for n in range(4)]
    assert lake.ask("SELECT count(DISTINCT watch), count(*) FROM lake.casualty_claims") == [[4, 8]]
