"""Every count of people harmed that a text states, with the words that state it.

The grammar: a harm word takes its victims on the left ("12 people were killed", "a man died", "12 dead"), on the right
("killed 12 people", "the death of a man"), or behind a toll word ("the death toll rose to 20"). A list of victims adds
up, "including three children" does not. Which mention makes an event's toll is decided in fields.casualties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.document import Document
from transforms.harm import FIGHTERS, GROUP_OF, PLURAL_WORDS, Atom, read_atoms
from transforms.records import CasualtyMention, Quantity, Span
from transforms.text import Sentence

_REACH = 34  # atoms between a subject and its harm word: the longest parenthesis seen is 28
_NP = 7  # atoms of one victim phrase: "seven members of the same Yazidi family"
_TOLL_REACH = 14

# The sentence counts a period, a war or other events, not this one.
_AGGREGATE = re.compile(
    r"\b(?:since (?:the |its |then|last|early|late|mid|january|february|march|april|may\b|june|july|august|september|october|november|december|\d{4}|[a-z]+day\b)?"
    r"|(?:over|in|during|within|for) the (?:past|last|previous)\b|so far this (?:year|month|week)|this year\b|(?:in|during) recent (?:years?|months?|weeks?)"
    r"|(?:per|each|every) (?:year|month|week|day)|years? of (?:war|conflict|fighting|violence)|\d+-year (?:war|conflict|insurgency)|civil war"
    r"|in total since|across the country (?:since|this)|annually|statistics|on average|to date in)"
)
_PAST = re.compile(
    r"\b(?:last (?:year|month|week|january|february|march|april|may|june|july|august|september|october|november|december)|(?:a|two|three|four|five|six|several|many|\d+) (?:years?|months?|weeks?|decades?) (?:ago|earlier|before)"
    r"|earlier this (?:year|month)|(?:similar|previous|earlier|another|separate) (?:attack|incident|bombing|blast|strike|shooting|raid|explosion)s?|in (?:19|20)\d\d\b"
    r"|in (?:january|february|march|april|june|july|august|september|october|november|december)(?: (?:19|20)\d\d)?\b|anniversary|genocide|second world war|world war)"
)
_HARMED = r"(dead|killed|victims|fatalities|deceased|slain|wounded|injured)"
_OF_HARMED = re.compile(
    rf"\b(?:among|amongst) (?:the |those |its |his )?(?:\w+ )?{_HARMED}(?= (?:was|were|are|is)\b|,)|\b(?:the )?{_HARMED} (?:also )?(?:included?|includes|are|were)\b(?! (?:\w+ed|taken|being|found|in)\b)"
)
_AMONG_HARMED = re.compile(rf"\b(?:was|were|are|is) (?:also )?(?:among|amongst) (?:the |those )?(?:\w+ )?{_HARMED}\b")
_OF_THEM = re.compile(r"\s*(?:of (?:them|whom|which|those|the)\b|among them)")
_WHEN = frozenset("yesterday today overnight monday tuesday wednesday thursday friday saturday sunday early late last this so".split())
_OTHERS = frozenset({"others", "other", "more"})


def find_casualty_mentions(doc: Document) -> list[CasualtyMention]:
    """Return all casualty mentions of a document in order of the text; see records.CasualtyMention for what each says."""
    out: list[CasualtyMention] = []
    quantities = iter_by_sentence(doc, doc.quantities, lambda q: q.span.start)
    people = iter_by_sentence(doc, doc.terms["groups"], lambda t: t.start)
    for sentence in doc.sentences:
        atoms = read_atoms(doc, sentence, quantities.get(sentence.index, []), people.get(sentence.index, []))
        if atoms:
            out += _SentenceReader(doc, sentence, atoms).read()
    return out


def iter_by_sentence(doc: Document, items, key):  # type: ignore[no-untyped-def]
    """Group items by the number of the sentence they begin in."""
    grouped: dict[int, list] = {}  # type: ignore[type-arg]
    for item in items:
        grouped.setdefault(doc.sentence_at(key(item)).index, []).append(item)
    return grouped


class _SentenceReader:
    """Links the quantities and people of one sentence to its harm words."""

    def __init__(self, doc: Document, sentence: Sentence, atoms: list[Atom]) -> None:
        self.doc, self.sentence, self.atoms = doc, sentence, atoms
        self.taken: set[int] = set()  # quantities and people already linked, by atom index
        self.out: list[CasualtyMention] = []
        words = doc.folded[sentence.start : sentence.end]
        self.aggregate = bool(_AGGREGATE.search(words))
        self.past = bool(_PAST.search(words))

    def read(self) -> list[CasualtyMention]:
        """Return the mentions of the sentence, in order."""
        harms = [i for i, atom in enumerate(self.atoms) if atom.kind == "harm"]
        for i in harms:
            if self.atoms[i].harm.form == "toll":
                self._read_toll(i)
        for i in harms:
            form = self.atoms[i].harm.form
            if form == "verb":
                self._read_verb(i)
            elif form in {"active", "gerund", "noun_of"}:
                self._read_right(i, form)
            elif form == "state":
                self._read_left(i, "state")
            elif form in {"noun", "lives"}:
                self._read_noun(i)
        self._read_of_harmed()
        return sorted(self.out, key=lambda m: (m.span.start, m.span.end))

    # -- which side -------------------------------------------------------------------------------

    def _read_verb(self, i: int) -> None:
        """A participle is passive behind a form of "be" or without an object, else active."""
        if self._be_before(i) is not None:
            self._read_left(i, "passive")
        elif not self._read_right(i, "verb") and self._ends_clause(i):
            self._read_left(i, "reduced")

    def _ends_clause(self, i: int) -> bool:
        """Tell whether no object can follow the participle: "12 killed in ...", "12 killed, 50 wounded"."""
        if i + 1 >= len(self.atoms):
            return True
        nxt = self.atoms[i + 1]
        return nxt.kind in {"prep", "mark", "and", "or", "clause", "incl", "quantity", "harm"} or nxt.word in _WHEN or nxt.word.endswith("ly")

    def _be_before(self, i: int) -> int | None:
        """Index of the form of "be" that governs atom i: only adverbs and joined participles stand between."""
        for j in range(i - 1, max(-1, i - 6), -1):
            atom = self.atoms[j]
            if atom.kind == "be":
                return j
            if atom.kind in {"harm", "and", "or", "unsure"} or (atom.kind == "word" and not atom.is_capital):
                continue
            return None
        return None

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
        while j < len(self.atoms) and skipped < 3 and (self.atoms[j].kind == "det" or (self.atoms[j].kind == "word" and not self.atoms[j].is_capital)):
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
        self._emit(first, i, effect, rule)
        j, steps = first + 1, 0
        subset = False
        while j < len(self.atoms) and steps < _NP + 4:
            atom = self.atoms[j]
            if atom.kind in {"harm", "clause", "be"} or (atom.kind == "mark" and atom.word in ";:."):
                return
            if atom.kind == "word" and atom.word.endswith("ing"):
                return
            if atom.kind == "incl":
                subset = True
            if atom.kind == "quantity" or (atom.kind == "one" and self._people_near(j)):
                if self._has_own_harm(j):
                    return
                joined = any(a.kind in {"and", "incl"} or a.word in {",", "mostly"} for a in self.atoms[max(first, j - 2) : j])
                if not joined:
                    return
                part = subset or self._is_part(j)
                name = f"{rule}.{'part' if part else 'list'}"
                if atom.kind == "quantity":
                    self._emit(j, i, effect, name, subset=part, additive=not part)
                elif part or self._people_in(j, self._np_end(j)) is not None:
                    self._emit_one(j, self._np_end(j), i, effect, name, subset=part, additive=not part)
                steps = 0
            j += 1
            steps += 1

    def _link_unnumbered_object(self, i: int, effect: str, form: str) -> bool:
        """Link "killed a man", "killing him", "the death of Ahmed Khan" = 1, and "killed civilians" = several."""
        nxt = self.atoms[i + 1] if i + 1 < len(self.atoms) else None
        if nxt is None or (effect == "shot" and form == "gerund" and nxt.kind not in {"one", "pronoun"}):
            return False
        end = self._np_end(i + 1)
        if nxt.kind == "one" or nxt.word in {"him", "her", "himself", "herself"}:
            self._emit_one(i + 1, end, i, effect, f"casualty.{form}.one")
            self._link_more(end, i, effect, form)
            return True
        if nxt.kind not in {"det", "people", "word"}:
            return False
        head = self._people_in(i + 1, end)
        last = self.atoms[end - 1]
        if head is not None and _is_plural(head.word):
            return self._emit_some(i + 1, end, i, effect, f"casualty.{form}.plural")
        is_named = nxt.kind == "word" and nxt.is_capital and not self.doc.is_caseless
        is_office = nxt.kind == "det" and last.kind in {"word", "people"} and not _is_plural(last.word) and form == "verb"
        if head is not None or is_named or is_office:
            self._emit_one(i + 1, end, i, effect, f"casualty.{form}.one")
            self._link_more(end, i, effect, form)
            return True
        return False

    def _link_more(self, at: int, i: int, effect: str, form: str) -> None:
        """Link what follows a single victim: "a judge and seven members of his family", "the mayor and his daughter"."""
        steps = 0
        while at < len(self.atoms) and steps < _NP + 2 and self.atoms[at].kind in {"word", "people", "prep", "det"}:
            at, steps = at + 1, steps + 1
        if at + 1 >= len(self.atoms) or self.atoms[at].kind != "and":
            return
        follow = self.atoms[at + 1]
        if follow.kind == "quantity" and not self._has_own_harm(at + 1):
            self._link_list(at + 1, i, effect, f"casualty.{form}.list")
        elif follow.kind in {"one", "det"} and self._people_in(at + 1, self._np_end(at + 1)) is not None and not self._has_own_harm(at + 1):
            head = self._people_in(at + 1, self._np_end(at + 1))
            if head is not None and not _is_plural(head.word):
                self._emit_one(at + 1, self._np_end(at + 1), i, effect, f"casualty.{form}.list", additive=True)

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
            if atom.kind == "harm" and not self._is_joined(j, i):
                break
            if atom.kind == "clause" and atom.word not in {"as"}:
                break
            if atom.kind == "quantity" and j not in self.taken and self._agrees(j, i, form):
                part = self._is_part(j)
                if head is None or part:
                    self._emit(j, i, effect, f"casualty.{form}{'.part' if part else ''}", subset=part)
                    head = head if part else j
                elif self._is_listed(j, head):
                    self._emit(j, i, effect, f"casualty.{form}.list", additive=True)
                    head = j
                else:
                    break
            elif atom.kind == "incl" and head is None and j + 1 < len(self.atoms) and self.atoms[j + 1].kind == "one":
                end = self._np_end(j + 1)
                if self._people_in(j + 1, end) is not None:
                    self._emit_one(j + 1, end, i, effect, f"casualty.{form}.part", subset=True)
            elif form == "reduced" and atom.kind in {"prep", "pronoun", "pronouns"} and head is None:
                break
            j -= 1
        if head is not None:
            self._add_singular_before(head, i, effect, form)
        found = head is not None or self._link_unnumbered_subject(i, effect, form)
        if found:
            self._read_parts_behind(i, effect, form)
        return found

    def _read_parts_behind(self, i: int, effect: str, form: str) -> None:
        """"were killed, including two children and a woman": parts of the count before the verb."""
        j = i + 1
        while j < len(self.atoms) and j < i + 14 and self.atoms[j].kind != "incl":
            if self.atoms[j].kind in {"harm", "quantity", "clause", "be"} or (self.atoms[j].kind == "mark" and self.atoms[j].word in ";:"):
                return
            j += 1
        if j < len(self.atoms) and self.atoms[j].kind == "incl":
            self._link_parts(j + 1, i, effect, f"casualty.{form}.part")

    def _link_parts(self, j: int, i: int, effect: str, rule: str) -> None:
        """Link every numbered or single item of an "including" list as a part."""
        for k in range(j, min(len(self.atoms), j + 16)):
            atom = self.atoms[k]
            if atom.kind in {"harm", "clause", "be"} or (atom.kind == "mark" and atom.word in ";:."):
                return
            if atom.kind == "quantity":
                if self._has_own_harm(k):
                    return
                self._emit(k, i, effect, rule, subset=True)
            elif atom.kind == "one" and self._people_in(k, self._np_end(k)) is not None:
                self._emit_one(k, self._np_end(k), i, effect, rule, subset=True)

    def _agrees(self, j: int, i: int, form: str) -> bool:
        """Tell whether a number can be the subject of the verb: "two dailies ..., was killed" cannot."""
        be = self._be_before(i) if form == "passive" else None
        quantity = self.atoms[j].quantity
        if be is None or quantity is None or (quantity.best or quantity.low or 0) < 2:
            return True
        if self.atoms[be].word in {"was", "is"}:
            return "dozen" in self.atoms[j].word or "toll" in self.doc.folded[self.sentence.start : self.atoms[j].start] or self.doc.folded[: self.atoms[j].start].rstrip().endswith(" of")
        return not (self.atoms[be].word == "been" and any(a.word == "has" for a in self.atoms[max(j, be - 3) : be]))

    def _effect_left(self, i: int) -> str:
        """"killed or wounded", "killed and injured" counts both together; "shot and killed" is one verb already."""
        effect = self.atoms[i].harm.effect
        for j in (i - 2, i + 2):
            if 0 <= j < len(self.atoms) and self.atoms[j].kind == "harm" and self.atoms[(i + j) // 2].kind in {"and", "or"}:
                other = self.atoms[j].harm
                if {other.effect, effect} == {"killed", "injured"} and other.form == "verb" == self.atoms[i].harm.form:
                    return "casualties"
        return effect

    def _add_singular_before(self, head: int, i: int, effect: str, form: str) -> None:
        """"a man and his two sons were shot dead": one more than the numbers say."""
        j = head - 1
        while j >= 0 and self.atoms[j].kind == "det":
            j -= 1
        if j < 1 or self.atoms[j].kind != "and":
            return
        for k in range(j - 1, max(-1, j - 1 - _NP), -1):
            atom = self.atoms[k]
            if atom.kind in {"harm", "quantity", "clause", "mark", "be", "and", "prep"}:
                return
            if atom.kind == "one":
                if self._people_in(k, j) is not None:
                    self._emit_one(k, j, i, effect, f"casualty.{form}.list", additive=True)
                return

    def _link_unnumbered_subject(self, i: int, effect: str, form: str) -> bool:
        """"a soldier was killed" = 1, "civilians were killed" = several; told by the verb, the article or the noun."""
        be = self._be_before(i) if form != "state" else None
        last = (be if be is not None else i) - 1
        while last >= 0 and self.atoms[last].kind in {"word", "unsure"} and self.atoms[last].word in {"has", "had", "have", "also", "reportedly", "allegedly", "later", "then", "instantly", "believed", "to"}:
            last -= 1
        if last < 0 or (self.atoms[last].kind == "mark" and self.atoms[last].word not in {",", ")"}):
            return False
        first = self._np_start(last)
        head = self._people_in(first, last + 1)
        plural = self.atoms[be].word in {"were", "are"} if be is not None else bool(head and _is_plural(head.word))
        if be is not None and self.atoms[be].word in {"been", "being", "be"}:
            plural = any(a.word == "have" for a in self.atoms[max(0, be - 3) : be]) or bool(head and _is_plural(head.word))
        if plural:
            return head is not None and self._emit_some(first, last + 1, i, effect, f"casualty.{form}.plural")
        lead = self.atoms[first]
        capitals = [a for a in self.atoms[first : last + 1] if a.is_capital and a.kind in {"word", "people"}]
        named = bool(capitals) and not (len(capitals) == 1 and capitals[0].start == self.sentence.start and _is_plural(capitals[0].word))
        if form == "reduced" and lead.kind != "one":
            return False
        if lead.kind in {"one", "pronoun"} or head is not None or named:
            return self._emit_one(first, last + 1, i, effect, f"casualty.{form}.one")
        return False

    # -- nouns and tolls --------------------------------------------------------------------------

    def _read_noun(self, i: int) -> None:
        """"12 deaths", "20 bodies", "claimed 12 lives", "no casualties"."""
        for j in range(i - 1, max(-1, i - 5), -1):
            atom = self.atoms[j]
            if atom.kind in {"harm", "clause", "mark", "be"} and atom.word not in {","}:
                break
            if atom.kind == "quantity" and j not in self.taken:
                if self.atoms[i].harm.form == "lives" and not re.search(r"claim|cost|taken|took|lost|loss", self.doc.folded[self.sentence.start : atom.start]):
                    return
                self._emit(j, i, self.atoms[i].harm.effect, "casualty.noun")
                return

    def _read_toll(self, i: int) -> None:
        """"the death toll rose to 20", "the number of dead stands at 18": the quantity behind "to", "at", "of", "reached"."""
        chosen = None
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
                if before != "from" and chosen is None:
                    chosen = j
        if chosen is not None:
            self._emit(chosen, i, self.atoms[i].harm.effect, "casualty.toll")

    def _read_of_harmed(self) -> None:
        """"among the dead were three children", "two women were among the wounded": parts of a count."""
        words, start, end = self.doc.folded, self.sentence.start, self.sentence.end
        for match in _OF_HARMED.finditer(words, start, end):
            self._emit_near(match.end(), match.end() + 80, match.group(1) or match.group(2), match.end())
        for match in _AMONG_HARMED.finditer(words, start, end):
            self._emit_near(max(start, match.start() - 60), match.start(), match.group(1), match.end() - 1)

    def _emit_near(self, low: int, high: int, word: str, harm_at: int) -> None:
        """Record every quantity of named people between two offsets as part of the dead or the injured."""
        effect = "injured" if word in {"wounded", "injured"} else "killed"
        for j, atom in enumerate(self.atoms):
            if atom.kind != "quantity" or not low <= atom.start <= high:
                continue
            if not any(g in GROUP_OF for g in self._groups(j)):
                continue
            near = max((k for k, a in enumerate(self.atoms) if a.start < harm_at), default=j)
            self.out = [m for m in self.out if m.quantity.span != atom.quantity.span]
            self._emit(j, near, effect, "casualty.of_the_harmed", subset=True, again=True)

    # -- small questions --------------------------------------------------------------------------

    def _is_joined(self, j: int, i: int) -> bool:
        """Tell whether harm words j and i share their subject: "shot and killed", "killed or wounded"."""
        return i - j <= 3 and all(a.kind in {"and", "or", "harm", "be"} or a.word in {",", "then", "later"} for a in self.atoms[j + 1 : i])

    def _is_part(self, j: int) -> bool:
        """Tell whether the quantity at j is part of another: including, among them, of whom, of them."""
        for k in range(j - 1, max(-1, j - 5), -1):
            if self.atoms[k].kind == "incl":
                # "was among the 30 people killed": the number is the whole, what stands before is the part.
                return not (self.atoms[k].word.startswith("among") and k > 0 and self.atoms[k - 1].kind == "be")
        after = [a for a in self.atoms[j + 1 : j + 1 + _NP + 2] if a.kind != "people"]
        if any(a.kind == "be" and b.word.startswith("among") for a, b in zip(after, after[1:], strict=False)):
            return True
        if _OF_THEM.match(self.doc.folded, self.atoms[j].end):
            return True
        return any(a.word in {"whom", "mostly"} for a in self.atoms[max(0, j - 3) : j])

    def _is_listed(self, j: int, head: int) -> bool:
        """Tell whether quantities j and head are items of one list: only a short victim phrase and a joint between."""
        between = self.atoms[j + 1 : head]
        if len(between) > _NP + 3 or not between:
            return False
        if any(a.kind in {"harm", "be", "clause", "incl"} for a in between):
            return False
        if j > 0 and self.atoms[j - 1].kind == "word" and self.atoms[j - 1].word.endswith("ed"):
            return False
        after = self.atoms[head + 1].word if head + 1 < len(self.atoms) else ""
        return after not in _OTHERS and any(a.kind == "and" or a.word == "," for a in between[-2:])

    def _has_own_harm(self, j: int) -> bool:
        """Tell whether the quantity at j is the subject of a harm word of its own: "... and 50 were wounded"."""
        for k in range(j + 1, min(len(self.atoms), j + 6)):
            atom = self.atoms[k]
            if atom.kind == "harm":
                return atom.harm.form in {"verb", "state"}
            if atom.kind == "be":
                return True
            if atom.kind in {"quantity", "prep", "incl", "clause"} or atom.kind == "mark":
                return False
        return False

    def _np_end(self, first: int) -> int:
        """Index behind the noun phrase that begins at `first`."""
        j = first
        while j < len(self.atoms) and j - first < _NP and self.atoms[j].kind in {"one", "det", "people", "word", "pronoun"}:
            j += 1
        return max(j, first + 1)

    def _np_start(self, last: int) -> int:
        """Index of the first atom of the noun phrase that ends at `last`, apposition between commas skipped."""
        j = last
        if self.atoms[j].word in {",", ")"}:
            for k in range(j - 1, max(-1, j - 24), -1):
                if self.atoms[k].word in {",", "("}:
                    j = k - 1
                    break
        for k in range(j, max(-1, j - 14), -1):
            atom = self.atoms[k]
            if atom.kind in {"one", "pronoun"}:
                return k
            if atom.kind in {"harm", "be", "clause", "and", "mark", "quantity"}:
                return min(k + 1, last)
        return max(0, j - 13)

    def _people_in(self, first: int, end: int) -> Atom | None:
        return next((a for a in self.atoms[first:end] if a.kind == "people"), None)

    def _people_near(self, j: int) -> bool:
        return any(a.kind == "people" for a in self.atoms[j : j + _NP])

    def _groups(self, j: int) -> Iterator[str]:
        """Group classes of the victim phrase behind the quantity at j."""
        for k in range(j + 1, min(len(self.atoms), j + 1 + _NP)):
            atom = self.atoms[k]
            if atom.kind == "people":
                yield from atom.groups
            elif atom.kind in {"harm", "be", "mark", "clause", "quantity", "incl", "and", "or"} or (atom.kind == "prep" and atom.word != "of"):
                return

    # -- results ----------------------------------------------------------------------------------

    def _emit(self, j: int, i: int, effect: str, rule: str, *, subset: bool = False, additive: bool = False, again: bool = False) -> None:
        """Record the quantity at atom j, harmed as the harm word at atom i says."""
        if j in self.taken and not again:
            return
        self.taken.add(j)
        atom = self.atoms[j]
        assert atom.quantity is not None
        classes = list(self._groups(j))
        group = next((GROUP_OF[c] for c in classes if c in GROUP_OF), "fighters" if FIGHTERS & set(classes) else "all")
        if "not_human" in classes:
            return
        self._add(effect, group, atom.quantity, j, i, rule, subset, additive)

    def _emit_one(self, first: int, end: int, i: int, effect: str, rule: str, *, additive: bool = False, subset: bool = False) -> bool:
        return self._emit_unnumbered(first, end, i, effect, rule, (1, 1, 1, "exact"), additive=additive, subset=subset)

    def _emit_some(self, first: int, end: int, i: int, effect: str, rule: str) -> bool:
        return self._emit_unnumbered(first, end, i, effect, rule, (2, None, None, "vague"))

    def _emit_unnumbered(
        self, first: int, end: int, i: int, effect: str, rule: str, count: tuple[int, int | None, int | None, str], *, additive: bool = False, subset: bool = False
    ) -> bool:
        atoms = self.atoms[first:end]
        if not atoms or any(a.kind == "not" for a in atoms):
            return False
        classes = [g for a in atoms if a.kind == "people" for g in a.groups]
        if "not_human" in classes:
            return False
        group = next((GROUP_OF[c] for c in classes if c in GROUP_OF), "fighters" if FIGHTERS & set(classes) else "all")
        low, best, high, quantifier = count
        quantity = Quantity(Span(atoms[0].start, atoms[-1].end), low, best, high, quantifier, f"number.{'one' if best else 'plural'}")
        self._add(effect, group, quantity, first, i, rule, subset, additive)
        return True

    def _add(self, effect: str, group: str, quantity: Quantity, j: int, i: int, rule: str, subset: bool, additive: bool) -> None:
        harm = self.atoms[i]
        span = Span(min(quantity.span.start, harm.start), max(quantity.span.end, harm.end))
        low, high = sorted((j, i))
        near = self.atoms[max(0, low - 6) : high + 1]
        negated = any(a.kind == "not" for a in self.atoms[max(0, i - 4) : i + 1])
        uncertain = negated or any(a.kind == "unsure" for a in near) or self.atoms[max(0, low - 1)].word == "if"
        if effect == "shot":
            effect, rule = "injured", f"{rule}.shot"
        self.out.append(
            CasualtyMention(
                effect, group, quantity, span, self.sentence.index, rule, harm.start, subset, additive, self.aggregate or self.past, uncertain
            )
        )


def _is_plural(word: str) -> bool:
    return word in PLURAL_WORDS or word.split()[-1] in PLURAL_WORDS or (word.endswith("s") and not word.endswith("ss")) or word.endswith("men")


