"""Fetched texts on pages: what a character may be, whatever a feed sent."""

from __future__ import annotations

from unicodedata import category

KEPT = "\n\t\u00ad\u200c\u200d"  # unprintable, but part of how words are written: soft hyphen, joiners


def shown(text: str) -> str:
    """Return a text with U+FFFD for each character that no page may hold or that would reorder the page's own words."""
    return "".join(char if char.isprintable() or char in KEPT or category(char) == "Zs" else "\ufffd" for char in text)
