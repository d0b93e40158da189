"""Sentences of violence as rows of roles: who, did what, to whom, by whom; read once per document, for several fields.

Every word gets a one-letter role from event_words.csv and perpetrators.csv, named actors and countries come from the
lexicon terms. Words that name one party are joined to a `Party`. What remains is a short string of letters, on which
grammar is a plain regular expression: "gunmen on motorcycles killed two farmers" reads `nOwVTw`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from transforms.deed_words import CAPITAL, COUNTRY, GENERIC, KIND_OF_DEED, NAMED, PARTY, DeedWords, Word
from transforms.document import Document, once
from transforms.lexicons import Lexicons, Term
from transforms.records import Span
from transforms.text import Sentence, spans_of
from transforms.value_class import dataclass

_TOKEN = re.compile(r"\w+(?:['.\-]\w+)*|[^\w\s]")
_SAYS_MORE = (
    "linked", "affiliated", "backed", "allied", "aligned", "inspired", "held", "controlled", "ruled", "run", "style", "based", "related",
)  # fmt: skip
_VERDICT_STEMS = (" claim", " blam", " accus", "responsibility", " attribut", "carried out")
# "gunmen of the Taliban" and "the Allied Fighters (AF) militia" are one party each.
_PARTY = re.compile(r"[Uk]*(?:[ACG][ACGUkg]*[ACG]|[ACG])(?:(?<=G)fT?[UCg]*A[AG]*|(?<=[AG])\([AkU]{1,3}\)[Ug]{0,2}G?)?|kk+(?=H?[VI])")
# A name in capitals that no lexicon knows is taken for a group only with one of these words; else it may be a person's, and
# no suspect's name is ever kept.
_GROUP_NAME = re.compile(
    r"\b(?:army|front|brigades?|movement|forces?|group|party|guards?|council|command|cartel|battalion|islami\w*|jihad|liberation"
    r"|militia|mujahideen|rebels|resistance|fighters|commandos?|regiment|corps|clan|tribesmen|gang|faction|organi[sz]ation)\b"
)


@dataclass(slots=True)
class Party:
    """Words that name one party of an event.

    Attributes:
        span: All its words, modifiers included.
        actor: Named armed actor, if one is named.
        country: ISO 3166-1 alpha-2 of a country word in it.
        word: The generic word ("gunmen") in it, with its span.
        is_suspected: The words themselves doubt it ("suspected").
        is_country_name: The country's name, not its adjective.
        is_person: A name that may be a person's: it is never kept.
    """

    span: Span
    actor: Term | None = None
    country: str | None = None
    word: Word | None = None
    word_span: Span | None = None
    is_suspected: bool = False
    is_country_name: bool = False
    is_person: bool = False


@dataclass(slots=True)
class Clause:
    """One sentence: its roles, one letter each, the span of each letter, and the party at each letter "n"."""

    sentence: Sentence
    roles: str
    spans: list[tuple[int, int]]
    parties: dict[int, Party]


_PERSON_KINDS = frozenset({"individual"})


def read_clause(doc: Document, index: int) -> Clause | None:
    """Return the roles of one sentence; None where no word of it tells of violence or responsibility, or of any party."""
    known = _clauses(doc)
    if index not in known:
        known[index] = _read(doc, doc.sentences[index])
    return known[index]


@once
def _clauses(_doc: Document) -> dict[int, Clause | None]:
    """The sentences read so far, by number."""
    return {}


def find_verdicts(doc: Document, last: int) -> set[int]:
    """Return the sentences up to an offset that have a word of claiming, blaming or responsibility."""
    found: set[int] = set()
    for stem in _VERDICT_STEMS:
        at = doc.folded.find(stem, 0, last)
        while at >= 0:
            sentence = doc.sentence_at(at)
            found.add(sentence.index)
            at = doc.folded.find(stem, max(at + 1, sentence.end), last)
    return found


def _read(doc: Document, sentence: Sentence) -> Clause | None:
    words = DeedWords.of(doc.lexicons)
    if not words.trigger_stems.stand_in(doc, sentence.start, sentence.end):
        return None
    found = _TOKEN.findall(doc.folded, sentence.start, sentence.end)
    if words.triggers.isdisjoint(found):
        return None
    names = _names(doc, sentence)
    if not names and words.people.keys().isdisjoint(found) and words.phrase_people.isdisjoint(found):
        return None
    steady, unsteady, text = words.steady, words.unsteady, doc.text
    letters = "".join([steady.get(word, "w") for word in found])
    tokens = spans_of(found, doc.folded, sentence.start)
    roles: list[str] = []
    spans: list[tuple[int, int]] = []
    marks: dict[int, Term | Word] = {}
    at = 0
    # Most words are plain ones, or mean one role wherever they stand: only the others are looked at.
    for index in [
        index
        for index, (word, (start, _)) in enumerate(zip(found, tokens, strict=True))
        if word in unsteady or start in names or not (text[start].islower() or word in steady)
    ]:
        if index < at:
            continue  # within the name or the phrase before
        roles.append(letters[at:index])
        spans += tokens[at:index]
        mark: Term | Word | None
        name = names.get(tokens[index][0])
        if name is not None:
            letter, end, mark = _role_of_name(doc, name)
            at = index + 1
            while at < len(tokens) and tokens[at][0] < end:
                at += 1
        else:
            letter, step, mark = _role_of_word(doc, words, index, found, tokens)
            at = index + step
            end = tokens[at - 1][1]
        if mark is not None:
            marks[len(spans)] = mark
        roles.append(letter)
        spans.append((tokens[index][0], end))
    roles.append(letters[at:])
    spans += tokens[at:]
    return _join(sentence, "".join(roles), spans, marks, doc.folded)


def _role_of_name(doc: Document, name: Term) -> tuple[str, int, Term | None]:
    """Return letter and end of an actor or a country, and itself unless it says something about another party."""
    letter = NAMED if name.kind == "actors" else COUNTRY
    if doc.folded.startswith("-", name.end) and (letter == COUNTRY or doc.folded.startswith(_SAYS_MORE, name.end + 1)):
        return "U", name.end, None  # "Israeli-occupied", "al-Qaeda-linked"
    return letter, name.end, name


def _role_of_word(
    doc: Document, words: DeedWords, at: int, found: list[str], tokens: list[tuple[int, int]]
) -> tuple[str, int, Word | None]:
    """Return letter and length in tokens of the word or phrase at a token, and who is meant where it is a word for perpetrators."""
    step, word = 1, found[at]
    letter = words.letter.get(word, "w")
    is_capital = not doc.is_caseless and doc.text[tokens[at][0]].isupper()
    if word in words.phrases:
        letter, step, word = _phrase(words.phrases[word], found, at, letter)
    if letter == "U" and word in KIND_OF_DEED and any(words.letter.get(follow) == "X" for follow in found[at + 1 : at + 3]):
        letter = GENERIC  # "a rebel attack"
    if letter == GENERIC:
        if at and is_capital and words.people[word].kind == "individual":
            return CAPITAL, step, None  # "Mother Teresa"
        return letter, step, words.people.get(word, words.rebel)
    if letter == "O" and at + 1 < len(found) and found[at + 1][0].isdigit():
        return "T", step, None  # "over 20", "around 15"
    if letter == "w":
        if is_capital:
            return CAPITAL, step, None
        if word[0].isdigit():
            return ("U" if word.endswith("year-old") else "T"), step, None
    return letter, step, None


def _phrase(options: list[tuple[tuple[str, ...], str]], found: list[str], at: int, letter: str) -> tuple[str, int, str]:
    """Return letter, length and words of the longest phrase that begins at a token, else the token's own."""
    for parts, phrase_letter in options:
        if tuple(found[at : at + len(parts)]) == parts:
            return phrase_letter, len(parts), " ".join(parts)
    return letter, 1, found[at]


def _names(doc: Document, sentence: Sentence) -> dict[int, Term]:
    """Return named actors and countries by offset; an actor's name goes before the country within it."""
    names = {term.start: term for term in doc.terms_in("demonyms", sentence.start, sentence.end)}
    for term in doc.terms_in("actors", sentence.start, sentence.end):
        rank = _Namesakes.of(doc.lexicons).rank(doc, term)
        before = names.get(term.start)
        if rank and (before is None or before.kind != "actors" or rank > _Namesakes.of(doc.lexicons).rank(doc, before)):
            names[term.start] = term
    return names


@once
def countries_of(doc: Document) -> frozenset[str]:
    """Return the countries that a document names, as ISO 3166-1 alpha-2."""
    return frozenset([term.entry["country_iso2"] for term in doc.terms["demonyms"]])


class _Namesakes:
    """Tells whether a name can mean one actor in one document, and how well: namesakes need their country near."""

    def __init__(self, lexicons: Lexicons) -> None:
        self._regions: dict[str, str] = {}
        self._limited: set[tuple[str, str]] = set()  # spellings that the lexicon limits: "army (Sudan)"
        for row in lexicons.rows("actors"):
            self._regions[row["country_iso2"]] = row["region"]
            for alias in row["aliases"].split("|"):
                if "(" in alias:
                    self._limited.add((row["canonical_name"], re.sub(r"\s*\([^)]*\)", "", alias).strip().lower()))

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, lexicons: Lexicons) -> _Namesakes:
        """Return the namesakes of a language's lexicon."""
        return cls(lexicons)

    def rank(self, doc: Document, term: Term) -> int:
        """Return 0 where the name cannot mean this actor here, else more for the better namesake."""
        entry, here = term.entry, countries_of(doc)
        if entry["kind"] == "unidentified" or entry.term.startswith("Unidentified") or "unspecified" in entry.term:
            return 0  # the text's own words say more
        if doc.published is not None:
            year = str(doc.published.year)
            if entry["active_from"][:4] > year or (entry["active_to"] and entry["active_to"][:4] < str(int(year) - 1)):
                return 0
        at_home = 2 if entry["country_iso2"] in here else 0
        word = doc.text[term.start : term.end]
        if word.lower() in DeedWords.of(doc.lexicons).people:  # "bandits", "settlers": a trade, unless its country is named
            return 1 if at_home and word.lower() != entry.term.split(" (")[0].lower() else 0
        if (entry.term, word.lower()) in self._limited:
            return 1 + at_home if at_home else 0
        if len(word) > 3 or not word.isupper() or entry["region"] in ("global", "") or at_home or not here:
            return 2 + at_home
        if any(self._regions.get(country) == entry["region"] for country in here):
            return 1
        return int(any(t.entry is entry and t.end - t.start > 5 for t in doc.terms["actors"]))


def _without_person(roles: str, low: int, high: int, marks: Mapping[int, Term | Word]) -> tuple[int, int]:
    """Leave a person's name out of a party: "suspect Ada Example" is the suspect, "Example gunman" the gunman."""
    lone = [at for at in range(low, high) if isinstance(mark := marks.get(at), Word) and mark.kind in _PERSON_KINDS]
    if not lone or any(isinstance(marks.get(at), Term) for at in range(low, high)):
        return low, high
    first = lone[0]
    while low < first and roles[low] == "k":
        low += 1
    named = roles.find("kk", first, high)
    return low, named if named > first else high


def _join(sentence: Sentence, roles: str, spans: list[tuple[int, int]], marks: Mapping[int, Term | Word], folded: str) -> Clause:
    """Join the words of each party to one letter."""
    out: list[str] = []
    out_spans: list[tuple[int, int]] = []
    parties: dict[int, Party] = {}
    at = 0
    for match in _PARTY.finditer(roles):
        low, high = match.span()
        is_person = False
        if roles.startswith("kk", low) and "k" * (high - low) == roles[low:high]:
            is_person = _GROUP_NAME.search(folded, spans[low][0], spans[high - 1][1]) is None
            if is_person and low == at and out:
                continue  # "the gunman Ben Example": the words before the name are the party
        low, high = _without_person(roles, low, high, marks)
        # "Russian missile": what follows decides; a country word alone stays a party.
        out.append(roles[at:low])
        out_spans += spans[at:low]
        party = Party(Span(spans[low][0], spans[high - 1][1]), is_person=is_person)
        for index in range(low, high):
            mark = marks.get(index)
            if isinstance(mark, Word):
                party.word, party.word_span = mark, Span(*spans[index])
            elif mark is not None and mark.kind == "actors":
                party.actor = mark if party.actor is None or roles[index - 1] == "g" else party.actor  # "Taliban faction X" is X
            elif mark is not None:
                party.country = mark.entry["country_iso2"]
                party.is_country_name = folded[mark.start : mark.end] == mark.entry.term.lower()
            elif folded[spans[index][0] : spans[index][1]] in ("suspected", "alleged", "presumed"):
                party.is_suspected = True
        parties[len(out_spans)] = party
        out.append(PARTY)
        out_spans.append((spans[low][0], spans[high - 1][1]))
        at = high
    out.append(roles[at:])
    out_spans += spans[at:]
    return Clause(sentence, "".join(out), out_spans, parties)
