"""Every count of people harmed that a text states, with the words that state it.

The grammar: a harm word takes its victims on the left ("12 people were killed", "a man died", "12 dead"), on the right
("killed 12 people", "the death of a man"), or behind a toll word ("the death toll rose to 20"). A list of victims adds
up, "including three children" does not. Which mention makes an event's toll is decided in fields.casualties.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from transforms.casualty_lists import ListReader
from transforms.casualty_recorder import PAIRS
from transforms.casualty_tolls import counts_by_ordinal
from transforms.document import Document
from transforms.harm import NO_HARM, Harm, HarmWords, read_atoms
from transforms.harm_phrases import WHEN, is_plural
from transforms.records import CasualtyMention
from transforms.text import Sentence

_OBJECT_REACH = 16  # atoms between "shot" and "dead", "to death"
_LEAVES = frozenset({"leave", "leaves", "leaving", "left", ",", "in", "at", "-"})
_ARTICLES = frozenset({"a", "an", "the", "one", "his", "her", "its", "their"})
_NUMBERED_FORMS = frozenset({"noun", "lives", "tail", "toll", "skip"})
_REACH = 34  # atoms between a subject and its harm word: the longest parenthesis seen is 28


def find_casualty_mentions(doc: Document) -> list[CasualtyMention]:
    """Return all casualty mentions of a document in order of the text; see records.CasualtyMention for what each says."""
    out: list[CasualtyMention] = []
    harms = group_by_sentence(doc, HarmWords.of(doc.lexicons).find(doc.folded))
    if not harms:
        return out
    counted = doc.lexicons.numbers.find_in(doc.folded, [(doc.sentences[i].start, doc.sentences[i].end) for i in harms])
    people = doc.terms["groups"]
    starts = [term.start for term in people]
    is_opening = True
    for (index, words), quantities in zip(harms.items(), counted, strict=True):
        sentence = doc.sentences[index]
        if not quantities and _needs_number(doc, sentence, words):
            continue
        named = people[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        atoms = read_atoms(doc, sentence, words, quantities, named)
        found = _SentenceReader(doc, sentence, atoms, is_opening=is_opening).read()
        is_opening = is_opening and all(m.uncertain or m.aggregate or doc.in_title(m.span.start) for m in found)
        out += found
    return out


def _needs_number(doc: Document, sentence: Sentence, words: Sequence[tuple[int, int, Harm]]) -> bool:
    """Tell whether without a number no word of harm in a sentence can have victims: "the bodies", "casualties were reported"."""
    return all(harm.form in _NUMBERED_FORMS for _, _, harm in words) and not counts_by_ordinal(doc, sentence)


def group_by_sentence(doc: Document, harms: Iterable[tuple[int, int, Harm]]) -> dict[int, list[tuple[int, int, Harm]]]:
    """Group harm words by the number of their sentence; both in order of the text."""
    grouped: dict[int, list[tuple[int, int, Harm]]] = {}
    for item in harms:
        grouped.setdefault(doc.sentence_at(item[0]).index, []).append(item)
    return grouped


class _SentenceReader(ListReader):
    """Links the quantities and people of one sentence to its harm words."""

    def read(self) -> list[CasualtyMention]:
        """Return the mentions of the sentence, in order."""
        harms = [i for i, atom in enumerate(self.atoms) if atom.kind == "harm"]
        if shots := [i for i in harms if self.atoms[i].harm.effect == "shot"]:
            self._join_split_deaths(shots)
            harms = [i for i in harms if self.atoms[i].kind == "harm"]
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
            elif form in {"noun", "lives", "tail"}:
                self.read_noun(i)
        self.read_of_harmed()
        self.read_of_whom()
        self.read_ordinal()
        self.settle_others()
        self._leave_dead()
        return sorted(self.out, key=lambda m: (m.span.start, m.span.end))

    def _leave_dead(self) -> None:
        """Leave out as injured whom the sentence tells dead: "a wounded resident dies" harms one, not two."""
        dead = {m.quantity.span for m in self.out if m.effect == "killed"}
        self.out = [m for m in self.out if m.effect != "injured" or m.quantity.span not in dead or not self._is_adjective(m)]

    def _is_adjective(self, mention: CasualtyMention) -> bool:
        """Tell whether the harm word of victims without a number only says which ones: "the wounded resident", not "wounded a resident"."""
        words = self.doc.folded[mention.harm : mention.quantity.span.end].split()
        return mention.harm < mention.quantity.span.start and len(words) > 1 and words[1] not in _ARTICLES

    def _join_split_deaths(self, shots: Iterable[int]) -> None:
        """Read "shot three of them dead", "stabbed his mother to death" as killed: the second half stands behind the victims."""
        for i in shots:
            atom = self.atoms[i]
            for j in range(i + 1, min(len(self.atoms), i + _OBJECT_REACH)):
                follow = self.atoms[j]
                is_death = follow.word == "death" and self.atoms[j - 1].word == "to"
                if is_death or (follow.word == "dead" and j > i + 1 and not any(a.word in _LEAVES for a in self.atoms[i:j])):
                    atom.harm = Harm("killed", atom.harm.form)
                    follow.kind, follow.harm = "word", NO_HARM
                if is_death or follow.kind in {"harm", "be", "clause"} or follow.word in {"dead", ";", ":"}:
                    break

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
        if self.atoms[j : j + 1] and self.atoms[j].word == "another" and self.atoms[j + 1 :] and self.atoms[j + 1].kind == "quantity":
            j += 1  # "killed another four people"
        if j >= len(self.atoms):
            return False
        if self.atoms[j].kind == "quantity":
            self._link_list(j, i, "casualties" if both else effect, f"casualty.{form}")
            return True
        return self._link_unnumbered_object(i, effect, form)

    def _link_list(self, first: int, i: int, effect: str, rule: str) -> None:
        """Link a quantity behind a harm word and what the list adds: "three in A and four in B", "including two children"."""
        self.emit(first, i, effect, rule)
        quantity = self.atoms[first].quantity
        self.link_behind(first + 1, i, effect, rule, quantity.best if quantity else None)

    def _link_unnumbered_object(self, i: int, effect: str, form: str) -> bool:
        """Link "killed a man", "killing him", "the death of Ahmed Khan" = 1, and "killed civilians" = several."""
        nxt = self.atoms[i + 1] if i + 1 < len(self.atoms) else None
        if nxt is None or (effect == "shot" and form == "gerund" and nxt.kind not in {"one", "pronoun"}):
            return False
        if nxt.word in {"them", "all", "both"}:
            return self.share_victims(i, form)
        if nxt.word == "themselves":
            self._link_more(i + 2, i, effect, form)
            return True
        end = self.np_end(i + 1)
        number = self.number_behind(i + 1, end)
        if number is not None:
            self._link_list(number, i, effect, f"casualty.{form}")
            return True
        if nxt.kind == "one" or nxt.word in {"him", "her", "himself", "herself"}:
            self.emit_one(i + 1, end, i, effect, f"casualty.{form}.one")
            self._link_more(end, i, effect, form)
            return True
        if nxt.kind not in {"det", "people", "word"}:
            return False
        head = self.people_in(i + 1, end)
        last = self.atoms[end - 1]
        if head is not None and is_plural(head.word):
            self.emit_some(i + 1, end, i, effect, f"casualty.{form}.plural")
            if head.word in PAIRS:
                self._link_more(end, i, effect, form)
            return True
        is_named = nxt.kind == "word" and nxt.is_capital and nxt.word not in WHEN and not self.doc.is_caseless
        is_office = nxt.kind == "det" and last.kind in {"word", "people"} and not is_plural(last.word) and form == "verb"
        if head is not None or is_named or is_office:
            self.emit_one(i + 1, end, i, effect, f"casualty.{form}.one")
            self._link_more(end, i, effect, form, is_named=is_named)
            return True
        return False

    def _link_more(self, at: int, i: int, effect: str, form: str, *, is_named: bool = False) -> None:
        """Link what follows a single victim: "a judge and seven members of his family", "the mayor and his daughter"."""
        self.link_behind(at, i, effect, f"casualty.{form}", is_named=is_named)
        self.link_companions(at, i, effect, f"casualty.{form}")

    # -- victims on the left ----------------------------------------------------------------------

    def _read_left(self, i: int, form: str) -> bool:
        """Link the subject of a passive or intransitive harm word."""
        effect = self._effect_left(i)
        head = None
        j = i - 1
        while j >= 0 and i - j < _REACH:
            atom = self.atoms[j]
            if atom.word == ")":
                j = self.opening_of(j) - 1
                continue
            if self._ends_subject(j, i):
                break
            if atom.kind == "quantity" and j not in self.taken and self.agrees(j, i, form):
                part = self.is_part(j)
                if head is None or part:
                    self.emit(j, i, effect, f"casualty.{form}{'.part' if part else ''}", subset=part)
                    head = head if part else j
                elif self.is_whole_of(j, i) or self.is_listed(j, head):
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
            self._link_around(head, i, effect, form)
        is_part = head is None and self.tells_some_of_them(i)
        found = head is not None or (self._is_next_deed(i) and self.share_victims(i, form))
        found = found or (not is_part and self._link_unnumbered_subject(i, effect, form))
        if not found:
            self._share_subject(i, form)
        if found:
            self.link_companions(i + 1, i, effect, f"casualty.{form}")
            self.settle_whole(i)
            self._read_parts_behind(i, effect, form)
        return found

    def _is_next_deed(self, i: int) -> bool:
        """Tell whether harm word i says what came of people just said to be abducted: "seven people were kidnapped and killed"."""
        before = self.atoms[i - 2] if i > 1 and self.atoms[i - 1].kind == "and" else None
        return before is not None and before.harm.effect == "abducted" and self.atoms[i].harm.effect == "killed"

    def _share_subject(self, i: int, form: str) -> None:
        """Link the victims of an earlier harm word: "was shot on Monday and later died", "shot in the head and killed"."""
        j = i - 1
        while j > 0 and (
            self.atoms[j].kind == "be" or self.atoms[j].word in {"has", "had", "have", "later", "then", "subsequently", "who"}
        ):
            j -= 1
        if self.atoms[j].word in {"and", "but", ","}:
            self.share_victims(i, form)

    def _ends_subject(self, j: int, i: int) -> bool:
        """Tell whether the subject of harm word i begins behind atom j: a break of the sentence, or another harm word."""
        atom = self.atoms[j]
        if atom.kind == "harm":
            return not self.is_joined(j, i)
        return atom.word in {";", ":"} or (atom.kind == "clause" and atom.word != "as")

    def _read_parts_behind(self, i: int, effect: str, form: str) -> None:
        """Read "were killed, including two children" as parts, "were killed in Anka and four in Bagega" as one more item."""
        j = i + 1
        if j < len(self.atoms) and self.atoms[j].word in {",", "-", ":", "("} and self.link_apposition(j, i, f"casualty.{form}"):
            return
        while j < len(self.atoms) and j < i + 14 and self.atoms[j].kind != "incl":
            if self.atoms[j].kind == "quantity" and self._is_listed_elsewhere(j):
                self.emit(j, i, effect, f"casualty.{form}.list", additive=True)
                j += 3
                continue
            if self.atoms[j].kind in {"harm", "quantity", "clause", "be"} or (self.atoms[j].kind == "mark" and self.atoms[j].word in ";:"):
                return
            j += 1
        if j < len(self.atoms) and self.atoms[j].kind == "incl":
            self.link_parts(j + 1, i, effect, f"casualty.{form}.part")

    def _is_listed_elsewhere(self, j: int) -> bool:
        """Tell whether the quantity at j goes on a list of places: "four were killed in Jos, six in Kano and two in Bauchi"."""
        return (self.atoms[j - 1].kind == "and" or self.atoms[j - 1].word == ",") and self._is_elsewhere(j)

    def _is_elsewhere(self, j: int) -> bool:
        """Tell whether the quantity at j has only a place of its own: "and four in Bagega"."""
        follow = self.atoms[j + 1 : j + 4]
        return (
            bool(follow)
            and (follow[0].word == "in" or (len(follow) > 1 and follow[0].kind == "people" and follow[1].word == "in"))
            and not self.has_own_harm(j)
        )

    def _effect_left(self, i: int) -> str:
        """Return the effect of a harm word and its pair: "killed or wounded" counts both together, "shot and killed" is one."""
        effect = self.atoms[i].harm.effect
        for j in (i - 2, i + 2):
            if 0 <= j < len(self.atoms) and self.atoms[j].kind == "harm" and self.atoms[(i + j) // 2].kind in {"and", "or"}:
                other = self.atoms[j].harm
                if {other.effect, effect} == {"killed", "injured"} and other.form == "verb" == self.atoms[i].harm.form:
                    return "casualties"
        return effect

    def _link_around(self, head: int, i: int, effect: str, form: str) -> None:
        """Link the single victims before and behind the numbers: "a man and his two sons", "two policemen and a child were killed"."""
        # The quantities recorded as items of the list of this harm word, found once: a table holds hundreds of both.
        listed = {id(m.quantity) for m in self.out if m.harm == self.atoms[i].start and not m.subset}
        begin = self.sentence.start
        first = min([head, *(k for k in self.taken if k < head and self.atoms[k].start >= begin and id(self.atoms[k].quantity) in listed)])
        quantity, told = self.atoms[head].quantity, len(self.out)
        self.link_behind(head + 1, i, effect, f"casualty.{form}", quantity.best if quantity else None)
        is_open = first == head and any(m.additive for m in self.out[told:])
        self.link_before(first, i, effect, f"casualty.{form}", is_open=is_open)

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
        is_told = form == "state" and last > 0 and self.atoms[last].kind == "be"  # "a man is dead", "a boy was pronounced dead"
        last -= is_told
        if last < 0 or (self.atoms[last].kind == "mark" and self.atoms[last].word not in {",", ")"}):
            return False
        first = self.np_start(last)
        head = self.people_in(first, last + 1)
        verb = self.atoms[be].word if be is not None else self.atoms[last + 1].word if is_told else ""
        plural = verb in {"were", "are"} if verb else bool(head and is_plural(head.word))
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
            return self.doc.in_title(self.sentence.start) and self._link_headline(first, last + 1, i, effect)
        if is_told and head is None and lead.kind == "one":
            return False  # "the deal is dead"
        if lead.kind in {"one", "pronoun"} or head is not None or named:
            is_pair = form == "state" and first > 1 and self.atoms[first - 1].kind == "and" and self.atoms[first - 2].kind == "people"
            is_pair = is_pair and self.link_before(first, i, effect, f"casualty.{form}") > 0  # "a mother and her baby died"
            rule = f"casualty.{form}.list" if is_pair else f"casualty.{form}.one"
            return self.emit_one(first, last + 1, i, effect, rule)
        return False

    def _link_headline(self, first: int, end: int, i: int, effect: str) -> bool:
        """Link the victims of a headline, which leaves their articles out: "Man, 34, and woman, 29, shot dead in Chicago" = 2."""
        if self.doc.is_caseless:
            return False
        first = max([first, *(k + 1 for k in range(first, end) if self.atoms[k].kind in {"prep", "clause"})])
        head = self.people_in(first, end)
        if head is None or is_plural(head.word) or any(a.kind in {"det", "pronoun", "pronouns"} for a in self.atoms[first:end]):
            return False
        j = first - 1
        while j > 0 and (self.atoms[j].kind in {"and", "mark"} or self.atoms[j].word.isdigit()):
            j -= 1
        before = self.atoms[j] if 0 <= j < first - 1 else None
        if before is not None and before.kind == "people" and not is_plural(before.word) and self.atoms[j + 1].word in {",", "and"}:
            self.emit_one(j, j + 1, i, effect, "casualty.reduced.list", additive=True)
        return self.emit_one(first, end, i, effect, "casualty.reduced.one")

    def _link_two_subjects(self, first: int, end: int, i: int, effect: str, form: str) -> bool:
        """Link "a soldier and the farmer who guided him were killed" = 2: the verb is a plural, each noun is not."""
        if not self.link_before(first, i, effect, f"casualty.{form}"):
            return False
        return self.emit_one(first, end, i, effect, f"casualty.{form}.list")
