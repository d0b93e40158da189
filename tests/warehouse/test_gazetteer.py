"""The gazetteer's file: found, whole, light, and what is said where it is not."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from pathlib import Path
from struct import unpack_from

import pytest

from transforms.geo import distance_km
from warehouse.gazetteer import GAZETTEER_FOLDER, load_gazetteer, read_risky_names

MOST_BYTES = 15_000_000  # it is part of the repository


def test_the_file_is_whole_and_small() -> None:
    block = (GAZETTEER_FOLDER / "gazetteer.bin").read_bytes()
    header = json.loads(block[12 : 12 + unpack_from("<I", block, 8)[0]])
    parts = b"".join(block[start : start + length] for start, length in header["sections"].values())
    assert hashlib.sha256(parts).hexdigest() == header["sha256"] == load_gazetteer().digest
    assert len(block) < MOST_BYTES
    assert len(load_gazetteer()) == header["places"] > 240_000


def test_it_is_loaded_once() -> None:
    assert load_gazetteer() is load_gazetteer()


def test_a_missing_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"gazetteer\.bin is missing: build it"):
        load_gazetteer(tmp_path)


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "gazetteer.bin").write_bytes(b"this is a text, not a gazetteer")
    (tmp_path / "risky_names.csv").write_text("name,reason\n")
    with pytest.raises(ValueError, match=re.escape(str(tmp_path / "gazetteer.bin"))):
        load_gazetteer(tmp_path)


def test_risky_names_are_a_sorted_set() -> None:
    names = read_risky_names(GAZETTEER_FOLDER / "risky_names.csv")
    assert len(names) == len(set(names)) > 1_000
    assert names == sorted(names)


@pytest.mark.parametrize("file", ["admin1_names.csv", "place_names.csv", "country_names.csv", "us_states.csv"])
def test_override_files_are_well_formed(file: str) -> None:
    with (GAZETTEER_FOLDER / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    for line, row in enumerate(rows, start=2):
        assert None not in row and None not in row.values(), f"{file}:{line}: wrong number of fields"
        assert row["name"].strip() == row["name"] != "", f"{file}:{line}"


def test_every_admin1_override_names_a_division_of_the_gazetteer() -> None:
    gazetteer = load_gazetteer()
    with (GAZETTEER_FOLDER / "admin1_names.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            place = gazetteer.admin1(row["country"], row["code"])
            assert place is not None, row
            assert place.name == row["name"]


ADMIN_WORDS = re.compile(r"^(?:near|outskirts of|outside|vicinity of) |(?: (?:villages?|town|city|LGA|district))+$", re.IGNORECASE)


@pytest.mark.corpus
@pytest.mark.parametrize(("corpus", "floor"), [("wad", 0.66), ("gva", 0.94)])
def test_gold_places_are_found_within_25_km(shared: Path, corpus: str, floor: float) -> None:
    gazetteer, found, total = load_gazetteer(), 0, 0
    with gzip.open(shared / "corpora" / f"{corpus}.jsonl.gz", "rt") as lines:
        for gold in (json.loads(line)["gold"] for line in lines):
            country = gazetteer.country(gold.get("country_iso3") or gold["country"])
            if not gold.get("place") or gold.get("place_in_text") is not True or gold.get("lat") in (None, "") or country is None:
                continue
            total += 1
            names = [ADMIN_WORDS.sub("", name) for name in (gold["place"], gold.get("admin2")) if name]
            places = [place for name in names for place in gazetteer.lookup(name, countries=(country.country_iso2,))]
            found += any(distance_km(gold["lat"], gold["lon"], place.latitude, place.longitude) <= 25 for place in places)
    assert found / total >= floor
