"""Exports of a published file: crosswalk shapes, CSV, GeoJSON and Parquet, masked row by row, written whole or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from transforms.masked_rows import PRIVACY
from warehouse.connection import first_line, open_published
from warehouse.errors import QueryError, WarehouseError
from warehouse.queries import load_sql

BATCH_ROWS = 10_000  # rows held in memory at a time
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for the beginning of a formula
DECIMALS = 6  # of coordinates in GeoJSON: a tenth of a metre, more is noise
Row = dict[str, Any]
Mask = Callable[[Row], Row]


class ExportError(WarehouseError):
    """A parameter of an export that cannot be used; nothing was written."""


def export(
    published: Path | str,
    shape: str,
    out: Path,
    *,
    mask: Mask,
    first: dt.date | None = None,
    last: dt.date | None = None,
    countries: Sequence[str] = (),
) -> int:
    """Write incidents of a published file in one shape.

    Args:
        published: The published file.
        shape: One of `SHAPES`.
        out: File to write; replaced when it exists.
        mask: Takes the names of private persons and the column `privacy` out of a row, as `transforms.masked_rows.mask_row` does.
        first: First day; incidents that end before it or have no date are left out. None: from the beginning.
        last: Last day, included; incidents that begin after it or have no date are left out. None: to the end.
        countries: ISO 3166 codes or English names; empty: all.

    Returns:
        Number of rows or features written.

    Raises:
        ExportError: The shape or a country is unknown, or the days are in the wrong order.
        WarehouseError: The published file cannot be read or lacks the views of this version.
        OSError: The file cannot be written.
    """
    if shape not in SHAPES:
        raise ExportError(f"--shape {shape!r} is unknown; choose {', '.join(SHAPES)}")
    if first and last and first > last:
        raise ExportError(f"--from {first} lies after --to {last}; swap them")
    sql_name, write = SHAPES[shape]
    con = open_published(published)
    part = out.with_name(f".{out.name}.part")
    try:
        chosen = [word for country in countries for word in find_country(con, country)]
        con.execute("SET VARIABLE first_on = $1", [first]).fetchall()
        con.execute("SET VARIABLE last_on = $1", [last]).fetchall()
        con.execute("SET VARIABLE countries = $1", [chosen or None]).fetchall()
        con.execute(load_sql("queries/export_privacy")).fetchall()
        count = write(con, load_sql(f"queries/{sql_name}"), part, mask)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(out)
        return count
    except duckdb.CatalogException as error:
        raise _other_version(published, error) from error
    except duckdb.IOException as error:
        raise OSError(0, first_line(error)) from error
    except duckdb.Error as error:
        raise QueryError(first_line(error)) from error
    finally:
        con.close()
        part.unlink(missing_ok=True)


def _other_version(published: Path | str, error: duckdb.Error) -> WarehouseError:
    return WarehouseError(f"{published}: was published by another version: {first_line(error)}; publish it again")


def find_country(con: duckdb.DuckDBPyConnection, given: str) -> list[str]:
    """Return what the views call a country: its alpha-3 code and its English name.

    Raises:
        ExportError: Nothing is called that; names the nearest ones.
    """
    known = con.execute("SELECT iso2, iso3, name FROM countries ORDER BY iso3").fetchall()
    wanted = given.strip().casefold()
    for names in known:
        if wanted and wanted in {str(name).casefold() for name in names if name}:
            return [name for name in names[1:] if name]
    words = {str(name).casefold(): str(name) for _, _, name in known if name}
    near = difflib.get_close_matches(wanted, words, n=3)
    hint = f"did you mean {' or '.join(words[word] for word in near)}?" if near else "give an ISO 3166 code (UKR) or an English name"
    raise ExportError(f"--country {given!r} is no country; {hint}")


def read_publishers(published: Path | str) -> list[str]:
    """Return the names of publishers: written like names of persons, and none.

    Raises:
        WarehouseError: The published file cannot be read or is one of another version.
    """
    con = open_published(published)
    try:
        return [str(name) for (name,) in con.execute(load_sql("queries/publishers")).fetchall()]
    except duckdb.CatalogException as error:
        raise _other_version(published, error) from error
    finally:
        con.close()


def read_rows(con: duckdb.DuckDBPyConnection, sql: str, mask: Mask) -> Iterator[Row]:
    """Yield the masked rows of a query, a batch in memory at a time."""
    for batch in con.sql(sql).to_arrow_reader(BATCH_ROWS):
        yield from map(mask, batch.to_pylist())


def write_csv(con: duckdb.DuckDBPyConnection, sql: str, path: Path, mask: Mask) -> int:
    """Write a query's rows as CSV (UTF-8, RFC 4180) in which no text can run as a formula; NULL is an empty cell."""
    columns = [name for name in con.sql(sql).columns if name != PRIVACY]
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for count, row in enumerate(read_rows(con, sql, mask), 1):  # noqa: B007 -- the number of the last one
            writer.writerow([cell_text(row[name]) for name in columns])
    return count


def write_geojson(con: duckdb.DuckDBPyConnection, sql: str, path: Path, mask: Mask) -> int:
    """Write a query's rows as a GeoJSON FeatureCollection; rows without coordinates have a null geometry.

    Source: RFC 7946: longitude first, WGS 84, no `crs` member.
    """
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for count, row in enumerate(read_rows(con, sql, mask), 1):
            file.write(",\n" if count > 1 else "\n")
            json.dump(make_feature(row), file, ensure_ascii=False, allow_nan=False, default=json_text)
        file.write("\n]}\n")
    return count


def make_feature(row: Row) -> Row:
    """Return one incident as a GeoJSON Feature."""
    latitude, longitude = row.pop("latitude"), row.pop("longitude")
    located = latitude is not None and longitude is not None
    point = {"type": "Point", "coordinates": [round(longitude, DECIMALS), round(latitude, DECIMALS)]} if located else None
    return {"type": "Feature", "id": row["incident_id"], "geometry": point, "properties": row}


def write_parquet(con: duckdb.DuckDBPyConnection, sql: str, path: Path, mask: Mask) -> int:
    """Write a query's rows as Parquet, lists and times typed."""
    count = 0
    reader = con.sql(sql).to_arrow_reader(BATCH_ROWS)
    schema = pa.schema([column for column in reader.schema if column.name != PRIVACY])
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for batch in reader:
            file.write_batch(pa.RecordBatch.from_pylist([mask(row) for row in batch.to_pylist()], schema=schema))
            count += batch.num_rows
    return count


def cell_text(value: Any) -> Any:
    """Return a value as a CSV cell: lists divided by semicolons, times in ISO 8601, text that looks like a formula made harmless."""
    if isinstance(value, list):
        value = ";".join(str(part) for part in value)
    if isinstance(value, dt.datetime):
        return json_text(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def json_text(value: Any) -> str:
    """Return a date or a time in ISO 8601, times in UTC."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return str(value)


Writer = Callable[[duckdb.DuckDBPyConnection, str, Path, Mask], int]
SHAPES: dict[str, tuple[str, Writer]] = {
    "ucdp-ged": ("export_ucdp_ged", write_csv),
    "aoav": ("export_aoav", write_csv),
    "geojson": ("export_incidents", write_geojson),
    "csv": ("export_incidents", write_csv),
    "parquet": ("export_incidents", write_parquet),
}
