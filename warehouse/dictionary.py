"""docs/dictionary.md, written from schemas.py and the comment blocks of the views.

python -m warehouse.dictionary            # writes it
python -m warehouse.dictionary --check    # exit code 1 when it is not in step
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from transforms.columns import Column, Table
from transforms.schemas import TABLES
from warehouse.ddl import duckdb_type
from warehouse.views import View, read_views

TARGET = Path(__file__).resolve().parents[1] / "docs" / "dictionary.md"
SHOWN_VALUES = 6  # longer sets stand in transforms/vocabularies.py


def write_dictionary() -> str:
    """Return the whole dictionary as Markdown: views for people first, then tables."""
    lines = [
        "# Dictionary", "",
        "Written by `python -m warehouse.dictionary` from `transforms/schemas.py` and `warehouse/sql/views`; do not edit.",
        "NULL means \"not stated in the text\" for extracted columns and \"unknown\" elsewhere; it is never zero.", "",
        "## Views", "",
    ]  # fmt: skip
    for view in sorted(read_views(), key=lambda view: view.name):
        lines += describe_view(view)
    lines += ["## Tables", ""]
    for table in TABLES:
        lines += describe_table(table)
    return "\n".join(lines).rstrip() + "\n"


def describe_view(view: View) -> Iterator[str]:
    """Yield the lines of one view or macro."""
    yield from (f"### {view.name}", "", view.comment, "")
    if view.columns:
        yield from ("| column | meaning |", "| --- | --- |")
        yield from (f"| `{name}` | {_cell(meaning)} |" for name, meaning in view.columns.items())
        yield ""


def describe_table(table: Table) -> Iterator[str]:
    """Yield the lines of one table."""
    yield from (f"### {table.name}", "", f"{table.grain.capitalize()}. Key: {', '.join(f'`{name}`' for name in table.key)}.", "")
    yield from ("| column | type | meaning | allowed | filled by |", "| --- | --- | --- | --- | --- |")
    for column in table:
        null = "" if not column.required else ", required"
        unit = f" [{column.unit}]" if column.unit else ""
        source = f"`{column.filled_by}`" if column.filled_by else ""
        kind = duckdb_type(column.dtype).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
        yield f"| `{column.name}` | {kind}{null} | {_cell(column.meaning + unit)} | {allowed_text(column)} | {source} |"
    yield ""


def allowed_text(column: Column) -> str:
    """Return the bounds or the closed set of a column in words; empty when anything goes."""
    if column.values is not None:
        shown = ", ".join(str(value) for value in column.values[:SHOWN_VALUES])
        more = len(column.values) - SHOWN_VALUES
        return f"{shown} and {more} more" if more > 0 else shown
    low, high = (f"{bound:,.15g}" if bound is not None else "" for bound in (column.minimum, column.maximum))
    return f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}" if high else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str] | None = None) -> int:
    """Write docs/dictionary.md, or with --check say whether it is in step."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.dictionary", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when the file is not in step")
    chosen = parser.parse_args(arguments)
    text = write_dictionary()
    if chosen.check:
        in_step = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        if not in_step:
            print(f"{TARGET}: is not in step with schemas.py and the views; run `python -m warehouse.dictionary`", file=sys.stderr)  # noqa: T201
        return 0 if in_step else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
