"""Personal names in quotes, masked for publication: everybody's but those who speak in an office, and every child's.

There is no list of all names. So the rule turns round: what is written like a name and is not known to be something else (a
place, an actor, an institution, an outlet, an office holder who speaks, a calendar word) is masked. It hides too much rather than
too little. What it cannot see stands in docs/duty-of-care.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from transforms.gazetteer import Gazetteer
from transforms.lexicons import Lexicons
from transforms.text import find_words, fold, split_sentences

MASK = "[name]"
# Classes of speakers whose role is an office; a doctor, a witness or a relative is named in the news, but holds none.
OFFICES = frozenset({"local_official", "national_official", "police", "military", "emergency_service", "un_agency"})
ADULT_AGE = 18
WELL_KNOWN = 100_000  # inhabitants
HEADLINE_SHARE = 0.7  # of the longer words written with a capital: Then Capitals Say Nothing
_WHERE = frozenset("in near at outside around into across inside towards".split())  # "of Artem" may be a person
_WHERE_OR_WHOSE = _WHERE | frozenset("of from to on over between and".split())
_IN = re.compile(r"\b(?:in|near|outside)\s+$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
_PARTICLES = frozenset("al el bin ibn bint abu abd ould ag de da dos del di van von der den la le ben".split())
_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen".split()
_AGE = re.compile(
    rf"\b(?:(?P<n>\d{{1,2}})|(?P<w>{'|'.join(_SMALL)}))[\s\-]+(?:(?:year|month|week|day)s?[\s\-]+old|months|weeks)\b"
    rf"|\baged?[\s\-]+(?:of\s+)?(?:(?P<n2>\d{{1,2}})|(?:{'|'.join(_SMALL)}))\b|[,(]\s*(?P<n3>\d{{1,2}})\s*[,).;]|\b(?:was|is|turned)\s+(?:only\s+|just\s+)?"
    rf"(?:(?P<n4>\d{{1,2}})|(?:{'|'.join(_SMALL)}))(?=\s*(?:[,.;]|$|and\b|when\b))",
    re.IGNORECASE,
)
_CHILD = re.compile(
    r"\b(?:boys?|girls?|child(?:ren)?|sons?|daughters?|bab(?:y|ies)|infants?|toddlers?|newborns?|teen(?:ager)?s?|adolescents?|minors?|kids?"
    r"|schoolboys?|schoolgirls?|pupils?|grandsons?|granddaughters?|grandchild(?:ren)?|nephews?|nieces?|students?|siblings?|twins?|orphans?)\b",
    re.IGNORECASE,
)
_AGE_AFTER_NAME = re.compile(r"\s*[,(]\s*(?:aged\s+)?\d{1,2}\b")
_AFTER_NAME = re.compile(rf"{_AGE_AFTER_NAME.pattern}|\s*(?:was|is|had|who|died|and)\b|['’]s?\b")
_OPENING = '"“‘«„('


@dataclass(frozen=True, slots=True)
class PublicNames:
    """What is written like a name and is none of a private person.

    Attributes:
        office_holders: Folded names of speakers who hold office, as texts give them.
        surnames: Folded surnames of those whose office the text names beside the name.
        words: Folded words and phrases of actors, institutions, nations, outlets, the calendar.
        given_names: Folded first names.
        gazetteer: Places.
    """

    office_holders: frozenset[str]
    surnames: frozenset[str]
    words: frozenset[str]
    given_names: frozenset[str]
    gazetteer: Gazetteer

    def with_speakers(self, speakers: Iterable[Mapping[str, str | None]]) -> PublicNames:
        """Return the same with other office holders: a governor's surname protects him in his own province, not his namesakes elsewhere.

        Args:
            speakers: Rows of claim: speaker, speaker_role, speaker_class; those whose class is an office are kept.
        """
        holders: set[str] = set()
        surnames: set[str] = set()
        for row in speakers:
            name = row["speaker"]
            if not name or row["speaker_class"] not in OFFICES:
                continue
            words = name.split()
            holders.add(fold(name))
            if row["speaker_role"]:
                surnames.add(fold(words[-1]))
            else:  # "Governor Ann Wells": the office stands in the name, how many words of it nobody can tell
                holders |= {fold(" ".join(words[n:])) for n in range(1, len(words) - 1) if all(word[0].isupper() for word in words[n:])}
        return replace(self, office_holders=frozenset(holders), surnames=frozenset(surnames))


def gather_public_names(
    lexicons: Lexicons, gazetteer: Gazetteer, speakers: Iterable[Mapping[str, str | None]] = (), outlets: Iterable[str | None] = ()
) -> PublicNames:
    """Return what `mask_quote` leaves unmasked.

    Args:
        lexicons: Actors, sources, nations, agencies, public words.
        gazetteer: Places.
        speakers: Rows of claim, as `PublicNames.with_speakers` takes them.
        outlets: Names of publishers.
    """
    columns = {
        "actors": ("canonical_name", "aliases"), "sources": ("source", "variants"), "demonyms": ("country", "aliases", "demonyms"),
        "agencies": ("agency", "aliases"), "public_words": ("words",), "weapons": ("term", "variants"), "channels": ("channel", "terms"),
    }  # fmt: skip
    words = {fold(word.strip()) for name, cells in columns.items() for row in lexicons.rows(name) for cell in cells
             for word in (row.get(cell) or "").split("|") if word.strip()}  # fmt: skip
    words |= {fold(outlet) for outlet in outlets if outlet}
    given_names = frozenset(lexicons.words("place_first_names", "name"))
    return PublicNames(frozenset(), frozenset(), frozenset(words), given_names, gazetteer).with_speakers(speakers)


def mask_quote(quote: str, known: PublicNames, *, minors_only: bool = False, before: str = "", after: str = "") -> str:
    """Return a quote in which personal names are replaced by `[name]`.

    Args:
        quote: Words of an article.
        known: What is no private person's name.
        minors_only: Mask only in sentences that speak of a child; there every name goes, as always.
        before: What stands before the quote in the article, as far as it is known: it tells where sentences begin.
        after: What follows it.

    Returns:
        The quote, nothing else changed. Masking it again changes nothing.
    """
    text, first, last = f"{before}{quote}{after}", len(before), len(before) + len(quote)
    spans: list[tuple[int, int]] = []
    for sentence in split_sentences(text):
        if sentence.end <= first or sentence.start >= last:
            continue
        is_of_minor = speaks_of_minor(text[sentence.start : sentence.end])
        if is_of_minor or not minors_only:
            spans += _private_names(text, sentence.start, sentence.end, known, is_of_minor)
    for start, end in reversed([(max(a, first), min(b, last)) for a, b in spans if a < last and b > first]):
        quote = f"{quote[: start - first]}{MASK}{quote[end - first :]}"
    return quote


def speaks_of_minor(text: str) -> bool:
    """Tell whether words speak of a child: a word for one, or an age below 18."""
    if _CHILD.search(text):
        return True
    for age in _AGE.finditer(text):
        numbers = [int(value) for name in ("n", "n2", "n3", "n4") if (value := age[name])]
        if not numbers or min(numbers) < ADULT_AGE:
            return True
    return False


def _private_names(text: str, start: int, end: int, known: PublicNames, is_of_minor: bool) -> Iterator[tuple[int, int]]:
    """Yield the spans of one sentence that are written like names and are not known to be anything else, adjoining ones as one."""
    words = _words(text, start, end)
    longer = [text[a] for a, b in words if b - a > 3 and text[a].isalpha()]
    is_headline = len(longer) > 2 and sum(map(str.isupper, longer)) >= HEADLINE_SHARE * len(longer)
    for run in _runs(text, words):
        private = _unknown_words(text, run, known, is_of_minor)
        if not private:
            continue
        begins = not any(c.isalnum() for c in text[start : run[0][0]]) or text[run[0][0] - 1] in _OPENING
        if len(run) == 1 and begins and not _may_be_name(text, run[0], known, is_of_minor):
            continue  # any word has a capital there
        if is_headline and not is_of_minor and not any(fold(text[a:b]) in known.given_names for a, b in private):
            continue
        first = private[0]
        for span in private[1:]:
            if text[first[1] : span[0]].strip(" \u00a0-") and fold(text[first[1] : span[0]]).strip() not in _PARTICLES:
                yield first
                first = span
            else:
                first = (first[0], span[1])
        yield first


def _words(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the words of a sentence; "U.S." and the initials of a name are one."""
    words: list[tuple[int, int]] = []
    for a, b in find_words(text, start, end):
        is_initial = b - a == 1 and text[a].isupper() and text[b : b + 1] == "."
        begins = words[-1][0] if is_initial and words and words[-1][1] == a and text[a - 1] == "." else a
        words[len(words) - (begins != a) :] = [(begins, b + is_initial)]
    return words


def _runs(text: str, words: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Yield words with a capital that follow each other, Arabic and Romance particles between them included."""
    run: list[tuple[int, int]] = []
    waiting: list[tuple[int, int]] = []
    for a, b in words:
        joins = bool(run) and not text[(waiting or run)[-1][1] : a].strip(" \u00a0")
        if text[a].isupper() or (text[a].isalpha() and "-" in text[a:b] and any(c.isupper() for c in text[a:b])):
            if run and not joins:
                yield run
                run = []
            run += [*(waiting if joins else []), (a, b)]
            waiting = []
        elif joins and fold(text[a:b]) in _PARTICLES:
            waiting.append((a, b))
        elif run:
            yield run
            run, waiting = [], []
    if run:
        yield run


def _unknown_words(text: str, run: list[tuple[int, int]], known: PublicNames, is_of_minor: bool) -> list[tuple[int, int]]:
    """Return the words of a run that no known phrase covers; a place beside one of them may be a surname and goes with it.

    Thousands of villages have the name of a person: a small place counts only behind "in" or "near", any place where a child is spoken of.
    """
    before = (fold(text[max(0, run[0][0] - 20) : run[0][0]]).rsplit(None, 1) or [""])[-1]
    is_where = before in (_WHERE if is_of_minor else _WHERE_OR_WHOSE)
    if before in _PARTICLES and fold(f"{before} {text[run[0][0] : run[-1][1]]}") in known.words:
        return []  # "al Qaeda"
    covered = ["" for _ in run]
    position = 0
    while position < len(run):
        length, kind = _known_phrase(text, run[position:], known)
        if (
            kind == "place"
            and not (is_where and position == 0)
            and (is_of_minor or not _is_well_known(text, run[position:][:length], known))
        ):
            length, kind = 0, ""
        covered[position : position + max(1, length)] = [kind] * max(1, length)
        position += max(1, length)
    private = {n for n, kind in enumerate(covered) if not kind}
    spread = True
    while spread:
        more = {n for n, kind in enumerate(covered) if kind in {"place", "surname"} and n not in private and {n - 1, n + 1} & private}
        private |= more
        spread = bool(more)
    return [_without_possessive(text, run[n]) for n in sorted(private)]


def _without_possessive(text: str, word: tuple[int, int]) -> tuple[int, int]:
    end = _POSSESSIVE.search(text[word[0] : word[1]])
    return (word[0], word[0] + end.start()) if end else word


def _is_well_known(text: str, words: list[tuple[int, int]], known: PublicNames) -> bool:
    places = known.gazetteer.lookup(_POSSESSIVE.sub("", text[words[0][0] : words[-1][1]]))
    return any((place.population or 0) >= WELL_KNOWN for place in places)


def _known_phrase(text: str, run: list[tuple[int, int]], known: PublicNames) -> tuple[int, str]:
    """Return how many words of a run form the longest known phrase at its beginning, and what it is; 0 and nothing: none."""
    for length in range(min(len(run), 6), 0, -1):
        phrase = text[run[0][0] : run[length - 1][1]]
        folded = _POSSESSIVE.sub("", fold(phrase))
        if folded in known.office_holders:
            return length, "office"
        if folded in known.words or (length == 1 and "-" in folded and _is_known_compound(phrase, known)):
            return length, "word"
        if length == 1 and "." in phrase:
            return 1, "surname"  # U.S., but also the initials of whoever follows
        if length == 1 and _is_acronym(phrase):
            return 1, "word"
        if length == 1 and folded in known.surnames:
            return 1, "surname"
        is_personal = any(fold(text[a:b]) in known.given_names for a, b in run[:length])
        is_doubtful = is_personal or known.gazetteer.is_risky(folded)
        if is_doubtful and length == len(run) and _is_in_state(text, run, known):
            return length, "place"
        if not is_doubtful and known.gazetteer.lookup(_POSSESSIVE.sub("", phrase)):
            return length, "place"
    return 0, ""


def _is_in_state(text: str, run: list[tuple[int, int]], known: PublicNames) -> bool:
    """Tell whether a run is a state or country behind "in": "in Virginia", though many are called so."""
    name = text[run[0][0] : run[-1][1]]
    return _IN.search(text[max(0, run[0][0] - 10) : run[0][0]]) is not None and bool(
        known.gazetteer.lookup(name, kinds={"admin1", "country"})
    )


def _is_known_compound(word: str, known: PublicNames) -> bool:
    """Tell whether all parts of "US-led" or "ex-Russian" that are written like names are none."""
    return all(fold(part) in known.words or _is_acronym(part) for part in word.split("-") if part[:1].isupper())


def _is_acronym(word: str) -> bool:
    return 2 <= len(word) <= 6 and word.isupper()


def _may_be_name(text: str, word: tuple[int, int], known: PublicNames, is_of_minor: bool) -> bool:
    """Tell whether the first word of a sentence reads as a name: a first name, or followed by an age; of a child, by what people do."""
    after = _AFTER_NAME if is_of_minor else _AGE_AFTER_NAME
    return fold(_POSSESSIVE.sub("", text[word[0] : word[1]])) in known.given_names or after.match(text, word[1]) is not None
