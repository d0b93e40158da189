"""Counts that a noun states: "12 deaths", "the death toll rose to 20", "among the dead were three children", "nineteenth victim"."""

from __future__ import annotations

import re

from transforms.casualty_recorder import MentionRecorder
from transforms.document import Document
from transforms.harm import GROUP_OF
from transforms.harm_phrases import OF_THEM
from transforms.numbers import read_ordinal
from transforms.records import Quantity, Span
from transforms.text import Sentence

_TOLL_REACH = 18  # atoms between a toll word and its number
_TAKES_LIVES = re.compile(r"claim|cost|taken|took|lost|loss")
_ORDINAL_NOUNS = (" victim", " person", " fatality", " body")
_ORDINAL = re.compile(r"\b([a-z]+(?:-[a-z]+)?(?:th|rd|nd|st)|\d+(?:st|nd|rd|th)|second|third) (?:victim|person|fatality|body)\b")

_HARMED = r"(dead|killed|victims|fatalities|deceased|slain|wounded|injured)"
_OF_HARMED = re.compile(
    rf"\b(?:among|amongst) (?:the |those |its |his )?(?:\w+ )?{_HARMED}(?= (?:was|were|are|is)\b|,)"
    rf"|\b{_HARMED}(?: of (?:the|this) \w+)? (?:also |reportedly )?(?:included?|includes|are|were)\b(?! (?:\w+ed|taken|being|found|in)\b)"
)
_AMONG_HARMED = re.compile(rf"\b(?:was|were|are|is) (?:also )?(?:among|amongst) (?:the |those )?(?:\w+ )?{_HARMED}\b")


def counts_by_ordinal(doc: Document, sentence: Sentence) -> bool:
    """Tell whether a sentence may count by an ordinal: its nouns are found at a fraction of the pattern's cost."""
    return any(doc.folded.find(noun, sentence.start, sentence.end) >= 0 for noun in _ORDINAL_NOUNS)


class TollReader(MentionRecorder):
    """Links the quantities of one sentence to nouns of harm, toll words and words for the harmed."""

    def read_noun(self, i: int) -> None:
        """Link the quantity before a noun of harm: "12 deaths", "20 bodies", "claimed 12 lives", "no casualties"."""
        for j in range(i - 1, max(-1, i - 5), -1):
            atom = self.atoms[j]
            if atom.kind in {"harm", "clause", "mark", "be"} and atom.word not in {","}:
                break
            if atom.kind == "quantity" and j not in self.taken:
                if self.atoms[i].harm.form == "lives" and not _TAKES_LIVES.search(self.doc.folded, self.sentence.start, atom.start):
                    return
                self.emit(j, i, self.atoms[i].harm.effect, "casualty.noun")
                return

    def read_toll(self, i: int) -> None:
        """Link the quantity behind "to", "at", "of", "reached": "the death toll rose to 20", "the number of dead stands at 18"."""
        chosen = None
        if i >= 3 and self.atoms[i - 1].kind == "det" and self.atoms[i - 2].kind == "quantity" and self.atoms[i - 3].word == "to":
            self.emit(i - 2, i, self.atoms[i].harm.effect, "casualty.toll")  # "bringing to four the number of people killed"
            return
        for j in range(i + 1, min(len(self.atoms), i + _TOLL_REACH)):
            atom = self.atoms[j]
            if atom.kind == "mark" and atom.word in ";":
                break
            if atom.kind == "harm" and chosen is None and atom.harm.form == "verb" and atom.harm.effect != self.atoms[i].harm.effect:
                break
            if atom.kind == "quantity" and j not in self.taken:
                before = self.atoms[j - 1].word
                if before in {"to", "at", "past", "passed", "reached", "hit"}:
                    chosen = j
                    break
                if self.counts_other_harm(j, self.atoms[i].harm.effect):
                    break  # "reported the death toll and said ten others were injured"
                if before != "from" and chosen is None:
                    chosen = j
        if chosen is not None:
            # "rose from 12 to 15, with 40 injured": the number that was left behind counts nobody else
            self.taken.update(j for j in range(i + 1, chosen) if self.atoms[j].kind == "quantity" and self.atoms[j - 1].word == "from")
            self.emit(chosen, i, self.atoms[i].harm.effect, "casualty.toll")

    def read_of_harmed(self) -> None:
        """Link parts of a count: "among the dead were three children", "two women were among the wounded"."""
        if all(atom.quantity is None for atom in self.atoms):
            return
        words, start, end = self.doc.folded, self.sentence.start, self.sentence.end
        for match in _OF_HARMED.finditer(words, start, end):
            self._emit_near(match.end(), match.end() + 80, match.group(1) or match.group(2), match.end())
        for match in _AMONG_HARMED.finditer(words, start, end) if words.find(" among", start, end) >= 0 else ():
            self._emit_near(max(start, match.start() - 60), match.start(), match.group(1), match.end() - 1)

    def read_of_whom(self) -> None:
        """Link who some of the counted were: "six people were killed, three of whom were children"."""
        start, end = self.sentence.start, self.sentence.end
        if not self.out or all(self.doc.folded.find(words, start, end) < 0 for words in (" of them ", " of whom ")):
            return
        for j, atom in enumerate(self.atoms):
            if atom.kind != "quantity" or j in self.taken or not OF_THEM.match(self.doc.folded, atom.end):
                continue
            who = next((a for a in self.atoms[j + 2 : j + 5] if a.kind != "be" and a.word not in {"whom", "them", "those", "the"}), None)
            whole = next((m for m in reversed(self.out) if not m.subset and m.span.end <= atom.start), None)
            if who is None or whole is None or who.kind != "people":
                continue
            group = next((GROUP_OF[c] for c in who.groups if c in GROUP_OF), None)
            harm = next((k for k, a in enumerate(self.atoms) if a.start == whole.harm), None)
            if group is not None and harm is not None and atom.quantity is not None:
                self.taken.add(j)
                self.add(whole.effect, group, atom.quantity, j, harm, "casualty.of_whom", subset=True, additive=False)

    def read_ordinal(self) -> None:
        """Read "Nineteenth victim dies" as a toll of nineteen."""
        words, start, end = self.doc.folded, self.sentence.start, self.sentence.end
        if not counts_by_ordinal(self.doc, self.sentence):
            return
        match = _ORDINAL.search(words, start, end)
        value = read_ordinal(match.group(1)) if match else None
        if match is None or value is None:
            return
        harm = next((i for i, a in enumerate(self.atoms) if a.harm.effect == "killed" and match.end() <= a.start <= match.end() + 40), None)
        if harm is None:
            return
        self.out = [m for m in self.out if m.harm != self.atoms[harm].start]
        quantity = Quantity(Span(match.start(1), match.end(1)), value, value, value, "exact", "number.ordinal")
        first = next((k for k, a in enumerate(self.atoms) if a.end > match.start()), harm)
        self.add("killed", "all", quantity, first, harm, "casualty.toll", subset=False, additive=False)

    def _emit_near(self, low: int, high: int, word: str, harm_at: int) -> None:
        """Record every quantity of named people between two offsets as part of the dead or the injured."""
        effect = "injured" if word in {"wounded", "injured"} else "killed"
        for j, atom in enumerate(self.atoms):
            quantity = atom.quantity
            if quantity is None or not low <= atom.start <= high:
                continue
            if not any(g in GROUP_OF for g in self.groups(j)):
                continue
            near = max((k for k, a in enumerate(self.atoms) if a.start < harm_at), default=j)
            self.out = [m for m in self.out if m.quantity.span != quantity.span]
            self.emit(j, near, effect, "casualty.of_the_harmed", subset=True, again=True)
