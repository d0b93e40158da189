"""Questions about the atoms of one sentence: where a phrase begins and ends, what is part of what, which verb governs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from transforms.document import Document
from transforms.harm import PLURAL_WORDS, Atom
from transforms.text import Sentence

NP_LENGTH = 7  # atoms of one victim phrase: "seven members of the same Yazidi family"
OF_THEM = re.compile(r"\s*(?:of (?:them|whom|which|those|the)\b|among them)")
WHEN = frozenset("yesterday today overnight monday tuesday wednesday thursday friday saturday sunday early late last this so".split())
SPEECH = frozenset(
    (
        "said say says told tells reported reports confirmed confirms added announced stated claimed claims according spokesman spokeswoman"
    ).split()
)
_OTHERS = frozenset({"others", "other", "more"})
_GATHERED = frozenset({"family", "household", "crew", "team", "patrol", "delegation", "party"})


class SentencePhrases:
    """The atoms of one sentence and what can be asked of them. Numbers named i, j, k are indices of atoms."""

    def __init__(self, doc: Document, sentence: Sentence, atoms: list[Atom]) -> None:
        self.doc, self.sentence, self.atoms = doc, sentence, atoms

    def be_before(self, i: int) -> int | None:
        """Index of the form of "be" that governs atom i: only adverbs, a day and joined participles stand between."""
        j, steps = i - 1, 0
        while j >= 0 and steps < 5:
            atom = self.atoms[j]
            if atom.kind == "be":
                return j
            if atom.word in _OTHERS:
                return None
            if atom.kind in {"harm", "and", "or", "unsure"} or (atom.kind == "word" and not atom.is_capital):
                j, steps = j - 1, steps + 1
                continue
            before = self._before_day(j)
            if before == j:
                return None
            j, steps = before, steps + 1
        return None

    def _before_day(self, j: int) -> int:
        """Index before the day that ends at atom j, j itself where none does: "were on Wednesday [5 September] killed"."""
        k = j
        if self.atoms[k].word in {"]", ")"}:
            k = next((m - 1 for m in range(k - 1, max(-1, k - 5), -1) if self.atoms[m].word in {"[", "("}), k)
        for day in (k, k - 1):  # "on Friday", "on Friday night"
            if day > 0 and self.atoms[day].word.endswith("day") and self.atoms[day - 1].word == "on":
                return day - 2
        return j

    def ends_clause(self, i: int) -> bool:
        """Tell whether no object can follow the participle: "12 killed in ...", "12 killed, 50 wounded"."""
        if i + 1 >= len(self.atoms):
            return True
        nxt = self.atoms[i + 1]
        return (
            nxt.kind in {"prep", "mark", "and", "or", "clause", "incl", "quantity", "harm"} or nxt.word in WHEN or nxt.word.endswith("ly")
        )

    def agrees(self, j: int, i: int, form: str) -> bool:
        """Tell whether a number can be the subject of the verb: "two dailies ..., was killed" cannot."""
        be = self.be_before(i) if form == "passive" else None
        quantity = self.atoms[j].quantity
        if be is None or quantity is None or (quantity.best or quantity.low or 0) < 2:
            return True
        if self.atoms[be].word in {"was", "is"}:
            return (
                "dozen" in self.atoms[j].word
                or self.atoms[j].word in {"a couple", "a pair"}
                or "toll" in self.doc.folded[self.sentence.start : self.atoms[j].start]
                or self.doc.folded[: self.atoms[j].start].rstrip().endswith(" of")
            )
        return not (self.atoms[be].word == "been" and any(a.word == "has" for a in self.atoms[max(j, be - 3) : be]))

    def is_joined(self, j: int, i: int) -> bool:
        """Tell whether harm words j and i share their subject: "shot and killed", "killed or wounded"."""
        return i - j <= 3 and all(a.kind in {"and", "or", "harm", "be"} or a.word in {",", "then", "later"} for a in self.atoms[j + 1 : i])

    def is_part(self, j: int) -> bool:
        """Tell whether the quantity at j is part of another: including, among them, of whom, of them."""
        for k in range(j - 1, max(-1, j - 5), -1):
            if self.atoms[k].kind == "incl":
                # "was among the 30 people killed": the number is the whole, what stands before is the part.
                return not (self.atoms[k].word.startswith("among") and k > 0 and self.atoms[k - 1].kind == "be")
        after = [a for a in self.atoms[j + 1 : j + 1 + NP_LENGTH + 2] if a.kind != "people"]
        if any(a.kind == "be" and b.word.startswith("among") for a, b in pairwise(after)):
            return True
        if OF_THEM.match(self.doc.folded, self.atoms[j].end):
            return True
        return any(a.word in {"whom", "mostly"} for a in self.atoms[max(0, j - 3) : j])

    def is_listed(self, j: int, head: int) -> bool:
        """Tell whether quantities j and head are items of one list: only a short victim phrase and a joint between."""
        between = self.atoms[j + 1 : head]
        if len(between) > NP_LENGTH + 3 or not between:
            return False
        if any(a.kind in {"harm", "be", "clause", "incl"} for a in between):
            return False
        if j > 0 and self.atoms[j - 1].kind == "word" and self.atoms[j - 1].word.endswith("ed"):
            return False
        return any(a.kind == "and" or a.word == "," for a in between[-2:])

    def has_own_harm(self, j: int) -> bool:
        """Tell whether the quantity at j is the subject of a harm word of its own: "... and 50 were wounded"."""
        for k in range(j + 1, min(len(self.atoms), j + 6)):
            atom = self.atoms[k]
            if atom.kind == "harm":
                return atom.harm.form in {"verb", "state"}
            if atom.kind == "be":
                return True
            if atom.kind in {"quantity", "prep", "incl", "clause", "mark"} or (
                atom.kind == "and" and self.atoms[k + 1 :][:1] and self.atoms[k + 1].kind == "harm"
            ):
                return False
        return False

    def counts_other_harm(self, j: int, effect: str) -> bool:
        """Tell whether the quantity at j is the subject of a verb of another harm: "... and 50 were wounded"."""
        for atom in self.atoms[j + 1 : j + 6]:
            if atom.kind == "harm":
                return atom.harm.form in {"verb", "state"} and atom.harm.effect not in {effect, "casualties"}
            if atom.kind in {"quantity", "prep", "incl", "clause", "mark"}:
                return False
        return False

    def np_end(self, first: int) -> int:
        """Index behind the noun phrase that begins at `first`."""
        j = first
        while j < len(self.atoms) and j - first < NP_LENGTH:
            owner = self.atoms[j].word == "'" and j > first and self.is_owner(self.atoms[j - 1])
            if not owner and self.atoms[j].kind not in {"one", "det", "people", "word", "pronoun"}:
                break
            j += 1
        return max(j, first + 1)

    def np_start(self, last: int) -> int:
        """Index of the first atom of the noun phrase that ends at `last`, apposition between commas skipped."""
        j = last
        if self.atoms[j].word in {",", ")"}:
            for k in range(j - 1, max(-1, j - 24), -1):
                if self.atoms[k].word in {",", "("}:
                    j = k - 1
                    break
        for k in range(j, max(0, j - 9), -1):  # "the farmer who guided him": the noun stands before the clause
            if self.atoms[k].word in {"who", "whom"} and self.atoms[k - 1].kind in {"people", "word"}:
                return self.np_start(k - 1)
            if self.atoms[k].kind in {"mark", "and", "harm", "clause"}:
                break
        for k in range(j, max(-1, j - 14), -1):
            atom = self.atoms[k]
            if atom.kind in {"one", "pronoun"}:
                return k
            if atom.kind in {"harm", "be", "clause", "and", "mark", "quantity"} or atom.word in SPEECH:
                return min(k + 1, last)
        return max(0, j - 13)

    def people_in(self, first: int, end: int) -> Atom | None:
        """Return the first word for people among the atoms from first to end, or None."""
        return next((a for a in self.atoms[first:end] if a.kind == "people" and not self.is_owner(a)), None)

    def is_owner(self, atom: Atom) -> bool:
        """Tell whether an atom only says whose somebody is: "a police officer's son"."""
        return self.doc.folded.startswith(("'s ", "s' "), atom.end) or self.doc.folded.startswith("s' ", atom.end - 1)

    def number_behind(self, first: int, end: int) -> int | None:
        """Index of the number behind a phrase that only says whose they are: "the mayor's two bodyguards", "a crew of six"."""
        last = self.atoms[end - 1].word
        is_owner = last.endswith("'s") or (last == "s" and end - 1 > first and self.atoms[end - 2].word == "'")
        at = end + (last in _GATHERED and end < len(self.atoms) and self.atoms[end].word == "of")
        is_number = at < len(self.atoms) and self.atoms[at].kind == "quantity"
        return at if is_number and (is_owner or at > end) else None

    def people_near(self, j: int) -> bool:
        """Tell whether a word for people stands in the victim phrase that begins at j."""
        return any(a.kind == "people" for a in self.atoms[j : j + NP_LENGTH])

    def groups(self, j: int) -> Iterator[str]:
        """Group classes of the victim phrase behind the quantity at j."""
        for k in range(j + 1, min(len(self.atoms), j + 1 + NP_LENGTH)):
            atom = self.atoms[k]
            if atom.kind == "people":
                yield from () if self.is_owner(atom) else atom.groups
            elif atom.word in {'"', "'"}:
                continue
            elif atom.kind in {"harm", "be", "mark", "clause", "quantity", "incl", "and", "or"} or (
                atom.kind == "prep" and atom.word != "of"
            ):
                return


def is_plural(word: str) -> bool:
    """Tell whether a noun, or the last noun of a phrase, is a plural."""
    return (
        word in PLURAL_WORDS
        or word.rsplit(maxsplit=1)[-1] in PLURAL_WORDS
        or (word.endswith("s") and not word.endswith("ss"))
        or word.endswith("men")
    )
