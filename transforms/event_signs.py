"""What a sentence shows that speaks for another event than the one its article opened with, and what speaks against it.

Words come from event_signs.csv; numbers, places and days are compared with those of the article's first sentences. A sign
has points (`POINTS`), set by hand and checked on labelled texts: places, days and counts of their own make another event,
"the attack" and a number told before do not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property

from transforms.date_mentions import DateMention, find_date_mentions
from transforms.document import Document
from transforms.event_words import event_words
from transforms.fields.dates import find_event_mention
from transforms.fields.places import find_places
from transforms.gazetteer import Place
from transforms.geo import distance_km
from transforms.place_context import find_place_context
from transforms.place_mentions import PlaceMention
from transforms.records import CasualtyMention, Scope
from transforms.stems import Stems
from transforms.text import Sentence
from transforms.value_class import dataclass

POINTS = {
    "opening": 1.5,  # the sentence opens with "meanwhile", "in a separate attack", "elsewhere"
    "other_deed": 1.5,  # "another explosion", "a second blast"
    "far": 1.5,  # a settlement far from the first event's
    "apart": 1.0,  # another country or state, or a name that is not listed
    "near": 0.5,  # another settlement, not far
    "other_day": 1.5,
    "older_day": 1.0,  # a day well before the first event's
    "new_count": 1.0,  # a number of people that the first sentences do not give
    "one_person": -0.5,  # mostly a victim of the first event, told in detail
    "abduction": 1.0,
    "act": 0.5,  # something was done, or "a bombing", "five rockets"
    "new_weapon": 0.5,
    "placed_first": 0.5,  # the sentence begins with the place: "In Tomsk, ..."
    "more": 0.5,  # "another five", elsewhere
    "heading": 0.25,  # a line before the sentence heads it
    "no_harm": 0.5,  # it says that nobody was hurt: an act that is told for itself
    "past_toll": 1.0,  # "an attack that killed 12"
    "the_deed": -0.75,  # "the attack" is known already
    "toll": -1.0,
    "told": -1.5,  # all its numbers stand in the first sentences
    "sum": -1.0,  # "bringing the toll to", "including"
    "tally": -1.0,  # "forces have killed at least 212": no place and no day of its own
    "care": -1.0,  # hospitals: where the first event's victims are
    "court": -2.0,
    "unreal": -1.0,  # arrests, threats, conditions
    "far_down": -0.5,
}
_CUES = frozenset({"in", "at", "near", "kind_of", "town_of", "attacked", "beyond"})
# Without one of these the other signs stay below the points that begin an event.
_DECIDING = frozenset({"opening", "other_deed", "far", "apart", "near", "other_day", "older_day", "new_count", "abduction", "past_toll"})
_UNNUMBERED = frozenset({"number.one", "number.plural"})
_EFFECTS = frozenset({"killed", "injured", "abducted"})
_APART_KM = 30.0  # a place nearer than this is where the first event was
_OLD_DAYS = 3
_NAMED = 0.9  # strength of a dateline's place
_FIRST = 3  # sentences that place and date the first event
_WEEK = 3  # precision of days; months and years date no event apart from another
_FAR_DOWN = 30  # sentences
_HEADING = (8, 90)  # characters


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first sentences of an article tell: what a later one is compared with.

    Attributes:
        end: Number of the sentence behind them.
        counts: (effect, number) told.
        effects: Effects that they count, unnumbered victims included.
        names: Place names in them, lower-cased.
        ranks: Gazetteer ranks of their places.
        is_placed: They name a town or a place that is not listed; else a later sentence that names one completes them.
        weapons: Classes of the weapons they name.
    """

    end: int
    counts: Set[tuple[str, int | None]]
    effects: Set[str]
    names: Set[str]
    ranks: Set[int]
    is_placed: bool
    weapons: Set[str]


_TALLY = re.compile(r"\b(?:have|has) (?:[\w-]+ )?(?:killed|claimed|wounded|injured|died|left|been killed)\b")
_MORE = re.compile(r"\b(?:another|other|others|more|additional)\b")
_PLACED_FIRST = re.compile(r"(?:[\-•*·]\s*)?(?:in|at|near|outside|on) ")


def counts_period(doc: Document, index: int) -> bool:
    """Tell whether a sentence counts people over a stretch of time or of a disaster, so that its sums are no event's."""
    words, sentence = event_words(doc.lexicons), doc.sentences[index]
    return words.period_stems.stand_in(doc, sentence.start, sentence.end) and doc.search(words.period, sentence) is not None


class SignReader:
    """Reads the signs of the sentences of one document."""

    def __init__(self, doc: Document, mentions: Sequence[CasualtyMention], lead: int) -> None:
        self.doc, self.words = doc, event_words(doc.lexicons)
        self.mentions: dict[int, list[CasualtyMention]] = defaultdict(list)
        for mention in mentions:
            is_vague = mention.aggregate or mention.quantity.rule in _UNNUMBERED
            is_own = not (mention.uncertain or mention.subset or (is_vague and counts_period(doc, mention.sentence)))
            if is_own and mention.effect in _EFFECTS and mention.quantity.low != 0:
                self.mentions[mention.sentence].append(mention)
        self.unharmed = {m.sentence for m in mentions if m.quantity.best == 0}
        self.opening = self._read_opening(mentions, lead)
        self.places: dict[int, list[tuple[PlaceMention, Place | None]]] = defaultdict(list)
        self.days: dict[int, list[DateMention]] = defaultdict(list)
        context = find_place_context(doc)
        for name, place in zip(context.mentions, context.places, strict=True):
            self.places[name.sentence].append((name, place))
        for day in find_date_mentions(doc):
            if day.rule not in ("date.dateline", "date.byline") and day.precision <= _WEEK:
                self.days[day.sentence].append(day)

    def _read_opening(self, mentions: Sequence[CasualtyMention], lead: int) -> Opening:
        doc = self.doc
        context = find_place_context(doc)
        pairs = [(m, p) for m, p in zip(context.mentions, context.places, strict=True) if m.sentence < lead]
        end = doc.sentences[lead - 1].end if lead else 0
        return Opening(
            lead,
            {(m.effect, m.quantity.best) for m in mentions if m.sentence < lead},
            {m.effect for m in mentions if m.sentence < lead},
            {m.name.lower() for m, _ in pairs},
            {p.rank for _, p in pairs if p},
            any((p is None or p.kind in ("settlement", "admin2")) and m.strength >= _NAMED and m.kind != "demonym" for m, p in pairs),
            {t.entry["weapon_class"] for t in doc.terms_in("weapons", 0, end)},
        )

    @cached_property
    def _first(self) -> Scope:
        return Scope(0, tuple(range(min(_FIRST, len(self.doc.sentences)))), is_whole=False)

    @cached_property
    def _home(self) -> Mapping[str, object]:
        """Values of the first event's place columns."""
        return {f.column: f.value for f in find_places(self.doc, self._first)}

    @cached_property
    def _day(self) -> DateMention | None:
        """The first event's own day or days; None where none is stated, or only that of a statement or an arrest."""
        day = find_event_mention(self.doc, self._first)
        if day is None or day.rule in ("date.dateline", "date.byline"):
            return day
        start = self.doc.sentences[day.sentence].start
        return None if self.words.said.search(self.doc.folded, max(start, day.start - 40), day.start) else day

    @cached_property
    def _violent(self) -> set[int]:
        """Numbers of the sentences with words of violence."""
        sentences, found, number = self.doc.sentences, set(), 0
        for start in self.words.find_violence(self.doc.flat):
            while number + 1 < len(sentences) and sentences[number + 1].start <= start:
                number += 1
            found.add(number)
        return found

    def is_violent(self, index: int) -> bool:
        """Tell whether a sentence speaks of violence or counts people harmed."""
        return index in self._violent or bool(self.mentions.get(index))

    def counts(self, index: int) -> set[tuple[str, int | None]]:
        """Return the numbers of people that a sentence states as its own."""
        return {(m.effect, m.quantity.best) for m in self.mentions.get(index, ()) if m.quantity.rule not in _UNNUMBERED}

    def is_past(self, index: int) -> bool:
        """Tell whether all that a sentence counts is the toll of an earlier event."""
        own = self.mentions.get(index, ())
        return bool(own) and all(m.aggregate for m in own)

    def read(self, index: int) -> set[str]:
        """Return the signs of one sentence, names of `POINTS`; none where nothing could make it another event's beginning."""
        folded, sentence = self.doc.folded, self.doc.sentences[index]
        found = self._read_places(index) | self._read_days(index)
        placed = bool(found)
        if self.words.opening.match(folded, sentence.start, sentence.end):
            found.add("opening")
        if self._holds(self.words.other_stems, sentence) and self.words.other_deed.search(folded, sentence.start, sentence.end):
            found.add("other_deed")
        found |= self._read_counts(index, found)
        if not found & _DECIDING:
            return set()
        found |= {name for name, pattern in self._patterns(sentence) if pattern.search(folded, sentence.start, sentence.end)}
        if not placed and _TALLY.search(folded, sentence.start, sentence.end):
            found.add("tally")
        if "past_toll" in found:
            found -= {"the_deed", "unreal"}  # "the attack that killed 12" is known to readers, not told in this article
        weapons = self.doc.terms_in("weapons", sentence.start, sentence.end) if self.opening.weapons else ()
        if any(t.entry["weapon_class"] not in self.opening.weapons for t in weapons):
            found.add("new_weapon")
        if placed and _PLACED_FIRST.match(folded, sentence.start, sentence.end):
            found.add("placed_first")
        if placed and "new_count" in found and _MORE.search(folded, sentence.start, sentence.end):
            found.add("more")
        if index > _FAR_DOWN:
            found.add("far_down")
        return found | ({"heading"} if self._is_headed(index) else set())

    def _patterns(self, sentence: Sentence) -> Iterator[tuple[str, re.Pattern[str]]]:
        """Yield the patterns of signs that may match in a sentence."""
        words = self.words
        yield "act", words.act
        if self._holds(words.deed_stems, sentence):
            yield "the_deed", words.the_deed
        if self._holds(words.known_stems, sentence):
            yield from (("sum", words.sum), ("care", words.care), ("court", words.court), ("unreal", words.unreal))

    def _holds(self, stems: Stems, sentence: Sentence) -> bool:
        return stems.stand_in(self.doc, sentence.start, sentence.end)

    def _read_counts(self, index: int, found: Set[str]) -> set[str]:
        signs: set[str] = set()
        counted = self.mentions.get(index, ())
        numbered = self.counts(index)
        tolls = {(m.effect, m.quantity.best) for m in counted if m.rule == "casualty.toll"}
        # An effect that the first sentences do not count completes their event.
        is_new = any(effect in self.opening.effects for effect, _ in numbered - self.opening.counts - tolls)
        if tolls and not is_new:
            signs.add("toll")
        elif is_new:
            signs.add("new_count")
        elif any(m.effect == "abducted" for m in counted):
            signs.add("abduction")
        elif any(m.quantity.rule == "number.one" for m in counted):
            signs.add("one_person")
        if numbered and numbered <= self.opening.counts and not found & {"opening", "other_deed"}:
            signs.add("told")
        if index in self.unharmed:
            signs.add("no_harm")
        sentence = self.doc.sentences[index]
        told = self.words.past_toll if self.is_past(index) else self.words.after_toll if "new_count" in signs else None
        relates = told and any(self.doc.folded.find(word, sentence.start, sentence.end) >= 0 for word in (" that ", " which "))
        if told and relates and self.doc.search(told, sentence):
            signs.add("past_toll")
        return signs

    def _read_places(self, index: int) -> set[str]:
        """Compare the places of a sentence with the first event's: far, apart, near; nothing where it names none of its own."""
        signs: set[str] = set()
        for mention, place in self.places.get(index, ()):
            if mention.strength < 1 or mention.kind == "demonym":
                continue
            if place is None:
                signs |= {"apart"} if self.opening.is_placed and mention.name.lower() not in self.opening.names else set()
            elif place.rank not in self.opening.ranks:
                signs |= self._compare(mention, place, self._home)
        return {"far"} if "far" in signs else {"apart"} if "apart" in signs else signs

    def _compare(self, mention: PlaceMention, place: Place, home: Mapping[str, object]) -> set[str]:
        if home.get("country_iso3") and place.country_iso3 != home["country_iso3"]:
            return {"apart"}
        if place.kind == "admin1":
            return {"apart"} if home.get("admin1") and place.admin1 != home["admin1"] else set()
        if place.kind not in ("settlement", "admin2") or mention.cue not in _CUES:
            return set()
        latitude, longitude = home.get("latitude"), home.get("longitude")
        if not isinstance(latitude, float) or not isinstance(longitude, float) or home.get("geo_precision") not in {1, 2, 3}:
            return {"near"} if self.opening.is_placed else set()
        if not self.opening.is_placed:
            return set()
        return {"far" if distance_km(latitude, longitude, place.latitude, place.longitude) > _APART_KM else "near"}

    def _read_days(self, index: int) -> set[str]:
        """Compare the days of a sentence with the first event's, those of statements left out."""
        signs: set[str] = set()
        first = self._day if self.days.get(index) else None
        if first is None:
            return signs
        start = self.doc.sentences[index].start
        for day in self.days.get(index, ()):
            if day.first <= first.last and first.first <= day.last:
                continue
            if self.doc.folded.startswith("by ", day.start - 3):
                continue  # "had counted 32 bodies by Wednesday": when it was counted
            if not self.words.said.search(self.doc.folded, max(start, day.start - 40), day.start):
                signs.add("older_day" if first.first - day.last > dt.timedelta(_OLD_DAYS) else "other_day")
        return signs if len(signs) < 2 else {"other_day"}

    def _is_headed(self, index: int) -> bool:
        """Tell whether the line before a sentence is a heading: short, without a stop."""
        if index == 0:
            return False
        before, sentence = self.doc.sentences[index - 1], self.doc.sentences[index]
        shortest, longest = _HEADING
        if not shortest < before.end - before.start < longest or "\n" not in self.doc.text[before.end : sentence.start]:
            return False
        return self.doc.text[before.end - 1] not in ".,;:!?\"'”)"


def points_of(signs: Set[str]) -> float:
    """Return the sum of the points of some signs; of several signs of place or of day, each was read once."""
    return sum(POINTS[sign] for sign in signs)
