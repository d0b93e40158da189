"""Noun phrases that name speakers: where one begins and ends beside a verb of saying, and who it is.

"The regional governor, Serhiy Lysak," is the speaker Serhiy Lysak in the role "regional governor"; "a local official" is
only itself. Classes come from the head noun (speaker_heads.csv), from named sources (sources.csv) and from actors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transforms.document import Document
from transforms.records import Span
from transforms.speaker_nouns import (
    PREPOSITIONS,
    PRONOUNS,
    TIME_WORDS,
    Speaker,
    Token,
    read_speaker,
    speaker_heads,
    tokens_between,
)
from transforms.value_class import dataclass

NEAR = 64  # characters; holds nine of ten subjects
MAX_PHRASE = 180  # characters read beside a verb; longer titles with name and apposition are rare

LONGEST_PART = 5  # words of one speaker in a list

_ADVERBS = frozenset(
    "has have had also later earlier then further separately already immediately previously repeatedly initially"
    " officially subsequently would could will did does do not never only just now still reportedly quickly since"
    " swiftly strongly consistently always vehemently categorically firmly himself herself itself themselves once"
    " again first even both all independently specifically publicly recently flatly long often regularly routinely"
    " frequently yet didn't couldn't wouldn't hasn't haven't doesn't don't cannot can might may should is are was were"
    " be been being either neither falsely".split()
)
_NEGATIONS = frozenset("not never didn't couldn't wouldn't hasn't haven't doesn't don't cannot neither".split())
_PASSIVES = frozenset(["is", "are", "was", "were", "be", "been", "being"])
_BOUNDARIES = frozenset(
    "that which who whom whose as while when where what whether if but though although because since after before"
    " until amid than so about is are was were be been being has have had do does did will would could can may might"
    " must should not it's killed died came went took left hit struck made began saw got found fell rose told said"
    " says according including during following despite gave gives".split()
)
_ED_ADJECTIVES = frozenset(
    "armed united unnamed unidentified retired elected appointed displaced wounded injured senior-ranked allied"
    " combined registered married related detained sacred red mohammed mohamed ahmed muhammed hamed sayed saeed"
    " rasheed khaled walid javed fred ted alfred masked self-proclaimed".split()
)
_ING_NOUNS = frozenset(
    "monitoring governing ruling investigating housing living intelligence-gathering beijing fighting leading king".split()
)
_MEDIUMS = frozenset("statement interview post telegram twitter facebook tweet conference briefing address message".split())


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a verb of saying: who, how the verb is modified, and where subject and verb phrase begin."""

    speaker: Speaker
    start: int
    is_negated: bool
    adverbs: frozenset[str]


def read_subject(doc: Document, low: int, verb: int, allow_passive: bool = False) -> Subject | None:
    """Read the subject that stands before a verb, within a clause that begins at `low` at the earliest."""
    near = max(low, verb - NEAR)
    subject = _subject_within(doc, near, verb, allow_passive)
    # Most subjects are short: only a longer one makes the wider reading worth its time.
    if near != low and (subject is None or subject.start <= near + 12 or doc.folded.find(",", subject.start, verb) >= 0):
        subject = _subject_within(doc, max(low, verb - MAX_PHRASE), verb, allow_passive)
    if subject is not None and doc.folded.endswith(", ", 0, subject.start):
        return _with_list(doc, low, subject)
    return subject


def _with_list(doc: Document, low: int, subject: Subject) -> Subject:
    """Take in the speakers before the last two of a list that opens the clause: "Police, doctors and witnesses said"."""
    start, speaker = subject.start, subject.speaker
    if start - low > NEAR or " and " not in speaker.name:
        return subject
    parts = doc.folded[low : start - 2].split(", ")
    first: Speaker | None = None
    at = low
    for part in parts:
        tokens = tokens_between(doc, at, at + len(part))
        at += len(part) + 2
        one = None if len(tokens) > LONGEST_PART or any(_is_boundary(token) for token in tokens) else read_speaker(doc, tokens)
        if one is None or one.kind not in {"person", "group"} or tokens[0].word in PREPOSITIONS:
            return subject
        first = first or one
    if first is None:
        return subject
    span = Span(first.span.start, speaker.span.end)
    name = first.name + doc.text[first.span.end : speaker.span.end]
    known = first.speaker_class if first.speaker_class != "unknown" else speaker.speaker_class
    return replace(subject, speaker=replace(speaker, name=name, speaker_class=known, kind="group", span=span), start=span.start)


def _subject_within(doc: Document, low: int, verb: int, allow_passive: bool) -> Subject | None:
    tokens = tokens_between(doc, low, verb)
    adverbs: set[str] = set()
    while tokens and (
        tokens[-1].word in _ADVERBS or (len(tokens[-1].word) > 4 and tokens[-1].word.endswith("ly") and not tokens[-1].is_capital)
    ):
        adverbs.add(tokens.pop().word)
    if tokens and tokens[-1].word == "," and len(tokens) > 2 and tokens[-2].word in {"however", "meanwhile", "too", "also", "though"}:
        del tokens[-2 if tokens[-3].word != "," else -3 :]
    if (adverbs & _PASSIVES and not allow_passive) or not tokens:
        return None
    if tokens[-1].word in {"who", "which"} and len(tokens) > 2:
        tokens.pop()
        if tokens[-1].word == ",":
            tokens.pop()
    if tokens[-1].word in _MEDIUMS:  # "the army in a statement said"
        cut = next((i for i in range(len(tokens) - 2, max(-1, len(tokens) - 6), -1) if tokens[i].word in {"in", "on", "at", "via"}), 0)
        tokens = tokens[:cut] if cut else tokens
    speaker = _read_before(doc, tokens)
    if speaker is None or speaker.kind == "relative":
        return None
    return Subject(speaker, speaker.span.start, bool(adverbs & _NEGATIONS), frozenset(adverbs))


def _read_before(doc: Document, tokens: list[Token]) -> Speaker | None:
    """Read the phrase that ends a token list; appositions, ages and inserted phrases between commas are seen through."""
    appositions: list[list[Token]] = []
    for _ in range(3):
        if not tokens or tokens[-1].word not in {",", ")", "-"}:
            break
        close = tokens.pop().word
        opening = next(
            (i for i in range(len(tokens) - 1, -1, -1) if tokens[i].word == {")": "("}.get(close, close) or tokens[i].word in ';"'), -1
        )
        if opening < 0 or tokens[opening].word in ';"':
            return None
        inner, tokens = tokens[opening + 1 :], tokens[:opening]
        if (
            close == ","
            and inner
            and inner[0].word not in _BOUNDARIES
            and inner[0].word not in PREPOSITIONS
            and not inner[0].word.isdigit()
        ):
            appositions.append(inner)
    phrase = _tail_phrase(doc, tokens)
    if appositions:
        return read_speaker(doc, phrase, appositions[-1]) if phrase else None
    speaker = read_speaker(doc, phrase) if phrase else None
    return speaker or _opening_phrase(doc, tokens)


def _is_boundary(token: Token) -> bool:
    word = token.word
    if not word[0].isalnum():
        return word not in {"-", "&", "'", "/"}
    if word in _BOUNDARIES:
        return not (word == "said" and token.is_capital)  # Said is a name too
    if token.is_capital or "-" in word:
        return False
    return (word.endswith("ed") and len(word) > 3 and word not in _ED_ADJECTIVES) or (word.endswith("ing") and word not in _ING_NOUNS)


def _tail_phrase(doc: Document, tokens: Sequence[Token]) -> list[Token]:
    """Return the longest run of words at the end of the tokens that can be one noun phrase."""
    heads = speaker_heads(doc.lexicons)
    if tokens and tokens[-1].word in PRONOUNS:
        return [tokens[-1]]
    start = len(tokens)
    while start > 0:
        token = tokens[start - 1]
        if _is_boundary(token):
            break
        if token.word in {"and", "or"} and (start < 2 or tokens[start - 2].word not in heads):
            break
        start -= 1
    phrase = list(tokens[start:])
    for index in range(len(phrase) - 1, 0, -1):
        # "an attack the government blamed", "BAGHDAD The militant group said": an article opens the phrase that speaks.
        if phrase[index].word in {"the", "a", "an"} and phrase[index - 1].word not in PREPOSITIONS and phrase[index - 1].word != "and":
            phrase = phrase[index:]
            break
    if len(phrase) > 2 and phrase[1].word.rstrip(".") in {"am", "pm", "a.m", "p.m"}:
        phrase = phrase[2:]
    while phrase and (
        phrase[0].word in PREPOSITIONS or phrase[0].word in TIME_WORDS or phrase[0].word in {"and", "or", "'", "-"}
        or (phrase[0].word in {"initially", "separately", "locally", "previously", "reportedly", "recently"} and len(phrase) > 1)
    ):  # fmt: skip
        phrase.pop(0)
    return phrase


def _opening_phrase(doc: Document, tokens: Sequence[Token]) -> Speaker | None:
    """Read a subject parted from its verb by a relative clause: "A doctor who treated the wounded said"."""
    for index, token in enumerate(tokens[:14]):
        if index and token.word in {"who", "which", "whose"}:
            phrase = _tail_phrase(doc, [t for t in tokens[:index] if t.word != ","])
            return read_speaker(doc, phrase) if phrase else None
    return None


def read_phrase_after(doc: Document, start: int, high: int, is_open: bool = False) -> tuple[Speaker, int] | None:
    """Read the speaker phrase that begins at an offset ("according to X", "said X"), with its apposition.

    Args:
        doc: The document.
        start: Offset of its first word.
        high: Offset that it does not pass.
        is_open: A verb may follow without a mark ("Mayor Rosa Diaz spoke ..."): the longest beginning that names a speaker is taken.

    Returns:
        The speaker and the offset where the phrase ends; None where no speaker stands there.
    """
    tokens = tokens_between(doc, start, min(high, start + MAX_PHRASE))
    size = 0
    heads = speaker_heads(doc.lexicons)
    while size < len(tokens) and not _is_boundary(tokens[size]) and not (size and tokens[size].word in TIME_WORDS):
        size += 1
        if size + 1 < len(tokens) and tokens[size].word == "and" and any(token.word in heads for token in tokens[size + 1 : size + 3]):
            size += 1
    phrase = tokens[:size]
    while phrase and (phrase[-1].word in PREPOSITIONS or phrase[-1].word in {"and", "-", "late", "early"}):
        phrase.pop()
    if not phrase:
        return None
    apposition: list[Token] = []
    if size < len(tokens) and tokens[size].word == ",":
        close = next((i for i in range(size + 1, len(tokens)) if tokens[i].word in {",", '"', "who", "which", "."}), len(tokens))
        apposition = [] if any(_is_boundary(t) for t in tokens[size + 1 : close]) else tokens[size + 1 : close]
    speaker = read_speaker(doc, phrase, apposition) if apposition else None
    if speaker is not None and speaker.role and apposition:
        return speaker, apposition[-1].end
    speaker = read_speaker(doc, phrase)
    while is_open and speaker is None and len(phrase) > 1:
        phrase = phrase[:-1]
        speaker = read_speaker(doc, phrase) if phrase[-1].word not in PREPOSITIONS else None
    return (speaker, phrase[-1].end) if speaker else None


def _find_word(text: str, word: str, low: int, high: int) -> int:
    """Return where a whole word stands between two offsets, -1 where nowhere; a pattern compiled for each name would cost more."""
    at = text.find(word, low, high)
    while at >= 0:
        end = at + len(word)
        if not (at > low and _is_letter(text[at - 1])) and not (end < high and _is_letter(text[end])):
            return at
        at = text.find(word, at + 1, high)
    return -1


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"


def read_introduction(doc: Document, surname: str, before: int) -> Speaker | None:
    """Read the first mention of a person in full, with title or apposition, where a text names one earlier than `before`."""
    start = _find_word(doc.text, surname, doc.body_start, before)
    if start < 0:
        return None
    end = start + len(surname)
    sentence = doc.sentence_at(start)
    phrase = _tail_phrase(doc, tokens_between(doc, max(sentence.start, start - MAX_PHRASE), end))
    if not phrase or phrase[-1].end != end:
        return None
    behind = tokens_between(doc, end, min(sentence.end, end + 120))
    apposition: list[Token] = []
    if behind and behind[0].word == ",":
        close = next((i for i, token in enumerate(behind[1:], 1) if token.word in {",", ".", "who", "which"}), len(behind))
        apposition = behind[1:close]
    speaker = read_speaker(doc, phrase, apposition)
    return speaker if speaker is not None and speaker.is_named and speaker.name.endswith(surname) else None
