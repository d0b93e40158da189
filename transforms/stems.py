"""A few stems without which a costly pattern cannot match: found once in a document, looked up for each stretch of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation

from transforms.document import Document


class Stems:
    """Tells where any of some strings stands. Made once beside the pattern that it spares; what it finds is kept with the document."""

    def __init__(self, stems: Iterable[str], *, opens_word: bool = False) -> None:
        r"""Prepare the stems.

        Args:
            stems: What the folded text must hold.
            opens_word: Only where a word begins with it, as in a pattern of `\b(?:stem|stem)`, which it can then stand for.
        """
        self._automaton = AhoCorasick(list(stems), implementation=Implementation.DFA)
        self._opens_word = opens_word

    def stand_in(self, doc: Document, start: int, end: int) -> bool:
        """Tell whether a stem begins between two offsets."""
        starts = self.starts(doc)
        at = bisect_left(starts, start)
        return at < len(starts) and starts[at] < end

    def starts(self, doc: Document) -> list[int]:
        """Return where stems begin, ascending."""
        starts: list[int] | None = doc.memory.get(self)
        if starts is None:
            starts = doc.memory[self] = self._find(doc.folded)
        return starts

    def _find(self, folded: str) -> list[int]:
        found = {start for _, start, _ in self._automaton.find_matches_as_indexes(folded, overlapping=True)}
        if self._opens_word:
            found = {start for start in found if not start or not (folded[start - 1].isalnum() or folded[start - 1] == "_")}
        return sorted(found)
