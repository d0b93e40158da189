"""Characters, sentences and words of a text, always with offsets into the text as it stands."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator

from transforms.value_class import dataclass

# One character for one character, so that an offset in the folded text is an offset in the text. Here and in `flatten` a plain
# replacement of each mark by itself takes a tenth of a pattern's time, and of str.translate's once one character is not ASCII.
_FOLD = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " ",
    }
)  # fmt: skip

_UNUSUAL = [(chr(code), usual) for code, usual in _FOLD.items()]

# A full stop after these ends no sentence. Lower-cased, without the stop.
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen rep gov gen col lt capt cmdr maj sgt cpl brig adm st sts md mt ft jr sr no nos vs etc al inc ltd co corp"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun calif tex fla ga ill pa va mass conn"
    " ala ariz ark colo del ind kan ky la md mich minn miss mo mont neb nev okla ore tenn vt wash wis wyo a.m p.m u.s u.n u.k e.g i.e"
    " approx est rev hon pres supt insp det dist dept ave blvd rd hwy spc pfc pvt messrs mme mlle msgr fr rs".split()
)
# The first character stands alone so that the search skips to it; a run of stops is tried once, not from each of its stops.
_STOP = re.compile(r"[.!?…\n](?:(?<!\n)(?<![.!?…][.!?…])[.!?…]*+[\"'”’)\]]*+(?=\s|$)|(?<=\n)\n*+)")
_WORD_BEFORE = re.compile(r"([\w.\-']+)$")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")
_OPENS_SENTENCE = re.compile(r"\s+(?:The|A|An|It|He|She|They|In|On|At|But|Police|Officials)\b")
_WORD = re.compile(r"\w+(?:['\-]\w+)*|\d[\d,.]*\d")
_NO_MARKS = bytes(code if chr(code).isalnum() or chr(code) == "_" else ord(" ") for code in range(256))  # for ASCII
_BLANKED = f"{string.punctuation}\n\r…•"
_DIGIT = re.compile(r"\d(?<!\d\d)")
_MAX_SENTENCE = 2_000  # characters; longer "sentences" are lists or code, cut so that no rule meets a megabyte at once


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its number in the document and its span."""

    index: int
    start: int
    end: int


def fold(text: str) -> str:
    """Return the text lower-cased, quotes, dashes and spaces unified, of exactly the same length."""
    if text.isascii():  # as most texts are; of all that is unified only these two marks are ASCII
        return text.replace("`", "'").replace("\t", " ").lower()
    for unusual, usual in _UNUSUAL:
        text = text.replace(unusual, usual)
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def flatten(folded: str) -> str:
    """Return a folded text with every mark as a space, and a space at both ends: " word " matches whole words only, one offset on."""
    if folded.isascii():
        return f" {folded.encode().translate(_NO_MARKS).decode()} "
    for char in set(folded):
        if not (char.isalnum() or char in "_ "):
            folded = folded.replace(char, " ")
    return f" {folded} "


def blank_marks(folded: str) -> str:
    """Return a text with every ASCII mark, line end, "…" and "•" as a space and a space at both ends: " word " matches whole words only."""
    for mark in _BLANKED:
        folded = folded.replace(mark, " ")
    return f" {folded} "


def _is_abbreviation(text: str, stop: int) -> bool:
    """Tell whether the full stop at `stop` belongs to an abbreviation, an initial or a list number."""
    low = max(0, stop - 24)
    before = _WORD_BEFORE.search(text, max(low, text.rfind(" ", low, stop) + 1), stop)
    if before is None:
        return False
    word = before.group(1)
    return word.lower() in ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isupper()) or _INITIALS.fullmatch(word) is not None


def split_sentences(text: str) -> list[Sentence]:
    """Split a text into sentences, in order, without overlap; white space around them is left out.

    A line break always ends a sentence. After a full stop the next word must begin with a capital, a digit or a quote,
    unless the whole text is lower-cased.
    """
    caseless = not any(char.isupper() for char in text[:2_000])
    bounds: list[tuple[int, int]] = []
    start = 0
    for match in _STOP.finditer(text):
        if text[match.start()] != "\n":
            if text[match.start()] == "." and _is_abbreviation(text, match.start()):
                follow = text[match.end() : match.end() + 2].lstrip()
                # "at 2 p.m. The blast": an abbreviation may end a sentence when an article or pronoun follows.
                if not _OPENS_SENTENCE.match(text[match.end() : match.end() + 12]) or not follow:
                    continue
            follow = text[match.end() : match.end() + 3].lstrip()
            if follow and not caseless and not (follow[0].isupper() or follow[0].isdigit() or follow[0] in "\"'“‘«([-–—•"):
                continue
        bounds.append((start, match.end()))
        start = match.end()
    bounds.append((start, len(text)))
    out: list[Sentence] = []
    for low, high in bounds:
        for piece_low, piece_high in _cut(low, high):
            first, last = _strip(text, piece_low, piece_high)
            if first < last:
                out.append(Sentence(len(out), first, last))
    return out


def _cut(low: int, high: int) -> list[tuple[int, int]]:
    return [(at, min(at + _MAX_SENTENCE, high)) for at in range(low, high, _MAX_SENTENCE)] or [(low, high)]


def _strip(text: str, low: int, high: int) -> tuple[int, int]:
    while low < high and text[low].isspace():
        low += 1
    while high > low and text[high - 1].isspace():
        high -= 1
    return low, high


def find_words(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the spans of the words between two offsets; a hyphenated or apostrophed word is one."""
    return find_spans(_WORD, text, start, len(text) if end is None else end)


def find_spans(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of all matches between two offsets; `map` takes half the time of a loop."""
    return list(map(re.Match.span, pattern.finditer(text, start, end)))


def spans_of(words: Iterable[str], text: str, start: int) -> list[tuple[int, int]]:
    """Return where words stand that `findall` found from an offset on with nothing but white space between them."""
    spans: list[tuple[int, int]] = []
    for word in words:
        at = text.find(word, start)
        start = at + len(word)
        spans.append((at, start))
    return spans


def find_digits(text: str, start: int, end: int) -> list[int]:
    """Return where each run of digits between two offsets begins: few places, so that what begins with a number is tried only there."""
    return list(map(re.Match.start, _DIGIT.finditer(text, start, end)))


def find_stems(text: str, stems: Iterable[str]) -> list[int]:
    """Return where any of a few strings begins, ascending: a plain search is many times as fast as a pattern's."""
    found: set[int] = set()
    for stem in stems:
        at = text.find(stem)
        while at >= 0:
            found.add(at)
            at = text.find(stem, at + 1)
    return sorted(found)


def find_matches(pattern: re.Pattern[str], text: str, starts: Iterable[int], end: int) -> Iterator[re.Match[str]]:
    """Yield what `pattern.finditer` would up to an offset, given every offset where the pattern may match, ascending."""
    behind = 0
    for start in starts:
        match = pattern.match(text, start, end) if start >= behind else None
        if match is not None:
            behind = match.end()
            yield match


def is_word_bounded(text: str, start: int, end: int) -> bool:
    """Tell whether a span neither begins nor ends inside a word."""
    return not (start > 0 and text[start - 1].isalnum() and text[start].isalnum()) and not (
        end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    )
