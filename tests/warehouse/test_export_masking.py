"""Names of private persons in exports: children's never leave, adults' only where nobody asked to mask them, office holders' always."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.export import export_incidents
from warehouse.connection import open_work
from warehouse.export import SHAPES
from warehouse.publish import publish

SHERIFF = {"speaker": "Ann Wellow", "speaker_role": "county sheriff", "speaker_class": "police"}
COUSIN = {"speaker": "Olha Tymchenko", "speaker_class": "witness"}


@pytest.fixture(scope="module")
def published(empty: Path, tmp_path_factory: pytest.TempPathFactory, new_story: Any) -> Iterator[Path]:
    """Five incidents, each with a name in the words of its toll."""
    folder = tmp_path_factory.mktemp("masking")
    with open_work(Path(shutil.copy(empty, folder / "work.duckdb")), threads=1) as con:
        story = new_story(con)

        def tell(name: str, text: str, quote: str, *counts: dict[str, Any], **article: Any) -> None:
            story.prefix = f"{name}."
            story.tell("a", 0, *counts, told={"place": name}, outlet="o.example", **article)
            text, title = f"{article['title']}\n\n{text}", article["title"]
            story.rows["article"][-1] |= {"text": text, "body_start": len(title) + 2}
            start = text.index(quote)
            for claim in story.rows["claim"][-len(counts) :]:
                claim |= {"span_start": start, "span_end": start + len(quote)}

        tell("adult", "Deputies said that Petro Ivanchuk was killed. Ann Wellow spoke.", "Petro Ivanchuk was killed", {"n": 1, **SHERIFF},
             title="Driver Petro Ivanchuk shot dead; Ann Wellow speaks")  # fmt: skip
        tell("counted", "Police said Danylko Riznyk was killed.", "Danylko Riznyk was killed", {"n": 1}, {"n": 1, "victim_group": "children"},
             title="A killing")  # fmt: skip
        tell("beside", "Danylko Riznyk was killed. The boy was on his way home.", "Danylko Riznyk was killed", {"n": 1, **COUSIN},
             title="A killing")  # fmt: skip
        tell("headline", "One person was killed.", "One person was killed", {"n": 1}, title="Girl, 9, named as Lesia Riznyk")
        tell("nobody", "Two people were killed in Kharkiv.", "Two people were killed in Kharkiv", {"n": 2}, title="Two dead")
        assert story.load().is_empty()
        story.match()
    publish(folder / "work.duckdb", folder / "vigil.duckdb", run_id="r")
    yield folder / "vigil.duckdb"


def rows_of(published: Path, out: Path, shape: str, *, mask: bool) -> dict[str, dict[str, str]]:
    export_incidents(published, shape, out, mask=mask)
    with out.open(encoding="utf-8", newline="") as file:
        return {row.get("place") or row["where_coordinates"]: row for row in csv.DictReader(file)}


def test_childrens_names_are_masked_in_every_export(published: Path, tmp_path: Path) -> None:
    words = {place: row["killed_words"] for place, row in rows_of(published, tmp_path / "o.csv", "csv", mask=False).items()}
    assert words == {
        "adult": "Petro Ivanchuk was killed", "counted": "[name] was killed", "beside": "[name] was killed",
        "headline": "One person was killed", "nobody": "Two people were killed in Kharkiv",
    }  # fmt: skip
    rows = rows_of(published, tmp_path / "o.csv", "ucdp-ged", mask=False)
    assert rows["headline"]["source_headline"] == "Girl, 9, named as [name]"
    assert rows["headline"]["source_article"] == "o.example,2025-04-04,Girl, 9, named as [name]"
    assert rows["adult"]["source_headline"] == "Driver Petro Ivanchuk shot dead, Ann Wellow speaks"


def test_for_publication_adults_are_masked_too_and_who_speaks_in_office_is_not(published: Path, tmp_path: Path) -> None:
    words = {place: row["killed_words"] for place, row in rows_of(published, tmp_path / "o.csv", "csv", mask=True).items()}
    assert (words["adult"], words["nobody"]) == ("[name] was killed", "Two people were killed in Kharkiv")
    rows = rows_of(published, tmp_path / "o.csv", "ucdp-ged", mask=True)
    assert rows["adult"]["source_headline"] == "Driver [name] shot dead, Ann Wellow speaks"
    assert rows["adult"]["source_article"] == "o.example,2025-04-04,Driver [name] shot dead, Ann Wellow speaks"
    assert {place: row["source_original"] for place, row in rows.items()} == {
        "adult": "Ann Wellow", "counted": "narrator", "beside": "[name]", "headline": "narrator", "nobody": "narrator",
    }  # fmt: skip


READERS: dict[str, Callable[[Path], str]] = {
    "parquet": lambda path: json.dumps(pl.read_parquet(path).to_dicts(), default=str),
    "geojson": lambda path: path.read_text(encoding="utf-8"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_tells_what_another_one_hides(published: Path, tmp_path: Path, shape: str) -> None:
    out = tmp_path / "o"
    read = READERS.get(shape, lambda path: path.read_text(encoding="utf-8"))
    for mask in (False, True):
        export_incidents(published, shape, out, mask=mask)
        told = read(out)
        assert "Riznyk" not in told and "privacy" not in told
        assert "Ivanchuk" not in told or not mask
