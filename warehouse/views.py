"""Views and macros for people: one .sql file each, whose leading comment block documents it, its arguments and its columns.

    -- What one row is, in a sentence
    -- that may go on.
    -- $moment: what the argument of a macro is
    -- @incident_id: what the column holds
    -- example: FROM name(now())
    CREATE OR REPLACE VIEW name AS ...

A file of sql/views makes the view, one of sql/macros the table macro or function that it is named after. Files that read others
name them in `-- needs: a, b`. A view with `-- not mirrored` follows from the others: publishing writes no Parquet of it. One with
`-- kept as rows` tells of incidents and costs much: of a large warehouse its rows are kept in a table (warehouse.view_rows).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter

from warehouse.ddl import quote_text
from warehouse.queries import list_sql, load_sql

FOLDERS = ("views", "macros")


@dataclass(frozen=True, slots=True)
class View:
    """One view or macro: its name, what a row is, its columns and arguments with their meaning, its SQL."""

    name: str
    comment: str
    columns: dict[str, str]
    needs: tuple[str, ...]
    sql: str
    arguments: dict[str, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    is_mirrored: bool = True
    is_kept: bool = False

    @property
    def is_macro(self) -> bool:
        """Whether it takes arguments; the columns of a macro cannot carry comments."""
        return "CREATE OR REPLACE MACRO" in self.sql

    @property
    def is_function(self) -> bool:
        """Whether it is a macro that gives one value, not rows."""
        return self.is_macro and " AS TABLE" not in self.sql

    @property
    def call(self) -> str:
        """The name as it is written in a query: with arguments where it takes some."""
        return f"{self.name}({', '.join(self.arguments)})" if self.is_macro else self.name


def parse_view(name: str, sql: str) -> View:
    """Read the leading comment block of one view file.

    Raises:
        ValueError: The block says nothing about the view.
    """
    head: list[str] = []
    told: dict[str, dict[str, str]] = {"@": {}, "$": {}}
    needs: tuple[str, ...] = ()
    examples: list[str] = []
    is_mirrored, is_kept = True, False
    current: tuple[str, str] | None = None
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        text = line.removeprefix("--").strip()
        if text.startswith("needs:"):
            needs = tuple(re.findall(r"\w+", text.removeprefix("needs:")))
        elif text == "not mirrored":
            is_mirrored = False
        elif text == "kept as rows":
            is_kept = True
        elif text.startswith("example:"):
            examples.append(text.removeprefix("example:").strip())
        elif match := re.match(r"([@$])(\w+): (.+)", text):
            current = match[1], match[2]
            told[match[1]][match[2]] = match[3]
        elif current:
            told[current[0]][current[1]] += " " + text
        else:
            head.append(text)
    if not head:
        raise ValueError(f"{name}.sql: the comment block above CREATE must say what a row is")
    return View(name, " ".join(head), told["@"], needs, sql, told["$"], tuple(examples), is_mirrored, is_kept)


@cache
def read_views() -> tuple[View, ...]:
    """Return all views and macros, each after those it reads."""
    views = {name: parse_view(name, load_sql(f"{folder}/{name}")) for folder in FOLDERS for name in list_sql(folder)}
    order = TopologicalSorter({name: view.needs for name, view in sorted(views.items())})
    return tuple(views[name] for name in order.static_order())


def view_comments(views: tuple[View, ...]) -> Iterator[str]:
    """Yield COMMENT statements of every view, macro and column."""
    for view in views:
        kind = "MACRO" if view.is_function else "MACRO TABLE" if view.is_macro else "VIEW"
        arguments = "".join(f" {name}: {meaning}." for name, meaning in view.arguments.items())
        yield f"COMMENT ON {kind} {view.name} IS {quote_text(view.comment + arguments)}"
        if not view.is_macro:
            for column, meaning in view.columns.items():
                yield f"COMMENT ON COLUMN {view.name}.{column} IS {quote_text(meaning)}"
