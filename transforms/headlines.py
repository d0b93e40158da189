"""Who says what a headline tells: "Blast kills nine in market: officials", "Police: nine killed in market blast"."""

from __future__ import annotations

import re

from transforms.document import Document
from transforms.records import Span, Speech
from transforms.speaker_nouns import Speaker, read_speaker, speaker_heads, tokens_between
from transforms.text import Sentence

_FIRST_LINES = 3  # sentences that may be the headline, told once more by the page
_LONGEST = 220  # characters; no headline is longer
_SITE = re.compile(r"\s+[-|]\s+[^-|:]{2,40}$")  # " - The Daily Example"
_TRAILING = re.compile(r"(?P<mark>:| -)\s+(?P<who>[^:,;-]{3,60})$")
_LEADING = re.compile(r"(?P<who>[^:,;\"]{3,60}):\s+(?=\S)")
_SHORTEST = 15  # characters of a statement


def find_headline_speeches(doc: Document) -> list[Speech]:
    """Return the statements that headlines attribute by a colon or a dash, in order."""
    found = [_read(doc, sentence) for sentence in doc.sentences[:_FIRST_LINES] if _is_headline(doc, sentence)]
    return [speech for speech in found if speech is not None]


def _is_headline(doc: Document, sentence: Sentence) -> bool:
    """Tell whether a sentence stands in the title, or is a line without a full stop at the very beginning."""
    if sentence.end - sentence.start > _LONGEST or not (":" in doc.text[sentence.start : sentence.end] or doc.in_title(sentence.start)):
        return False
    return doc.in_title(sentence.start) or doc.folded[sentence.end - 1] not in '.!?"'


def _read(doc: Document, sentence: Sentence) -> Speech | None:
    site = _SITE.search(doc.folded, sentence.start, sentence.end)
    for end in (sentence.end, site.start() if site else sentence.end):
        match = _TRAILING.search(doc.folded, sentence.start, end)
        if match is not None and match.start() - sentence.start >= _SHORTEST:
            speaker = _speaker(doc, *match.span("who"))
            # " - Reuters" is the page's name, not who says it
            if speaker is not None and (match["mark"] == ":" or speaker.speaker_class not in {"media", "state_media"}):
                return _speech(speaker, Span(sentence.start, match.start()))
    match = _LEADING.match(doc.folded, sentence.start, sentence.end)
    if match is None or sentence.end - match.end() < _SHORTEST:
        return None
    speaker = _speaker(doc, *match.span("who"))
    if speaker is None or _is_place(doc, speaker):
        return None
    return _speech(speaker, Span(match.end(), sentence.end))


def _speaker(doc: Document, low: int, high: int) -> Speaker | None:
    """Read a phrase that is nothing but a speaker of a known class."""
    speaker = read_speaker(doc, tokens_between(doc, low, high))
    return speaker if speaker is not None and speaker.speaker_class != "unknown" and speaker.kind in {"person", "group"} else None


def _is_place(doc: Document, speaker: Speaker) -> bool:
    """Tell whether "Moscow: ..." or "Somalia: ..." more likely says where than who."""
    head = speaker_heads(doc.lexicons).get(speaker.head)
    return speaker.head == "country" or (head is not None and head.side is not None and head.speaker_class == "national_official")


def _speech(speaker: Speaker, span: Span) -> Speech:
    return Speech(
        span, speaker.name, speaker.role, speaker.speaker_class, speaker.side, None, "indirect", "asserts", "speech.headline", speaker.span
    )
