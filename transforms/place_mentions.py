"""Place names of a text: where they stand, which places they may mean, and what the words around them say about them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from transforms.document import Document, once
from transforms.gazetteer import AREAS, Place
from transforms.lexicons import Term
from transforms.place_datelines import match_dateline, match_outlet
from transforms.place_memo import place_memo
from transforms.place_names import AREA_WORDS
from transforms.place_surroundings import LINK, LINKS, NEXT_WORDS, Surroundings
from transforms.place_words import PlaceWords, place_words
from transforms.text import find_matches, find_spans, find_stems
from transforms.value_class import dataclass

MAX_MENTIONS = 400  # a list of all towns of a country is no report; more names than this are not read
MAX_GUESS_WORDS = 3  # a longer run of capitals is a title or an organisation
LONG_RUN = 200  # characters; a longer run of capitals is no name that comes back, and is not remembered

_ARTICLE = r"(?:(?:[Aa][ldrstznLDRSTZN]|[Aa]sh|[Ee]sh|[Ee][ldrstz])[-'’])"
_WORD = rf"{_ARTICLE}?[^\W\d_a-zß-öø-ÿ][\w]*(?:[-'’‘](?![sS]\b)\w+)*"
_TOKEN = rf"(?:(?:S[tT]|S[tT][eE]|F[tT]|M[tT]|P[tT])\.|(?:[A-Z]\.)+[A-Z]\.|{_WORD})"
_RUN = re.compile(rf"(?<![\w.]){_TOKEN}(?:[ \u00a0](?:{LINK}[ \u00a0]){{0,2}}{_TOKEN})*")
# Where a run may begin: a capital or another letter that no run goes on with in small letters, or the "a" or "e" of an article; it
# stands first so that the search skips to it, which makes it many times as fast as a search for _RUN.
_RUN_START = re.compile(r"[^\W\d_b-df-zß-öø-ÿ](?<![\w.].)(?:(?<![ae])|(?=\w{1,2}[-'’]))")
_PIECE = re.compile(rf"{LINK}(?=[ \u00a0])|{_TOKEN}")
_AGE = re.compile(r"(?:,? (?:Jr|Sr|II|III)\.?)?,? \(?(?:[1-9]|[1-9]\d)(?:\)|,(?! (?:19|20)\d\d\b)| years)")
_STATE = re.compile(r", ?((?:[A-Z]\.){2}|[A-Z][a-z]{1,5}\.|[A-Z]{2}(?![\w])|[A-Z][a-z]{3,}(?: [A-Z][a-z]+)?)")
_NAMING_CUES = frozenset(("", "in", "at", "near", "attacked", "of", "into", "between", "kind_of", "on"))
DIRECTIONS = frozenset(("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "downtown"))
SIDES = frozenset(("side", "end"))
WATERS = frozenset(("river", "creek", "lake"))
OBSCURE_RANK = 20_000
_PLACING = frozenset(("in", "kind_of", "area_of", "town_of", "dateline", "attacked"))
_GUESS_CUES = frozenset(("in", "at", "near", "attacked"))
_COMPOUND = frozenset(["based", "born", "led", "backed", "held", "controlled", "ruled", "occupied", "run", "bound", "area", "wide"])


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """One place name, as one place of the text writes it.

    Attributes:
        start, end: Span in the document's text.
        name: The words, as written.
        sentence: Number of its sentence.
        candidates: Places it may mean, most important first; empty where only the words around it say that it is a place.
        kind: place; country; demonym (a people or an adjective of country); unknown (not in the gazetteer); guess (likewise, and
            only a preposition says that it is a place: `place_context` looks its sound up or drops it).
        cue: What stands before it: in, at, near, kind_of, attacked, beyond (north of, 20 km from), from, dateline, ...; "" for nothing.
        strength: How surely the words around it make it the place of what happens, 0 to about 4.
        country_iso2: Country of a demonym.
    """

    start: int
    end: int
    name: str
    sentence: int
    candidates: tuple[Place, ...]
    kind: str
    cue: str
    strength: float
    country_iso2: str | None = None


@once
def find_place_mentions(doc: Document) -> list[PlaceMention]:
    """Return the place names of a document, in order, without overlap; computed once per document."""
    return _Finder(doc).find()


_MISSION = re.compile(r" (?:consulates?|embassy|embassies|ambassadors?|consul|diplomats?|diplomatic mission)\b")


# "the Sabah family home", "the al-Karmi clan": a surname.
_FAMILY = re.compile(r"\bthe (?:[A-Za-z'’-]+ ){0,3}?([A-Z][\w'’]+) (?:family|clan)\b")
# "the Indonesian Hospital", "Kuwait Specialist Hospital": who paid for it, or whom it is named after.
_NAMESAKE = re.compile(r" (?:[A-Z]\w+ )?(?:Hospital|Mosque|Church|School|Street|Square|Roundabout)\b")


class _Finder:
    """One pass over the runs of capitals of one document."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.words: PlaceWords = place_words(doc.lexicons)
        self.memo = place_memo(doc.gazetteer)
        self.around = Surroundings(doc, self.words, self.memo)
        self.persons: set[str] = set()
        self.person_spans: list[tuple[int, int]] = []
        self.mentions: list[PlaceMention] = []
        self.dateline = match_dateline(doc.text, doc.body_start, self.memo)
        self.outlet = match_outlet(doc.text, doc.body_start)
        self.national = {term.start for term in doc.terms["demonyms"]}
        has_family = " family" in doc.folded or " clan" in doc.folded
        self.families = _find_families(doc.text) if has_family else frozenset()
        self.demonyms = {(term.start, term.end) for term in doc.terms["demonyms"] if _is_demonym(doc.text[term.start : term.end], term)}

    def find(self) -> list[PlaceMention]:
        if not self.doc.is_caseless:
            folded, not_place = self.doc.folded, self.words.not_place
            starts = map(re.Match.start, _RUN_START.finditer(self.doc.text))
            for run in find_matches(_RUN, self.doc.text, starts, len(self.doc.text)):
                start, end = run.span()
                if end - start < 14 and folded[start:end] in not_place:
                    continue
                self._read_run(start, end)
                if len(self.mentions) >= MAX_MENTIONS:
                    break
        self.mentions.extend(list(self._countries()))
        self.mentions.sort(key=lambda mention: (mention.start, -mention.end))
        return [mention for mention in self.mentions if not self._is_person_later(mention)][:MAX_MENTIONS]

    def _read_run(self, start: int, end: int) -> None:
        split = _split_run if end - start < LONG_RUN else _split_run.__wrapped__
        tokens, lowered, offsets = split(self.doc.text[start:end])
        pieces = [(start + low, start + high) for low, high in offsets]
        at = 0
        if self._opens_person(start, end, lowered):
            self.persons.update(lowered)
            self.person_spans.append((start, end))
            return
        while at < len(tokens):
            count = self._match(tokens, lowered, at)
            if not count:
                if "-" in tokens[at] and not self.memo.match((tokens[at],)):
                    self._read_compound(pieces[at][0], tokens[at])
                self._read_unknown(pieces, tokens, lowered, at)
                at += 1
                continue
            if self._is_person(lowered, at, count, end):
                self.persons.update(lowered[at : at + 3])
                self.person_spans.append((pieces[at][0], pieces[min(at + 2, len(pieces) - 1)][1]))
                at += 3
                continue
            if not self._is_street(lowered, at, count):
                self._add(pieces[at][0], pieces[at + count - 1][1], lowered, at, count)
            at += count

    def _match(self, tokens: tuple[str, ...], lowered: Sequence[str], at: int) -> int:
        """Return how many tokens from `at` form a place name."""
        if lowered[at] in LINKS and not tokens[at][0].isupper():
            return 0
        count = self.memo.match(tokens[at : at + 6])
        while count and lowered[at + count - 1] in LINKS:
            count -= 1
        if count > 1 and lowered[at] in DIRECTIONS:
            count = self._without_direction(tokens, lowered, at, count)
        if count > 1 and lowered[at] in self.words.not_place and lowered[at + 1] in AREA_WORDS:
            return 0
        if count == 1 and (
            lowered[at] in self.words.not_place or len(tokens[at]) < 3 or (not tokens[at][0].isupper() and "-" not in tokens[at])
        ):
            return 0
        return count

    def _without_direction(self, tokens: tuple[str, ...], lowered: Sequence[str], at: int, count: int) -> int:
        """Refuse "West Charlotte" and "South Side" where only an obscure place far away goes by that name: it is a part of Charlotte."""
        if lowered[at + 1] in SIDES:
            return 0
        whole = self.memo.lookup(" ".join(tokens[at : at + count]))
        rest = self.memo.lookup(" ".join(tokens[at + 1 : at + count])) if self.memo.match(tokens[at + 1 : at + count]) else ()
        is_part = bool(whole and rest) and whole[0].rank > OBSCURE_RANK and rest[0].rank < whole[0].rank / 4
        return 0 if is_part else count

    def _opens_person(self, start: int, end: int, lowered: Sequence[str]) -> bool:
        """Tell whether a whole run names a person: an age behind it, a title before it."""
        if _AGE.match(self.doc.text, end):
            return True
        if self.doc.folded[start - 1 : start] != " ":
            return False
        before = self.doc.folded[max(0, start - 24) : start].rsplit(None, 1)
        if not before:
            return False
        title = before[-1].rstrip(".")
        if title in ("called", "named") and len(before) > 1 and before[0].rsplit(None, 1)[-1] in self.words.kind_noun:
            return False  # a village called X
        return title in self.words.person_title and not (len(lowered) > 1 and lowered[-1] in self.words.authority)

    def _is_person(self, lowered: Sequence[str], at: int, count: int, end: int) -> bool:
        """Tell whether a match inside a run is part of a person's name."""
        words = self.words
        before = lowered[at - 1].rstrip(".") if at else ""
        after = lowered[at + count] if at + count < len(lowered) else ""
        if before in words.person_title and before not in words.authority:
            return True
        if before in words.first_name and before not in words.not_place:
            return True
        if at == 0 and count == 1 and after and len(lowered) == 2 and self._is_obscure(lowered[0]) and self._is_obscure(after):
            return after not in words.authority and after not in words.site and after not in words.street and after not in words.not_place
        if count == 1 and lowered[at] in words.first_name and after:
            return after not in words.authority and after not in words.organisation and after not in LINKS
        return False

    def _is_obscure(self, name: str) -> bool:
        """Tell whether a name is borne only by small places, so that two of them side by side are rather a person."""
        places = self.memo.lookup(name) if self.memo.match((name,)) else ()
        return bool(places) and places[0].rank > 3_000 and places[0].kind != "admin1"

    def _is_street(self, lowered: Sequence[str], at: int, count: int) -> bool:
        after = lowered[at + count] if at + count < len(lowered) else ""
        return after in self.words.street or (count > 1 and lowered[at + count - 1] in self.words.street)

    def _add(self, start: int, end: int, lowered: Sequence[str], at: int, count: int) -> None:
        """Record one matched name with its cue and strength."""
        text, words = self.doc.text, self.words
        name = text[start:end]
        candidates = self.memo.lookup(name)
        if not candidates or (start, end) in self.demonyms:
            return
        if candidates[0].kind == "country" and _NAMESAKE.match(text, end):
            return
        if self.doc.folded.startswith((" and his ", " and her "), end):  # "Sokoto and his cousin"
            return
        if self.doc.text[start - 1 : start] == "(" and name.isupper():  # call sign of a station
            return
        if lowered[at + count - 1] in WATERS and self.doc.folded.endswith("the ", 0, start):  # "in the Black River": no town of that name
            return
        in_dateline = self.dateline.start <= start and end <= self.dateline.end
        if name.isupper() and len(name) <= 5 and candidates[0].kind != "country" and not in_dateline and not self.around.is_shouted(start):
            return
        cue, strength = words.cue_before(self.doc.folded, start)
        behind = self.around.after(end, lowered, at, count)
        cue = cue or ("body" if behind >= 0.8 else "")
        strength = (strength + behind) * self.around.trust(start, name, candidates, cue, lowered, at, count)
        if self.outlet <= start < self.doc.body_start:
            if name.lower() in words.organisation:
                return  # "| The Tribune"
            cue, strength = "outlet", min(strength, 0.4)
        if in_dateline:
            cue, strength = "dateline", self.dateline.strength
        elif self.around.is_care(start):
            cue, strength = "care", min(strength, 0.6)
        elif start == 0 and self.doc.body_start and end >= self.doc.body_start - 2:
            strength = max(strength, 1.5)
        candidates = self.around.of_kind(candidates, cue, end)
        kind = "country" if candidates[0].kind == "country" else "place"
        self._append(PlaceMention(start, end, name, self.around.sentence_at(start).index, candidates, kind, cue, strength))
        self._add_state(end, candidates)

    def _append(self, mention: PlaceMention) -> None:
        if not self.mentions or mention.start >= self.mentions[-1].end:
            self.mentions.append(mention)

    def _add_state(self, end: int, candidates: tuple[Place, ...]) -> None:
        """Record the state of "Dallas, Texas" or "Alturas, Calif." where that state holds a place of the name before it."""
        match = _STATE.match(self.doc.text, end)
        if match is None:
            return
        for last in {match.end(1), match.start(1) + len(match.group(1).split()[0])}:
            words = self.doc.text[match.start(1) : last]
            state = self.doc.gazetteer.us_state(words)
            cue = "dateline" if self.dateline.start <= match.start(1) < self.dateline.end else "chain"
            is_american = cue == "dateline" and words.endswith(".")  # "ROSEBUD, Mo.": the village may not be listed
            is_american = is_american or candidates[0].country_iso2 == "US"
            if state is not None and (is_american or any(is_container(state, place) for place in candidates)):
                sentence = self.around.sentence_at(match.start(1)).index
                self._append(PlaceMention(match.start(1), last, words, sentence, (state,), "place", cue, 1.0))
                return

    def _read_compound(self, start: int, token: str) -> None:
        """Record the places inside "Kabul-Kandahar", "Baghdad-based"."""
        at = start
        parts = re.split("[-–]", token)
        weak = parts[-1].lower() in _COMPOUND
        if len(parts) > 2 or (not weak and not all(part[:1].isupper() for part in parts)):
            return
        for part in parts:
            if len(part) > 3 and part[0].isupper() and part.lower() not in self.words.not_place and self.memo.match((part,)):
                candidates = self.memo.lookup(part)
                if candidates and candidates[0].rank < 60_000:
                    kind = "country" if candidates[0].kind == "country" else "place"
                    sentence = self.around.sentence_at(at).index
                    self._append(PlaceMention(at, at + len(part), part, sentence, candidates, kind, "compound", 0.3 if weak else 0.8))
            at += len(part) + 1

    def _read_unknown(self, pieces: Sequence[tuple[int, int]], tokens: tuple[str, ...], lowered: Sequence[str], at: int) -> None:
        """Record a name that the gazetteer lacks where the words around it make it certainly a place."""
        words = self.words
        if (lowered[at] in words.not_place or lowered[at] in LINKS or lowered[at] in words.authority or lowered[at] in words.site
            or lowered[at] in words.organisation or len(tokens[at]) < 3 or pieces[at][0] in self.national):  # fmt: skip
            return
        if at and lowered[at - 1] not in words.between and lowered[at - 1] not in words.not_place and lowered[at - 1] not in LINKS:
            return
        last = at
        while last + 1 < len(tokens) and lowered[last + 1] not in words.authority and lowered[last + 1] not in LINKS:
            if self._match(tokens, lowered, last + 1):
                break
            last += 1
        start, end = pieces[at][0], pieces[last][1]
        cue, strength = words.cue_before(self.doc.folded, start)
        after = NEXT_WORDS.search(self.doc.folded, end, end + 24) if self.doc.folded[end : end + 1] == " " else None
        if cue in ("area_of", "town_of"):
            cue = "kind_of"
        is_kind = after is not None and after.group() in words.kind_noun and cue in _NAMING_CUES
        if cue == "kind_of" or is_kind:
            name = self.doc.text[start:end]
            self._append(PlaceMention(start, end, name, self.around.sentence_at(start).index, (), "unknown", cue, max(strength, 2.4)))
        elif cue in _GUESS_CUES and len(tokens) <= MAX_GUESS_WORDS and not self.around.is_shouted(start):
            name = self.doc.text[start:end]
            self._append(PlaceMention(start, end, name, self.around.sentence_at(start).index, (), "guess", cue, strength))

    def _countries(self) -> Iterator[PlaceMention]:
        """Yield countries and peoples that no run gave: demonyms, names with small letters, names in a caseless text."""
        starts = [mention.start for mention in self.mentions]
        person_starts = [start for start, _ in self.person_spans]
        for term in self.doc.terms["demonyms"]:
            nearest = bisect_right(person_starts, term.start) - 1
            if nearest >= 0 and term.end < self.person_spans[nearest][1]:
                continue
            at = bisect_right(starts, term.start) - 1
            if (at >= 0 and self.mentions[at].end > term.start) or (at + 1 < len(starts) and starts[at + 1] < term.end):
                continue
            if not self.doc.is_caseless and not self.doc.text[term.start : term.end][0].isupper():
                continue
            if _MISSION.match(self.doc.folded, term.end) or _NAMESAKE.match(self.doc.text, term.end):
                continue  # "the Iranian consulate in Najaf" says nothing of Iran
            yield self._country(term)

    def _country(self, term: Term) -> PlaceMention:
        name = self.doc.text[term.start : term.end]
        iso2 = term.entry["country_iso2"]
        place = self.doc.gazetteer.country(iso2)
        cue, strength = self.words.cue_before(self.doc.folded, term.start)
        is_demonym = _is_demonym(name, term)
        after = NEXT_WORDS.search(self.doc.folded, term.end, term.end + 24)
        if after and after.group() in self.words.speech:
            strength *= 0.4
        return PlaceMention(
            term.start, term.end, name, self.doc.sentence_at(term.start).index, (place,) if place else (),
            "demonym" if is_demonym else "country", cue, strength, iso2,
        )  # fmt: skip

    def _is_person_later(self, mention: PlaceMention) -> bool:
        """Tell whether a name without a cue is the surname of a family, or of somebody named in full elsewhere."""
        if mention.name.lower().removeprefix("al-") in self.families:
            return mention.cue not in _PLACING or self.doc.folded.startswith((" family", " clan"), mention.end)
        if mention.kind not in ("place", "unknown") or mention.name.lower() not in self.persons:
            return False
        return mention.cue not in _PLACING


@lru_cache(maxsize=20_000)  # the same names come back in every article
def _split_run(run: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Return the words of a run of capitals, the same in small letters, and where they stand in it."""
    pieces = find_spans(_PIECE, run, 0, len(run))
    tokens = tuple([run[low:high] for low, high in pieces])
    return tokens, tuple([token.lower() for token in tokens]), tuple(pieces)


def _find_families(text: str) -> frozenset[str]:
    """Return the surnames that a text calls families by, in small letters."""
    return frozenset([match.group(1).lower() for match in find_matches(_FAMILY, text, find_stems(text, ["the "]), len(text))])


def _is_demonym(name: str, term: Term) -> bool:
    return name.lower() in _demonyms(term.entry["demonyms"])


@lru_cache(maxsize=1_000)  # one cell for each country
def _demonyms(cell: str) -> frozenset[str]:
    return frozenset(cell.lower().split("|"))


def is_container(area: Place, place: Place) -> bool:
    """Tell whether an area holds a place, as far as the gazetteer knows."""
    if area.kind not in AREAS or area.country_iso2 != place.country_iso2 or area.rank == place.rank:
        return False
    if area.kind in ("country", "region"):
        return place.kind != "country"
    return (
        area.admin1_code == place.admin1_code
        and (area.kind == "admin1" or place.kind == "settlement")
        and place.kind not in ("country", "region")
    )


def with_candidates(mention: PlaceMention, candidates: tuple[Place, ...]) -> PlaceMention:
    """Return a mention that means fewer places."""
    return replace(mention, candidates=candidates)
