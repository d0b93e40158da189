"""Whose claim it is: the subject of a verb that claims, blames, denies or answers by itself, and the statement that it makes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from transforms.document import Document
from transforms.records import Scope, Span, Speech
from transforms.speaker_memory import SpeakerMemory
from transforms.speaker_nouns import Speaker
from transforms.speaker_phrases import Subject, read_subject
from transforms.speeches import NARRATOR, find_speeches
from transforms.stems import Stems
from transforms.text import Sentence, find_matches

# Speakers who answer for a side: what they say of themselves counts as that side's.
PARTY_CLASSES = frozenset({"military", "national_official", "armed_group", "police", "state_media", "local_official"})
_REMEMBERED = 30  # statements; whoever spoke earlier than that is introduced again
_SHARES = re.compile(r"\b(?:and|but)(?: \w+ly| also| has| have| had| again| instead){0,2} $")


def sentences_with(doc: Document, scope: Scope, pattern: re.Pattern[str], stems: Stems) -> Iterator[tuple[Sentence, re.Match[str]]]:
    """Yield the matches of a pattern in a scope with their sentences; every match begins with one of the stems."""
    wanted = set(scope.sentences)
    for match in find_matches(pattern, doc.folded, stems.starts(doc), len(doc.folded)):
        sentence = doc.sentence_at(match.start())
        if sentence.index in wanted:
            yield sentence, match


def subject_of(doc: Document, sentence: Sentence, verb: int, allow_passive: bool = False) -> Subject | None:
    """Return the subject of a verb: what stands before it, or the speaker of the sentence ("said it had fired and denied ...")."""
    shares = _SHARES.search(doc.folded, max(sentence.start, verb - 40), verb)
    own = read_subject(doc, shares.start() if shares else sentence.start, verb, allow_passive)
    if own is not None or shares is None:
        return own
    speeches = find_speeches(doc)
    first = bisect_left(speeches, max(0, sentence.start - 1), key=_start)
    for speech in speeches[first:]:
        if speech.span.start >= sentence.end:
            break
        who = speech.speaker_span
        if speech.speaker and who and sentence.start <= who.start and who.end <= verb:
            return Subject(_speaker_of(speech.speaker, who, speech), who.start, False, frozenset())
    return None


def _speaker_of(name: str, span: Span, speech: Speech) -> Speaker:
    """Return the speaker of a statement as a subject: who has a role is a person."""
    kind = "person" if speech.role else "group"
    return Speaker(name, speech.role, speech.speaker_class, speech.side, kind, "", span, kind == "person")


def _start(speech: Speech) -> int:
    return speech.span.start


def remembered(doc: Document, speaker: Speaker) -> Speaker:
    """Resolve a subject through the statements that were attributed before it."""
    if " " in speaker.name and not speaker.name.lower().startswith("the ") and speaker.kind != "pronoun":
        return speaker  # told in full
    memory = SpeakerMemory(doc)
    speeches = find_speeches(doc)
    stop = bisect_left(speeches, speaker.span.start, key=lambda speech: speech.span.start)
    for speech in speeches[max(0, stop - _REMEMBERED) : stop]:
        if speech.speaker and speech.speaker_span and speech.speaker_span.end <= speaker.span.start:
            memory.resolve(_speaker_of(speech.speaker, speech.speaker_span, speech))
    return memory.resolve(speaker) or speaker


def own_statement(sentence: Sentence, speaker: Speaker, stance: str, rule: str) -> Speech:
    """Return the statement that a claiming, blaming or denying verb makes by itself: its sentence."""
    if speaker.kind == "self":
        return Speech(Span(sentence.start, sentence.end), None, None, NARRATOR, None, None, NARRATOR, stance, rule)
    return Speech(
        Span(sentence.start, sentence.end),
        speaker.name,
        speaker.role,
        speaker.speaker_class,
        speaker.side,
        None,
        "indirect",
        stance,
        rule,
        speaker.span,
    )
