"""Claims about one event: who states which count, who says who did it, who denies it or answers otherwise.

A claim is never judged here: each is kept with its speaker, its stance and its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from transforms.claim_speakers import PARTY_CLASSES, own_statement, remembered, sentences_with, subject_of
from transforms.denials import GENERAL, SPECIFIC_EVENT, TARGETS_CIVILIANS
from transforms.document import Document
from transforms.records import CasualtyMention, ClaimRecord, Scope, Span, Speech
from transforms.replies import find_replies
from transforms.responsibility import Accused, find_accused, find_self_accused, named_actors
from transforms.speaker_phrases import read_phrase_after, read_subject
from transforms.speeches import NARRATOR, find_speeches, speech_for
from transforms.stems import Stems
from transforms.text import Sentence

_CLAIMED = re.compile(
    r"\b(?:claim(?:s|ed|ing)?|accept(?:s|ed)|took|takes|taken|taking|assumed) (?:the )?(?:[a-z]+ ){0,2}?(?:responsibility|credit)\b"
)
_CLAIMED_STEMS = Stems(["claim", "accept", "took ", "take", "taking", "assumed"])  # how a match of the pattern begins; so below
_CLAIMED_BY = re.compile(r"\b(?:claimed|carried out) by (?:the )?")
_CLAIMED_BY_STEMS = Stems(["claimed by", "carried out by"])
_BLAME = re.compile(r"\b(?:blam(?:es?|ed|ing)|accus(?:es?|ed|ing))\b")
_BLAME_STEMS = Stems(["blam", "accus"])
_NOBODY = re.compile(
    r"\b(?:no|not|nobody|none|neither|yet to|without|any|if|whether|could|may"
    r"|might|should|would|must|hasn't|haven't|never)\b(?: [a-z'-]+){0,6}\s*$"
)
_VIOLENCE = re.compile(
    r"\b(?:attack|strike|striking|struck|shell|bomb|fir(?:e|ed|ing)\b|launch|kill|massacre|shoot"
    r"|shot|murder|assassinat|behind|carr(?:y|ied|ying) out|responsib|target|raid|missile|rocket"
    r"|drone|abduct|kidnap|ambush|explosion|blast|death|ceasefire|truce|violat|assault|violence)"
)
_CLAUSE = re.compile(r"[^.;,\"\n]*")


def find_claims(doc: Document, scope: Scope, mentions: Sequence[CasualtyMention]) -> list[ClaimRecord]:
    """Find the claims about one event.

    Args:
        doc: The document.
        scope: The sentences that tell the event.
        mentions: Casualty mentions of the document; aggregates and those of other sentences are left out.

    Returns:
        One casualties claim per mention; responsibility claims, one per speaker and actor accused in a statement; denials and
        other replies. In order of the text. The narrator is a speaker whose name is NULL.
    """
    sentences = set(scope.sentences)
    claims = [
        ClaimRecord("casualties", mention.span, _speech_of_count(doc, mention), f"claim.{mention.rule}", mention)
        for mention in mentions
        if mention.sentence in sentences and not mention.aggregate
    ]
    speeches = [s for s in find_speeches(doc) if doc.sentence_at(s.span.start).index in sentences]
    claims += _unique(doc, [*_responsibility(doc, scope), *_accusing_speeches(doc, speeches)])
    claims += find_replies(doc, scope, speeches)
    return sorted(claims, key=lambda claim: (claim.span.start, claim.span.end, claim.claim_type))


def _speech_of_count(doc: Document, mention: CasualtyMention) -> Speech:
    """Return the statement that holds a count: all its words, or else its number ("reported the toll and said 10 were hurt")."""
    speech = speech_for(doc, mention.span)
    return speech if speech.mode != NARRATOR else speech_for(doc, mention.quantity.span)


def _unique(doc: Document, claims: Sequence[ClaimRecord]) -> Iterator[ClaimRecord]:
    """Keep the first of the claims in which one speaker accuses one actor in one sentence."""
    seen: set[tuple[object, ...]] = set()
    for claim in claims:
        key = (doc.sentence_at(claim.span.start).index, claim.speech.speaker, claim.accuses)
        if key not in seen:
            seen.add(key)
            yield claim


def _responsibility(doc: Document, scope: Scope) -> Iterator[ClaimRecord]:
    """Find what states responsibility outright: claims of it, blame, accusation."""
    for sentence, match in sentences_with(doc, scope, _CLAIMED, _CLAIMED_STEMS):
        if not _is_negated(doc, sentence, match) and (claim := _self_claim(doc, sentence, match)):
            yield claim
    for sentence, match in sentences_with(doc, scope, _CLAIMED_BY, _CLAIMED_BY_STEMS):
        accused = find_accused(doc, match.end(), min(sentence.end, match.end() + 60))
        if accused and accused.span.start <= match.end() and not _is_negated(doc, sentence, match):
            speech = speech_for(doc, accused.span)
            if match.group().startswith("claimed"):
                speech = _speech_of_actor(doc, sentence, accused)
            yield ClaimRecord("responsibility", Span(match.start(), accused.span.end), speech, "claim.claimed_by", accuses=accused.name)
    for sentence, match in sentences_with(doc, scope, _BLAME, _BLAME_STEMS):
        if claim := _blame(doc, sentence, match):
            yield claim


def _is_negated(doc: Document, sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a negation, a condition or a possibility stands shortly before a verb ("no group has claimed ...")."""
    return _NOBODY.search(doc.folded, max(sentence.start, match.start() - 80), match.start()) is not None


def _self_claim(doc: Document, sentence: Sentence, match: re.Match[str]) -> ClaimRecord | None:
    subject = read_subject(doc, sentence.start, match.start())
    if subject is None or subject.is_negated:
        return None
    speaker = remembered(doc, subject.speaker)
    if subject.speaker.kind == "pronoun":
        actor = _actor_before(doc, sentence)
        if actor is None:
            return None  # whose claim it is would be a guess
        accused: Accused | None = actor
        speaker = replace(speaker, name=doc.quote(actor.span), role=None, speaker_class="armed_group", side=actor.name)
    else:
        accused = find_accused(doc, speaker.span.start, speaker.span.end)
    name = accused.name if accused else speaker.side if speaker.side and len(speaker.side) > 2 else speaker.name
    speech = own_statement(sentence, speaker, "asserts", "speech.claims_responsibility")
    return ClaimRecord("responsibility", Span(subject.start, match.end()), speech, "claim.claimed", accuses=name)


def _actor_before(doc: Document, sentence: Sentence) -> Accused | None:
    """Return the first armed actor named in the sentence before: what "it" in "it claimed responsibility" goes back to."""
    if not sentence.index:
        return None
    previous = doc.sentences[sentence.index - 1]
    actors = named_actors(doc, previous.start, previous.end)
    return Accused(actors[0].entry.term, Span(actors[0].start, actors[0].end)) if actors else None


def _blame(doc: Document, sentence: Sentence, match: re.Match[str]) -> ClaimRecord | None:
    """Read "X blamed Y", "X accused Y of ...", "was blamed on Y"."""
    before = doc.folded[max(sentence.start, match.start() - 80) : match.start()]
    after = doc.folded[match.end() : min(sentence.end, match.end() + 240)]
    passive = re.search(r"\b(?:is|are|was|were|been|being|widely)(?: \w+ly)? $", before) is not None
    if GENERAL.search(before[-40:]) or _is_negated(doc, sentence, match):
        return None
    violent = _VIOLENCE.search(doc.folded, max(sentence.start, match.start() - 240), min(sentence.end, match.end() + 240)) is not None
    accused_word = match.group().startswith("accus")
    complement = re.search(r"\bof\b(.{0,120})", after) if accused_word else None
    if accused_word and (complement is None or not _VIOLENCE.search(complement.group(1))):
        return None
    if accused_word and complement and TARGETS_CIVILIANS.search(complement.group(1)) and not SPECIFIC_EVENT.search(complement.group(1)):
        return None
    on = re.match(r"(?: [\w'-]+){0,12}? on (?:the )?", after)
    accused = find_accused(doc, match.end(), min(sentence.end, match.end() + 70))
    if on and not accused_word and (accused is None or accused.span.start > match.end() + on.end() or passive):
        accused = find_accused(doc, match.end() + on.end() - 1, min(sentence.end, match.end() + on.end() + 60))
    if passive and (accused is None or accused_word):
        blamed = read_subject(doc, sentence.start, match.start(), allow_passive=True)
        accused = find_accused(doc, blamed.speaker.span.start, blamed.speaker.span.end) if blamed else None
    if accused is None or not (violent or _blames_outright(doc, match, accused)):
        return None
    span = Span(min(match.start(), accused.span.start), max(match.end(), accused.span.end))
    subject = None if passive else subject_of(doc, sentence, match.start())
    if subject is not None:
        speaker = remembered(doc, subject.speaker)
        span = Span(subject.start, span.end)
        return ClaimRecord(
            "responsibility", span, own_statement(sentence, speaker, "asserts", "speech.blames"), "claim.blamed", accuses=accused.name
        )
    if not passive:
        return None
    by = re.match(r".{0,60}? by ", after)
    found = read_phrase_after(doc, match.end() + by.end(), sentence.end) if by else None
    speech = own_statement(sentence, remembered(doc, found[0]), "asserts", "speech.blames") if found else speech_for(doc, span)
    return ClaimRecord("responsibility", span, speech, "claim.blamed_passive", accuses=accused.name)


def _blames_outright(doc: Document, match: re.Match[str], accused: Accused) -> bool:
    """Tell whether a sentence blames for what the text tells, naming no other thing: "The army blamed X.", not "blamed X for the delay"."""
    follows = doc.folded[match.end() : accused.span.start]
    return (
        match.group() == "blamed"
        and len(follows.split()) <= 3
        and re.match(r"[\w' -]{0,30}(?:[.;,]|$| and )", doc.folded[accused.span.end : accused.span.end + 40]) is not None
        and " for " not in doc.folded[accused.span.end : accused.span.end + 40]
    )


def _accusing_speeches(doc: Document, speeches: Sequence[Speech]) -> Iterator[ClaimRecord]:
    """Find statements that say of an actor that it did it."""
    for speech in speeches:
        if speech.stance not in {"asserts", "confirms", "partially_accepts"} or speech.rule == "speech.toll_of_previous":
            continue
        accused = find_accused(doc, speech.span.start, speech.span.end, acting=True)
        if accused is None and speech.speaker_class in PARTY_CLASSES:
            accused = find_self_accused(doc, speech)
        if accused is None or GENERAL.search(doc.folded, speech.span.start, speech.span.end):
            continue
        end = _CLAUSE.match(doc.folded, accused.span.end, max(speech.span.end, accused.span.end))
        span = Span(accused.span.start, end.end() if end else accused.span.end)
        yield ClaimRecord("responsibility", span, speech, "claim.said_to_have_acted", accuses=accused.name)


def _speech_of_actor(doc: Document, sentence: Sentence, accused: Accused) -> Speech:
    """Return the statement of an actor that claims an attack ("an attack claimed by X")."""
    found = read_phrase_after(doc, accused.span.start, sentence.end)
    if found is None:
        return Speech(
            Span(sentence.start, sentence.end),
            doc.quote(accused.span),
            None,
            "armed_group",
            None,
            None,
            "indirect",
            "asserts",
            "speech.claimed_by",
            accused.span,
        )
    return own_statement(sentence, found[0], "asserts", "speech.claimed_by")
