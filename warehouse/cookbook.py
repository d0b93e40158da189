"""docs/cookbook.md: every query of docs/cookbook with its question and its result on the demo's published file.

vigil demo                       # makes the file
python -m warehouse.cookbook     # writes the page; --published FILE takes another file
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import WarehouseError
from warehouse.query import query

DOCS = Path(__file__).resolve().parents[1] / "docs"
FOLDER, PAGE = DOCS / "cookbook", DOCS / "cookbook.md"
PUBLISHED = DOCS.parent / "data" / "demo" / "vigil.duckdb"
SHOWN = 80  # characters of a cell
INTRODUCTION = """# Cookbook

Queries to start from, with their rows on the demo's warehouse: run `vigil demo`, then

```
vigil sql --data-dir data/demo - < docs/cookbook/10-toll-history.sql
```

or open `data/demo/vigil.duckdb` in any DuckDB shell (`duckdb -readonly FILE`, 1.5 or newer). What the columns mean stands in
[dictionary.md](dictionary.md), how tolls are resolved in [decisions/0003](decisions/0003-toll-resolver.md). An empty cell is NULL: not
stated, never zero. The demo's numbers are made up: do not quote them.

Written by `python -m warehouse.cookbook` from the files of [cookbook/](cookbook); do not edit.
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One query: file name without ending, title, the question it answers, its SQL."""

    name: str
    title: str
    question: str
    sql: str


def parse_recipe(name: str, text: str) -> Recipe:
    """Read one file: the first comment line is the title, the others are the question.

    Raises:
        ValueError: Title or question is missing.
    """
    lines = text.splitlines()
    head = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    if len(head) < 2:
        raise ValueError(f"docs/cookbook/{name}.sql: begins with two comment lines, a title and a question")
    return Recipe(name, head[0], " ".join(head[1:]), "\n".join(line for line in lines if not line.startswith("--")).strip())


def read_recipes() -> list[Recipe]:
    """Return all queries in the order of their names."""
    return [parse_recipe(path.stem, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.sql"))]


def show_result(sql: str, published: Path) -> str:
    """Return the rows of a query as a Markdown table and their number."""
    frame = query(published, sql)
    numeric = [frame[name].dtype.is_numeric() for name in frame.columns]
    lines = [frame.columns, ["---:" if is_number else "---" for is_number in numeric], *frame.rows()]
    shown = ["| " + " | ".join(cell_text(value) for value in line) + " |" for line in lines]
    return "\n".join(shown) + f"\n\n{frame.height} row{'' if frame.height == 1 else 's'}\n"


def cell_text(value: Any) -> str:
    """Return a value as one Markdown cell; NULL is empty, long text is cut."""
    if isinstance(value, dt.datetime):
        value = f"{value:%Y-%m-%d %H:%M}"
    elif isinstance(value, list):
        value = ", ".join(map(str, value))
    elif isinstance(value, bool):
        value = str(value).lower()
    elif isinstance(value, float):
        value = f"{value:g}"
    elif isinstance(value, dt.timedelta):
        value = value.days
    text = "" if value is None else " ".join(str(value).split())
    text = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return text.replace("|", "\\|")


def write_section(recipe: Recipe, published: Path) -> str:
    """Return the part of the page that shows one query."""
    return f"## {recipe.title}\n\n{recipe.question}\n\n```sql\n{recipe.sql}\n```\n\n{show_result(recipe.sql, published)}"


def write_page(published: Path) -> str:
    """Return the whole page."""
    return INTRODUCTION + "\n" + "\n".join(write_section(recipe, published) for recipe in read_recipes())


def read_sections(page: str) -> Iterator[tuple[str, str]]:
    """Yield title and text of each section of the page, as `write_section` made it."""
    for part in re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]:
        yield part.partition("\n")[0].removeprefix("## "), part.rstrip("\n") + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write docs/cookbook.md anew."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.cookbook", description=main.__doc__)
    parser.add_argument("--published", type=Path, default=PUBLISHED, help="the demo's published file (%(default)s)")
    chosen = parser.parse_args(arguments)
    try:
        text = write_page(chosen.published)
    except WarehouseError as error:
        print(f"{error}", file=sys.stderr)  # noqa: T201
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
