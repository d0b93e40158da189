"""What changed between two versions of an article in the sentences that count people or say who did it: old words -> new words.

A sentence that stands word for word in both versions has not changed, wherever it stands. Of the others each is paired with
the most similar one of the other version; what finds no partner was added or removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from transforms.text import split_sentences

LIKE = 0.5  # share of words that two sentences have in common, from which one is the other rewritten
TOPICS = {"casualties": "casualties", "responsibility": "attribution", "denial": "attribution", "reply": "attribution"}  # by claim_type


@dataclass(frozen=True, slots=True)
class Told:
    """One version as it is compared: its text, and (start, end, claim_type) of each claim read from it."""

    text: str
    claims: Sequence[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class WordChange:
    """One sentence that changed. old None: added; new None: removed. topic: casualties or attribution."""

    topic: str
    old: str | None
    new: str | None

    @property
    def kind(self) -> str:
        """changed, added or removed."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


def find_changes(old: Told, new: Told) -> list[WordChange]:
    """Return what changed from one version to the next, in the order of the new text, removals last."""
    before, after = _sentences(old.text), _sentences(new.text)
    common = set(before) & set(after)
    left = [words for words in before if words not in common]
    old_topics, new_topics = _topics(old), _topics(new)
    found: list[WordChange] = []
    for words in after:
        if words in common:
            continue
        partner = _nearest(words, left)
        if partner is not None:
            left.remove(partner)
        # A count that replaces "no word on casualties", or the other way round, is a change although one side claims nothing.
        topics = new_topics.get(words, set()) | (old_topics.get(partner, set()) if partner else set())
        found += [WordChange(topic, partner, words) for topic in sorted(topics, reverse=True)]
    found += [WordChange(topic, words, None) for words in left for topic in sorted(old_topics.get(words, ()), reverse=True)]
    return found


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text, white space folded, each once."""
    return list(dict.fromkeys(" ".join(text[s.start : s.end].split()) for s in split_sentences(text)))


def _topics(told: Told) -> dict[str, set[str]]:
    """Return the topics of each sentence that a claim stands in."""
    found: dict[str, set[str]] = {}
    spans = split_sentences(told.text)
    for start, end, claim_type in told.claims:
        for sentence in spans:
            if sentence.start < end and start < sentence.end:
                words = " ".join(told.text[sentence.start : sentence.end].split())
                found.setdefault(words, set()).add(TOPICS[claim_type])
    return found


def _nearest(words: str, others: Iterable[str]) -> str | None:
    """Return the most similar of the others; None: none is like it."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(words.lower().split())
    best, found = LIKE, None
    for other in others:
        matcher.set_seq1(other.lower().split())
        if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best and (ratio := matcher.ratio()) >= best:
            best, found = ratio, other
    return found
