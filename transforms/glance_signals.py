"""What a glance at a page shows of violence, harm and all else: words counted by zone, and how its sentences tell them.

The words are those of triage.csv, harm.csv and weapons.csv, found all at once. What `transforms.triage` computes from sentences,
quantities and days is guessed here from single sentences: a tenth of the time, and good enough to tell what is not worth cleaning.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from ahocorasick_rs import BytesAhoCorasick

from transforms.glance import Glance
from transforms.lexicons import Lexicons
from transforms.text import fold
from transforms.triage import AFTERMATH, EVIDENCE, VIOLENT, told_violence

ZONES = ("head", "lead", "body")
READ = 40_000  # characters of text that are looked at: more than triage reads, for what a page shows around its article
LEAD_SENTENCES = 2
LEAD_CHARACTERS = 900
LONG_SENTENCE = 40  # characters; "1 of 4.", "Paris", "Mon Feb 1, 2016" are not the lead
WORD = 6  # characters with its space
SAME = 30  # characters in which two titles are the same
# With these a sentence tells of violence as of something else: a trial, a memory, a threat, a film, an accident.
TURNED = frozenset({"court", "past", "sport", "accident", "disaster", "follow_up", "threat", "culture"})
PLAINLY = "told_plainly"  # in one sentence violence, harm, a number and who says so, with nothing that turns it
_STOP, _SPACE = ord("."), ord(" ")
_OF_A_WORD = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyz_") | frozenset(range(0x80, 0x100))
_FLAT = bytes(_STOP if chr(code) in ".?!" else code if code in _OF_A_WORD else _SPACE for code in range(256))
_END = re.compile(rb"\. ")  # of a sentence; as a pattern a third of the time of bytes.replace
# Small words too: "a man was shot", "both were hurt". What they miss counts nobody.
_NUMBER = re.compile(
    rb"\d| (?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    rb"|ninety|(?:hundred|thousand|dozen)s?|scores|several|many|some|both|at least|no one|nobody|another|multiple|couple|half|others|all"
    rb"|few) "
)
_FRESH = re.compile(rb" (?:to(?:day|night)|yesterday|(?:mon|tues|wednes|thurs|fri|satur|sun)day|overnight|this \w+|last night|earlier) ")
_STALE = re.compile(
    rb" (?:19\d\d|20\d\d|january|february|march|april|june|july|august|september|october|november|december|last (?:year|month)) "
)


class _Words:
    """The words of one language and their signals; pattern 0 ends a sentence and has none."""

    def __init__(self, lexicons: Lexicons) -> None:
        harm = {row["term"] for row in lexicons.rows("harm") if row["form"] != "skip"}
        told = {word: row["signal"] for row in lexicons.rows("triage") for word in row["words"].split("|") if word}
        words = dict.fromkeys(harm, "harm") | told
        for row in lexicons.rows("weapons"):
            for word in (row["term"], *row["variants"].split("|")):
                if len(word) > 2:
                    words.setdefault(word, "weapons")
        spelt = {flat_bytes(fold(word)): (signal, word in harm) for word, signal in words.items()}
        self.signals = ["", *(signal for signal, _ in spelt.values())]
        self.names = {zone: [f"{signal}.{zone}" for signal in self.signals] for zone in ZONES}
        self.harm = frozenset(index for index, (signal, is_harm) in enumerate(spelt.values(), 1) if is_harm or signal == "harm")
        self.evidence = frozenset(index for index, signal in enumerate(self.signals) if signal in EVIDENCE) | self.harm
        self.telling = frozenset(index for index, signal in enumerate(self.signals) if signal in VIOLENT) | self.harm
        self.automaton = BytesAhoCorasick([b"\n", *spelt])
        # What a phrase of triage holds of its words, which do not count beside it: the lawyers of "lawyers' group" are no court. By index
        # of the phrase: indexes of those words, and how far behind its start they stand.
        flat_told = {flat_bytes(fold(word)) for word in told}
        of_triage = {own for own, phrase in enumerate(spelt, 1) if phrase in flat_told}
        self.held: dict[int, list[tuple[int, int]]] = {}
        for own, phrase in enumerate(spelt, 1):
            matches = self.automaton.find_matches_as_indexes(phrase, overlapping=True) if own in of_triage else []
            if held := [(index, at) for index, at, _ in matches if index != own and index in of_triage]:
                self.held[own] = held


@lru_cache(maxsize=8)
def _words(lexicons: Lexicons) -> _Words:
    return _Words(lexicons)


def flat_bytes(folded: str) -> bytes:
    """Return a folded text as bytes: a space for each mark and at both ends, a line end between spaces where a sentence or line ends."""
    marked = folded.replace("…", " ").replace("•", " ").encode(errors="replace").replace(b"\n", b". ").translate(_FLAT)
    return b" %b " % _END.sub(b" \n ", marked).replace(b".", b" ")


def look_for_signals(glance: Glance, lexicons: Lexicons) -> tuple[dict[str, float], bool]:
    """Return how strongly a glance shows each signal, and whether one sentence tells plainly of violence and its harm: in title or lead
    with nothing that a court, a memory, an accident and so on is about, behind them also with a number and who says so.

    Returns:
        `signal.zone` -> strength; what is absent is left out, and all is where no word of violence or harm stands. Head (the title): 1
        where present; lead (further titles and descriptions, and the first sentences of the text): up to 3 occurrences as thirds; body:
        occurrences in a hundred words, at most 3.
    """
    words = _words(lexicons)
    head, further, text = map(flat_bytes, (*_titles(glance.head), glance.text[:READ]))
    flat = b"%b\n%b\n%b" % (head, further, text)
    found = words.automaton.find_matches_as_indexes(flat, overlapping=True)
    held = {(index, start + at) for phrase, start, _ in found if phrase in words.held for index, at in words.held[phrase]}
    if held:
        found = [match for match in found if match[:2] not in held]
    indexes = [index for index, _, _ in found]
    if words.evidence.isdisjoint(indexes):
        return {}, False
    ends = [number for number, index in enumerate(indexes) if not index]
    places = [found[number][1] for number in ends]
    lead_end = len(flat) - len(text) + _lead_end(text)
    # How many sentences end in the head, and how many in head and lead; what is found in them comes first.
    in_head, in_lead = bisect_right(places, len(head)), bisect_left(places, lead_end)
    behind_head, behind_lead = ends[in_head - 1], ends[in_lead - 1]
    parts = indexes[:behind_head], indexes[behind_head:behind_lead], indexes[behind_lead:]
    counts = Counter(chain.from_iterable(map(words.names[zone].__getitem__, part) for zone, part in zip(ZONES, parts, strict=True)))
    for sentence in {bisect_left(ends, number) for number, index in enumerate(indexes) if index in words.telling}:
        first, last = ends[sentence - 1] + 1 if sentence else 0, ends[sentence] if sentence < len(ends) else len(found)
        start, end = places[sentence - 1] if sentence else 0, places[sentence] if sentence < len(ends) else len(flat)
        zone = "head" if sentence < in_head else "lead" if sentence < in_lead else "body"
        counts.update([f"{sign}.{zone}" for sign in _signs(words, set(indexes[first:last]), flat[start:end])])
    for zone in ZONES:
        counts.pop(f".{zone}", None)  # the ends of sentences
    counts.update(_signs_of_the_top(counts))
    hundreds = max((len(flat) - lead_end) / WORD, 100.0) / 100
    is_told = "violent_harm.head" in counts or "violent_harm.lead" in counts
    is_told = sum(counts.pop(f"{PLAINLY}.{zone}", 0) for zone in ZONES) > 0 or is_told
    return {name: _strength(name, count, hundreds) for name, count in counts.items()}, is_told


def _titles(head: str) -> tuple[str, str]:
    """Return the first line of a head, and those that are not that line with a site's name or cut short."""
    if "\n" not in head.strip():
        return head, ""
    title, *further = [line for line in map(str.strip, head.split("\n")) if line]
    return title, "\n".join([line for line in further if not line.startswith(title[:SAME]) and line not in title])


def _lead_end(text: bytes) -> int:
    """Return where the first long sentences of a text end."""
    at = long = 0
    while long < LEAD_SENTENCES and at < LEAD_CHARACTERS:
        end = text.find(b"\n", at)
        if end < 0:
            return len(text)
        long += end - at >= LONG_SENTENCE
        at = end + 1
    return at


def _signs(words: _Words, said: set[int], sentence: bytes) -> Iterator[str]:
    """Yield what one sentence tells, from the words found in it and the days and numbers that stand by."""
    signals = set(map(words.signals.__getitem__, said))
    if told := told_violence(signals):
        yield told
    is_harm = not words.harm.isdisjoint(said)
    if is_harm:
        yield "harm_told"
        if _NUMBER.search(sentence):
            yield "harm_number"
            if signals & VIOLENT and "fresh_report" in signals and not signals & TURNED:
                yield PLAINLY
    if is_harm or signals & VIOLENT:
        if _FRESH.search(sentence):
            yield "fresh_day"
        if _STALE.search(sentence):
            yield "stale_day"


def _signs_of_the_top(counts: Counter[str]) -> list[str]:
    """Return what title and lead are as a whole: a plain report of violence, or what followed, threatened or resembled it."""
    signs = []
    for zone, helps in (("head", ("harm_number.head",)), ("lead", ("harm_number.lead", "fresh_day.lead"))):
        is_violent = f"violent_harm.{zone}" in counts
        if any(f"{signal}.{zone}" in counts for signal in AFTERMATH):
            signs += [] if is_violent else [f"aftermath.{zone}"]
        elif is_violent and any(name in counts for name in helps):
            signs.append(f"plain_report.{zone}")
    return signs


def _strength(name: str, count: int, hundreds: float) -> float:
    if name.endswith(".head"):
        return 1.0
    return min(count, 3) / 3 if name.endswith(".lead") else min(3.0, count / hundreds)
