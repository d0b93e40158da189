"""How a place name is spelled for comparison: one key for all the ways in which newspapers write the same name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

# Marks that newspapers drop: Latin, Greek and Cyrillic diacritics, Arabic and Hebrew vowel points. Vowel signs of Indic
# scripts are letters in all but name and stay.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_APOSTROPHES = re.compile("['’‘‛ʼʻ`´ʿʾʹ′.]")
_SEPARATORS = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ə": "e", "ħ": "h"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "&": "and"}

# The Arabic article, assimilated or not: "ar-Ramadi", "Deir ez-Zor", "el-Fasher" are written "al" for comparison.
ARTICLES = frozenset({
    "al", "el", "ad", "ed", "adh", "ar", "er", "as", "es", "ash", "esh", "at", "et", "ath", "az", "ez", "an", "en", "ul",
})  # fmt: skip
# English words among them, which open a sentence more often than a place name.
_WORDS_LIKE_ARTICLES = frozenset({"as", "at", "an"})

AREA_WORDS = frozenset({
    "province", "provinces", "state", "region", "governorate", "governate", "oblast", "district", "county", "department",
    "departamento", "prefecture", "municipality", "division", "krai", "kray", "raion", "rayon", "wilaya", "wilayah", "wilayat",
    "muhafazat", "mintaqat", "territory", "zone", "lga", "subdistrict", "sub-district", "canton", "parish", "emirate", "woreda",
    "cercle", "commune", "vilayat", "marz", "voivodeship", "estado", "provincia", "regency", "township",
})  # fmt: skip
PLACE_WORDS = frozenset({
    "city", "town", "village", "hamlet", "settlement", "suburb", "neighborhood", "neighbourhood", "camp", "quarter", "area",
    "locality", "community", "ward", "municipality", "metropolis", "borough", "crossing", "junction",
})  # fmt: skip
_AREA_PREFIX = re.compile(
    r"^(?:muhafazat|wilayat e|wilaya de|wilaya|wilayat|mintaqat|shabiyat|changwat|respublika|viloyati|misto|provincia de"
    r"|departamento de|estado de"
    r"|(?:province|state|governorate|department|region|district|county|municipality|prefecture|republic) of(?: the)?) "
)
_PLACE_PREFIX = re.compile(
    r"^(?:(?:city|town|village|community|neighborhood|neighbourhood|suburb|port|hamlet|outskirts) of(?: the)?"
    r"|the|greater|old|new|downtown|central) "
)


def place_key(name: str) -> str:
    """Return the spelling under which a place name is kept and sought.

    Casefold, without diacritics, apostrophes and full stops; hyphens, dashes and other punctuation are one blank;
    "St."/"Ste"/"Mt"/"Ft" are written out; any form of the Arabic article is "al".

    Args:
        name: A place name in any script.

    Returns:
        The key; empty where the name has no letter or digit.
    """
    words = _fold(name)
    return words[0] if len(words) == 1 else " ".join(map(_standard, words))


def place_key_of_tokens(tokens: Sequence[str]) -> tuple[str, dict[int, int]]:
    """Return the key of tokens that stand side by side, and where in it each of them ends.

    Returns:
        (key, ends): ends maps a length of the key to the number of tokens that it covers. A token without letter or
        digit ends the sequence.
    """
    key, ends = "", {}
    several = len(tokens) > 1
    for count, token in enumerate(tokens, start=1):
        words = _fold(token)
        if not words:
            break
        key += (" " if key else "") + " ".join(map(_standard, words) if several or len(words) > 1 else words)
        ends[len(key)] = count
    return key, ends


@lru_cache(maxsize=16_384)  # the words of a night's news repeat; 3 us a word otherwise
def _fold(name: str) -> tuple[str, ...]:
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", name.casefold())).translate(_LETTERS)
    return tuple(_SEPARATORS.sub(" ", _APOSTROPHES.sub("", folded)).split())


def _standard(word: str) -> str:
    return "al" if word in ARTICLES else _ABBREVIATIONS.get(word, word)


def without_area_words(key: str) -> str:
    """Return a key without "province", "oblast", "department of" and the like; unchanged where nothing else is left."""
    words = _AREA_PREFIX.sub("", key).split()
    while len(words) > 1 and words[-1] in AREA_WORDS:
        words.pop()
    return " ".join(words)


def without_place_words(key: str) -> str:
    """Return a key without "city of", "village", "refugee camp" and the like; unchanged where nothing else is left."""
    words = (_PLACE_PREFIX.sub("", key) or key).split()
    while len(words) > 1 and words[-1] in PLACE_WORDS:
        words.pop()
        if len(words) > 1 and words[-1] == "refugee":
            words.pop()
    return " ".join(words)


def without_article(key: str) -> str:
    """Return a key without a leading "al"; unchanged where the rest is shorter than three letters."""
    return key[3:] if key.startswith("al ") and len(key) > 5 else key


def starts_like_place(token: str) -> bool:
    """Say whether a token may open a place name: "As", "At" and "An" alone may not, "As-Suwayda" may."""
    return token.casefold() not in _WORDS_LIKE_ARTICLES


# Spelling that varies between transcriptions of one sound, longest first; applied in order.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^al ", ""),
        (r" (al|e|i|da|de|do) ", " "),
        (r"\bqa?l[ae]h?\b", "kala"),
        (r"tch|tsch", "ch"),
        (r"kh|q|ck|x", "k"),
        (r"gh|dj|dzh|j", "g"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"dh", "d"),
        (r"zh|z", "s"),
        (r"sh", "s"),
        (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"),
        (r"ou|oo|ow|au|aw", "u"),
        (r"ee|ei|ey|ai|ay|iy|yi|ie|ae", "i"),
        (r"[yj]", "i"),
        (r"w", "v"),
        (r"o", "u"),
        (r"e", "i"),
        (r"h", ""),
        (r"(.)\1+", r"\1"),
        (r" ", ""),
    )
]


SHORTEST_SOUND_KEY = 5  # measured: of matches with four letters two thirds were strangers


def sound_key(key: str) -> str:
    """Return a coarse key that different transcriptions of one name share: "Sheberghan" and "Shibirghan".

    Only to be trusted within a country that the text gives: strangers share it too.

    Args:
        key: A key made by `place_key`.

    Returns:
        The coarse key, or "" where fewer than five letters are left, which would fit anything.
    """
    if not key.isascii():
        return ""
    for pattern, sound in _SOUNDS:
        key = pattern.sub(sound, key)
    return key if len(key) >= SHORTEST_SOUND_KEY else ""


def find_keys(name: str) -> Iterator[tuple[str, str]]:
    """Yield the keys to try for a name, best first, each with the kind of word that was dropped for it.

    Yields:
        (key, dropped): dropped is "" for the name as written, "area" where a word such as "province" was dropped,
        "place" where one such as "village" was, "article" where the Arabic article was.
    """
    key = place_key(name)
    seen = {key, ""}
    if key:
        yield key, ""
    area, place = without_area_words(key), without_place_words(key)
    for other, dropped in ((area, "area"), (place, "place"), (without_place_words(place), "place")):
        if other not in seen:
            seen.add(other)
            yield other, dropped
    for base in (key, area, place):
        bare = without_article(base)
        if bare not in seen:
            seen.add(bare)
            yield bare, "article"
