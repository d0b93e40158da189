"""A few stems without which a costly pattern cannot match: found once in a document, looked up for each stretch of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation

from transforms.document import Document


class StemPool:
    """Lists of stems that are looked for together, in one pass through a document, whichever of them is asked for first."""

    def __init__(self) -> None:
        self._stems: list[str] = []
        self._lists: list[int] = []  # of each stem
        self._opens_word: list[bool] = []  # of each list
        self._automaton: AhoCorasick | None = None

    def add(self, stems: Iterable[str], opens_word: bool) -> int:
        """Add a list and return its number."""
        added = list(stems)
        self._stems += added
        self._lists += [len(self._opens_word)] * len(added)
        self._opens_word.append(opens_word)
        self._automaton = None
        return len(self._opens_word) - 1

    def find(self, folded: str) -> list[list[int]]:
        """Return where the stems of each list begin, ascending."""
        if self._automaton is None:
            self._automaton = AhoCorasick(self._stems, implementation=Implementation.DFA)
        found: list[set[int]] = [set() for _ in self._opens_word]
        for index, start, _ in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            number = self._lists[index]
            if not (self._opens_word[number] and start and (folded[start - 1].isalnum() or folded[start - 1] == "_")):
                found[number].add(start)
        return [sorted(starts) for starts in found]


_CONSTANTS = StemPool()  # of the lists that stand in modules


class Stems:
    """Tells where any of some strings stands. Made once beside the pattern that it spares; what it finds is kept with the document."""

    def __init__(self, stems: Iterable[str], pool: StemPool = _CONSTANTS, *, opens_word: bool = False) -> None:
        r"""Prepare the stems.

        Args:
            stems: What the folded text must hold.
            pool: With which others they are looked for; one of its own for lists that come from a lexicon.
            opens_word: Only where a word begins with it, as in a pattern of `\b(?:stem|stem)`, which it can then stand for.
        """
        self._pool, self._number = pool, pool.add(stems, opens_word)

    def stand_in(self, doc: Document, start: int, end: int) -> bool:
        """Tell whether a stem begins between two offsets."""
        starts = self.starts(doc)
        at = bisect_left(starts, start)
        return at < len(starts) and starts[at] < end

    def starts(self, doc: Document) -> list[int]:
        """Return where stems begin, ascending."""
        found: list[list[int]] | None = doc.memory.get(self._pool)
        if found is None or len(found) <= self._number:  # looked through before this list was added
            found = doc.memory[self._pool] = self._pool.find(doc.folded)
        return found[self._number]
