"""How the parties answer: what they deny, dispute, acknowledge, or leave without comment.

A denial is a claim of its own kind; every other answer that states neither a count nor a doer is a reply, told by its stance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from transforms.claim_speakers import PARTY_CLASSES, own_statement, remembered, sentences_with, subject_of
from transforms.denials import GENERAL, TARGETS_CIVILIANS, find_denied, is_general_denial
from transforms.document import Document
from transforms.records import ClaimRecord, Scope, Span, Speech
from transforms.responsibility import find_accused
from transforms.speaker_nouns import Speaker
from transforms.stems import Stems

_DENY = re.compile(r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:es|ed|ing)|disput(?:es|ed|ing)?)\b")
_DENY_STEMS = Stems(["deny", "denie", "reject", "dismiss", "refut", "disput"])
_DISPUTES = "disput"
_FIGHTS = frozenset({"military", "armed_group"})  # whose word that there was a fight is a side's; of others it is plain news
_DID_NOT = re.compile(
    r"\b(?:(?:did|do|does|had|has|have) not (?:deliberately |intentionally |purposely )?"
    r"(?:target|attack|strike|struck|hit|bomb|fire|launch|shell|carr(?:y|ied) out|conduct)\w*"
    r"|(?:is|was|were|are|had) (?:not|in no way) (?:responsible|involved|behind)|never (?:deliberately )?targets?\b"
    r"|(?:had|has|have|was|were) (?:no|nothing) (?:role|part|involvement|hand|connection|link|to do with))\b"
)
_WE = re.compile(r"(?:^|\b)(?:it|we|they|its [\w -]{3,20}|our [\w -]{3,20}|the (?:army|military|group|government|country|movement))\s*$")
_CLAUSE_ENDS = re.compile(r"[,;]| but | saying | and (?:said|has|have)\b")
_SILENT = re.compile(
    r"\b(?:(?:did|does|has|have|had|would) not (?:immediately |yet |publicly |so far |directly )?"
    r"(?:comment(?:ed)?|respond(?:ed)?|repl(?:y|ied)|answer(?:ed)?)\b(?! in kind)"
    r"|(?:made|had|gave|offered|issued|has|have) no (?:immediate |public |official |further )?(?:comment|response|reply|statement)\b"
    r"|(?:declin|refus)(?:es|ed|ing|e) to comment\b"
    r"|(?:was|were) not (?:immediately )?available (?:for comment|to comment)\b"
    r"|could not (?:immediately )?be reached\b"
    r"|neither confirm(?:ed|s)? (?:n?or) den(?:ied|ies|y)\b"
    r"|(?:has|have|had|did) not (?:immediately |yet |officially |publicly )?(?:confirm(?:ed)?|acknowledged?|admit(?:ted)?)"
    r" (?:or den(?:ied|y) )?(?:the|that|any|its|their|carrying|being|responsib\w+|involve\w+|it)\b)"
)
_SILENT_STEMS = Stems([
    "did not", "does not", "has not", "have not", "had not", "would not", "made no", "had no", "gave no", "offered no", "issued no",
    "has no", "have no", "declin", "refus", "was not", "were not", "could not", "neither confirm",
])  # fmt: skip
_ACKNOWLEDGE = re.compile(
    r"\b(?P<verb>acknowledg(?:es|ed)|admit(?:s|ted)|conced(?:es|ed)|confirm(?:s|ed)|(?:expressed|voiced) regret (?:for|over|about)"
    r"|apologi[sz]ed for) (?:that )?(?:(?:it|its \w+|they|the|this|that|carrying|an?|responsib\w+|having) ?)"
    r"(?:had )?(?:[\w-]+ ){0,3}?(?P<what>attack|strike|raid|ambush|shelling|bombing|incident|operation|clash|fighting|killing|shooting"
    r"|assault|out|responsib\w+|error|mistake)\b"
)
_ACKNOWLEDGE_STEMS = Stems(["acknowledg", "admit", "conced", "confirm", "expressed regret", "voiced regret", "apologi"])
_REJECTED = re.compile(
    r"\s+(?:the|that|this|those|these|all|any|such|its|their|his|her|[a-z]+'s) (?:[\w'-]+ ){0,2}?"
    r"(?:claims?|accusations?|allegations?|charges?|reports?|accounts?|statements?|versions?|assertions?|findings?)\b(?! for\b)"
)


def find_replies(doc: Document, scope: Scope, speeches: Sequence[Speech]) -> Iterator[ClaimRecord]:
    """Yield denials and other answers of the parties to one event, in no order.

    Args:
        doc: The document.
        scope: The sentences that tell the event.
        speeches: The statements that begin in them.
    """
    yield from _denial_verbs(doc, scope)
    yield from _denying_speeches(doc, speeches)
    yield from _silences(doc, scope)
    yield from _acknowledgements(doc, scope)


def _denial_verbs(doc: Document, scope: Scope) -> Iterator[ClaimRecord]:
    """Find what a subject denies, rejects, dismisses or disputes."""
    for sentence, match in sentences_with(doc, scope, _DENY, _DENY_STEMS):
        subject = subject_of(doc, sentence, match.start())
        if subject is None or subject.is_negated:
            continue
        clause = _CLAUSE_ENDS.split(doc.folded[match.end() : min(sentence.end, match.end() + 120)], maxsplit=1)[0]
        disputes = match.group().startswith(_DISPUTES)
        speaker = remembered(doc, subject.speaker)
        speech = own_statement(sentence, speaker, "disputes_detail" if disputes else "denies", "speech.denies")
        what, length = find_denied(doc, clause)
        if what is None or (what != "count" if disputes else what == "civilian_harm" and not match.group().startswith("den")):
            account = _REJECTED.match(clause)
            if account is not None and not match.group().startswith("den") and _is_party(doc, speaker):
                yield ClaimRecord("reply", Span(subject.start, match.end() + account.end()), speech, "reply.rejects")
            continue
        general = GENERAL.search(" ".join(subject.adverbs)) is not None or is_general_denial(what, clause)
        yield ClaimRecord("denial", Span(subject.start, match.end() + length), speech, f"denial.{what}", denies=what, is_general=general)


def _denying_speeches(doc: Document, speeches: Sequence[Speech]) -> Iterator[ClaimRecord]:
    """Find denials in the words of a statement: "said it did not target civilians", "said it was not involved"."""
    for speech in speeches:
        if speech.speaker_class not in PARTY_CLASSES or speech.stance not in {"asserts", "confirms"}:
            continue
        match = _DID_NOT.search(doc.folded, speech.span.start, speech.span.end)
        if match is None or not _WE.search(doc.folded[speech.span.start : match.start()]):
            continue
        words = doc.folded[match.start() : min(speech.span.end, match.end() + 60)]
        what = "targeting_civilians" if TARGETS_CIVILIANS.search(words) else "responsibility"
        denial = replace(speech, stance="denies")
        general = is_general_denial(what, words)
        yield ClaimRecord("denial", Span(match.start(), match.end()), denial, f"denial.{what}.said", denies=what, is_general=general)


def _silences(doc: Document, scope: Scope) -> Iterator[ClaimRecord]:
    """Find parties that leave the event without comment, or neither confirm nor deny it."""
    for sentence, match in sentences_with(doc, scope, _SILENT, _SILENT_STEMS):
        subject = subject_of(doc, sentence, match.start(), allow_passive=True)
        if subject is None:
            continue
        speaker = remembered(doc, subject.speaker)
        if _is_party(doc, speaker):
            speech = own_statement(sentence, speaker, "no_comment", "speech.silent")
            yield ClaimRecord("reply", Span(subject.start, match.end()), speech, "reply.no_comment")


def _acknowledgements(doc: Document, scope: Scope) -> Iterator[ClaimRecord]:
    """Find parties that admit or confirm the event itself: "acknowledged the strike", "confirmed the clash"."""
    for sentence, match in sentences_with(doc, scope, _ACKNOWLEDGE, _ACKNOWLEDGE_STEMS):
        subject = subject_of(doc, sentence, match.start())
        if subject is None or subject.is_negated:
            continue
        speaker = remembered(doc, subject.speaker)
        confirms = match.group("verb").startswith("confirm")
        if _is_party(doc, speaker) and not (confirms and speaker.speaker_class not in _FIGHTS):
            speech = own_statement(sentence, speaker, "confirms" if confirms else "partially_accepts", "speech.acknowledges")
            yield ClaimRecord("reply", Span(subject.start, match.end()), speech, "reply.acknowledges")


def _is_party(doc: Document, speaker: Speaker) -> bool:
    """Tell whether a speaker answers for a side: by class, or as a country or armed actor."""
    if speaker.speaker_class in PARTY_CLASSES:
        return True
    return speaker.kind != "self" and find_accused(doc, speaker.span.start, speaker.span.end) is not None
