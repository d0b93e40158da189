"""Some nights of the bundled newsroom, killed: benchmarks/kills.py in short."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import kills


@pytest.mark.slow
def test_nights_that_are_killed_lose_nothing_and_end_as_if_undisturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kills, "SERVER", Path("absent"))
    found, lines = kills.measure(4, seed=5)
    assert sum(stage.n for stage in found.values()) == 4
    assert {stage: dict(killed.findings) for stage, killed in found.items() if killed.findings} == {}
    same = [line for line in lines if line.endswith(", the same")]
    assert len(same) == 4 and lines[-1] == "- `vigil verify` afterwards: everything is proved"
