"""Pinned scores of the extractor on the labelled corpora: floors only rise. The corpora lie beside the project, not in it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.quality import CEILINGS, measure

FLOORS: dict[str, Any] = json.loads(Path(__file__).with_name("floors.json").read_text())


@pytest.mark.corpus
@pytest.mark.parametrize("corpus", sorted(FLOORS["corpora"]))
def test_scores_do_not_fall(shared: Path, tmp_path: Path, corpus: str) -> None:
    pinned = FLOORS["corpora"][corpus]
    digest = hashlib.sha256((shared / "corpora" / f"{corpus}.jsonl.gz").read_bytes()).hexdigest()
    if digest != pinned["sha256"]:
        pytest.skip(f"{corpus} is another version than the floors were measured on; measure and pin anew")
    scores = {name: figure["value"] for name, figure in measure(corpus, tmp_path).items()}
    fallen = {
        name: (scores[name], bound)
        for name, bound in pinned["scores"].items()
        if (scores[name] > bound if name in CEILINGS else scores[name] < bound)
    }
    assert fallen == {}
