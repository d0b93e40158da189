"""The cookbook's queries give the rows that its page shows, and the demo's story stands in SQL as it happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from warehouse.cookbook import FOLDER, PAGE, parse_recipe, read_recipes, read_sections, write_section

RECIPES = read_recipes()
KRYVYI_RIH = "incident_id IN (SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih')"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_query_gives_the_rows_that_the_page_shows(watched: Any, recipe: Any) -> None:
    shown = dict(read_sections(PAGE.read_text(encoding="utf-8")))
    found = write_section(recipe, watched.settings.published_path)
    assert found == shown.get(recipe.title), "run `vigil demo` and `python -m warehouse.cookbook`"
    assert "\n\n0 rows" not in found, "a query without rows shows nothing"


def test_the_page_has_each_query_once() -> None:
    titles = [title for title, _ in read_sections(PAGE.read_text(encoding="utf-8"))]
    assert titles == [recipe.title for recipe in RECIPES]
    assert len(set(titles)) == len(titles) >= 20
    assert [path.stem[:2] for path in sorted(FOLDER.glob("*.sql"))] == [f"{number:02}" for number in range(1, len(titles) + 1)]


def test_a_query_without_question_is_refused() -> None:
    with pytest.raises(ValueError, match=r"docs/cookbook/x\.sql: begins with two comment lines"):
        parse_recipe("x", "-- Title\nSELECT 1")


def test_the_story_is_one_incident_with_nine_children(watched: Any) -> None:
    rows = watched.ask(
        "SELECT date, killed, children_killed, n_independent_sources >= 3 AS is_shared FROM incidents WHERE place = 'Kryvyi Rih'"
    )
    assert [(str(row["date"]), row["killed"], row["children_killed"], row["is_shared"]) for row in rows] == [("2025-04-04", 20, 9, True)]


def test_its_toll_moved_from_12_over_16_18_and_19_to_20_by_these_speakers(watched: Any) -> None:
    rows = watched.ask(f"FROM toll_moves WHERE toll = 'killed' AND {KRYVYI_RIH} ORDER BY step")
    assert [(f"{row['moved_at']:%d %H:%M}", row["count_best"], row["kind"]) for row in rows] == [
        ("04 17:35", 12, "first"), ("04 20:15", 16, "revision"), ("05 06:50", 18, "revision"), ("05 15:05", 19, "revision"),
        ("06 09:10", 20, "revision"),
    ]  # fmt: skip
    assert [row["speaker_class"] for row in rows] == ["local_official"] * 3 + ["emergency_service", "local_official"]
    for row, name in zip(rows, ("governor", "Lysak", "administration", "Emergency Service", "governor"), strict=True):
        assert name in row["speaker"] and row["words"] and row["url"].startswith("https://")


def test_on_the_first_night_twelve_were_known(watched: Any) -> None:
    first = watched.ask("SELECT killed_best, children_killed_best FROM incidents_asof(TIMESTAMPTZ '2025-04-04 21:00:00+00') WHERE place = 'Kryvyi Rih'")  # fmt: skip
    assert first == [{"killed_best": 12, "children_killed_best": 3}]
    changed = watched.ask("""FROM changes_between(TIMESTAMPTZ '2025-04-04 21:00:00+00', TIMESTAMPTZ '2025-04-07 21:00:00+00')
        WHERE place = 'Kryvyi Rih' AND column_name IN ('killed_best', 'children_killed_best') ORDER BY column_name""")
    assert [(row["change"], row["old_value"], row["new_value"]) for row in changed] == [("changed", "3", "9"), ("changed", "12", "20")]


def test_the_accused_sides_version_is_contested_and_not_in_the_toll(watched: Any) -> None:
    (row,) = watched.ask("SELECT killed_max, contested, attackers_killed FROM incidents WHERE place = 'Kryvyi Rih'")
    assert (row["killed_max"], row["attackers_killed"]) == (20, None)
    assert "security_killed" in row["contested"]
    contested = watched.ask(f"SELECT says, side, why, against_says FROM contested_claims WHERE {KRYVYI_RIH} AND toll = 'security_killed'")
    assert contested == [{"says": "up to 85", "side": "RU", "why": "exceeds_whole", "against_says": "20"}]
    stances = {(row["stance"], row["side"]) for row in watched.ask(f"SELECT stance, side FROM stances WHERE {KRYVYI_RIH}")}
    assert stances >= {("accuses", "UA"), ("claims_responsibility", "RU"), ("denies_targeting_civilians", "RU"), ("counter_count", "RU")}


def test_exports_run_from_the_command_line(watched: Any, vigil: Any, tmp_path: Path) -> None:
    folder = watched.settings.data_dir
    for shape in ("ucdp-ged", "aoav", "geojson", "csv", "parquet"):
        code, _, said = vigil(
            "export",
            "--shape",
            shape,
            "--from",
            "2025-04-04",
            "--to",
            "2025-04-04",
            "--country",
            "Ukraine",
            "--out",
            tmp_path / shape,
            "--data-dir",
            folder,
        )
        assert (code, said) == (0, f"1 incidents written to {tmp_path / shape}\n")


@pytest.mark.parametrize(("options", "message"), [
    (["--shape", "csv", "--from", "April"], "--from 'April' is no day; write it as 2025-04-04"),
    (["--shape", "csv", "--country", "Atlantis"], "--country 'Atlantis' is no country"),
    (["--shape", "kml"], "'kml' is not one of"),
])  # fmt: skip
def test_wrong_options_end_with_two_and_one_line(watched: Any, vigil: Any, tmp_path: Path, options: list[str], message: str) -> None:
    code, out, said = vigil("export", *options, "--out", tmp_path / "x", "--data-dir", watched.settings.data_dir)
    assert (code, out, said.count("\n")) == (2, "", 1)
    assert message in said
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(watched: Any, vigil: Any, tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "none" / "x.csv"):
        code, _, said = vigil("export", "--shape", "csv", "--out", out, "--data-dir", watched.settings.data_dir)
        assert code == 2
        assert f"--out {out}: " in said
