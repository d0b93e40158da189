"""The words of deeds: which one-letter role each word of event_words.csv and perpetrators.csv has in a sentence of violence."""

from __future__ import annotations

from functools import lru_cache

from transforms.lexicons import Lexicons
from transforms.stems import StemPool, Stems
from transforms.value_class import dataclass

# Letter of each role of event_words.csv. A word with several roles keeps the first one of this order.
ROLE_LETTER = {
    "claim": "R", "responsibility": "r", "blame": "L", "act_past": "V", "act_open": "I", "act_now": "v", "deed": "X",
    "weapon_word": "W", "by": "B", "be": "E", "have": "H", "at": "O", "when": "j", "of": "f", "from": "x",
    "say": "s", "who": "t", "and": "&", "group": "g", "negative": "N", "dead": "d", "modifier": "U", "little": "T",
    "they": "y", "accepts": "a",
}  # fmt: skip
NAMED, COUNTRY, GENERIC, CAPITAL, PARTY, PERSON = "A", "C", "G", "k", "n", "P"
_UNSTEADY = frozenset({GENERIC, ROLE_LETTER["at"]})  # what these letters stand for hangs on the words beside
_TRIGGER = frozenset("RLVIvXa")
KIND_OF_DEED = frozenset("rebel jihadist jihadi islamist separatist insurgent guerrilla".split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word for perpetrators of perpetrators.csv."""

    kind: str
    weight: float


class DeedWords:
    """The role words of a language, compiled once per Lexicons."""

    def __init__(self, lexicons: Lexicons) -> None:
        self.letter: dict[str, str] = {",": ",", ".": ".", ";": ";", ":": ":", '"': '"', "-": ",", "(": "(", ")": ")", "'": "'", "'s": "'"}
        self.phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.people: dict[str, Word] = {}
        self.state_deeds: frozenset[str] = frozenset()
        self.clash: frozenset[str] = frozenset()
        self.phrase_people: set[str] = set(KIND_OF_DEED)
        rows = {row["role"]: row["words"].split("|") for row in lexicons.rows("event_words")}
        self.state_deeds, self.clash = frozenset(rows.get("state_deed", ())), frozenset(rows.get("clash", ()))
        for role, letter in ROLE_LETTER.items():
            for word in rows.get(role, ()):
                self._add(word, letter)
        for row in lexicons.rows("perpetrators"):
            for word in row["words"].split("|"):
                self.people.setdefault(word, Word(row["kind"], float(row["weight"])))
                self._add(word, GENERIC)
                if " " in word:
                    self.phrase_people.add(word.split()[0])
        # Words that are more than plain ones: those with one role wherever they stand, and those that must be looked at.
        self.steady = {
            word: letter
            for word, letter in self.letter.items()
            if letter not in _UNSTEADY and word not in self.phrases and word not in KIND_OF_DEED
        }
        self.unsteady = frozenset((self.letter.keys() | self.phrases.keys()) - self.steady.keys())
        self.rebel = self.people.get("rebel", Word("non_state_armed_group", 1.0))
        self.triggers = frozenset(w for w, letter in self.letter.items() if letter in _TRIGGER) | {
            first for first, options in self.phrases.items() if any(letter in _TRIGGER for _, letter in options)
        }
        # "lost their lives in a clash between ...", "died at the hands of ..." hold no word of violence but these
        self.triggers |= {words.split()[-1] for words in self.clash} | {
            max(parts, key=len) for options in self.phrases.values() for parts, letter in options if letter == "B"
        }
        self.trigger_stems = Stems(self.triggers, StemPool())

    def _add(self, word: str, letter: str) -> None:
        parts = tuple(word.split())
        if len(parts) == 1:
            self.letter.setdefault(word, letter)
        else:
            self.phrases.setdefault(parts[0], []).append((parts, letter))
            self.phrases[parts[0]].sort(key=lambda item: -len(item[0]))

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, lexicons: Lexicons) -> DeedWords:
        """Return the role words of a language."""
        return cls(lexicons)
