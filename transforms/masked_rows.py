"""Rows of an export without the names of private persons: which text columns are masked, and how far.

A row is masked in full where that is asked for, where children were harmed, or where the words around its quotes speak of a
child; any other row only in sentences that speak of a child themselves. So a child's name goes whatever was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from transforms.masking import PublicNames, mask_quote, speaks_of_minor

Row = dict[str, Any]
PRIVACY = "privacy"  # column that queries/export_privacy.sql adds to a row; it never leaves Vigil
QUOTES = {"killed_words": "killed", "injured_words": "injured"}  # column -> the count whose words it quotes
NAMES = ("perpetrator", "victim_side", "side_a", "side_b", "dyad_name", "source_original")
HEADLINES, ARTICLES = "source_headline", "source_article"  # several, divided by semicolons


def mask_row(row: Row, known: PublicNames, *, everybody: bool) -> Row:
    """Return a row of an export without names of private persons and without its privacy column.

    Args:
        row: Row of an export with `privacy`: has_children (a count of harmed children is not zero), speakers (rows of claim that
            speak about the incident), around (toll, and the words before and after those that are quoted for it).
        known: What is no private person's name, whoever speaks.
        everybody: Mask adults too.

    Returns:
        The row, its columns in their order. Office holders who speak about the incident keep their names.
    """
    privacy = row[PRIVACY] or {}
    known = known.with_speakers(privacy.get("speakers") or ())
    around = {near["toll"]: (near["before"] or "", near["after"] or "") for near in privacy.get("around") or ()}
    minors_only = not (everybody or privacy.get("has_children") or any(map(speaks_of_minor, _passages(row, around))))
    masked = {name: value for name, value in row.items() if name != PRIVACY}
    for name in (*QUOTES, *NAMES):
        if masked.get(name):
            before, after = around.get(QUOTES.get(name, ""), ("", ""))
            masked[name] = mask_quote(masked[name], known, minors_only=minors_only, before=before, after=after)
    if masked.get(HEADLINES):
        headlines = masked[HEADLINES].split(";")
        hidden = [mask_quote(headline, known, minors_only=minors_only) for headline in headlines]
        masked[HEADLINES] = ";".join(hidden)
        # The longest first: one headline may be the beginning of another.
        for headline, instead in sorted(zip(headlines, hidden, strict=True), key=lambda pair: -len(pair[0])):
            if headline != instead:
                masked[ARTICLES] = masked[ARTICLES].replace(headline, instead)
    return masked


def _passages(row: Row, around: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Yield the passages that tell whether an incident's names may be children's: quotes with the words around them, headlines."""
    for name, toll in QUOTES.items():
        before, after = around.get(toll, ("", ""))
        yield f"{before}{row.get(name) or ''}{after}"
    yield row.get(HEADLINES) or ""
