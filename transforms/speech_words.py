"""Words around statements: verbs of saying, when and to whom something was said, the channel it went through."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from transforms.document import Document, once
from transforms.lexicons import Lexicons
from transforms.records import Span
from transforms.speaker_nouns import Speaker
from transforms.text import Sentence, is_word_bounded
from transforms.value_class import dataclass


class Cue(NamedTuple):
    """One occurrence of a form of speech_verbs.csv."""

    start: int
    end: int
    word: str
    kind: str
    stance: str
    inverts: bool


@dataclass(frozen=True, slots=True)
class Attribution:
    """One speaker with the stretch of text in which the statement stands (low to high), and where the attribution ends."""

    speaker: Speaker
    cue: Cue
    low: int
    high: int
    verb_end: int
    rule: str
    start: int = 0
    relay: str | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    automaton: AhoCorasick
    rows: tuple[tuple[str, str, str, bool], ...]
    channels: AhoCorasick
    channel_of: tuple[tuple[str, bool], ...]  # channel and whether it is social media, by pattern of the automaton


_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tonight|overnight)"
_ADJUNCT = re.compile(
    rf"\s*(?:,\s*)?(?:(?:(?:on|late|early|earlier|later|last|this|late on|early on|later on|earlier on) )*(?:{_DAY}"
    r"|(?:this|last|on|earlier|later) (?:week|month|morning|afternoon|evening|night))(?: (?:morning|afternoon|evening|night))?"
    r"|(?:on )?(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|jan\.?|feb\.?|aug\.?|sept?\.?|oct\.?|nov\.?|dec\.?) \d{1,2}(?:, \d{4})?"
    r"|(?:in|on|at|by|via|through|during|from|over|to|under|speaking on) (?:[a-z0-9'.-]+ ){0,5}?"
    r"(?:statements?|posts?|messag(?:e|ing app)|app|telegram|x|twitter|facebook|whatsapp"
    r"|page|channel|account|website|web site|site|conference|briefing|interview|reporters"
    r"|journalists|telephone|phone|e-?mail|tweets?|report|address|speech|video|media"
    r"|network|broadcast|remarks|anonymity|tv|television|radio|release|afp|reuters)\b"
    r"|(?:however|also|later|earlier|too)\b\s*(?=,))"
)
_LISTENER = re.compile(
    r"\s+(?:(?:the|an?|our|local|state|state-run|that|his|her|its) )*(?:[a-z][a-z0-9'&.-]* ){0,5}?(?:reporters?|journalists?|agency"
    r"|agencies|news|newspaper|television|tv|radio|conference|briefing|channel|network|station|media|outlets?|council|meeting"
    r"|parliament|lawmakers|website|press|correspondent|daily|magazine|times|post|afp|ap|reuters|bbc|cnn|nbc|abc|cbs|cnbc|dpa|efe"
    r"|xinhua|interfax|anadolu|tass|ria|jazeera|arabiya|families|residents|court|police|officers|authorities|investigators|detectives"
    r"|u\.n|him|her|them|me|us|people|parents|service|investigators|chronicle"
    r"|guardian|telegraph|herald|tribune|presse|monitors?|friends|affiliate)(?:'s)?\b"
)
_NAMED_LISTENER = re.compile(r"\s+(?:the )?(?:[A-Z0-9][\w'&.-]*\s?){1,4}")
_STATEMENT = re.compile(r"\b(?:statement|communiqu[eé]|press release|news release)\b")
_NEAR = 250  # characters beside the verb in which a channel belongs to it
_MEDIA_CLASSES = frozenset({"media", "state_media"})


@lru_cache(maxsize=4)
def _words(lexicons: Lexicons) -> _Words:
    forms: dict[str, tuple[str, str, str, bool]] = {}
    for row in lexicons.rows("speech_verbs"):
        for form in row["forms"].split("|"):
            forms[form] = (form, row["kind"], row["stance"], row["inverts"] == "yes")
    channel_of = {
        term: (row["channel"], row["mode"] == "social_post") for row in lexicons.rows("channels") for term in row["terms"].split("|")
    }  # fmt: skip
    return _Words(
        AhoCorasick(list(forms), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA),
        tuple(forms.values()),
        AhoCorasick(list(channel_of)),
        tuple(channel_of.values()),
    )


def find_cues(doc: Document) -> list[Cue]:
    """Return the verbs of saying and other attributing words of a document, in order."""
    words = _words(doc.lexicons)
    folded = doc.folded
    return [
        Cue(start, end, *words.rows[index])
        for index, start, end in words.automaton.find_matches_as_indexes(folded)
        if is_word_bounded(folded, start, end)
        and folded[start - 1 : start] != "-"
        and folded[end : end + 1] != "-"
        and not _is_in_name(doc, start, end)
    ]


def _is_in_name(doc: Document, start: int, end: int) -> bool:
    """Tell whether a capital makes the word a name ("Mona Said said"); headlines and words in capitals do not count."""
    return (
        start > doc.body_start
        and doc.text[start].isupper()
        and not doc.text[start + 1 : end].isupper()
        and doc.sentence_at(start).start != start
    )


def skip_adjuncts(doc: Document, cue: Cue, high: int) -> int:
    """Return where the words about when, where and to whom something was said end; -1: "told them to", an order, no statement."""
    at = cue.end
    if cue.kind == "tell":
        listener = _LISTENER.match(doc.folded, at, high) or _NAMED_LISTENER.match(doc.text, at, high)
        if listener is not None:
            at = len(doc.text[: listener.end()].rstrip()) if listener.end() - listener.start() < 60 else at
        if doc.folded.startswith(" to ", at):
            return -1
    for _ in range(4):
        adjunct = _ADJUNCT.match(doc.folded, at, high)
        if adjunct is None:
            break
        at = adjunct.end()
    return at


def read_channel(doc: Document, sentence: Sentence, statement: Span, item: Attribution) -> tuple[str | None, bool, bool]:
    """Read the channel that the attribution names, outside the statement and the speaker's own name.

    Returns:
        Channel or NULL; whether it is social media; whether the words call it a statement.
    """
    words = _words(doc.lexicons)
    who = item.speaker.span
    official = False
    for first, last in _outside(sentence, statement):
        low, high = max(first, item.verb_end - _NEAR), min(last, item.verb_end + _NEAR)
        if _STATEMENT.search(doc.folded, low, high):
            official = True
        for start, _, index in _channels_between(doc, low, high):
            if who.start <= start < who.end and item.speaker.speaker_class in _MEDIA_CLASSES:
                continue
            channel, social = words.channel_of[index]
            return channel, social, official
    return None, False, official


@once
def _channels(doc: Document) -> list[tuple[int, int, int]]:
    """Return the channels that a text names as (start, minus end, number of the term), in order."""
    found = _words(doc.lexicons).channels.find_matches_as_indexes(doc.folded, overlapping=True)
    return sorted([(start, -end, index) for index, start, end in found if is_word_bounded(doc.folded, start, end)])


def _channels_between(doc: Document, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """Yield the channels named between two offsets as (start, end, number of the term), the longest of overlapping ones."""
    known = _channels(doc)
    behind = low
    for at in range(bisect_left(known, (low,)), len(known)):
        start, minus_end, index = known[at]
        if start >= high:
            return
        if start >= behind and -minus_end <= high:
            behind = -minus_end
            yield start, -minus_end, index


def _outside(sentence: Sentence, statement: Span) -> list[tuple[int, int]]:
    """Return the parts of a sentence beside a statement; all of it where they do not meet or the statement is all of it."""
    if (
        statement.end <= sentence.start
        or statement.start >= sentence.end
        or (statement.start <= sentence.start and statement.end >= sentence.end - 1)
    ):
        return [(sentence.start, sentence.end)]
    return [(low, high) for low, high in ((sentence.start, statement.start), (statement.end, sentence.end)) if low < high]
