"""Corrections as a CSV file: what `vigil review apply` reads and `vigil review export` writes, the one the other's input."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from flows.corrections import DecisionError, Order
from warehouse.connection import open_published
from warehouse.queries import load_sql

COLUMNS = ("kind", "incident", "other", "report", "column", "value", "reason", "decided_by")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet executes cells that begin so
MAX_BYTES = 10_000_000


def read_orders(path: Path, decided_by: str) -> list[Order]:
    """Return the corrections of a file, one a line; several reports of one line have spaces between them.

    Args:
        path: CSV with the columns of `COLUMNS`; decided_by may be missing or empty.
        decided_by: Who decides where the file does not say.

    Raises:
        DecisionError: The file cannot be read or has other columns.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DecisionError(f"{path}: is larger than {MAX_BYTES} bytes; give the corrections in smaller files")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DecisionError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}); give a CSV file in UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
    columns = reader.fieldnames or []
    if wrong := sorted(set(columns) - set(COLUMNS)) or sorted({"kind", "incident", "reason"} - set(columns)):
        raise DecisionError(f"{path}:1: column {', '.join(map(repr, wrong))} is not known or missing; the columns are {','.join(COLUMNS)}")
    orders = []
    for row in reader:
        if "" in row:
            raise DecisionError(f"{path}:{reader.line_num}: has more cells than the first line; put cells with commas in quotes")
        cell = {name: _plain(row.get(name) or "") for name in COLUMNS}
        if any(cell.values()):
            orders.append(
                Order(
                    cell["kind"],
                    cell["incident"],
                    cell["reason"],
                    cell["decided_by"] or decided_by,
                    cell["other"],
                    tuple(cell["report"].split()),
                    cell["column"],
                    cell["value"],
                    f"{path}:{reader.line_num}: ",
                )
            )
    return orders


def write_orders(database: Path, path: Path) -> int:
    """Write all decisions that hold, in the order in which they were taken; incidents are named by a report.

    Returns:
        How many.

    Raises:
        DecisionError: The file cannot be written.
    """
    con = open_published(database)
    try:
        rows = con.sql(load_sql("review/export")).fetchall()
    finally:
        con.close()
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            writer.writerows([_safe(cell) for cell in row] for row in rows)
        part.replace(path)
    except OSError as error:
        raise DecisionError(f"{path}: cannot be written ({error.strerror or error}); give another file") from error
    finally:
        part.unlink(missing_ok=True)
    return len(rows)


def _safe(cell: str | None) -> str:
    text = cell or ""
    return f"'{text}" if text.startswith(FORMULA) else text


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
