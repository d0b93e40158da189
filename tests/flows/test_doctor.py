"""What `vigil doctor` says of a fresh folder, of one with runs, and of what is broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.doctor import examine
from flows.settings import Settings

pytestmark = pytest.mark.slow  # it loads the orchestrator's server
Vigil = Callable[..., tuple[int, str, str]]


def test_a_fresh_folder_is_well_and_is_not_made(vigil: Vigil, tmp_path: Path) -> None:
    code, out, err = vigil("doctor", "--data-dir", tmp_path / "data")
    assert (code, err) == (0, "")
    assert all(line.startswith("ok  ") for line in out.splitlines())
    assert "published file: none yet: run `vigil demo` or `vigil ingest`" in out
    assert "set VIGIL_CONTACT" in out
    assert not (tmp_path / "data").exists()


def test_after_two_nights_it_tells_the_incidents_and_the_last_runs(watched: Any) -> None:
    lines = {line.what: line for line in examine(watched.settings)}
    assert all(line.is_well for line in lines.values())
    (row,) = watched.ask("SELECT count(*) AS n FROM incidents")
    assert f"{row['n']} incidents" in lines["published file"].says
    assert lines["last runs"].says == ", ".join(f"{flow} 2025-04-07 20:00 completed" for flow in ("collect", "derive", "publish"))
    assert lines["gazetteer"].says.split()[0].isdigit() and "prefect 3." in lines["packages"].says


def test_one_broken_part_does_not_hide_the_others(vigil: Vigil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vigil.duckdb").write_text("no database" * 2000)
    code, out, _ = vigil("doctor", "--data-dir", tmp_path)
    assert code == 1
    assert [line.split(":")[0] for line in out.splitlines() if line.startswith("BAD ")] == [
        "BAD  published file",
        "BAD  last runs",
        "BAD  erasures",
    ]
    assert "is not a DuckDB file or is damaged" in out
    (tmp_path / "taken").touch()
    (folders,) = [line for line in examine(Settings(data_dir=tmp_path / "taken")) if line.what == "folders"]
    assert not folders.is_well and "cannot be written" in folders.says
    monkeypatch.setattr("flows.doctor.LOW_DISK_BYTES", 1 << 62)
    (folders,) = [line for line in examine(Settings(data_dir=tmp_path)) if line.what == "folders"]
    assert not folders.is_well and "GB free" in folders.says
