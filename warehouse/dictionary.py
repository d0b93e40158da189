"""docs/dictionary.md and the column tables of docs/exports.md, written from schemas.py and the comment blocks of views and macros.

python -m warehouse.dictionary            # writes them
python -m warehouse.dictionary --check    # exit code 1 when one is not in step
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from transforms.columns import Column, Table
from transforms.schemas import TABLES
from warehouse.ddl import TYPES
from warehouse.views import View, read_views

TARGET = Path(__file__).resolve().parents[1] / "docs" / "dictionary.md"
EXPORTS = TARGET.with_name("exports.md")
MAPPING = re.compile(r"(<!-- columns of (\w+) -->\n).*?(<!-- /columns -->)", re.DOTALL)
SHOWN_VALUES = 6  # longer sets stand in transforms/vocabularies.py


def write_dictionary() -> str:
    """Return the whole dictionary as Markdown: views for people first, then macros, then tables."""
    views = sorted(read_views(), key=lambda view: view.name)
    lines = [
        "# Dictionary", "",
        "Written by `python -m warehouse.dictionary` from `transforms/schemas.py` and `warehouse/sql/{views,macros}`; do not edit.",
        "NULL means \"not stated in the text\" for extracted columns and \"unknown\" elsewhere; it is never zero.", "",
        "## Views", "",
    ]  # fmt: skip
    for view in views:
        if not view.is_macro:
            lines += describe_view(view)
    lines += ["## Macros", "", "Called with arguments. Of a file that is attached under another name, say `USE name` first.", ""]
    for view in views:
        if view.is_macro:
            lines += describe_view(view)
    lines += ["## Tables", ""]
    for table in TABLES:
        lines += describe_table(table)
    return "\n".join(lines).rstrip() + "\n"


def describe_view(view: View) -> Iterator[str]:
    """Yield the lines of one view or macro."""
    yield from (f"### {view.call}", "", view.comment, "")
    for title, cells in (("argument", view.arguments), ("column", view.columns)):
        if cells:
            yield from table_lines(title, cells)
            yield ""
    for example in view.examples:
        yield from ("```sql", example, "```", "")


def table_lines(title: str, cells: dict[str, str]) -> Iterator[str]:
    """Yield a Markdown table of names with their meaning."""
    yield from (f"| {title} | meaning |", "| --- | --- |")
    yield from (f"| `{name}` | {_cell(meaning)} |" for name, meaning in cells.items())


def write_exports(page: str) -> str:
    """Return docs/exports.md with the column table of each export view filled in between its marks."""
    views = {view.name: view for view in read_views()}

    def fill(found: re.Match[str]) -> str:
        return found[1] + "\n".join(table_lines("column", views[found[2]].columns)) + "\n" + found[3]

    return MAPPING.sub(fill, page)


def describe_table(table: Table) -> Iterator[str]:
    """Yield the lines of one table."""
    yield from (f"### {table.name}", "", f"{table.grain.capitalize()}. Key: {', '.join(f'`{name}`' for name in table.key)}.", "")
    yield from ("| column | type | meaning | allowed | filled by |", "| --- | --- | --- | --- | --- |")
    for column in table:
        null = "" if not column.required else ", required"
        unit = f" [{column.unit}]" if column.unit else ""
        source = f"`{column.filled_by}`" if column.filled_by else ""
        kind = TYPES[column.kind].replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
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
    """Write docs/dictionary.md and the tables of docs/exports.md, or with --check say whether they are in step."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.dictionary", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a file is not in step")
    chosen = parser.parse_args(arguments)
    pages = {TARGET: write_dictionary(), EXPORTS: write_exports(EXPORTS.read_text(encoding="utf-8"))}
    if not chosen.check:
        for path, text in pages.items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path}: is not in step with schemas.py and the views; run `python -m warehouse.dictionary`", file=sys.stderr)  # noqa: T201
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
