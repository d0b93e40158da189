"""What stands around a place name and what it says: cue, kind of place, and how far the name can be trusted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.document import Document
from transforms.gazetteer import AREAS, Place
from transforms.place_memo import PlaceMemo
from transforms.place_names import AREA_WORDS
from transforms.place_words import PlaceWords
from transforms.stems import Stems
from transforms.text import Sentence

LINK = r"(?:de|del|da|do|dos|das|di|du|des|la|le|las|los|el|al|es|ez|er|ad|of|and|the|y|e|upon|on|en|sur|am)"
LINKS = frozenset(LINK[3:-1].split("|"))
NEXT_WORDS = re.compile(r"['’]?[\w'’-]+")
_CARE = re.compile(
    r"\b(?:taken|transported|airlifted|flown|rushed|transferred|treated|treatment"
    r"|recovering|pronounced|died|surgery|brought|driven|conveyed|evacuated)\b"
    r"[^.;\n]{0,60}\b(?:hospitals?|medical|clinic|trauma|care|morgue)\b[^.;,\n]{0,30}$"
)
_CARERS = Stems(["hospital", "medical", "clinic", "trauma", "care", "morgue"])  # one of which the pattern needs
_CAPITALS = re.compile(r"[A-Z]")


class Surroundings:
    """Reads the words beside the names of one document. `lowered` are a run's words, `at` and `count` the name among them."""

    def __init__(self, doc: Document, words: PlaceWords, memo: PlaceMemo) -> None:
        self.doc, self.words, self.memo = doc, words, memo
        self.shouts: dict[int, bool] = {}
        self._sentence: Sentence | None = None
        self._until = 0

    def sentence_at(self, offset: int) -> Sentence:
        """Return the sentence at an offset; names are asked for in order, so that the last answer mostly holds."""
        if self._sentence is None or not self._sentence.start <= offset < self._until:
            self._sentence = self.doc.sentence_at(offset)
            after = self._sentence.index + 1
            self._until = self.doc.sentences[after].start if after < len(self.doc.sentences) else len(self.doc.text) + 1
        return self._sentence

    def after(self, end: int, lowered: Sequence[str], at: int, count: int) -> float:  # noqa: PLR0911 - one return per kind of word
        """Return what the words behind a name add to its strength."""
        words = self.words
        if at + count < len(lowered):
            follow = lowered[at + count]
            if follow in words.authority:
                return 0.9
            if follow in words.site or follow in words.kind_noun:
                return 0.2
            if words.event.fullmatch(follow):
                return 1.0
            return -1.5 if follow in words.organisation else 0.0
        if self.doc.folded[end : end + 2] == "'s":
            return 0.4
        if self.doc.folded[end : end + 1] not in (" ", "-"):
            return 0.0
        after = NEXT_WORDS.findall(self.doc.folded, end, end + 30)
        if not after:
            return 0.0
        if after[0] in words.speech:
            return -0.5
        if after[0] in words.kind_noun or after[0] in words.authority or after[0] in ("airport", "residents", "hospital"):
            return 0.9
        if words.event.fullmatch(after[0]) or (len(after) > 1 and words.event.fullmatch(after[1])):
            return 0.8
        return 0.0

    def trust(
        self,
        start: int,
        name: str,
        candidates: tuple[Place, ...],
        cue: str,
        lowered: Sequence[str],
        at: int,
        count: int,
    ) -> float:
        """Return a factor 0..1: how surely a matched name is the place's and not part of something else."""
        words, trust = self.words, 1.0
        before = lowered[at - 1] if at else ""
        after = lowered[at + count] if at + count < len(lowered) else ""
        known = after in LINKS or after in words.authority or after in words.site or after in words.kind_noun
        if after and not known and after not in words.not_place and not self.memo.match((after,)):
            trust *= 0.1 if after in words.organisation else 0.3
        if after in words.site:
            trust *= 0.4
        if before and not (before in LINKS or before in words.between or before in words.not_place or before in words.authority):
            trust *= 0.4
        if not cue:
            well_known = candidates[0].rank < 3_000 or candidates[0].kind in ("country", "admin1")
            if not well_known:
                trust *= 0.6 if count > 1 else 0.45
            if self.doc.gazetteer.is_risky(name) or (lowered[at] in words.first_name and count == 1):
                trust *= 0.2
        if self.is_shouted(start):
            trust *= 0.5
        return trust

    def is_shouted(self, start: int) -> bool:
        """Tell whether a sentence is written in capitals, so that capitals tell nothing."""
        sentence = self.sentence_at(start)
        if sentence.index not in self.shouts:
            words = self.doc.text[sentence.start : sentence.start + 200]
            capitals = len(_CAPITALS.findall(words))
            self.shouts[sentence.index] = capitals > 25 and capitals > 0.55 * len(words)
        return self.shouts[sentence.index]

    def of_kind(self, candidates: tuple[Place, ...], cue: str, end: int) -> tuple[Place, ...]:
        """Keep areas for "province of X" and "X province", settlements for "town of X" and "X village"."""
        after = NEXT_WORDS.match(self.doc.folded, end + 1, end + 20) if self.doc.folded[end : end + 1] == " " else None
        noun = after.group() if after else ""
        if noun in ("town", "city", "village") and self.doc.folded.startswith(" of ", end + 1 + len(noun)):
            noun = ""  # "the Mali town of Gao": the name says in which land, not which town
        if cue == "area_of" or (noun in AREA_WORDS and noun not in ("county", "zone", "commune", "municipality", "parish")):
            return tuple(place for place in candidates if place.kind in AREAS) or candidates
        if cue == "town_of" or noun in ("town", "city", "village"):
            return tuple(place for place in candidates if place.kind == "settlement") or candidates
        return candidates

    def is_care(self, start: int) -> bool:
        """Tell whether a name stands where the injured were brought, not where they were hurt."""
        near = max(0, start - 90)
        return _CARERS.stand_in(self.doc, near, start) and _CARE.search(self.doc.folded, near, start) is not None
