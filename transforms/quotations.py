"""Stretches between quotation marks, also over several sentences and paragraphs."""

from __future__ import annotations

import re
from bisect import bisect_right

from transforms.document import Document
from transforms.records import Span

_MARK = re.compile(r'"|\n')
_OPENS_AFTER = frozenset(" \n\t(-[:,")
MAX_QUOTE = 1_500  # characters; a longer one is two marks that do not belong together


def find_quotations(doc: Document) -> list[Span]:
    """Return the spans between double quotation marks, marks left out, in order, without overlap.

    A quotation that a paragraph leaves open ends with the paragraph; the next paragraph may open it again.
    """
    found: list[Span] = []
    opened = -1
    for match in _MARK.finditer(doc.folded):
        at = match.start()
        if match.group() == "\n":
            if opened >= 0 and at > opened:
                found.append(Span(opened, at))
            opened = -1
        elif opened < 0:
            if doc.text[at] != "”" and _opens(doc.folded, at):
                opened = at + 1
        elif doc.text[at] != "“":
            if at > opened:
                found.append(Span(opened, at))
            opened = -1
    return [span for span in found if span.end - span.start <= MAX_QUOTE]


def _opens(folded: str, at: int) -> bool:
    """Tell whether a mark can open: white space or an opening mark before it, a word behind it."""
    return (at == 0 or folded[at - 1] in _OPENS_AFTER) and at + 1 < len(folded) and not folded[at + 1].isspace()


def quotation_at(quotations: list[Span], starts: list[int], offset: int) -> Span | None:
    """Return the quotation that holds an offset; `starts` are the quotations' starts."""
    index = bisect_right(starts, offset) - 1
    if index >= 0 and offset < quotations[index].end:
        return quotations[index]
    return None
