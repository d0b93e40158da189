"""Exports: shapes that other tools read, cells that no spreadsheet runs, files that are whole or not there."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from warehouse import dictionary
from warehouse.connection import open_work
from warehouse.errors import QueryError, WarehouseError
from warehouse.export import SHAPES, ExportError, cell_text
from warehouse.export import export as write_export
from warehouse.publish import publish


def unmasked(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "privacy"}


def export(*arguments: Any, **chosen: Any) -> int:
    return write_export(*arguments, mask=unmasked, **chosen)


GED_25_1 = """id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name dyad_dset_id
    dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b number_of_sources source_article
    source_office source_date source_headline source_original where_prec where_coordinates where_description adm_1 adm_2 latitude
    longitude geom_wkt priogrid_gid country country_id region event_clarity date_prec date_start date_end deaths_a deaths_b
    deaths_civilians deaths_unknown best low high gwnoa gwnob""".split()
STRIKE = {"event_class": "explosive.missile_or_rocket", "weapon_class": "missile_ballistic", "launch_method": "ground_launched",
          "latitude": 47.9123456789, "longitude": 33.39, "geo_precision": 2, "place": "Kryvyi Rih", "target_class": ["residential", "school"],
          "perpetrator": "an army", "perpetrator_kind": "state_military", "victim_side": "townspeople"}  # fmt: skip
GOVERNOR = {"speaker": "the governor", "speaker_class": "local_official"}


def day(number: int, last: int | None = None) -> dict[str, Any]:
    return {"event_date_start": date(2025, 4, number), "event_date_end": date(2025, 4, last or number), "date_precision": 2 if last else 1}


@pytest.fixture(scope="module")
def published(empty: Path, tmp_path_factory: pytest.TempPathFactory, new_story: Any) -> Iterator[Path]:
    """Five incidents: a strike, a siege of three days, an undated one, one without a death, one that is a formula."""
    folder = tmp_path_factory.mktemp("export")
    with open_work(Path(shutil.copy(empty, folder / "work.duckdb")), threads=1) as con:
        story = new_story(con)
        for prefix, told, counts in (
            ("strike", STRIKE | day(4), [{"n": 12, "quantifier": "at_least", **GOVERNOR}, {"n": 2, "victim_group": "security", **GOVERNOR},
                                         {"n": 1, "victim_group": "attackers"}, {"n": 50, "effect": "injured"}]),
            ("siege", {"event_class": "clash.armed", "country_iso3": "SDN", **day(5, 7)}, [{"n": 3}]),
            ("undated", {"event_class": "firearms.attack", "event_date_start": None, "event_date_end": None, "date_precision": 9}, [{"n": 1}]),
            ("spared", {**STRIKE, **day(6), "country_iso3": "YEM"}, [{"n": 0}]),
            ("formula", {"event_class": "firearms.attack", "place": "=HYPERLINK(1)", "country_iso3": None, **day(8)}, [{"n": 4}]),
        ):  # fmt: skip
            story.prefix = f"{prefix}."
            story.tell("a", 0, *counts, told=told, outlet="o.example")
        # ids as the pipeline makes them: sixteen hexadecimal digits
        story.members = {report: f"{number:016x}" for number, report in enumerate(story.members, 1)}
        assert story.load().is_empty()
        story.match()
    publish(folder / "work.duckdb", folder / "vigil.duckdb", run_id="r")
    yield folder / "vigil.duckdb"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_ucdp_ged_has_its_columns_and_what_we_know(published: Path, tmp_path: Path) -> None:
    assert export(published, "ucdp-ged", tmp_path / "ged.csv") == 4
    rows = {row["relid"]: row for row in read(tmp_path / "ged.csv")}
    assert list(next(iter(rows.values()))) == GED_25_1
    row = rows["VIGIL-UKR-2025-0000000000000001"]
    expected = {
        "id": "0", "year": "2025", "country": "Ukraine", "where_prec": "2", "where_coordinates": "Kryvyi Rih", "date_prec": "1",
        "date_start": "2025-04-04", "side_a": "an army", "side_b": "townspeople", "dyad_name": "an army - townspeople",
        "deaths_a": "1", "deaths_b": "2", "deaths_civilians": "", "deaths_unknown": "10", "best": "13", "low": "13", "high": "",
        "type_of_violence": "", "number_of_sources": "1", "source_original": "the governor", "priogrid_gid": "198427",
        "source_article": "o.example,2025-04-04,Title of strike.a", "where_description": "Kryvyi Rih, Ukraine", "event_clarity": "1",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert [row["date_start"] for row in rows.values()] == ["2025-04-04", "2025-04-05", "2025-04-08", ""], "by date, undated ones last"


def test_the_number_of_a_grid_cell_follows_prio(published: Path) -> None:
    """Cell 1 is the half degree at 90 S 180 W, 259200 the one at 90 N 180 E; rows run east, then north."""
    cells = "least(floor((lat + 90) * 2), 359) * 720 + least(floor((lon + 180) * 2), 719) + 1"
    sql = duckdb.sql("SELECT 1").query("t", f"SELECT {cells} FROM (VALUES (-90, -180), (90, 180), (-89.6, 179.9)) AS p (lat, lon)")
    assert [int(row[0]) for row in sql.fetchall()] == [1, 259200, 720]


def test_aoav_has_explosive_incidents_of_one_day_with_somebody_harmed(published: Path, tmp_path: Path) -> None:
    assert export(published, "aoav", tmp_path / "aoav.csv") == 1
    (row,) = read(tmp_path / "aoav.csv")
    expected = {
        "date": "2025-04-04", "country": "Ukraine", "weapon_category": "ground-launched", "weapon_type": "Missile", "perpetrator_status": "State",
        "target": "Urban residential;School", "populated_area": "Yes", "civilians_killed": "10", "civilians_injured": "50",
        "armed_actors_killed": "2", "attackers_killed": "1", "total_killed": "12", "suicide_attack": "", "children_killed": "",
        "sources": "https://o.example/strike.a",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_geojson_is_as_the_standard_has_it(published: Path, tmp_path: Path) -> None:
    assert export(published, "geojson", tmp_path / "i.geojson") == 5

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    found = json.loads((tmp_path / "i.geojson").read_text(encoding="utf-8"), parse_constant=refuse)
    assert found.keys() == {"type", "features"} and found["type"] == "FeatureCollection"
    features = {feature["id"]: feature for feature in found["features"]}
    for feature in features.values():
        assert feature.keys() == {"type", "id", "geometry", "properties"} and feature["type"] == "Feature"
    strike = features["0000000000000001"]
    assert strike["geometry"] == {"type": "Point", "coordinates": [33.39, 47.912346]}
    assert (strike["properties"]["date"], strike["properties"]["targets"]) == ("2025-04-04", ["residential", "school"])
    assert strike["properties"]["first_seen_at"] == "2025-04-08T22:00:00Z"
    assert features["0000000000000002"]["geometry"] is None
    assert export(published, "geojson", tmp_path / "none.geojson", countries=["ISL"]) == 0
    assert json.loads((tmp_path / "none.geojson").read_text()) == {"type": "FeatureCollection", "features": []}


def test_csv_and_parquet_hold_the_incidents(published: Path, tmp_path: Path) -> None:
    assert export(published, "csv", tmp_path / "i.csv") == export(published, "parquet", tmp_path / "i.parquet") == 5
    rows, frame = read(tmp_path / "i.csv"), pl.read_parquet(tmp_path / "i.parquet")
    assert [row["incident_id"] for row in rows] == frame["incident_id"].to_list()
    assert [row["killed"] for row in rows] == [str(n) for n in frame["killed"].to_list()]
    assert (rows[0]["targets"], frame["targets"][0].to_list()) == ("residential;school", ["residential", "school"])
    assert "'=HYPERLINK(1)" in {row["place"] for row in rows}, "no cell may run as a formula"
    assert "=HYPERLINK(1)" in frame["place"].to_list()


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_text_that_looks_like_a_formula_is_made_harmless(cell: str) -> None:
    assert cell_text(cell) == f"'{cell}"
    assert (cell_text(-1), cell_text(-1.5), cell_text("1 - 1"), cell_text(None)) == (-1, -1.5, "1 - 1", None)


@pytest.mark.parametrize(("chosen", "ids"), [
    ({}, "14253"), ({"first": date(2025, 4, 5)}, "245"), ({"last": date(2025, 4, 5)}, "12"), ({"first": date(2025, 4, 7)}, "25"),
    ({"first": date(2025, 4, 6), "last": date(2025, 4, 6)}, "24"), ({"countries": ["ua"]}, "13"), ({"countries": ["Sudan", "YEM"]}, "24"),
    ({"countries": ["UKR"], "first": date(2025, 4, 5)}, ""),
])  # fmt: skip
def test_days_and_countries_choose(published: Path, tmp_path: Path, chosen: dict[str, Any], ids: str) -> None:
    assert export(published, "csv", tmp_path / "i.csv", **chosen) == len(ids)
    assert {row["incident_id"][-1] for row in read(tmp_path / "i.csv")} == set(ids)


@pytest.mark.parametrize(("chosen", "message"), [
    ({"countries": ["Ukrane"]}, r"--country 'Ukrane' is no country; did you mean Ukraine"),
    ({"countries": [""]}, r"--country '' is no country; give an ISO 3166 code \(UKR\) or an English name"),
    ({"first": date(2025, 4, 5), "last": date(2025, 4, 4)}, r"--from 2025-04-05 lies after --to 2025-04-04; swap them"),
    ({"shape": "kml"}, r"--shape 'kml' is unknown; choose ucdp-ged, aoav, geojson, csv, parquet"),
])  # fmt: skip
def test_wrong_parameters_are_refused_before_anything_is_written(
    published: Path, tmp_path: Path, chosen: dict[str, Any], message: str
) -> None:
    with pytest.raises(ExportError, match=message):
        export(published, chosen.pop("shape", "csv"), tmp_path / "i.csv", **chosen)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_an_export_that_fails_leaves_the_former_file(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: str) -> None:
    out = tmp_path / "i.out"
    out.write_text("former")
    broken = "SELECT CASE WHEN i >= 20000 THEN error('disk on fire') END AS incident_id, 0.0 AS latitude, 0.0 AS longitude FROM range(30000) AS r (i)"
    monkeypatch.setattr("warehouse.export.load_sql", lambda name: broken)
    with pytest.raises(QueryError, match="disk on fire"):
        export(published, shape, out)
    assert out.read_text() == "former"
    assert [path.name for path in tmp_path.iterdir()] == ["i.out"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_folder_that_is_not_there_is_an_error_of_the_system(published: Path, tmp_path: Path, shape: str) -> None:
    with pytest.raises(OSError, match="No such file or directory"):
        export(published, shape, tmp_path / "none" / "i.out")


def test_a_file_of_another_version_says_so(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "old.duckdb")) as con:
        con.execute("CREATE TABLE incident (incident_id VARCHAR)").fetchall()
    with pytest.raises(WarehouseError, match=r"old\.duckdb: was published by another version.*publish it again"):
        export(tmp_path / "old.duckdb", "csv", tmp_path / "i.csv")


def test_docs_map_every_column() -> None:
    page = dictionary.EXPORTS.read_text(encoding="utf-8")
    assert page == dictionary.write_exports(page), "run `python -m warehouse.dictionary`"
    assert all(f"| `{name}` |" in page for name in GED_25_1)
    assert all(f"| `{shape}` |" in page for shape in SHAPES)
