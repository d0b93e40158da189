"""One text, analysed once: sentences, lexicon terms, numbers and dateline with offsets. Field modules only read it."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, TypeVar

from transforms.gazetteer import Gazetteer
from transforms.lexicons import Lexicons, Term
from transforms.records import Span
from transforms.text import Sentence, find_digits, find_words, flatten, fold, split_sentences
from transforms.value_class import dataclass

T = TypeVar("T")
MAX_CHARACTERS = 200_000  # longest live blog seen: 140,000; what lies beyond is not read, and the reading says so


@dataclass(frozen=True)
class Source:
    """What is known of a text besides its words.

    Attributes:
        published: Publication day; None when nothing states it. Relative words ("on Monday") need it.
        countries: ISO 3166-1 alpha-2 codes that the feed writes about: a hint for places, weaker than any word.
        outlet: Publisher's domain.
    """

    published: dt.date | None = None
    countries: tuple[str, ...] = ()
    outlet: str | None = None


class Document:
    """A text with everything that more than one rule needs, computed at most once.

    `text` is the title, a blank line, then the body, as `article.text`; `folded` is the same length, lower-cased, quotes
    and dashes unified. Spans count characters of `text`.
    """

    def __init__(self, title: str | None, body: str, source: Source, lexicons: Lexicons, gazetteer: Gazetteer) -> None:
        self.text, self.body_start = join_title(title, body)
        self.is_cut = len(self.text) > MAX_CHARACTERS
        self.text = self.text[:MAX_CHARACTERS]
        self.source = source
        self.lexicons = lexicons
        self.gazetteer = gazetteer
        self.folded = fold(self.text)
        self.sentences: list[Sentence] = split_sentences(self.text)
        # The first one from 0 on, so that what stands before it is its own and no answer needs a lower bound.
        self._starts = [0, *[sentence.start for sentence in self.sentences[1:]]]
        self.memory: dict[object, Any] = {}  # answers of functions under `once`

    @property
    def published(self) -> dt.date | None:
        """Publication day, or None."""
        return self.source.published

    @cached_property
    def terms(self) -> dict[str, list[Term]]:
        """Lexicon words by lexicon (weapons, targets, actors, groups, sources, demonyms), in order of the text."""
        return self.lexicons.find_terms(self.text, self.folded, self.flat)

    @cached_property
    def flat(self) -> str:
        """The folded text with spaces for marks, one longer at both ends; see `flatten`."""
        return flatten(self.folded)

    @cached_property
    def digits(self) -> list[int]:
        """Where each run of digits begins."""
        return find_digits(self.folded, 0, len(self.folded))

    @cached_property
    def words(self) -> list[tuple[int, int]]:
        """Spans of all words, in order."""
        return find_words(self.text)

    @cached_property
    def is_caseless(self) -> bool:
        """The text carries no capitals, so that capitals tell nothing."""
        return not any(char.isupper() for char in self.text[self.body_start : self.body_start + 2_000])

    def sentence_at(self, offset: int) -> Sentence:
        """Return the sentence at an offset: the one before it, between two sentences."""
        return self.sentences[bisect_right(self._starts, offset) - 1]

    def quote(self, span: Span) -> str:
        """Return the words of a span."""
        return self.text[span.start : span.end]

    def in_title(self, offset: int) -> bool:
        """Tell whether an offset lies in the headline."""
        return offset < self.body_start

    def terms_in(self, kind: str, start: int, end: int) -> list[Term]:
        """Return the lexicon words of one kind that lie within two offsets."""
        found: list[Term] = []
        terms = self.terms[kind]
        for index in range(bisect_left(self._term_starts[kind], start), len(terms)):
            term = terms[index]
            if term.end > end:
                break  # terms of one kind do not overlap, so that their ends ascend too
            found.append(term)
        return found

    @cached_property
    def _term_starts(self) -> dict[str, list[int]]:
        return {kind: [term.start for term in terms] for kind, terms in self.terms.items()}

    def search(self, pattern: re.Pattern[str], sentence: Sentence) -> re.Match[str] | None:
        """Search the folded words of one sentence; offsets are the document's."""
        return pattern.search(self.folded, sentence.start, sentence.end)


def once(read: Callable[[Document], T]) -> Callable[[Document], T]:
    """Make a function of a document answer from the document's memory when it is asked again."""

    @wraps(read)
    def remembered(doc: Document) -> T:
        memory = doc.memory
        if read not in memory:
            memory[read] = read(doc)
        found: T = memory[read]
        return found

    return remembered


def join_title(title: str | None, body: str) -> tuple[str, int]:
    """Return title, a blank line and body as one text, and where the body begins. A body that opens with the title's line keeps it once."""
    head = (title or "").strip()
    if not head:
        return body, 0
    lead = len(body) - len(body.lstrip())
    if body.startswith(f"{head}\n", lead):
        rest = body[lead + len(head) :]
        return body, len(body) - len(rest.lstrip())
    return f"{head}\n\n{body}", len(head) + 2
