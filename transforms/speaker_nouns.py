"""Who a noun phrase is: head noun, name, role, class of source and side.

Classes come from the head noun (speaker_heads.csv), from named sources (sources.csv) and from armed actors (actors.csv).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from transforms.document import Document
from transforms.lexicons import Lexicons
from transforms.records import Span
from transforms.responsibility import named_actors
from transforms.text import find_spans, fold
from transforms.value_class import dataclass

_TOKEN = re.compile(r"(?:\w+(?:[-'./&]\w+)*(?:'(?=\s)|\.(?=\s*[\w(,]))?)|[^\w\s]")
_SPACES = re.compile(r"\s+")
_NAME_LINKS = frozenset("al el bin ibn de la da dos van von der den ul ur abu den du di al- el- jr jr. -".split())
DETERMINERS = frozenset(
    "the a an another one two three four several some many other its his her their our this that these those both".split()
)
PREPOSITIONS = frozenset("of for in at from with to by on near outside inside under over across".split())
_OF = frozenset("of for in at from with to on near who".split())
TIME_WORDS = frozenset(
    "day week morning afternoon evening night monday tuesday wednesday thursday friday saturday sunday today yesterday overnight"
    " january february march april may june july august september october november december"
    " meanwhile earlier later however but and also still late early yet then so now separately".split()
)
PRONOUNS = {
    "he": "pronoun",
    "she": "pronoun",
    "it": "pronoun",
    "they": "pronoun",
    "i": "self",
    "we": "self",
    "you": "self",
    "who": "relative",
}
# Adjectives that open a sentence with a capital and are no names.
_MODIFIERS = frozenset(
    "local regional senior medical hospital security opposition state health emergency rescue military human fire"
    " provincial federal government district city county municipal rights foreign defence defense interior authorities"
    " intelligence rebel".split()
)
_VAGUE_HEADS = frozenset(
    "official officials authorities ministry judge deputy secretary adviser aide administration people family man"
    " woman general member".split()
)
_NEVER_NAMES = frozenset(
    "nobody everyone someone there here no none not nothing others i yes what that this these those most many some all such".split()
)
_KIND_CLASSES = {
    "state": "national_official", "state_military": "military", "state_police": "police", "paramilitary": "military",
    "peacekeepers": "un_agency", "individual": "unknown",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """One row word of speaker_heads.csv or sources.csv: what it says of a phrase that it heads."""

    term: str
    speaker_class: str
    kind: str  # person, group, title; "named" for a row of sources.csv
    side: str | None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks.

    Attributes:
        name: Best name in the text's words.
        kind: person, group, pronoun (person or group to be resolved), relative.
        head: Folded head noun; "" for a bare name.
        is_named: `name` is a proper name.
    """

    name: str
    role: str | None
    speaker_class: str
    side: str | None
    kind: str
    head: str
    span: Span
    is_named: bool = False


class Token(NamedTuple):
    """One word or mark of a phrase."""

    start: int
    end: int
    word: str  # folded
    is_capital: bool


_new_token = tuple.__new__  # Token(...) costs twice as much, and most of the time of finding speakers goes into tokens


@lru_cache(maxsize=4)
def speaker_heads(lexicons: Lexicons) -> dict[str, Head]:
    """Return all head words by folded spelling; named sources win over common nouns."""
    heads: dict[str, Head] = {}
    for row in lexicons.rows("speaker_heads"):
        for term in row["heads"].split("|"):
            heads.setdefault(fold(term), Head(term, row["source_class"], row["kind"], row["country_iso2"] or None))
    for row in lexicons.rows("sources"):
        side = row["country_iso2"] or row["side"] or None
        for term in [row["source"], *(row["variants"] or "").split("|")]:
            clean = re.sub(r"\s*\([^)]*\)", "", term).strip()
            word = fold(clean)
            if (
                word
                and not re.search(r"\b(?:said|claimed|told|on|posted)\b", word)
                and (word not in heads or (side and not heads[word].side))
            ):
                last = heads.get(word.split()[-1])
                common = last.kind if last is not None and last.kind == "person" else "group"
                heads[word] = Head(clean, row["source_class"], "named" if clean[0].isupper() and common == "group" else common, side)
    return heads


def tokens_between(doc: Document, start: int, end: int) -> list[Token]:
    """Return the words and marks between two offsets."""
    text, folded = doc.text, doc.folded
    return [_new_token(Token, (low, high, folded[low:high], text[low].isupper())) for low, high in find_spans(_TOKEN, folded, start, end)]


def read_speaker(doc: Document, tokens: Sequence[Token], apposition: Sequence[Token] = ()) -> Speaker | None:
    """Read one noun phrase as a speaker, or None where nobody who speaks is named."""
    if not tokens:
        return None
    if len(tokens) == 1 and tokens[0].word in PRONOUNS:
        only = tokens[0]
        return Speaker(only.word, None, "unknown", None, PRONOUNS[only.word], "", Span(only.start, only.end))
    main = _read_plain(doc, tokens)
    if not apposition:
        return main
    other = _read_plain(doc, apposition)
    if other is None:
        return main
    if main is None or (main.is_named and main.role is None and not other.is_named):
        if main is None:
            return None
        role = _words(doc, _without_determiner(doc, apposition))
        better = other.speaker_class if other.speaker_class != "unknown" else main.speaker_class
        return replace(
            main,
            role=role,
            speaker_class=better,
            side=main.side or other.side,
            kind="person" if other.kind != "group" else main.kind,
            head=other.head,
        )
    if not main.is_named and main.head and main.kind == "person" and other.is_named:
        role = _words(doc, _without_determiner(doc, tokens))
        side = main.side or other.side
        return replace(main, name=other.name, role=role, side=side, is_named=True, span=Span(main.span.start, other.span.end))
    if main.is_named and main.role and other.speaker_class != "unknown" and speaker_heads(doc.lexicons)[main.head].kind == "title":
        return replace(
            main, role=_words(doc, _without_determiner(doc, apposition)), speaker_class=other.speaker_class, side=main.side or other.side
        )
    return main


def _words(doc: Document, tokens: Sequence[Token]) -> str:
    """Return the text's words; a capital that only opens the sentence becomes small."""
    words = _SPACES.sub(" ", doc.text[tokens[0].start : tokens[-1].end]).rstrip(".")
    first = tokens[0]
    if not first.is_capital or doc.sentence_at(first.start).start != first.start:
        return words
    head = speaker_heads(doc.lexicons).get(first.word)
    is_common = first.word in _MODIFIERS or (head is not None and head.term[0].islower())
    if first.word in DETERMINERS or (is_common and not (len(tokens) > 1 and tokens[1].is_capital)):
        return words[0].lower() + words[1:]
    return words


def _without_determiner(doc: Document, tokens: Sequence[Token]) -> Sequence[Token]:
    """Drop a leading determiner and a leading country's possessive: "Ukraine's human rights ombudsman"."""
    while len(tokens) > 1 and (
        tokens[0].word in DETERMINERS or (tokens[0].word.endswith("'s") and tokens[0].word[:-2] in doc.lexicons.countries)
    ):
        tokens = tokens[1:]
    return tokens


def _read_plain(doc: Document, tokens: Sequence[Token]) -> Speaker | None:
    """Read one phrase without apposition: modifiers, head noun, name, complement."""
    body = list(_without_determiner(doc, tokens))
    found = _find_heads(doc, body)
    cut = next((i for i, token in enumerate(body) if i and token.word in _OF and not any(a < i < b for a, b, _ in found)), len(body))
    first = [item for item in found if item[0] < cut]
    if found and cut < len(body) and found[-1] not in first and found[-1][2].kind in {"person", "title"} and _is_name(body[found[-1][1] :]):
        first, cut = found, len(body)  # "Unified Police Department of Salt Lake Sheriff Jim Winder": the last title bears the name
    side = _find_side(doc, tokens)
    span = Span(tokens[0].start, tokens[-1].end)
    if not first:
        return _read_unheaded(doc, tokens, body, found, side, span)
    best = _choose_head(first, found)
    if best.speaker_class == "unknown" and (actors := named_actors(doc, tokens[0].start, tokens[-1].end)):
        best = replace(best, speaker_class=_KIND_CLASSES.get(actors[0].entry["kind"], "armed_group"))
    last_end = max(end for _, end, _ in first)
    name_tokens = (
        body[last_end:cut] if cut == len(body) or best.kind in {"person", "title"} or first[-1][2].kind in {"person", "title"} else []
    )
    last = first[-1][2]
    side = best.side or side
    if name_tokens and _is_name(name_tokens):
        if last.kind in {"person", "title", "group"}:
            kind = "person" if last.kind != "group" else "group"
            role = _words(doc, body[:last_end]) if last.kind != "group" else None
            name = name_tokens if role else body
            return Speaker(_words(doc, name), role, best.speaker_class, side, kind, fold(last.term), span, True)
    elif name_tokens and not all(t.is_capital or t.word in _NAME_LINKS for t in name_tokens) and last.kind not in {"named"}:
        return None  # the head is not what the phrase is about: "hospital beds", "police car"
    kind = "person" if last.kind in {"person", "title"} else "group"
    is_named = last.kind == "named"
    if last.kind == "title" and not name_tokens and last.term in {"mr", "mrs", "ms", "dr", "sir"}:
        return None
    return Speaker(_words(doc, tokens), None, best.speaker_class, side, kind, fold(last.term), span, is_named)


def _read_unheaded(
    doc: Document, tokens: Sequence[Token], body: Sequence[Token], found: Sequence[tuple[int, int, Head]], side: str | None, span: Span
) -> Speaker | None:
    """Read a phrase whose head no lexicon knows: an armed actor, a country that speaks, or a proper name."""
    for term in named_actors(doc, tokens[0].start, tokens[-1].end):
        kind = term.entry["kind"]
        if term.end >= tokens[-1].end - 1 and doc.text[term.start].isupper():
            is_state = kind in {"state", "state_military", "state_police"}
            own_side = term.entry["country_iso2"] or None if is_state else term.entry.term
            speaker_class = _KIND_CLASSES.get(kind, "armed_group")
            return Speaker(_words(doc, tokens), None, speaker_class, own_side, "group", fold(term.entry.term), span, True)
    country = doc.lexicons.countries.get(" ".join(t.word for t in body))
    if country:
        return Speaker(_words(doc, body), None, "national_official", country, "group", "country", span, True)
    cut = next((i for i, token in enumerate(body) if i and token.word in {"of", "from", "with", "at"}), 0)
    if cut >= 2 and found and _is_name(body[:cut]) and found[0][2].kind != "title":
        head = found[0][2]
        return Speaker(_words(doc, body[:cut]), None, head.speaker_class, head.side or side, "person", "", span, True)
    if not _is_name(body) or len(body) > 6 or (len(tokens) != len(body) and len(body) < 2):
        return None
    named = _known_class(doc, body)
    return Speaker(_words(doc, tokens), None, named[0], side or named[1], "person", "", span, True)


def _known_class(doc: Document, body: Sequence[Token]) -> tuple[str, str | None]:
    head = speaker_heads(doc.lexicons).get(" ".join(t.word for t in body))
    return (head.speaker_class, head.side) if head else ("unknown", None)


@lru_cache(maxsize=4)
def _longest_by_first_word(lexicons: Lexicons) -> dict[str, int]:
    """Return how many words the longest head that begins with a word has: no phrase is tried for nothing."""
    longest: dict[str, int] = {}
    for term in speaker_heads(lexicons):
        words = term.split()
        for first in {words[0], words[0].rstrip(".")}:
            longest[first] = max(longest.get(first, 0), min(len(words), 6))
    return longest


def _find_heads(doc: Document, body: Sequence[Token]) -> list[tuple[int, int, Head]]:
    """Return the head words of a phrase as (first token, token after, head), longest first come."""
    heads = speaker_heads(doc.lexicons)
    longest = _longest_by_first_word(doc.lexicons)
    words = [token.word for token in body]
    found: list[tuple[int, int, Head]] = []
    at = 0
    while at < len(words):
        first = words[at].rstrip(".")
        for size in range(min(longest.get(first) or longest.get(first.removesuffix("'s"), 0), len(words) - at), 0, -1):
            joined = " ".join(words[at : at + size])
            head = heads.get(joined) or heads.get(joined.rstrip(".")) or (heads.get(joined[:-2]) if joined.endswith("'s") else None)
            if head is not None and (head.term[0].islower() or body[at].is_capital or doc.is_caseless):
                found.append((at, at + size, head))
                at += size
                break
        else:
            at += 1
    return found


def _choose_head(first: Sequence[tuple[int, int, Head]], found: Sequence[tuple[int, int, Head]]) -> Head:
    """Choose the head that tells the class: the last telling one before "of", else the first telling one behind it."""
    telling = [head for _, _, head in first if head.speaker_class != "unknown"]
    ranks = [head for head in telling if head.kind == "title"]
    firm = [head for head in telling if head.kind != "title" and fold(head.term) not in _VAGUE_HEADS]
    behind = [
        head for item in found if item not in first and (head := item[2]).speaker_class != "unknown" and fold(head.term) not in _VAGUE_HEADS
    ]
    order = [*firm[::-1], *behind, *telling[::-1], *ranks]
    return order[0] if order else first[-1][2]


def _is_name(tokens: Sequence[Token]) -> bool:
    """Tell whether tokens are capitalised words that can be a proper name."""
    words = [t for t in tokens if t.word[0].isalnum()]
    if not words or not (words[0].is_capital or words[0].word.startswith(("al-", "el-"))):
        return False
    if any(t.word in TIME_WORDS or t.word in DETERMINERS or t.word in PREPOSITIONS or t.word.isdigit() for t in words):
        return False
    if len(words) == 1 and (words[0].word in _NEVER_NAMES or words[0].word.endswith("'s")):
        return False
    return all(
        t.is_capital or t.word in _NAME_LINKS or t.word.startswith(("al-", "el-", "ul-", "ur-")) or t.word in {"'", "&"} for t in tokens
    )


def _find_side(doc: Document, tokens: Sequence[Token]) -> str | None:
    """Return the country or armed actor that a phrase names as the speaker's own ("Iraqi police", "Hamas officials")."""
    low, high = tokens[0].start, tokens[-1].end
    heads = speaker_heads(doc.lexicons)
    for term in named_actors(doc, low, high):
        head = heads.get(doc.folded[term.start : term.end])
        if doc.text[term.start].isupper() and (head is None or head.term[0].isupper()):
            is_state = term.entry["kind"] in {"state", "state_military", "state_police"}
            return (term.entry["country_iso2"] or None) if is_state else term.entry.term
    for token in tokens:
        if token.is_capital:
            word = token.word[:-2] if token.word.endswith("'s") else token.word.rstrip("'")
            if country := doc.lexicons.countries.get(word):
                return country
    return None
