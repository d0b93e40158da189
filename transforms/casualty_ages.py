"""Children among the dead told by name and age only: "Those killed were Omar Saleh (nine years old), Amal Saleh, 6, and ..."."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence

from transforms.document import Document
from transforms.harm import ADULT_AGE
from transforms.numbers import read_number
from transforms.records import CasualtyMention, Quantity, Span
from transforms.stems import Stems
from transforms.text import Sentence

_SMALL = "|".join("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen".split())
_NAME = r"[A-Z][\w'-]+(?: (?:(?:al|el|bin|ibn|abu|de|van|the)[ -])?[A-Z][\w'-]*){0,6}"
_COUNT = rf"\d{{1,3}}|{_SMALL}"
_OLD = r"(year|month|week|day)s?[- ]olds?\b"
_KIN = r"(?:\w+ ){0,2}?(?:named |called )?|\w+, "  # "a five-year-old girl named Amal", "her nine-year-old son, Omar"
_NAMED = re.compile(
    rf"({_NAME})(?:,? \(?(?:who was |was |son, |daughter, )?(?:aged )?({_COUNT})[ -]{_OLD}"
    rf"|(?:,| \() ?(?:aged ({_SMALL})|(?:aged )?(\d{{1,3}}))(?=[,;.)]| and ))"
    rf"|\b({_COUNT})[- ]{_OLD} (?:{_KIN})({_NAME})"
)
# Without one of these the patterns above find no child. The first begins with a digit and is tried only there.
_YOUNG_NUMBER = re.compile(r"(?<![\d.,])(?:1[0-7]|[1-9])(?:[ -](?:year|month|week|day)s?[ -]old|[,;.)]| and )")
_YOUNG_WORDS = re.compile(rf"\b(?:(?:month|week|day)s?[ -]old|(?:{_SMALL})[ -]years?[ -]old|aged (?:{_SMALL})\b)")
_OF_THE_DEAD = re.compile(
    r"\b(?:killed|dead|died|deceased|victims?|fatalities|martyr\w*|casualties|identified|names? of|lost their lives|succumbed|mourn\w*)\b"
)
_DEATH_STEMS = Stems(
    "killed|dead|died|deceased|victim|fatalities|martyr|casualties|identified|name|lost their lives|succumbed|mourn".split("|")
)
_OTHERS = re.compile(
    r"\b(?:injur\w+|wound\w+|surviv\w+|suspects?|accused|charged|arrested|gunman|shooter|attackers?|hospitali\w+|"
    r"critical|condition|escaped|unharmed|told|said (?:he|she))\b"
)
_AHEAD = 2  # sentences behind one that tells of the dead in which a list of them may go on
_MOST = 60  # names that are read; a longer list is no single event's


def find_minors(doc: Document, sentences: Collection[int], mentions: Sequence[CasualtyMention]) -> list[CasualtyMention]:
    """Return the children that sentences about the dead name with an age below 18, each once, as mentions of one victim.

    Args:
        doc: The document.
        sentences: Numbers of the sentences of one event.
        mentions: Its casualty mentions: a list begins at one of somebody killed.
    """
    if not _may_name_minors(doc):
        return []
    # A sentence that tells of the dead and then of others is read up to these.
    killed = {m.sentence for m in mentions if m.effect == "killed" and not m.uncertain and m.quantity.best != 0}
    told: dict[tuple[str, int], CasualtyMention] = {}
    open_until = -1
    for index in sorted(sentences):
        sentence = doc.sentences[index]
        if index in killed or _tells_of_the_dead(doc, sentence):
            open_until = index + _AHEAD
        if index > open_until or not _has_age(doc, index):
            continue
        others = doc.search(_OTHERS, sentence)
        if others and index not in killed:
            continue
        for match in _NAMED.finditer(doc.text, sentence.start, others.start() if others else sentence.end):
            name, years = _read_age(match)
            if years >= ADULT_AGE or name in _MONTHS:
                continue
            span = Span(match.start(), match.end())
            quantity = Quantity(span, 1, 1, 1, "exact", "number.one")
            mention = CasualtyMention("killed", "children", quantity, span, index, "casualty.age", span.start, True, False, False, False)
            told.setdefault((name.split()[0], years), mention)
            if len(told) >= _MOST:
                return []
    return list(told.values())


_MONTHS = frozenset("January February March April May June July August September October November December".split())


def _read_age(match: re.Match[str]) -> tuple[str, int]:
    """Return the name and the age in whole years."""
    before, count, unit, word, bare, count_first, unit_first, behind = match.groups()
    years = read_number((count or word or bare or count_first).lower()) or 0
    return before or behind, years if (unit or unit_first or "year") == "year" else 0


def _tells_of_the_dead(doc: Document, sentence: Sentence) -> bool:
    return _DEATH_STEMS.stand_in(doc, sentence.start, sentence.end) and doc.search(_OF_THE_DEAD, sentence) is not None


def _may_name_minors(doc: Document) -> bool:
    """Tell whether anywhere in a text words stand that may be an age below 18."""
    if any(_YOUNG_NUMBER.match(doc.folded, at) for at in doc.digits):
        return True
    return any(word in doc.folded for word in ("-old", " old", "aged ")) and _YOUNG_WORDS.search(doc.folded) is not None


def _has_age(doc: Document, index: int) -> bool:
    """Tell whether a sentence holds a digit or the words "old" or "aged": without one no age stands in it."""
    sentence = doc.sentences[index]
    at = bisect_left(doc.digits, sentence.start)
    if at < len(doc.digits) and doc.digits[at] < sentence.end:
        return True
    words = doc.folded[sentence.start : sentence.end]
    return " old" in words or "-old" in words or " aged " in words or (not words.isascii() and any(c.isdigit() for c in words))
