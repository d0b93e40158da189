"""Claims about one event: who states which count, who says who did it, who denies what.

A claim is never judged here: each is kept with its speaker, its stance and its words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from transforms.denials import SPECIFIC_EVENT, TARGETS_CIVILIANS, find_denied, is_general_denial
from transforms.document import Document
from transforms.records import CasualtyMention, ClaimRecord, Scope, Span, Speech
from transforms.responsibility import Accused, find_accused, find_self_accused, named_actors
from transforms.speaker_memory import SpeakerMemory
from transforms.speaker_nouns import Speaker
from transforms.speaker_phrases import read_phrase_after, read_subject
from transforms.speeches import NARRATOR, find_speeches, speech_for
from transforms.text import Sentence, find_matches, find_stems

_CLAIMED = re.compile(
    r"\b(?:claim(?:s|ed|ing)?|accept(?:s|ed)|took|takes|taken|taking|assumed) (?:the )?(?:[a-z]+ ){0,2}?(?:responsibility|credit)\b"
)
_CLAIMED_STEMS = ("claim", "accept", "took ", "take", "taking", "assumed")  # how a match of the pattern begins; so below
_CLAIMED_BY = re.compile(r"\b(?:claimed|carried out) by (?:the )?")
_CLAIMED_BY_STEMS = ("claimed by", "carried out by")
_BLAME = re.compile(r"\b(?:blam(?:es?|ed|ing)|accus(?:es?|ed|ing))\b")
_BLAME_STEMS = ("blam", "accus")
_NOBODY = re.compile(
    r"\b(?:no|not|nobody|none|neither|yet to|without|any|if|whether|could|may"
    r"|might|should|would|must|hasn't|haven't|never)\b(?: [a-z'-]+){0,6}\s*$"
)
_GENERAL = re.compile(
    r"\b(?:repeatedly|often|long|routinely|regularly|frequently|consistently|always"
    r"|habitually|systematically|usually|previously|in the past|for years|generally)\b"
)
_VIOLENCE = re.compile(
    r"\b(?:attack|strike|striking|struck|shell|bomb|fir(?:e|ed|ing)\b|launch|kill|massacre|shoot"
    r"|shot|murder|assassinat|behind|carr(?:y|ied|ying) out|responsib|target|raid|missile|rocket"
    r"|drone|abduct|kidnap|ambush|explosion|blast|death|ceasefire|truce|violat|assault|violence)"
)
_DENY = re.compile(r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:es|ed|ing))\b")
_DENY_STEMS = ("deny", "denie", "reject", "dismiss", "refut")
_DID_NOT = re.compile(
    r"\b(?:(?:did|do|does|had|has|have) not (?:deliberately |intentionally |purposely )?"
    r"(?:target|attack|strike|struck|hit|bomb|fire|launch|shell|carr(?:y|ied) out|conduct)\w*"
    r"|(?:is|was|were|are|had) (?:not|in no way) (?:responsible|involved|behind)|never (?:deliberately )?targets?\b"
    r"|(?:had|has|have|was|were) (?:no|nothing) (?:role|part|involvement|hand|connection|link|to do with))\b"
)
_CLAUSE = re.compile(r"[^.;,\"\n]*")
_REMEMBERED = 30  # statements; whoever spoke earlier than that is introduced again
_REPLY_CLASSES = frozenset({"military", "national_official", "armed_group", "police", "state_media", "local_official"})


def find_claims(doc: Document, scope: Scope, mentions: Sequence[CasualtyMention]) -> list[ClaimRecord]:
    """Find the claims about one event.

    Args:
        doc: The document.
        scope: The sentences that tell the event.
        mentions: Casualty mentions of the document; aggregates and those of other sentences are left out.

    Returns:
        One casualties claim per mention; responsibility claims, one per speaker and actor accused in a statement; denials. In
        order of the text. The narrator is a speaker whose name is NULL.
    """
    sentences = set(scope.sentences)
    claims = [
        ClaimRecord("casualties", mention.span, _speech_of_count(doc, mention), f"claim.{mention.rule}", mention)
        for mention in mentions
        if mention.sentence in sentences and not mention.aggregate
    ]
    speeches = [s for s in find_speeches(doc) if doc.sentence_at(s.span.start).index in sentences]
    claims += _unique(doc, [*_responsibility(doc, scope), *_accusing_speeches(doc, speeches)])
    claims += [*_denial_verbs(doc, scope), *_denying_speeches(doc, speeches)]
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


def _sentences_with(
    doc: Document, scope: Scope, pattern: re.Pattern[str], stems: tuple[str, ...]
) -> Iterator[tuple[Sentence, re.Match[str]]]:
    """Yield the matches of a pattern in a scope with their sentences; every match begins with one of the stems."""
    wanted = set(scope.sentences)
    for match in find_matches(pattern, doc.folded, find_stems(doc.folded, stems), len(doc.folded)):
        sentence = doc.sentence_at(match.start())
        if sentence.index in wanted:
            yield sentence, match


def _responsibility(doc: Document, scope: Scope) -> Iterator[ClaimRecord]:
    """Find what states responsibility outright: claims of it, blame, accusation."""
    for sentence, match in _sentences_with(doc, scope, _CLAIMED, _CLAIMED_STEMS):
        if not _is_negated(doc, sentence, match) and (claim := _self_claim(doc, sentence, match)):
            yield claim
    for sentence, match in _sentences_with(doc, scope, _CLAIMED_BY, _CLAIMED_BY_STEMS):
        accused = find_accused(doc, match.end(), min(sentence.end, match.end() + 60))
        if accused and accused.span.start <= match.end() and not _is_negated(doc, sentence, match):
            speech = speech_for(doc, accused.span)
            if match.group().startswith("claimed"):
                speech = _speech_of_actor(doc, sentence, accused)
            yield ClaimRecord("responsibility", Span(match.start(), accused.span.end), speech, "claim.claimed_by", accuses=accused.name)
    for sentence, match in _sentences_with(doc, scope, _BLAME, _BLAME_STEMS):
        if claim := _blame(doc, sentence, match):
            yield claim


def _is_negated(doc: Document, sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether a negation, a condition or a possibility stands shortly before a verb ("no group has claimed ...")."""
    return _NOBODY.search(doc.folded, max(sentence.start, match.start() - 80), match.start()) is not None


def _self_claim(doc: Document, sentence: Sentence, match: re.Match[str]) -> ClaimRecord | None:
    subject = read_subject(doc, sentence.start, match.start())
    if subject is None or subject.is_negated:
        return None
    speaker = _remembered(doc, subject.speaker)
    if subject.speaker.kind == "pronoun":
        actor = _actor_before(doc, sentence)
        if actor is None:
            return None  # whose claim it is would be a guess
        accused: Accused | None = actor
        speaker = replace(speaker, name=doc.quote(actor.span), role=None, speaker_class="armed_group", side=actor.name)
    else:
        accused = find_accused(doc, speaker.span.start, speaker.span.end)
    name = accused.name if accused else speaker.side if speaker.side and len(speaker.side) > 2 else speaker.name
    speech = _speech(sentence, speaker, "asserts", "speech.claims_responsibility")
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
    if (
        _GENERAL.search(before[-40:])
        or _is_negated(doc, sentence, match)
        or not _VIOLENCE.search(doc.folded, max(sentence.start, match.start() - 240), min(sentence.end, match.end() + 240))
    ):
        return None
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
    if accused is None:
        return None
    span = Span(min(match.start(), accused.span.start), max(match.end(), accused.span.end))
    subject = None if passive else read_subject(doc, sentence.start, match.start())
    if subject is not None:
        speaker = _remembered(doc, subject.speaker)
        span = Span(subject.start, span.end)
        return ClaimRecord(
            "responsibility", span, _speech(sentence, speaker, "asserts", "speech.blames"), "claim.blamed", accuses=accused.name
        )
    if not passive:
        return None
    by = re.match(r".{0,60}? by ", after)
    found = read_phrase_after(doc, match.end() + by.end(), sentence.end) if by else None
    speech = _speech(sentence, _remembered(doc, found[0]), "asserts", "speech.blames") if found else speech_for(doc, span)
    return ClaimRecord("responsibility", span, speech, "claim.blamed_passive", accuses=accused.name)


def _accusing_speeches(doc: Document, speeches: Sequence[Speech]) -> Iterator[ClaimRecord]:
    """Find statements that say of an actor that it did it."""
    for speech in speeches:
        if speech.stance not in {"asserts", "confirms", "partially_accepts"} or speech.rule == "speech.toll_of_previous":
            continue
        accused = find_accused(doc, speech.span.start, speech.span.end, acting=True)
        if accused is None and speech.speaker_class in _REPLY_CLASSES:
            accused = find_self_accused(doc, speech)
        if accused is None or _GENERAL.search(doc.folded, speech.span.start, speech.span.end):
            continue
        end = _CLAUSE.match(doc.folded, accused.span.end, max(speech.span.end, accused.span.end))
        span = Span(accused.span.start, end.end() if end else accused.span.end)
        yield ClaimRecord("responsibility", span, speech, "claim.said_to_have_acted", accuses=accused.name)


def _denial_verbs(doc: Document, scope: Scope) -> Iterator[ClaimRecord]:
    """Find what a subject denies, rejects or dismisses."""
    for sentence, match in _sentences_with(doc, scope, _DENY, _DENY_STEMS):
        subject = read_subject(doc, sentence.start, match.start())
        if subject is None or subject.is_negated:
            continue
        end = min(sentence.end, match.end() + 120)
        object_words = doc.folded[match.end() : end]
        clause = re.split(r"[,;]| but | saying | and (?:said|has|have)\b", object_words, maxsplit=1)[0]
        what, length = find_denied(doc, clause)
        if what is None or (not match.group().startswith("den") and what == "civilian_harm"):
            continue
        general = bool(subject.adverbs and _GENERAL.search(" ".join(subject.adverbs))) or is_general_denial(what, clause)
        speaker = _remembered(doc, subject.speaker)
        speech = _speech(sentence, speaker, "denies", "speech.denies")
        yield ClaimRecord("denial", Span(subject.start, match.end() + length), speech, f"denial.{what}", denies=what, is_general=general)


def _denying_speeches(doc: Document, speeches: Sequence[Speech]) -> Iterator[ClaimRecord]:
    """Find denials in the words of a statement: "said it did not target civilians", "said it was not involved"."""
    for speech in speeches:
        if speech.speaker_class not in _REPLY_CLASSES or speech.stance not in {"asserts", "confirms"}:
            continue
        match = _DID_NOT.search(doc.folded, speech.span.start, speech.span.end)
        before = doc.folded[speech.span.start : match.start()] if match else ""
        if match is None or not re.search(
            r"(?:^|\b)(?:it|we|they|its [\w -]{3,20}|our [\w -]{3,20}|the (?:army|military|group|government|country|movement))\s*$", before
        ):
            continue
        words = doc.folded[match.start() : min(speech.span.end, match.end() + 60)]
        what = "targeting_civilians" if TARGETS_CIVILIANS.search(words) else "responsibility"
        general = is_general_denial(what, words)
        denial = Speech(
            speech.span,
            speech.speaker,
            speech.role,
            speech.speaker_class,
            speech.side,
            speech.channel,
            speech.mode,
            "denies",
            speech.rule,
            speech.speaker_span,
        )
        yield ClaimRecord("denial", Span(match.start(), match.end()), denial, f"denial.{what}.said", denies=what, is_general=general)


def _remembered(doc: Document, speaker: Speaker) -> Speaker:
    """Resolve a subject through the statements that were attributed before it."""
    if " " in speaker.name and not speaker.name.lower().startswith("the ") and speaker.kind != "pronoun":
        return speaker  # told in full
    memory = SpeakerMemory(doc)
    speeches = find_speeches(doc)
    stop = bisect_left(speeches, speaker.span.start, key=lambda speech: speech.span.start)
    for speech in speeches[max(0, stop - _REMEMBERED) : stop]:
        if speech.speaker and speech.speaker_span and speech.speaker_span.end <= speaker.span.start:
            kind = "person" if speech.role else "group"
            memory.resolve(
                Speaker(speech.speaker, speech.role, speech.speaker_class, speech.side, kind, "", speech.speaker_span, kind == "person")
            )
    return memory.resolve(speaker) or speaker


def _speech(sentence: Sentence, speaker: Speaker, stance: str, rule: str) -> Speech:
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
    return _speech(sentence, found[0], "asserts", "speech.claimed_by")
