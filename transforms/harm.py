"""The words of harm and the atoms of a sentence that speak of it: quantities, people, harm words, joints."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, Implementation

from transforms.document import Document
from transforms.lexicons import Lexicons, Term
from transforms.numbers import read_number
from transforms.records import Quantity
from transforms.text import Sentence
from transforms.value_class import dataclass

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
            "vow",
            "vows",
            "threatens",
            "warned",
        ],
        "unsure",
    ),
}
ADULT_AGE = 18  # Convention on the Rights of the Child, article 1
_AGE = re.compile(r"(\w+)[- ](year|month|week|day)s?[- ]olds?\b")
_AGE_ENDS = ("-old", "-olds", "-year")
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
FIGHTERS = frozenset({"militants", "gunmen", "militia", "criminals", "gang_members"})
# "three men were shot": a man, a person and so on is no victim group of its own.
PLURAL_WORDS = frozenset({"people", "men", "women", "children", "police", "troops", "personnel", "staff", "crew", "others", "relatives"})


@dataclass(frozen=True, slots=True)
class Harm:
    """One harm word of the lexicon: its effect and how it takes its victims (form of harm.csv)."""

    effect: str
    form: str


NO_HARM = Harm("", "")


class Atom:
    """One piece of a sentence. A plain class, for a text has thousands: what most of them lack is an attribute of the class.

    Attributes:
        kind: quantity, harm, people, be, and, or, incl, one, det, pronoun(s), prep, clause, not, unsure, mark, word.
        start: Offset of its first character.
        end: Offset behind its last one.
        word: Its folded words.
        quantity: How many, of a quantity.
        harm: What is done, of a harm word.
        groups: Group classes, of a word for people.
        is_capital: It begins with a capital; asked of plain words only.
    """

    quantity: Quantity | None = None
    harm: Harm = NO_HARM
    groups: tuple[str, ...] = ()
    is_capital: bool = False

    def __init__(self, kind: str, start: int, end: int, word: str) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.word = word


class HarmWords:
    """The harm lexicon, compiled once per Lexicons."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self._harms = [Harm(row["effect"], row["form"]) for row in rows]
        # As a DFA, here and where else it is asked for: a third of the time. Of thousands of words it is slower, and of few already one.
        self._automaton = AhoCorasick([row["term"] for row in rows], implementation=Implementation.DFA)

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
    @lru_cache(maxsize=4)
    def of(cls, lexicons: Lexicons) -> HarmWords:
        """Return the harm words of a language."""
        return cls(lexicons.rows("harm"))


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
    folded, text, end = doc.folded, doc.text, sentence.end
    known = _known_atoms(folded, harm_words, quantities, people)
    atoms: list[Atom] = []
    at = sentence.start
    while at < end:
        for start, stop in map(re.Match.span, _TOKEN.finditer(folded, at, end)):
            if start in known:
                atom = known[start]
            else:
                word = folded[start:stop]
                kind = _kind(word)
                if kind == "age":
                    if age := _AGE.match(folded, start):
                        atom = known[start] = _age(start, age)
                        atoms.append(atom)
                        at = atom.end
                        break
                    kind = "word"
                atom = Atom(kind, start, stop, word)
                if kind == "clause" and word == "as" and folded.startswith("as well as", start):
                    atom = Atom("and", start, start + 10, "as well as")
                elif text[start].isupper():
                    atom.is_capital = True
            atoms.append(atom)
            if atom.end != stop:  # of several words: go on behind it
                at = atom.end
                break
        else:
            break
    return atoms


@lru_cache(maxsize=20_000)  # the same words come back in every sentence
def _kind(word: str) -> str:
    """Return the kind of a word that is neither number, harm word nor people; "age" where it may end one."""
    kind = _JOINTS.get(word)
    if kind is None:
        kind = "mark" if not word[0].isalnum() else "age" if word.endswith(_AGE_ENDS) or word.isdecimal() else "word"
    return kind


def _known_atoms(
    folded: str, harm_words: Sequence[tuple[int, int, Harm]], quantities: Sequence[Quantity], people: Sequence[Term]
) -> dict[int, Atom]:
    """Return what begins at an offset by that offset, the stronger reading: a number of people, then a harm word, then people."""
    known: dict[int, Atom] = {}
    for term in people:
        before = known.get(term.start)
        atom = known[term.start] = Atom("people", term.start, term.end, folded[term.start : term.end])
        atom.groups = (*(before.groups if before else ()), term.entry["group_class"])
    for start, stop, harm in harm_words:
        if harm.form != "skip":
            atom = known[start] = Atom("harm", start, stop, folded[start:stop])
            atom.harm = harm
    for quantity in quantities:
        start, stop = quantity.span.start, quantity.span.end
        atom = known[start] = Atom("quantity", start, stop, folded[start:stop])
        atom.quantity = quantity
    return known


def _age(start: int, age: re.Match[str]) -> Atom:
    """Read "A 3-year-old was shot": the age is the noun, or tells whose age the noun behind it is."""
    years = read_number(age.group(1)) if age.group(2) == "year" else 0
    atom = Atom("word" if years is None else "people", start, age.end(), age.group().replace(" ", "-"))
    atom.groups = ("children",) if years is not None and years < ADULT_AGE else ()
    return atom
