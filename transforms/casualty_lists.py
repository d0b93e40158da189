"""Lists of victims: what stands beside the first one and adds to it ("a man and his two sons"), or is a part of it ("including")."""

from __future__ import annotations

import re
from dataclasses import replace

from transforms.casualty_tolls import TollReader
from transforms.harm_phrases import NP_LENGTH, SPEECH, is_plural
from transforms.value_class import dataclass

_LIST_REACH = NP_LENGTH + 4  # atoms between two items of a list
_PARTS_REACH = 16  # atoms of an "including" list
_COMPANY_REACH = 16  # atoms between a harm word and "along with"
_OWN = frozenset({"his", "her", "their"})
_AUTHORS = frozenset({"perpetrators", "gunmen"})
_MORE = frozenset({"another", "also", "further", "then", "later", "possibly"})
_OPENS_PARTS = frozenset({"-", ":", "(", "[", "notably", "namely", "mostly"})
_ALONG = re.compile(
    r"\b(?:along with|together with|alongside|as well as)\s+|\bwith (?=(?:\w+ ){1,2}others?\b|(?:\w+ (?:of )?)?(?:his|her|their) )"
)


@dataclass(frozen=True, slots=True)
class _Item:
    """One further victim phrase: its atoms from first to end, and whether a number states it."""

    first: int
    end: int
    is_numbered: bool


class ListReader(TollReader):
    """Links the further items of a list to the harm word of its first one."""

    def link_behind(self, at: int, i: int, effect: str, rule: str, whole: int | None = None, *, is_named: bool = False) -> None:
        """Record what a list adds behind its first victim, and the parts it names.

        Args:
            at: Index of the atom behind the first victim.
            i: Index of the harm word. A list that stands before it ends there.
            effect: What was done to them; see CasualtyMention.
            rule: Name of the rule that read the first victim.
            whole: Number of the first victim phrase: items that add up to it tell who they were.
            is_named: The first victim is a name, so that "a teacher" behind a comma is still the same person.
        """
        items: list[_Item] = []
        waiting: list[_Item] = []  # "the teacher, a guard": items once an "and" closes the list
        j, steps, end = at, 0, i if at < i else len(self.atoms)
        is_placed = False  # behind "in an attack on a church" a single noun is rather a second place
        while j < end and steps < _LIST_REACH:
            atom = self.atoms[j]
            if atom.word == "(" and j + 2 < end and self.atoms[j + 1].is_capital and self.atoms[j + 2].word == ")":
                j, steps = j + 3, steps + 1  # "a leader of the National Party (NP) and his nephew"
                continue
            if atom.kind == "incl" or atom.word in _OPENS_PARTS:
                self.link_parts(j + 1, i, effect, f"{rule}.part")
                break
            if atom.kind in {"harm", "clause", "be", "quantity"} or atom.word in {";", ".", "left"}:
                break
            if atom.word.endswith("ing") and self.atoms[j - 1].kind in {"and", "mark"}:
                break  # "killing ten and wounding", "killed two, setting fire to"
            is_placed = is_placed or (atom.kind == "prep" and atom.word != "of")
            if atom.kind == "and" or atom.word == ",":
                closes = atom.kind == "and" or (j + 1 < end and self.atoms[j + 1].kind == "and")
                if closes and self._opens_deed(j + 1 + (atom.kind != "and")):
                    # "killed the teacher, a guard, a driver and wounded five others": three were killed
                    items += waiting if len(waiting) > 1 else []
                    break
                item = self._item_at(j + 1 + (closes and atom.kind != "and"), is_subject=at < i)
                item = item or (self._relative_at(j + 1) if atom.kind == "and" else None)
                if closes and (item is None or (is_placed and not item.is_numbered)):
                    if self.atoms[min(j + 1, end - 1)].kind != "people":  # "12 clerks and engineers and four guards"
                        break
                    item = None
                if item is not None:
                    if closes or (item.is_numbered and self._is_list_number(item.first)):
                        items += [*waiting, item]
                        waiting = []
                    elif (not item.is_numbered and not is_named) or self.atoms[item.first].word in _OWN:
                        waiting.append(item)
                    j, steps = item.end, 0
                    continue
            j, steps = j + 1, steps + 1
        is_own = at > 1 and self.atoms[at - 2].word in _OWN  # "his two children, his brother and their daughter" are four
        self._record(items, i, effect, rule, None if is_own else whole)

    def _opens_deed(self, j: int) -> bool:
        """Tell whether the next deed of the same attacker begins at atom j: "and wounded", "and then shot"."""
        return j < len(self.atoms) and self.atoms[j].kind == "harm" and self.atoms[j].harm.form in {"verb", "active", "gerund"}

    def _record(self, items: list[_Item], i: int, effect: str, rule: str, whole: int | None) -> None:
        numbers = [self.atoms[item.first].quantity if item.is_numbered else None for item in items]
        told = [1 if number is None else number.best or 0 for number in numbers]
        is_whole = len(items) > 1 and sum(told) == whole  # "five people, four traders and a guard" are five
        for item in items:
            part = is_whole or (item.is_numbered and self.is_part(item.first))
            name = f"{rule}.{'part' if part else 'list'}"
            if item.is_numbered:
                self.emit(item.first, i, effect, name, subset=part, additive=not part)
            else:
                self.emit_one(item.first, item.end, i, effect, name, subset=part, additive=not part)

    def _is_list_number(self, j: int) -> bool:
        """Tell whether a number behind a comma counts more people: it names them ("Ahmed, 26, said" does not), as new ones."""
        return self.atoms[j - 1].word != "the" and next(self.groups(j), None) is not None

    def _item_at(self, j: int, *, is_subject: bool = False) -> _Item | None:
        """Return the victim phrase that begins at j, when it counts people and has no harm word of its own; else None."""
        first = j
        while j < len(self.atoms) and j - first < 3 and (self.atoms[j].kind == "det" or self.atoms[j].word in _MORE | {"her"}):
            j += 1
        if j >= len(self.atoms) or (not is_subject and self.has_own_harm(j)):
            return None
        if self.atoms[j].kind == "quantity":
            return _Item(j, j + 1, True)
        if not self.opens_one(first):
            return None
        end = self.np_end(first)
        head = self.people_in(first, end)
        is_said = any(a.word in SPEECH or a.word == "unborn" for a in self.atoms[first : end + 1])
        if end + 1 < len(self.atoms) and self.atoms[end].word == "," and self.atoms[end + 1].word.endswith("-old"):
            end = self.np_end(end + 1)  # "his daughter, five-year-old Amal" is one
        return None if head is None or is_plural(head.word) or is_said else _Item(first, end, False)

    def _relative_at(self, j: int) -> _Item | None:
        """Return the one person behind "and" who shares the owner of the first: "his father and brother"; None where none does."""
        is_owned = any(a.word in _OWN for a in self.atoms[max(0, j - 4) : j - 1])
        if not is_owned or j >= len(self.atoms) or self.atoms[j].kind != "people" or is_plural(self.atoms[j].word):
            return None
        if self.is_owner(self.atoms[j]) or (self.atoms[j + 1 : j + 2] and self.atoms[j + 1].word == "of"):
            return None  # "his wife and mother of his children" is one
        return _Item(j, j + 1, False)

    def opens_one(self, j: int) -> bool:
        """Tell whether a phrase for one person may begin at j: an article, whose they are, or a relative by marriage."""
        if j >= len(self.atoms):
            return False
        return self.atoms[j].kind in {"one", "det"} or self.atoms[j].word == "her" or self.atoms[j].word.endswith("-in-law")

    def link_before(self, at: int, i: int, effect: str, rule: str, *, is_open: bool = False) -> int:
        """Record the single victims before a victim phrase that begins at `at`: "a man and his two sons were shot dead".

        Args:
            at: Index of the first atom of the phrase.
            i: Index of the harm word.
            effect: What was done to them; see CasualtyMention.
            rule: Name of the rule that read the phrase.
            is_open: It is no last item, so that a comma joins it: "the mayor, two guards and a driver".

        Returns:
            How many were recorded.
        """
        j = at - 1
        while j >= 0 and (self.atoms[j].kind == "det" or self.atoms[j].word in {"her", "another"}):
            j -= 1
        count = 0
        while j > 0 and (self.atoms[j].kind == "and" or ((count or is_open) and self.atoms[j].word == ",")):
            j -= self.atoms[j - 1].word == ","
            start = self._single_before(j)
            if start is None or (is_open and not count and not self.opens_one(start)):
                break  # "In Herat, two guards and a driver"
            count += self.emit_one(start, j, i, effect, f"{rule}.list", additive=True)
            j = start - 1
        return count

    def _single_before(self, end: int) -> int | None:
        """Index of the first atom of the phrase for one person that ends before `end`; None where none stands there."""
        k = end - 1
        if self.atoms[k].word in {"he", "she"}:
            return k
        while k >= 0 and end - k <= NP_LENGTH + 3:
            atom = self.atoms[k]
            is_of = k > 0 and self.atoms[k - 1].word == "of"
            if (atom.kind in {"one", "det"} or atom.word == "her") and not is_of:
                break
            if atom.kind not in {"word", "people", "det", "one", "unsure"} and atom.word != "of":
                k += 1
                break
            k -= 1
        k = max(k, 0)
        if k >= end or end - k > NP_LENGTH + 3 or self._is_behind_harm(k):
            return None
        words = self.atoms[k:end]
        head = self.people_in(k, end)
        if any(a.word in SPEECH for a in words) or is_plural((head or words[-1]).word):
            return None
        is_short = words[0].kind == "one" and len(words) <= 3 and self.atoms[end].kind == "and"  # "a ranger and two civilians"
        if is_short or (head is not None and words[0].kind == "one") or (head is not None and (self.opens_one(k) or k == 0)):
            return k
        is_name = all(a.is_capital or a.kind == "people" for a in words) and not self.doc.is_caseless
        is_owner = self.atoms[end + 1 : end + 2] and self.atoms[end + 1].word in {"his", "her"}  # "Musa and his cousin were shot"
        return k if is_name and (len(words) > 1 or k > 0 or is_owner) else None

    def _is_behind_harm(self, k: int) -> bool:
        """Tell whether another harm word stands before atom k in its clause: what follows is rather its victim, or its place."""
        for j in range(k - 1, -1, -1):
            if self.atoms[j].kind == "harm":
                return True
            if self.atoms[j].kind == "clause" or self.atoms[j].word in {"which", ";"}:
                return False
        return False

    def link_parts(self, j: int, i: int, effect: str, rule: str) -> None:
        """Record every numbered or single item of an "including" list as a part."""
        for k in range(j, min(len(self.atoms), j + _PARTS_REACH)):
            atom = self.atoms[k]
            if atom.kind in {"harm", "clause", "be"} or atom.word in {";", ":", ".", ")", "]"}:
                return
            if atom.kind == "quantity":
                if self.has_own_harm(k):
                    return
                self.emit(k, i, effect, rule, subset=True)
            elif atom.kind == "people" and self.atoms[k - 1].kind in {"incl", "det", "and", "mark"} and _AUTHORS & set(atom.groups):
                if not is_plural(atom.word):  # "five people including the gunman"
                    self.emit_one(k, k + 1, i, effect, rule, subset=True)
            elif atom.kind == "one" and self.people_in(k, self.np_end(k)) is not None:
                self.emit_one(k, self.np_end(k), i, effect, rule, subset=True)

    def link_apposition(self, at: int, i: int, rule: str) -> bool:
        """Record who the victims were: "five people were killed, a woman and four children"; False unless that adds up to the toll."""
        harm = self.atoms[i].start
        told = [m for m in self.out if m.harm == harm and not m.subset]
        items: list[_Item] = []
        j = at
        while j + 1 < len(self.atoms) and (self.atoms[j].kind in {"mark", "and"}):
            j += 1 + (self.atoms[j + 1].kind == "and")
            item = self._item_at(j)
            if item is None:
                break
            items.append(item)
            j = self.np_end(item.end) if item.is_numbered else item.end
        quantities = [self.atoms[item.first].quantity if item.is_numbered else None for item in items]
        count = sum(1 if quantity is None else quantity.best or 0 for quantity in quantities)
        if len(told) != 1 or len(items) < 2 or count != told[0].quantity.best:
            return False
        for item in items:
            if item.is_numbered:
                self.emit(item.first, i, told[0].effect, f"{rule}.part", subset=True)
            else:
                self.emit_one(item.first, item.end, i, told[0].effect, f"{rule}.part", subset=True)
        return True

    def opening_of(self, j: int) -> int:
        """Index of the bracket that the closing one at j ends; j itself where there is none."""
        return next((k for k in range(j - 1, -1, -1) if self.atoms[k].word in {"(", "["}), j)

    def is_whole_of(self, j: int, i: int) -> bool:
        """Tell whether the number at j is what the items recorded of harm word i add up to: "18 people - seven herders and 11 raiders"."""
        quantity = self.atoms[j].quantity
        items = [m.quantity.best or 0 for m in self.out if m.harm == self.atoms[i].start]
        return quantity is not None and len(items) > 1 and quantity.best == sum(items)

    def settle_whole(self, i: int) -> None:
        """Turn the items of a list into parts where its first number is what they add up to: "five people, four men and a child"."""
        harm = self.atoms[i].start
        items = sorted((m for m in self.out if m.harm == harm), key=lambda m: m.quantity.span.start)
        if len(items) > 2 and not items[0].subset and items[0].quantity.best == sum(m.quantity.best or 0 for m in items[1:]):
            self.out = [replace(m, subset=True, additive=False) if m.harm == harm and m is not items[0] else m for m in self.out]

    def link_companions(self, at: int, i: int, effect: str, rule: str) -> None:
        """Record "was killed along with his three children", "was killed on Friday with four others" as more items of the list."""
        if at >= len(self.atoms):
            return
        last = self.atoms[min(len(self.atoms) - 1, at + _COMPANY_REACH)].end
        match = _ALONG.search(self.doc.folded, self.atoms[at].start, last)
        if match is None:
            return
        j = next((k for k in range(at, len(self.atoms)) if self.atoms[k].start >= match.end()), len(self.atoms))
        if any(a.kind in {"harm", "clause", "be", "incl"} or a.word in {";", ":"} or a.word.endswith("ing") for a in self.atoms[at:j]):
            return
        item = self._item_at(j)
        if item is None:
            return
        if not item.is_numbered and any(a.word.endswith(("ing", "ed")) for a in self.atoms[item.first : item.end + 1]):
            return  # "with his father holding him", "with his sister led away"
        self._record([item], i, effect, rule, None)
        self.link_behind(item.end, i, effect, rule)
