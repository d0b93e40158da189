"""Values that a person sets: read from text, checked against `schemas` and against the incident that they go into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from transforms.columns import BOOL, DATE, INT, REAL, SMALL, Column
from transforms.schemas import BY_NAME, EVENT_COLUMNS
from transforms.validation import MESSAGE, split_rows

SETTABLE: dict[str, Column] = {column.name: column for column in EVENT_COLUMNS if column.name != "place_alternatives"}
MOVING = frozenset({"country_iso3", "place", "geonameid", "latitude", "longitude"})  # one of them set: it is another place
OF_PLACE = ("geonameid", "latitude", "longitude", "place_alternatives")
UNKNOWN = "null"
MAX_TEXT = 200  # characters


class ValueRefusedError(ValueError):
    """A value that cannot be set; names the column, the value and what is allowed."""


def parse_value(column_name: str, text: str) -> tuple[Any, str | None]:
    """Return a value in the column's type, and the one spelling under which it is kept; `null` is unknown.

    Raises:
        ValueRefusedError: No such column, not of its type, out of its set or bounds.
    """
    column = SETTABLE.get(column_name)
    if column is None:
        raise ValueRefusedError(f"column {column_name!r} cannot be set; allowed: {', '.join(SETTABLE)}")
    stripped = text.strip()
    if stripped.lower() == UNKNOWN:
        return None, None
    value = _typed(column, stripped)
    for item in value if isinstance(value, list) else [value]:
        _check_item(column, item)
    return value, ";".join(value) if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)


def _typed(column: Column, text: str) -> Any:
    try:
        if column.kind in (INT, SMALL):
            return int(text)
        if column.kind is REAL:
            return float(text)
        if column.kind is DATE:
            return dt.date.fromisoformat(text)
    except ValueError as error:
        kind = {DATE: "day as 2025-04-04", REAL: "number"}.get(column.kind, "whole number")
        raise ValueRefusedError(f"{column.name} {text!r} is no {kind}; `{UNKNOWN}` means unknown") from error
    if column.kind is BOOL:
        if text.lower() not in {"true", "false"}:
            raise ValueRefusedError(f"{column.name} {text!r} is neither true nor false; `{UNKNOWN}` means unknown")
        return text.lower() == "true"
    if column.kind.is_list:
        return sorted({item.strip() for item in text.split(";") if item.strip()})
    return " ".join(text.split())


def _check_item(column: Column, item: Any) -> None:
    if item == "" or (isinstance(item, str) and (len(item) > MAX_TEXT or not item.isprintable())):
        raise ValueRefusedError(f"{column.name} needs a value of 1 to {MAX_TEXT} printable characters; `{UNKNOWN}` means unknown")
    if column.values is not None and item not in column.values:
        raise ValueRefusedError(f"{column.name} {item!r} is not allowed; allowed: {', '.join(map(str, column.values))}, {UNKNOWN}")
    if column.minimum is not None and not column.minimum <= item <= (column.maximum or column.minimum):
        raise ValueRefusedError(f"{column.name} {item!r} is not allowed; it lies from {column.minimum:g} to {column.maximum or 0:g}")
    if column.name == "country_iso3" and not (len(item) == 3 and item.isascii() and item.isupper()):
        raise ValueRefusedError(f"country_iso3 {item!r} is no code of three capital letters (ISO 3166-1 alpha-3)")


def check_state(incident: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Refuse values that do not go together with each other or with what the incident says.

    Args:
        incident: Row of the incident table.
        values: All values to set in it, by column.

    Raises:
        ValueRefusedError: Ranges or dates out of order, a part above its whole, one coordinate without the other.
    """
    changed = {**incident, **values}
    if values.keys() & MOVING:
        changed |= {name: values.get(name) for name in OF_PLACE}
    before, after = (_broken(row) for row in (incident, changed))
    if after is not None and after != before:
        shown = ", ".join(f"{name} {value}" for name, value in values.items())
        raise ValueRefusedError(f"{shown}: {after}; what else must change goes with it in one file for `vigil review apply`")


def _broken(row: Mapping[str, Any]) -> str | None:
    """Return the first rule that a row breaks."""
    table = BY_NAME["incident"]
    _, bad = split_rows(table, table.frame([{name: row.get(name) for name in table.names}]))
    return str(bad[MESSAGE][0]) if bad.height else None
