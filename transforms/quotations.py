"""Stretches between quotation marks, also over several sentences and paragraphs."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from transforms.document import Document
from transforms.records import Span
from transforms.text import find_matches, find_stems

_MARK = re.compile(r'"|\n')
_OPENS_AFTER = frozenset(" \n\t(-[:,")
# A single mark quotes where it opens a word and closes behind a stop; anywhere else it may be an apostrophe.
_SINGLE_OPENS = re.compile(r"(?<![^\s(\[:,-])'(?=\w)")
_SINGLE_CLOSES = re.compile(r"[,.!?]'(?=[\s,;.)]|$)|[a-rt-z]'(?=\s(?!\w*')|[,;.)]|$)")
MAX_QUOTE = 1_500  # characters; a longer one is two marks that do not belong together
_SHORTEST_SINGLE = 12  # characters; a shorter stretch between single marks is a word or a name


def find_quotations(doc: Document) -> list[Span]:
    """Return the spans between quotation marks, marks left out, in order, without overlap.

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
    double = [span for span in found if span.end - span.start <= MAX_QUOTE]
    single = _find_single(doc, double)
    return sorted([*double, *single], key=lambda span: span.start) if single else double


def _find_single(doc: Document, double: list[Span]) -> list[Span]:
    """Return the spans between single marks, outside those between double ones."""
    # A closing mark stands behind one character, so that the pattern is tried one before each mark.
    starts = [at - 1 for at in find_stems(doc.folded, "'") if at]
    closings = [match.end() - 1 for match in find_matches(_SINGLE_CLOSES, doc.folded, starts, len(doc.folded))]
    if not closings:
        return []
    lines = find_stems(doc.folded, "\n")
    starts = [span.start for span in double]
    found: list[Span] = []
    behind = 0
    for match in _SINGLE_OPENS.finditer(doc.folded):
        opened = match.end()
        if opened <= behind or doc.text[opened - 1] == "’" or quotation_at(double, starts, opened):
            continue
        index = bisect_left(closings, opened + 1)
        closed = closings[index] if index < len(closings) else -1
        line = bisect_left(lines, opened)
        if closed < 0 or closed - opened > MAX_QUOTE or (line < len(lines) and lines[line] < closed):
            continue
        if closed - opened >= _SHORTEST_SINGLE and '"' not in doc.folded[opened:closed]:
            found.append(Span(opened, closed))
            behind = closed
    return found


def _opens(folded: str, at: int) -> bool:
    """Tell whether a mark can open: white space or an opening mark before it, a word behind it."""
    return (at == 0 or folded[at - 1] in _OPENS_AFTER) and at + 1 < len(folded) and not folded[at + 1].isspace()


def quotation_at(quotations: list[Span], starts: list[int], offset: int) -> Span | None:
    """Return the quotation that holds an offset; `starts` are the quotations' starts."""
    index = bisect_right(starts, offset) - 1
    if index >= 0 and offset < quotations[index].end:
        return quotations[index]
    return None
