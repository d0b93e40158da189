"""Every count of people harmed that a text states, with the words that state it.

The grammar: a harm word takes its victims on the left ("12 people were killed", "a man died", "12 dead"), on the right
("killed 12 people", "the death of a man"), or behind a toll word ("the death toll rose to 20"). A list of victims adds
up, "including three children" does not. Which mention makes an event's toll is decided in fields.casualties.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from transforms.casualty_tolls import TollReader
from transforms.document import Document
from transforms.harm import HarmWords, read_atoms
from transforms.harm_phrases import NP_LENGTH, is_plural
from transforms.records import CasualtyMention

T = TypeVar("T")

_REACH = 34  # atoms between a subject and its harm word: the longest parenthesis seen is 28


def find_casualty_mentions(doc: Document) -> list[CasualtyMention]:
    """Return all casualty mentions of a document in order of the text; see records.CasualtyMention for what each says."""
    out: list[CasualtyMention] = []
    harms = group_by_sentence(doc, HarmWords.of(doc.lexicons).find(doc.folded), lambda item: item[0])
    people = group_by_sentence(doc, doc.terms["groups"], lambda term: term.start) if harms else {}
    for index, words in sorted(harms.items()):
        sentence = doc.sentences[index]
        quantities = doc.lexicons.numbers.find(doc.folded, sentence.start, sentence.end)
        out += _SentenceReader(doc, sentence, read_atoms(doc, sentence, words, quantities, people.get(index, []))).read()
    return out


def group_by_sentence(doc: Document, items: Iterable[T], key: Callable[[T], int]) -> dict[int, list[T]]:
    """Group items by the number of the sentence that their offset lies in, order kept."""
    grouped: dict[int, list[T]] = {}
    for item in items:
        grouped.setdefault(doc.sentence_at(key(item)).index, []).append(item)
    return grouped


_ALONG = re.compile(r" (?:along with|together with|alongside|as well as) ")


class _SentenceReader(TollReader):
    """Links the quantities and people of one sentence to its harm words."""

    def read(self) -> list[CasualtyMention]:
        """Return the mentions of the sentence, in order."""
        harms = [i for i, atom in enumerate(self.atoms) if atom.kind == "harm"]
        for i in harms:
            if self.atoms[i].harm.form == "toll":
                self.read_toll(i)
        for i in harms:
            form = self.atoms[i].harm.form
            if form == "verb":
                self._read_verb(i)
            elif form in {"active", "gerund", "noun_of"}:
                self._read_right(i, form)
            elif form == "state":
                self._read_left(i, "state")
            elif form in {"noun", "lives"}:
                self.read_noun(i)
        self.read_of_harmed()
        self.read_ordinal()
        return sorted(self.out, key=lambda m: (m.span.start, m.span.end))

    # -- which side -------------------------------------------------------------------------------

    def _read_verb(self, i: int) -> None:
        """A participle is passive behind a form of "be" or without an object, else active."""
        if self.be_before(i) is not None:
            self._read_left(i, "passive")
        elif not self._read_right(i, "verb") and self.ends_clause(i):
            self._read_left(i, "reduced")

    # -- victims on the right ---------------------------------------------------------------------

    def _read_right(self, i: int, form: str) -> bool:
        """Link the object of an active verb, gerund or "death of"; False when none stands there."""
        j = i + 1
        effect = self.atoms[i].harm.effect
        both = False
        while j < len(self.atoms) and self.atoms[j].kind in {"and", "or", "harm"} and j <= i + 2:  # killed and wounded 12
            both = both or (self.atoms[j].kind == "harm" and self.atoms[j].harm.effect != effect)
            j += 1
        if j > i + 1 and self.atoms[j - 1].kind != "harm":
            j, both = i + 1, False
        skipped = 0
        while (
            j < len(self.atoms)
            and skipped < 3
            and (self.atoms[j].kind == "det" or (self.atoms[j].kind == "word" and not self.atoms[j].is_capital))
        ):
            skipped += 1
            j += 1
        if j >= len(self.atoms):
            return False
        if self.atoms[j].kind == "quantity":
            self._link_list(j, i, "casualties" if both else effect, f"casualty.{form}")
            return True
        return self._link_unnumbered_object(i, effect, form)

    def _link_list(self, first: int, i: int, effect: str, rule: str) -> None:
        """Link a quantity behind a harm word and what the list adds: "three in A and four in B", "including two children"."""
        self.emit(first, i, effect, rule)
        j, steps = first + 1, 0
        subset = False
        while j < len(self.atoms) and steps < NP_LENGTH + 4:
            atom = self.atoms[j]
            if atom.kind in {"harm", "clause", "be"} or (atom.kind == "mark" and atom.word in ";:."):
                return
            if atom.kind == "word" and atom.word.endswith("ing"):
                return
            if atom.kind == "incl":
                subset = True
            if atom.kind == "quantity" or (atom.kind == "one" and self.people_near(j)):
                if self.has_own_harm(j):
                    return
                joined = any(a.kind in {"and", "incl"} or a.word in {",", "mostly"} for a in self.atoms[max(first, j - 2) : j])
                if not joined:
                    return
                part = subset or self.is_part(j)
                name = f"{rule}.{'part' if part else 'list'}"
                if atom.kind == "quantity":
                    self.emit(j, i, effect, name, subset=part, additive=not part)
                elif part or self.people_in(j, self.np_end(j)) is not None:
                    self.emit_one(j, self.np_end(j), i, effect, name, subset=part, additive=not part)
                steps = 0
            j += 1
            steps += 1

    def _link_unnumbered_object(self, i: int, effect: str, form: str) -> bool:
        """Link "killed a man", "killing him", "the death of Ahmed Khan" = 1, and "killed civilians" = several."""
        nxt = self.atoms[i + 1] if i + 1 < len(self.atoms) else None
        if nxt is None or (effect == "shot" and form == "gerund" and nxt.kind not in {"one", "pronoun"}):
            return False
        end = self.np_end(i + 1)
        if nxt.kind == "one" or nxt.word in {"him", "her", "himself", "herself"}:
            self.emit_one(i + 1, end, i, effect, f"casualty.{form}.one")
            self._link_more(end, i, effect, form)
            return True
        if nxt.kind not in {"det", "people", "word"}:
            return False
        head = self.people_in(i + 1, end)
        last = self.atoms[end - 1]
        if head is not None and is_plural(head.word):
            return self.emit_some(i + 1, end, i, effect, f"casualty.{form}.plural")
        is_named = nxt.kind == "word" and nxt.is_capital and not self.doc.is_caseless
        is_office = nxt.kind == "det" and last.kind in {"word", "people"} and not is_plural(last.word) and form == "verb"
        if head is not None or is_named or is_office:
            self.emit_one(i + 1, end, i, effect, f"casualty.{form}.one")
            self._link_more(end, i, effect, form)
            return True
        return False

    def _link_more(self, at: int, i: int, effect: str, form: str) -> None:
        """Link what follows a single victim: "a judge and seven members of his family", "the mayor and his daughter"."""
        steps = 0
        while at < len(self.atoms) and steps < NP_LENGTH + 2 and self.atoms[at].kind in {"word", "people", "prep", "det"}:
            at, steps = at + 1, steps + 1
        if at + 1 >= len(self.atoms) or self.atoms[at].kind != "and":
            return
        follow = self.atoms[at + 1]
        if follow.kind == "quantity" and not self.has_own_harm(at + 1):
            self._link_list(at + 1, i, effect, f"casualty.{form}.list")
        elif follow.kind in {"one", "det"} and self.people_in(at + 1, self.np_end(at + 1)) is not None and not self.has_own_harm(at + 1):
            head = self.people_in(at + 1, self.np_end(at + 1))
            if head is not None and not is_plural(head.word):
                self.emit_one(at + 1, self.np_end(at + 1), i, effect, f"casualty.{form}.list", additive=True)

    # -- victims on the left ----------------------------------------------------------------------

    def _read_left(self, i: int, form: str) -> bool:
        """Link the subject of a passive or intransitive harm word."""
        effect = self._effect_left(i)
        head = None
        j = i - 1
        while j >= 0 and i - j < _REACH:
            atom = self.atoms[j]
            if atom.kind == "mark" and atom.word in ";:":
                break
            if atom.kind == "harm" and not self.is_joined(j, i):
                break
            if atom.kind == "clause" and atom.word not in {"as"}:
                break
            if atom.kind == "quantity" and j not in self.taken and self.agrees(j, i, form):
                part = self.is_part(j)
                if head is None or part:
                    self.emit(j, i, effect, f"casualty.{form}{'.part' if part else ''}", subset=part)
                    head = head if part else j
                elif self.is_listed(j, head):
                    self.emit(j, i, effect, f"casualty.{form}.list", additive=True)
                    head = j
                else:
                    break
            elif atom.kind == "incl" and head is None and j + 1 < len(self.atoms) and self.atoms[j + 1].kind == "one":
                end = self.np_end(j + 1)
                if self.people_in(j + 1, end) is not None:
                    self.emit_one(j + 1, end, i, effect, f"casualty.{form}.part", subset=True)
            elif form == "reduced" and atom.kind in {"prep", "pronoun", "pronouns"} and head is None:
                break
            j -= 1
        if head is not None:
            self._add_singular_before(head, i, effect, form)
        found = head is not None or self._link_unnumbered_subject(i, effect, form)
        if found:
            self._link_companions(i, effect, form)
            self._read_parts_behind(i, effect, form)
        return found

    def _read_parts_behind(self, i: int, effect: str, form: str) -> None:
        """Read "were killed, including two children" as parts, "were killed in Anka and four in Bagega" as one more item."""
        j = i + 1
        while j < len(self.atoms) and j < i + 14 and self.atoms[j].kind != "incl":
            if self.atoms[j].kind == "quantity" and self.atoms[j - 1].kind == "and" and self._is_elsewhere(j):
                self.emit(j, i, effect, f"casualty.{form}.list", additive=True)
                return
            if self.atoms[j].kind in {"harm", "quantity", "clause", "be"} or (self.atoms[j].kind == "mark" and self.atoms[j].word in ";:"):
                return
            j += 1
        if j < len(self.atoms) and self.atoms[j].kind == "incl":
            self._link_parts(j + 1, i, effect, f"casualty.{form}.part")

    def _link_companions(self, i: int, effect: str, form: str) -> None:
        """Read "was killed along with his three children" as more items of the list."""
        match = _ALONG.match(self.doc.folded, self.atoms[i].end, self.sentence.end)
        if match is None:
            return
        j = next((k for k in range(i + 1, len(self.atoms)) if self.atoms[k].start >= match.end()), len(self.atoms))
        while j < len(self.atoms) and self.atoms[j].kind in {"det", "pronoun"}:
            j += 1
        if j < len(self.atoms) and self.atoms[j].kind == "quantity" and not self.has_own_harm(j):
            self._link_list(j, i, effect, f"casualty.{form}.list")
        elif j < len(self.atoms) and (head := self.people_in(j, self.np_end(j))) is not None and not is_plural(head.word):
            self.emit_one(j, self.np_end(j), i, effect, f"casualty.{form}.list", additive=True)
            self._link_more(self.np_end(j), i, effect, form)

    def _is_elsewhere(self, j: int) -> bool:
        """Tell whether the quantity at j has only a place of its own: "and four in Bagega"."""
        follow = self.atoms[j + 1 : j + 4]
        return (
            bool(follow)
            and (follow[0].word == "in" or (len(follow) > 1 and follow[0].kind == "people" and follow[1].word == "in"))
            and not self.has_own_harm(j)
        )

    def _link_parts(self, j: int, i: int, effect: str, rule: str) -> None:
        """Link every numbered or single item of an "including" list as a part."""
        for k in range(j, min(len(self.atoms), j + 16)):
            atom = self.atoms[k]
            if atom.kind in {"harm", "clause", "be"} or (atom.kind == "mark" and atom.word in ";:."):
                return
            if atom.kind == "quantity":
                if self.has_own_harm(k):
                    return
                self.emit(k, i, effect, rule, subset=True)
            elif atom.kind == "one" and self.people_in(k, self.np_end(k)) is not None:
                self.emit_one(k, self.np_end(k), i, effect, rule, subset=True)

    def _effect_left(self, i: int) -> str:
        """Return the effect of a harm word and its pair: "killed or wounded" counts both together, "shot and killed" is one."""
        effect = self.atoms[i].harm.effect
        for j in (i - 2, i + 2):
            if 0 <= j < len(self.atoms) and self.atoms[j].kind == "harm" and self.atoms[(i + j) // 2].kind in {"and", "or"}:
                other = self.atoms[j].harm
                if {other.effect, effect} == {"killed", "injured"} and other.form == "verb" == self.atoms[i].harm.form:
                    return "casualties"
        return effect

    def _add_singular_before(self, head: int, i: int, effect: str, form: str) -> None:
        """Link a single victim before the numbers: "a man and his two sons were shot dead" is one more than they say."""
        j = head - 1
        while j >= 0 and (self.atoms[j].kind == "det" or self.atoms[j].word == "her"):
            j -= 1
        if j < 1 or self.atoms[j].kind != "and":
            return
        first = self.atoms[0]
        if j == 1 and first.kind == "people" and not is_plural(first.word):  # "Mother and three children die"
            self.emit_one(0, 1, i, effect, f"casualty.{form}.list", additive=True)
            return
        for k in range(j - 1, max(-1, j - 1 - NP_LENGTH), -1):
            atom = self.atoms[k]
            if atom.kind in {"harm", "quantity", "clause", "mark", "be", "and", "prep"}:
                return
            if atom.kind == "one":
                if self.people_in(k, j) is not None:
                    self.emit_one(k, j, i, effect, f"casualty.{form}.list", additive=True)
                return

    def _link_unnumbered_subject(self, i: int, effect: str, form: str) -> bool:
        """Link "a soldier was killed" = 1, "civilians were killed" = several; told by the verb, the article or the noun."""
        be = self.be_before(i) if form != "state" else None
        last = (be if be is not None else i) - 1
        while (
            last >= 0
            and self.atoms[last].kind in {"word", "unsure"}
            and self.atoms[last].word
            in {"has", "had", "have", "also", "reportedly", "allegedly", "later", "then", "instantly", "believed", "to"}
        ):
            last -= 1
        if last < 0 or (self.atoms[last].kind == "mark" and self.atoms[last].word not in {",", ")"}):
            return False
        first = self.np_start(last)
        head = self.people_in(first, last + 1)
        plural = self.atoms[be].word in {"were", "are"} if be is not None else bool(head and is_plural(head.word))
        if be is not None and self.atoms[be].word in {"been", "being", "be"}:
            plural = any(a.word == "have" for a in self.atoms[max(0, be - 3) : be]) or bool(head and is_plural(head.word))
        if plural and head is not None and not is_plural(head.word):
            return self._link_two_subjects(first, last + 1, i, effect, form)
        if plural:
            return head is not None and self.emit_some(first, last + 1, i, effect, f"casualty.{form}.plural")
        lead = self.atoms[first]
        capitals = [a for a in self.atoms[first : last + 1] if a.is_capital and a.kind in {"word", "people"}]
        named = bool(capitals) and not (len(capitals) == 1 and capitals[0].start == self.sentence.start and is_plural(capitals[0].word))
        if form == "reduced" and lead.kind != "one":
            return False
        if lead.kind in {"one", "pronoun"} or head is not None or named:
            return self.emit_one(first, last + 1, i, effect, f"casualty.{form}.one")
        return False

    def _link_two_subjects(self, first: int, end: int, i: int, effect: str, form: str) -> bool:
        """Link "a soldier and the farmer who guided him were killed" = 2: the verb is a plural, each noun is not."""
        if first < 2 or self.atoms[first - 1].kind != "and":
            return False
        start = self.np_start(first - 2)
        other = self.people_in(start, first - 1)
        if other is None or is_plural(other.word) or self.atoms[start].kind != "one":
            return False
        self.emit_one(start, first - 1, i, effect, f"casualty.{form}.list")
        return self.emit_one(first, end, i, effect, f"casualty.{form}.list", additive=True)
