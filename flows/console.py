"""What people read in a terminal: the incident table with its words, counts of a run, results of a query."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.terminal import json_line, printable
from transforms.cells import safe_cell
from warehouse.queries import load_sql
from warehouse.query import query

if TYPE_CHECKING:
    from flows.proof import Proof

FORMATS = ("table", "csv", "json", "parquet")
DEMO_QUERIES = (
    "SELECT country, count(*) AS incidents, sum(killed) AS killed FROM incidents GROUP BY country ORDER BY killed DESC NULLS LAST",
    "SELECT moved_at, previous, count_label(count_min, count_best, count_max, quantifier) AS killed, kind, speaker, words FROM toll_moves"
    " WHERE toll = 'killed' AND incident_id IN (SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih') ORDER BY step",
    "SELECT place, killed_best, killed_quantifier FROM incidents_asof(TIMESTAMPTZ '2025-04-04 21:00:00+00')"
    " ORDER BY killed_best DESC NULLS LAST",
)


def print_incidents(published: Path) -> None:
    """Print every incident of a published file with its toll and the words that the toll was read from."""
    frame = query(published, load_sql("queries/incident_table"))
    width = max(132, Console().width)
    table = Table(title=None, box=None, pad_edge=False, show_edge=False, header_style="bold", expand=True)
    for name, options in (
        ("date", {"no_wrap": True}),
        ("place", {"ratio": 4, "overflow": "fold"}),
        ("what", {"ratio": 3, "overflow": "fold"}),
        ("killed", {"justify": "right", "no_wrap": True}),
        ("injured", {"justify": "right", "no_wrap": True}),
        ("in whose words", {"ratio": 8}),
        ("sources", {"justify": "right"}),
    ):
        table.add_column(name, **options)
    for row in frame.to_dicts():
        table.add_row(*(Text(printable(row[name])) for name in ("date", "place", "what", "killed", "injured", "words", "sources")))
    console = Console(width=width if not sys.stdout.isatty() else None)
    console.print(table)


def proof_lines(proof: Proof) -> Iterator[str]:
    """Yield what a verification found: a line a finding, then what was compared."""
    for finding in proof.findings:
        yield printable(f"{finding.kind}: {finding.where}: {finding.says}{f' [{finding.url}]' if finding.url else ''}")
    compared = ", ".join(f"{n} {table}" for table, n in proof.rows.items())
    yield f"{proof.pages} pages in {proof.archive_files} archive files derived again; rows compared: {compared or 'none'}"
    count = len(proof.findings)
    yield f"{count} difference{'s' if count > 1 else ''}" if count else "no difference"


def write_result(frame: pl.DataFrame, form: str, out: Path | None) -> None:
    """Write a query's result as a table, CSV, JSON lines or Parquet, to a file (whole or not at all) or standard output.

    Raises:
        OSError: The file cannot be written.
        ValueError: Parquet needs a file.
    """
    text = {"table": as_table, "csv": _as_csv, "json": _as_json}[form](frame) if form != "parquet" else None
    if out is None:
        if text is None:
            raise ValueError("Parquet needs a file")
        sys.stdout.write(text)
        return
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("wb") as file:
            if text is None:
                frame.write_parquet(file)
            else:
                file.write(text.encode())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def as_table(frame: pl.DataFrame) -> str:
    """Return a frame as a plain table with its number of rows, safe for a terminal."""
    with io.StringIO() as buffer:
        console = Console(file=buffer, width=Console().width if sys.stdout.isatty() else 200)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in frame.columns:
            table.add_column(name, justify="right" if frame[name].dtype.is_numeric() else "left", overflow="fold")
        for row in frame.iter_rows():
            table.add_row(*(Text(printable(value)) for value in row))
        console.print(table)
        console.print(f"{frame.height} rows")
        return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _as_csv(frame: pl.DataFrame) -> str:
    """CSV in which no cell can run as a formula: spreadsheets execute what begins with = + - @."""
    with io.StringIO() as buffer:
        writer = csv.writer(buffer)
        writer.writerow(frame.columns)
        for row in frame.iter_rows():
            writer.writerow([safe_cell(value) for value in row])
        return buffer.getvalue()


def _as_json(frame: pl.DataFrame) -> str:
    return "".join(f"{json_line(row)}\n" for row in frame.to_dicts())
