"""The words that rules know, built from rows of seeds/lexicons/<language>/*.csv, matched all at once.

A lexicon row becomes one `Entry`; each of its variants is a pattern of one Aho-Corasick automaton over all lexicons, so
the cost of matching does not grow with the number of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from ahocorasick_rs import AhoCorasick

from transforms import vocabularies
from transforms.numbers import NumberReader
from transforms.text import flatten, fold
from transforms.value_class import dataclass

Rows = Sequence[dict[str, str]]


class LexiconError(ValueError):
    """A lexicon row that cannot be used; names the lexicon and the row."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One lexicon row: its kind (name of the lexicon), its canonical term and all its columns."""

    kind: str
    term: str
    row: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.row.get(column) or ""


@dataclass(frozen=True, slots=True)
class Term:
    """One occurrence of a lexicon word in a text."""

    start: int
    end: int
    entry: Entry

    @property
    def kind(self) -> str:
        """Name of the lexicon."""
        return self.entry.kind


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one lexicon is laid out: its term column, its variant columns, and the closed set of its class column."""

    term: str
    variants: tuple[str, ...]
    classes: tuple[str, tuple[str, ...]] | None = None


SHAPES: dict[str, _Shape] = {
    "weapons": _Shape("term", ("variants",), ("weapon_class", vocabularies.WEAPON_CLASS)),
    "targets": _Shape("term", ("variants",), ("target_class", vocabularies.TARGET_CLASS)),
    "actors": _Shape("canonical_name", ("aliases",), ("kind", vocabularies.ACTOR_KIND)),
    "groups": _Shape("group", ("terms",)),
    "sources": _Shape("source", ("variants",), ("source_class", vocabularies.SOURCE_CLASS)),
    "demonyms": _Shape("country", ("aliases", "demonyms")),
}


def _is_acronym(word: str) -> bool:
    return len(word) <= 5 and word.isupper()


def _variants(entry_kind: str, shape: _Shape, row: dict[str, str]) -> Iterator[str]:
    """All spellings of a row, remarks in brackets removed. The group and source terms are spelled in their variants too."""
    cells = [row[shape.term]] if entry_kind != "groups" else []
    for column in shape.variants:
        cells += (row.get(column) or "").split("|")
    for cell in cells:
        word = re.sub(r"\s*\([^)]*\)", "", cell).strip()
        if len(word) > 1:
            yield word


class Lexicons:
    """All lexicons of one language.

    Args:
        tables: Rows by lexicon name (file name without .csv). Those in SHAPES are matched in texts; any other is kept
            as it is for the module that reads it (`lexicons.rows("time_expressions")`).
        language: ISO 639-1 code.

    Raises:
        LexiconError: A row has no term or a class outside the closed set.
    """

    def __init__(self, tables: Mapping[str, Rows], language: str = "en") -> None:
        self.language = language
        self._tables = dict(tables)
        patterns: dict[str, list[tuple[Entry, str]]] = {}
        for kind, shape in SHAPES.items():
            for number, row in enumerate(self._tables.get(kind, ()), start=2):
                entry = self._entry(kind, shape, row, number)
                for word in _variants(kind, shape, row):
                    patterns.setdefault(fold(word), []).append((entry, word))
        self._spellings = list(patterns)
        # For each spelling: kind, entry, and the capitals that the text must have where it is an acronym.
        self._entries = [[(entry.kind, entry, word if _is_acronym(word) else None) for entry, word in found] for found in patterns.values()]
        self._automaton = AhoCorasick([_flat_pattern(word) for word in self._spellings])
        # Flattened, "al qaeda" is "al-qaeda": what is more than one word is compared with the text as it stands.
        self._compared = [None if word.isalnum() else word for word in self._spellings]
        self._opens_with_mark = [not word[0].isalnum() for word in self._spellings]
        self.numbers = NumberReader(self.rows("quantities"))

    def _entry(self, kind: str, shape: _Shape, row: dict[str, str], number: int) -> Entry:
        where = f"seeds/lexicons/{self.language}/{kind}.csv:{number}"
        if not row.get(shape.term):
            raise LexiconError(f"{where}: {shape.term} is empty; write the canonical term there")
        if shape.classes:
            column, allowed = shape.classes
            if row.get(column) not in allowed:
                raise LexiconError(f"{where}: {column} {row.get(column)!r} is not one of {', '.join(allowed)}")
        return Entry(kind, row[shape.term], row)

    def rows(self, name: str) -> Rows:
        """Return the rows of one lexicon as read; empty where the language has none."""
        return self._tables.get(name, ())

    def words(self, name: str, column: str = "term", **where: str) -> tuple[str, ...]:
        """Return one column of a lexicon, of the rows whose other columns equal `where`."""
        return tuple(r[column] for r in self.rows(name) if all(r.get(k) == want for k, want in where.items()))

    def find_terms(self, text: str, folded: str, flat: str) -> dict[str, list[Term]]:
        """Return every lexicon word of a text by kind, in order; of overlapping words of one kind the longest.

        Acronyms (up to five capitals) count only when the text writes them in capitals, so "is" is no armed group. `flat` is the
        folded text, flattened.
        """
        found: dict[str, list[tuple[int, int, int, Entry]]] = {kind: [] for kind in SHAPES}
        caseless = not any(char.isupper() for char in text[:2_000])
        spellings, compared, with_mark = self._spellings, self._compared, self._opens_with_mark
        for index, at, _ in self._automaton.find_matches_as_indexes(flat.replace("_", " "), overlapping=True):
            # Most patterns begin with a space, which makes up for the one that the flat text begins with.
            start = at - 1 if with_mark[index] else at
            end = start + len(spellings[index])
            if (word := compared[index]) is not None and not folded.startswith(word, start):
                continue
            for kind, entry, capitals in self._entries[index]:
                if capitals is None or (not caseless and text[start:end] == capitals):
                    terms = found[kind]
                    terms.append((start, -end, len(terms), entry))
        return {kind: _longest(terms) for kind, terms in found.items()}

    @cached_property
    def countries(self) -> dict[str, str]:
        """ISO 3166-1 alpha-2 by folded country name, alias and demonym."""
        return {fold(word): row["country_iso2"] for row in self.rows("demonyms") for word in _variants("demonyms", SHAPES["demonyms"], row)}


def _flat_pattern(word: str) -> str:
    """Return a spelling as it stands in a flat text: between spaces, so that it matches whole words only."""
    flat = flatten(word).replace("_", " ")
    return flat[0 if word[0].isalnum() else 1 : None if word[-1].isalnum() else -1]


def _longest(terms: list[tuple[int, int, int, Entry]]) -> list[Term]:
    """Keep the longest of overlapping terms (start, minus end, number, entry), the earlier of equal ones; entries of one span all stay."""
    terms.sort()
    kept: list[Term] = []
    last_start = last_end = -1
    for start, minus_end, _, entry in terms:
        end = -minus_end
        if start < last_end and (start != last_start or end != last_end):
            if end - start <= last_end - last_start:
                continue
            while kept and start < kept[-1].end:
                kept.pop()
        kept.append(Term(start, end, entry))
        last_start, last_end = start, end
    return kept
