"""The words that tell where a place name stands: prepositions, kinds of places, titles, bodies, verbs of speech.

Words come from seeds/lexicons/<language>/place_*.csv; what a preposition is worth is grammar and stands here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, Implementation

from transforms.lexicons import Lexicons
from transforms.place_names import AREA_WORDS, PLACE_WORDS
from transforms.text import fold, is_word_bounded

# How sure a word before a name makes it the place of what happened, on a scale of 0 (says nothing) to 3 (says so).
PREPOSITIONS: dict[str, tuple[str, float]] = {
    "in": ("in", 2.6), "inside": ("in", 2.6), "at": ("at", 2.4), "within": ("in", 2.4), "near": ("near", 2.4),
    "outside": ("near", 2.3), "around": ("near", 2.0), "throughout": ("in", 1.6), "across": ("in", 1.6),
    "through": ("in", 1.0), "over": ("in", 0.8), "off": ("near", 1.6), "between": ("between", 1.9),
    "into": ("into", 1.3), "on": ("on", 0.8), "from": ("from", 0.5), "to": ("to", 0.3), "toward": ("to", 0.4),
    "towards": ("to", 0.4), "of": ("of", 0.8), "for": ("for", 0.3), "with": ("with", 0.1),
    "against": ("against", 0.1), "bordering": ("with", 0.1), "neighbouring": ("", 0.5), "neighboring": ("", 0.5),
    "by": ("by", 0.2), "along": ("on", 1.2), "beyond": ("beyond", 0.6), "via": ("to", 0.3), "than": ("with", 0.0),
    "and": ("", 0.7), "or": ("", 0.7), "en": ("in", 1.5), "after": ("after", 0.5), "leaving": ("from", 0.3),
    "reaching": ("to", 0.4), "since": ("for", 0.1),
}  # fmt: skip
_ALONE = frozenset(PREPOSITIONS) - {"of", "on", "to", "from"}  # which say the same whatever stands before them
NO_CUE = ("", 0.7)
KIND_OF = ("kind_of", 2.8)
AREA_OF = ("area_of", 2.8)
TOWN_OF = ("town_of", 2.8)
ATTACKED = ("attacked", 2.6)
BEYOND = ("beyond", 1.1)
BODY_OF = ("body_of", 0.1)

_DIRECTIONS = frozenset(
    """north south east west northeast northwest southeast southwest north-east north-west south-east south-west northern southern
    eastern western northeastern northwestern southeastern southwestern away""".split()
)
_DISTANCE = frozenset("""km kms kilometers kilometres kilometer kilometre miles mile metres meters minutes hours away drive far""".split())
_ATTACK_NOUNS = frozenset(
    """attack attacks assault assaults raid raids strike strikes airstrike airstrikes bombing bombings siege shelling bombardment
    massacre invasion battle offensive blast ambush storming destruction""".split()
)
_AIMED = _ATTACK_NOUNS | {"fire"}
_BODIES = frozenset("""university bank archbishop bishop duke republic church times voice museum league""".split())
_NAMING = frozenset(("called", "named"))
_WORDS_BEFORE = 70  # characters looked at before a name
_NEAR_BEFORE = 40  # of these, mostly enough
_WORD = re.compile(r"[\w'\-]+[^\w\s]*")


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Word sets by role, and the phrases that belong to one country only."""

    person_title: frozenset[str]
    authority: frozenset[str]
    organisation: frozenset[str]
    not_place: frozenset[str]
    speech: frozenset[str]
    between: frozenset[str]
    kind_noun: frozenset[str]
    attack_verb: frozenset[str]
    street: frozenset[str]
    site: frozenset[str]
    first_name: frozenset[str]
    event: re.Pattern[str]
    longest_event: int  # characters of the longest stem, and one
    event_stems: tuple[tuple[int, bool], ...]  # characters of each, and whether any ending may follow
    event_automaton: AhoCorasick
    sea: re.Pattern[str]
    sea_names: AhoCorasick
    country_cues: tuple[tuple[str, str, float], ...]
    country_automaton: AhoCorasick
    cue_words: frozenset[str]  # those that cue_before does not pass over with NO_CUE at once

    def cue_before(self, folded: str, start: int) -> tuple[str, float]:  # noqa: PLR0911 - one return per kind of word reads best
        """Return the cue that the words before a name give, and its worth; `NO_CUE` where they give none."""
        before = folded[max(0, start - _WORDS_BEFORE) : start]
        if (cue := self._cue_of_last(before)) is not None:
            return cue
        words = self._words_of(before)
        for back in range(1, min(len(words), 8) + 1):
            word = words[-back]
            earlier = words[-back - 1] if back < len(words) else ""
            if not (word[-1].isalnum() or word[-1] == "'"):
                return NO_CUE
            if word == "of":
                return self._of(earlier, words[-back - 2] if back + 1 < len(words) else "")
            if back == 1 and word in _NAMING and earlier in self.kind_noun:
                return KIND_OF
            if word == "on" and earlier in _AIMED:
                return ATTACKED
            if word == "to" and earlier in ("near", "close", "next", "adjacent"):
                return PREPOSITIONS["near"]
            if word == "from" and earlier in _DISTANCE:
                return BEYOND
            if word in PREPOSITIONS:
                return PREPOSITIONS[word]
            if word in self.attack_verb:
                return ATTACKED
            if word not in self.between and not word.endswith("'s"):
                return NO_CUE
        return NO_CUE

    def _cue_of_last(self, before: str) -> tuple[str, float] | None:
        """Return what the last word says by itself, as most do; None where the words before it count too."""
        last = before.rsplit(None, 1)[1:] if before[-1:].isspace() else ()
        if not last or not last[0][0].isalnum():
            return None
        if last[0].isalpha():
            return NO_CUE if last[0] not in self.cue_words else PREPOSITIONS[last[0]] if last[0] in _ALONE else None
        return None if last[0][-1].isalnum() or last[0][-1] in "'_" else NO_CUE  # a mark gives none

    def _words_of(self, before: str) -> list[str]:
        """Return the last words before a name, and more than the last three only where the last one lets the one before it speak."""
        if len(before) > _NEAR_BEFORE:
            words = _WORD.findall(before, len(before) - _NEAR_BEFORE)  # the first of them may be cut
            if len(words) > 3 and words[-1] not in self.between and not words[-1].endswith("'s"):
                return words
        return _WORD.findall(before)

    def _of(self, earlier: str, before: str) -> tuple[str, float]:
        """Weigh "of": town of, north of, bombing of, University of."""
        if earlier in AREA_WORDS or earlier == "provinces":
            return AREA_OF
        if earlier in PLACE_WORDS and earlier not in ("area", "quarter", "municipality"):
            return TOWN_OF
        if earlier in self.kind_noun:
            return KIND_OF
        if earlier in _DIRECTIONS:
            return BEYOND
        if earlier in ("part", "parts", "heart", "side"):
            return PREPOSITIONS["in"]
        if earlier in _ATTACK_NOUNS:
            return ATTACKED
        if earlier in _BODIES:
            return BODY_OF
        return PREPOSITIONS["of"]

    def find_events(self, folded: str) -> list[int]:
        """Return where words of violence begin in a text, ascending: every match of `event`, at a fraction of its cost."""
        found: set[int] = set()
        padded = f"{folded} "  # so that padded[-1] and padded[len] are both a blank
        for index, start, _ in self.event_automaton.find_matches_as_indexes(folded, overlapping=True):
            length, is_stem = self.event_stems[index]
            before, behind = padded[start - 1], padded[start + length]
            if not (before.isalnum() or before == "_") and (is_stem or not (behind.isalnum() or behind == "_")):
                found.add(start)
        return sorted(found)

    def find_country_cues(self, folded: str) -> list[tuple[str, float, int, int]]:
        """Return (country, weight, start, end) of the first occurrence of each phrase that belongs to one country."""
        seen: dict[int, tuple[str, float, int, int]] = {}
        for index, start, end in self.country_automaton.find_matches_as_indexes(folded, overlapping=True):
            if index not in seen and is_word_bounded(folded, start, end):
                _, country, weight = self.country_cues[index]
                seen[index] = (country, weight, start, end)
        return list(seen.values())


@lru_cache(maxsize=4)
def place_words(lexicons: Lexicons) -> PlaceWords:
    """Return the place words of a language; built once."""

    def words(role: str) -> frozenset[str]:
        return frozenset(lexicons.words("place_words", role=role))

    stems = sorted(words("event"), key=len, reverse=True)
    event = "|".join(re.escape(stem[:-1]) + r"\w*" if stem.endswith("*") else re.escape(stem) for stem in stems) or "(?!)"
    bare = [stem.removesuffix("*") for stem in stems]
    seas = "|".join(re.escape(name) for name in sorted(words("sea"), key=len, reverse=True)) or "(?!)"
    cues = tuple((fold(row["term"]), row["country_iso2"], float(row["weight"])) for row in lexicons.rows("place_country_cues"))
    return PlaceWords(
        words("person_title"), words("authority"), words("organisation"), words("not_place"), words("speech"), words("between"),
        words("kind_noun"), words("attack_verb"), words("street"), words("site"), frozenset(lexicons.words("place_first_names", "name")),
        re.compile(rf"\b(?:{event})\b"), max(map(len, stems), default=0) + 1,
        tuple((len(plain), stem.endswith("*")) for stem, plain in zip(stems, bare, strict=True)), AhoCorasick(bare),
        re.compile(rf"\b(?:in|into|on|over|off|across) (?:the )?({seas})\b"), AhoCorasick(sorted(words("sea"))),
        cues, AhoCorasick([term for term, _, _ in cues], implementation=Implementation.DFA),
        words("between") | words("attack_verb") | _NAMING | frozenset(PREPOSITIONS),
    )  # fmt: skip
