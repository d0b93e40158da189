"""Views for people: one .sql file each, whose leading comment block documents the view and each of its columns.

    -- What one row is, in a sentence
    -- that may go on.
    -- @incident_id: what the column holds
    CREATE OR REPLACE VIEW name AS ...

A file makes the view or the table macro that it is named after. Files that read other views name them in `-- needs: a, b`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from warehouse.ddl import quote_text
from warehouse.queries import list_sql, load_sql


@dataclass(frozen=True, slots=True)
class View:
    """One view or table macro: its name, what a row is, its columns with their meaning, its SQL."""

    name: str
    comment: str
    columns: dict[str, str]
    needs: tuple[str, ...]
    sql: str

    @property
    def is_macro(self) -> bool:
        """Whether it is a table macro, which takes arguments and whose columns cannot carry comments."""
        return "CREATE OR REPLACE MACRO" in self.sql


def parse_view(name: str, sql: str) -> View:
    """Read the leading comment block of one view file.

    Raises:
        ValueError: The block says nothing about the view.
    """
    head: list[str] = []
    columns: dict[str, str] = {}
    needs: tuple[str, ...] = ()
    current: str | None = None
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        text = line.removeprefix("--").strip()
        if text.startswith("needs:"):
            needs = tuple(re.findall(r"\w+", text.removeprefix("needs:")))
        elif match := re.match(r"@(\w+): (.+)", text):
            current = match[1]
            columns[current] = match[2]
        elif current:
            columns[current] += " " + text
        else:
            head.append(text)
    if not head:
        raise ValueError(f"warehouse/sql/views/{name}.sql: the comment block above CREATE must say what a row is")
    return View(name, " ".join(head), columns, needs, sql)


@cache
def read_views() -> tuple[View, ...]:
    """Return all views, each after those it reads."""
    views = {name: parse_view(name, load_sql(f"views/{name}")) for name in list_sql("views")}
    order = TopologicalSorter({name: view.needs for name, view in sorted(views.items())})
    return tuple(views[name] for name in order.static_order())


def view_comments(views: tuple[View, ...]) -> Iterator[str]:
    """Yield COMMENT statements of every view, macro and column."""
    for view in views:
        kind = "MACRO TABLE" if view.is_macro else "VIEW"
        yield f"COMMENT ON {kind} {view.name} IS {quote_text(view.comment)}"
        if not view.is_macro:
            for column, meaning in view.columns.items():
                yield f"COMMENT ON COLUMN {view.name}.{column} IS {quote_text(meaning)}"
