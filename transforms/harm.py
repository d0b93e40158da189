"""The words of harm and the atoms of a sentence that speak of it: quantities, people, harm words, joints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from weakref import WeakKeyDictionary

from ahocorasick_rs import AhoCorasick

from transforms.document import Document
from transforms.lexicons import Lexicons, Term
from transforms.records import Quantity
from transforms.text import Sentence

# Joints of a sentence, by word. Anything else is a plain word.
_JOINTS: dict[str, str] = {
    **dict.fromkeys(["was", "were", "is", "are", "be", "been", "being", "got", "get", "gets", "'re", "'s"], "be"),
    **dict.fromkeys(["and", "&", "plus"], "and"),
    **dict.fromkeys(["or", "nor"], "or"),
    **dict.fromkeys(["including", "includes", "include", "included", "among", "amongst"], "incl"),
    **dict.fromkeys(["a", "an", "another"], "one"),
    **dict.fromkeys(["the", "this", "that's", "his", "her", "their", "its", "our", "my", "these", "those"], "det"),
    **dict.fromkeys(["he", "she", "him", "her", "himself", "herself", "who", "whom"], "pronoun"),
    **dict.fromkeys(["they", "them", "themselves"], "pronouns"),
    **dict.fromkeys(
        [
            "in",
            "at",
            "of",
            "on",
            "by",
            "from",
            "near",
            "with",
            "for",
            "to",
            "into",
            "after",
            "during",
            "outside",
            "inside",
            "between",
            "against",
            "over",
            "under",
            "along",
            "across",
            "through",
            "towards",
            "around",
        ],
        "prep",
    ),
    **dict.fromkeys(
        [
            "that",
            "when",
            "while",
            "because",
            "if",
            "whether",
            "although",
            "though",
            "where",
            "before",
            "until",
            "unless",
            "as",
            "since",
            "but",
        ],
        "clause",
    ),
    **dict.fromkeys(["not", "never", "without", "n't", "cannot"], "not"),
    **dict.fromkeys(
        [
            "could",
            "would",
            "might",
            "may",
            "should",
            "feared",
            "threatened",
            "threatening",
            "threaten",
            "plotting",
            "plotted",
            "planned",
            "planning",
            "attempted",
            "attempting",
            "trying",
            "tried",
            "wanted",
            "want",
            "vowed",
            "warned",
        ],
        "unsure",
    ),
}
ADULT_AGE = 18  # Convention on the Rights of the Child, article 1
_AGE = re.compile(r"(\d{1,2})-(year|month)-olds?")
_TOKEN = re.compile(r"\w+(?:['\-]\w+)*|[^\w\s]")

# Victim group of `claim.victim_group` by group_class of groups.csv; every other class is a kind of civilian or unknown: "all".
GROUP_OF = {
    "children": "children",
    "women": "women",
    "civilians": "civilians",
    "soldiers": "security",
    "police": "security",
    "paramilitary": "security",
    "security_forces": "security",
    "perpetrators": "attackers",
}
FIGHTERS = frozenset({"militants", "militia", "criminals", "gang_members"})
# "three men were shot": a man, a person and so on is no victim group of its own.
PLURAL_WORDS = frozenset({"people", "men", "women", "children", "police", "troops", "personnel", "staff", "crew", "others", "relatives"})


@dataclass(frozen=True, slots=True)
class Harm:
    """One harm word of the lexicon: its effect and how it takes its victims (form of harm.csv)."""

    effect: str
    form: str


NO_HARM = Harm("", "")


@dataclass(slots=True)
class Atom:
    """One piece of a sentence.

    kind: quantity, harm, people, be, and, or, incl, one, det, pronoun(s), prep, clause, not, unsure, mark, word.
    """

    kind: str
    start: int
    end: int
    word: str
    quantity: Quantity | None = None
    harm: Harm = NO_HARM
    groups: tuple[str, ...] = field(default_factory=tuple)
    is_capital: bool = False


class HarmWords:
    """The harm lexicon, compiled once per Lexicons."""

    _made: ClassVar[WeakKeyDictionary[Lexicons, HarmWords]] = WeakKeyDictionary()

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self._harms = [Harm(row["effect"], row["form"]) for row in rows]
        self._automaton = AhoCorasick([row["term"] for row in rows])

    def find(self, folded: str) -> list[tuple[int, int, Harm]]:
        """Return the harm words of a folded text as start, end and harm, in order, the longest of overlapping ones."""
        found: list[tuple[int, int, Harm]] = []
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if (start and (folded[start - 1].isalnum() or folded[start - 1] in "-_")) or (
                end < len(folded) and (folded[end].isalnum() or folded[end] in "-_")
            ):
                continue
            found.append((start, end, self._harms[index]))
        found.sort(key=lambda item: (item[0], -item[1]))
        kept: list[tuple[int, int, Harm]] = []
        for item in found:
            if not kept or item[0] >= kept[-1][1]:
                kept.append(item)
        return kept

    @classmethod
    def of(cls, lexicons: Lexicons) -> HarmWords:
        """Return the harm words of a language."""
        if lexicons not in cls._made:
            cls._made[lexicons] = cls(lexicons.rows("harm"))
        return cls._made[lexicons]


def read_atoms(
    doc: Document, sentence: Sentence, harm_words: Sequence[tuple[int, int, Harm]], quantities: Sequence[Quantity], people: Sequence[Term]
) -> list[Atom]:
    """Cut one sentence into atoms, in order.

    Args:
        doc: The document.
        sentence: The sentence.
        harm_words: Its harm words: start, end, harm.
        quantities: Its quantities.
        people: Its words for people.
    """
    harms = {start: (end, harm) for start, end, harm in harm_words}
    counts = {q.span.start: q for q in quantities}
    named = {term.start: term for term in people}
    classes: dict[int, list[str]] = {}
    for term in people:
        classes.setdefault(term.start, []).append(term.entry["group_class"])
    atoms: list[Atom] = []
    at = sentence.start
    while (match := _TOKEN.search(doc.folded, at, sentence.end)) is not None:
        start = match.start()
        atom = _atom(doc, match, counts.get(start), harms.get(start), named.get(start), tuple(classes.get(start, ())))
        atoms.append(atom)
        at = atom.end
    return atoms


def _atom(
    doc: Document,
    match: re.Match[str],
    count: Quantity | None,
    harm: tuple[int, Harm] | None,
    person: Term | None,
    groups: tuple[str, ...],
) -> Atom:
    start, end, word = match.start(), match.end(), match.group()
    if count is not None:
        return Atom("quantity", start, count.span.end, doc.folded[start : count.span.end], quantity=count)
    if harm is not None and harm[1].form != "skip":
        return Atom("harm", start, harm[0], doc.folded[start : harm[0]], harm=harm[1])
    if person is not None:
        return Atom("people", start, person.end, doc.folded[start : person.end], groups=groups)
    if age := _AGE.fullmatch(word):
        # "A 3-year-old was shot": the age is the noun, or tells whose age the noun behind it is.
        is_child = age.group(2) == "month" or int(age.group(1)) < ADULT_AGE
        return Atom("people" if is_child else "word", start, end, word, groups=("children",) if is_child else ())
    if not word[0].isalnum():
        return Atom("mark", start, end, word)
    kind = _JOINTS.get(word, "word")
    if kind == "clause" and word == "as" and doc.folded.startswith("as well as", start):
        return Atom("and", start, start + 10, "as well as")
    return Atom(kind, start, end, word, is_capital=doc.text[start].isupper())
