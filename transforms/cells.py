"""Cells of CSV files that people open in a spreadsheet: none can run as a formula."""

from __future__ import annotations

import json
from typing import Any

# Spreadsheets execute what begins so, some also after white space or as full-width forms. Source: OWASP, CSV Injection.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> Any:
    """Return a value as it may stand in a CSV cell: text that would be run gets an apostrophe before it, lists become JSON."""
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return f"'{value}" if isinstance(value, str) and value.lstrip(" \u00a0\u3000\ufeff\u200b").startswith(_STARTS) else value
