"""A second language is a folder of lexicons: found, loaded and read without a line of code; a text of any other is kept and counted."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import warehouse.seeds
from flows import extraction
from flows.extraction import extract_text, read_languages
from transforms.lexicons import LexiconError, Lexicons
from warehouse.errors import SeedError
from warehouse.seeds import find_languages, lexicon_root, missing_lexicons, read_lexicons

ENGLISH = Path(str(lexicon_root())) / "en"
SPANISH = (
    "Cinco personas. 5 campesinos murieron y 3 soldados resultaron heridos en Tibú, informó la policía de la región este viernes. "
    "Los vecinos de la vereda pidieron ayuda a las autoridades y dijeron que el ataque duró varias horas en la madrugada."
)


def write_rows(path: Path, *rows: dict[str, str], keep: Callable[[dict[str, str]], bool] = lambda _: False) -> None:
    """Replace the rows of a lexicon, except those to keep; its columns stay."""
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        names, kept = list(reader.fieldnames or ()), [row for row in reader if keep(row)]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows([*kept, *rows])


def write_spanish(root: Path) -> Path:
    """Write a small Spanish: the grammar's words stay English where a test needs none of its own."""
    folder = Path(shutil.copytree(ENGLISH, root / "es"))
    write_rows(
        folder / "harm.csv",
        {"term": "murieron", "effect": "killed", "form": "state"},
        {"term": "resultaron heridos", "effect": "injured", "form": "state"},
    )
    write_rows(folder / "groups.csv", {"group": "campesino", "terms": "campesinos|personas", "group_class": "civilians", "civilian": "yes"})
    words = {"signal": "harm", "title": "1", "lead": "4", "body": "1", "words": "murieron|heridos"}
    write_rows(folder / "triage.csv", words, keep=lambda row: not row["words"])
    (folder / "rule_precision.csv").unlink(missing_ok=True)
    return folder


@pytest.fixture
def languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Shipped languages and whatever a test adds to this folder."""
    (tmp_path / "en").symlink_to(ENGLISH)
    monkeypatch.setattr(warehouse.seeds, "lexicon_root", lambda: tmp_path)
    caches = (extraction.read_languages, extraction.load_lexicons)
    for kept in caches:
        kept.cache_clear()
    yield tmp_path
    for kept in caches:
        kept.cache_clear()


def read(text: str) -> dict[str, Any]:
    return extract_text({"id": "a", "text": text, "published": "2025-04-04"}, None)


def test_a_folder_is_a_language(languages: Path) -> None:
    assert find_languages() == read_languages() == ("en",)
    assert read(SPANISH) == {
        "id": "a", "is_incident": False, "relevance": 0.0, "incidents": [], "claims": [], "evidence": [], "language": "es",
        "error": "language es is not read yet",
    }  # fmt: skip
    write_spanish(languages)
    read_languages.cache_clear()
    assert find_languages() == read_languages() == ("en", "es")
    row = read(SPANISH)
    assert row["language"] == "es" and row["is_incident"] is True
    (incident,) = row["incidents"]
    assert (incident["killed_best"], incident["injured_best"]) == (5, 3)
    quotes = {e["column_name"]: e["quote"] for e in row["evidence"]}
    assert quotes["killed_best"] == "5 campesinos murieron"
    assert all(SPANISH[e["span_start"] : e["span_end"]] == e["quote"] for e in row["evidence"])
    assert {e["confidence"] for e in row["evidence"]} == {None}, "English counts say nothing about Spanish rules"


def test_english_is_read_as_before_beside_another_language(languages: Path) -> None:
    write_spanish(languages)
    text = "Five farmers were killed and the injured were taken to a hospital in Anka, Nigeria, on Thursday, the police said. " * 2
    row = read(text)
    assert row["language"] == "en" and row["incidents"][0]["killed_best"] == 5


@pytest.mark.parametrize("name", ["harm", "triage", "time_expressions"])
def test_a_folder_that_lacks_a_file_is_no_language_yet(languages: Path, name: str) -> None:
    folder = write_spanish(languages)
    (folder / f"{name}.csv").unlink()
    assert missing_lexicons(folder) == [name]
    assert find_languages() == ("en",)
    assert read(SPANISH)["error"] == "language es is not read yet"


def test_measured_counts_are_no_part_of_a_complete_set(languages: Path) -> None:
    assert missing_lexicons(write_spanish(languages)) == []


def test_a_bad_row_is_named_by_its_own_language(languages: Path) -> None:
    folder = write_spanish(languages)
    (folder / "weapons.csv").write_text("term,weapon_class\nfusil,espada\n")
    with pytest.raises(LexiconError, match=r"seeds/lexicons/es/weapons\.csv:2: weapon_class 'espada' is not one of"):
        Lexicons(read_lexicons("es"), "es")
    (folder / "weapons.csv").write_text("term,weapon_class\nfusil\n")
    with pytest.raises(SeedError, match=r"seeds/lexicons/es/weapons\.csv:2: has 1 cells, the header has 2"):
        read_lexicons("es")
    with pytest.raises(SeedError, match=r"seeds/lexicons/fr: does not exist"):
        read_lexicons("fr")


def test_what_is_not_read_is_kept_and_counted(watched: Any) -> None:
    kept = watched.ask(
        "SELECT a.language, a.is_incident, length(a.text) > 200 AS has_text, d.outcome, d.n_reports FROM article AS a JOIN derivation AS d"
        " USING (article_id) WHERE a.language NOT IN ('en') GROUP BY ALL"
    )
    assert kept == [{"language": "es", "is_incident": None, "has_text": True, "outcome": "not_read_language", "n_reports": 0}]
