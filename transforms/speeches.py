"""Who says what: statements of a text attributed to their speakers by the grammar around verbs of saying.

"Police said three died", "Three died, police said", "said X", "according to X", "X told Y", "citing X", ", adding that",
quotations over several sentences, and pronouns that go back to the last speaker. What nobody says, the narrator says.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from transforms.document import Document, once
from transforms.headlines import find_headline_speeches
from transforms.records import Span, Speech
from transforms.speaker_memory import SpeakerMemory
from transforms.speaker_nouns import Speaker
from transforms.speaker_phrases import Subject, read_phrase_after, read_subject
from transforms.speech_words import Attribution, Cue, find_cues, skip_adjuncts
from transforms.statements import EDGES, Statements
from transforms.text import Sentence

NARRATOR = "narrator"

_TOLL_OBJECT = re.compile(r"\s+(?:[a-z'-]+ ){0,4}?(?:toll|number|numbers|figure|figures|count|casualt\w+|deaths?|dead|killed|total)\b")
_ADJUNCT = re.compile(r"\s+(?:on|in|at|via|to|during|after|through|from|for|about|over)\b")
_OWN_TOLL = re.compile(
    r"\s+(?:(?:the|this|that|these|those|its|his|both) (?:[a-z-]+ ){0,2}?"
    r"(?:toll|deaths?|casualt(?:y|ies)|figures?|numbers?|fatalit(?:y|ies))(?: (?:toll|figures?|count|numbers?))?)"
    r"(?= (?:via|on|in|to|through|during|at a)\b|\s*[,.;])(?! (?:of|at|to|from) \d)"
)
_TOLL_GIVERS = frozenset(["confirmed", "confirms", "announced", "announces", "reported", "gave", "verified"])
_AFTER_INVERSION = re.compile(
    r'\s*(?:[.,;:)"!?-]|$|(?:on|in|at|late|early|after|as|while|who|through|via|during|earlier|last|this|to|when|by|from|adding)\b)'
)
_GOES_ON = re.compile(r"\s*,\s*(?:adding|saying|noting|stating|citing|confirming|who)\b")
_COMMENT = re.compile(r"\s+(?:immediately )?(?:comment|confirm|say|give|provide|discuss|speculate|elaborate|answer)\b")
_TRAILS = re.compile(r"\s*(?:as|after|while|amid|when|before|adding|in what|who|without|citing|but|and)\b")
_NO_STATEMENT = re.compile(
    r"\s+(?:(?:bail|access|entry|permission|asylum|visas?|medical)\b|(?:full |sole )?(?:responsibility|credit)\b"
    r"|(?:the |more than |at least |about )?(?:[\d,]+ |\w+ )?(?:lives|life)\b|to\b|by\b)"
)
_MEANWHILE = re.compile(r",\s*(?:as|while|amid)\b")  # what follows is the narrator's: ", police said, as fighting went on"
_THAT = re.compile(r"\s+that\b")
_ON = re.compile(r"\s+(?:on|about|to (?:an? |the |any |repeated |multiple )?requests? for (?:comment|information))\b")
_OWN_WORDS = re.compile(
    r"\s+(?:its|his|her|their|an?|the|that|this) (?:[a-z'-]+ ){0,3}?"
    r"(?:claims?|statements?|reports?|tolls?|figures?|counts?|accounts?|announcements?|tweets?|posts?|assertions?|allegations?)\b"
)
_NEEDS = {"that": _THAT, "decline": _COMMENT, "silent": _ON, "undo": _OWN_WORDS}  # what must follow the words of a kind
_RELATIVE = re.compile(r"(?:[\w'.-]+ ){1,6}(?:that|whom|who|which) $")
_BE = re.compile(
    r"\s+(?:was|were|are|had been|have been) (?:also |all |both |not )?(?:killed|dead|injured|wounded|hurt|shot|missing|kidnapped|abducted"
    r"|among|civilians|assailants|attackers|militants|fighters|gunmen|combatants|rebels|soldiers|women|children)\b"
)
_ISSUED = re.compile(
    r"(?:the |an? |its |preliminary |latest |initial )*(?:[a-z-]+ ){0,2}?(?:tall(?:y|ies)|counts?|figures?|statements?|reports?"
    r"|accounts?|information|numbers|documents?|interviews?|records)(?: \w+)? (?:by|from|of|with|released by|issued by) "
)
_AS_SAYING = re.compile(r"(?:\s*,)?(?: \w+){0,2}? as (?:saying|telling)\b")
_WAS_QUOTED = re.compile(r"\b(?:is|was|were|been|being|widely) $")
_THEN_SAID = re.compile(r",\s+(?:also )?(?:reported|said|says|reports|wrote|stated|announced)\b")
_BY = re.compile(r"\s+by ")
_LONGEST = 4_000  # characters; no statement is longer: a sentence and the quotations that it opens and ends with
_MOST_CUES = 30  # of one sentence; what has more is no sentence


def find_speeches(doc: Document) -> list[Speech]:
    """Return every attributed statement of a document, in order of the statement's start; read once per document.

    Returns:
        One Speech per attribution; statements may nest ("the BBC reported that police said"). None of them is the narrator's.
    """
    return _found(doc)[0]


@once
def _found(doc: Document) -> tuple[list[Speech], list[int]]:
    """Return the statements, and where each begins."""
    speeches = _Reader(doc).read()
    return speeches, [speech.span.start for speech in speeches]


def speech_for(doc: Document, span: Span) -> Speech:
    """Return the innermost statement that covers a span, else the narrator's: the sentence it stands in."""
    speeches, starts = _found(doc)
    best: Speech | None = None
    for index in range(bisect_right(starts, span.start) - 1, -1, -1):
        if span.start - starts[index] > _LONGEST:
            break
        speech = speeches[index]
        if speech.span.end >= span.end and (best is None or _length(speech) < _length(best)):
            best = speech
    if best is not None:
        return best
    sentence = doc.sentence_at(span.start) if doc.sentences else Sentence(0, span.start, span.end)
    return Speech(
        Span(min(sentence.start, span.start), max(sentence.end, span.end)),
        None,
        None,
        NARRATOR,
        None,
        None,
        NARRATOR,
        "asserts",
        "speech.narrator",
    )


def _length(speech: Speech) -> int:
    return speech.span.end - speech.span.start


class _Reader:
    """Reads one document from front to back, so that pronouns find who spoke before."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.memory = SpeakerMemory(doc)
        self.statements = Statements(doc)

    def read(self) -> list[Speech]:
        by_sentence: dict[int, list[Cue]] = {}
        for cue in find_cues(self.doc):
            if not self.statements.is_quoted(cue.start):
                by_sentence.setdefault(self.doc.sentence_at(cue.start).index, []).append(cue)
        by_sentence = {index: cues[:_MOST_CUES] for index, cues in by_sentence.items()}
        speeches: list[Speech] = []
        for index, cues in by_sentence.items():
            sentence = self.doc.sentences[index]
            made: list[Attribution] = []
            for cue in cues:
                attribution = self._attribute(cue, sentence, made)
                if attribution is not None:
                    made.append(attribution)
            speeches += self.statements.of_sentence(sentence, made, speeches)
        speeches += self.statements.continued(speeches)
        speeches += find_headline_speeches(self.doc)
        return sorted(speeches, key=lambda s: (s.span.start, -s.span.end))

    def _attribute(self, cue: Cue, sentence: Sentence, made: list[Attribution]) -> Attribution | None:
        """Read one cue of a sentence; None where it attributes nothing."""
        low = max([sentence.start, *(a.verb_end for a in made)])
        if cue.kind == "according":
            return self._according(cue, sentence, low)
        if cue.kind == "cite":
            return self._cite(cue, sentence, low, made)
        if cue.kind == "participle":
            if self.doc.folded.endswith(" as ", 0, cue.start):
                return None
            return self._participle(cue, sentence, low, made)
        after = self.doc.folded
        if (needed := _NEEDS.get(cue.kind)) and not needed.match(after, cue.end):
            return None
        if cue.kind in {"put", "count"} and not (_TOLL_OBJECT.match(after, cue.end) or cue.kind == "count"):
            return None
        if cue.kind == "say" and _NO_STATEMENT.match(after, cue.end):
            return self._by(cue, sentence, low)
        return self._inverted(cue, sentence, low) or self._subject_verb(cue, sentence, low, made)

    def _inverted(self, cue: Cue, sentence: Sentence, low: int) -> Attribution | None:
        """Read "..., said X": the speaker behind the verb."""
        before = self.doc.folded[low : cue.start].rstrip()
        if not cue.inverts or not before or before[-1] not in ",\"'?!":
            return None
        if _ADJUNCT.match(self.doc.folded, cue.end):
            return None  # "X, wrote on Telegram": the speaker stands before the verb
        found = read_phrase_after(self.doc, cue.end, sentence.end)
        if found is None or found[0].kind == "pronoun" or not _AFTER_INVERSION.match(self.doc.folded, found[1], sentence.end):
            return None
        speaker = self.memory.resolve(found[0])
        return Attribution(speaker, cue, low, cue.start, found[1], "speech.inverted") if speaker else None

    def _subject_verb(self, cue: Cue, sentence: Sentence, low: int, made: list[Attribution]) -> Attribution | None:
        if made and cue.kind == "say" and self._shares_subject(cue, made[-1]):
            return self._share(cue, sentence, made[-1])
        subject = read_subject(self.doc, low, cue.start)
        if subject is None:
            return None
        speaker = self.memory.resolve(subject.speaker)
        if speaker is None or (cue.kind == "count" and speaker.speaker_class in {"unknown", "witness"}):
            return None
        verb_end = skip_adjuncts(self.doc, cue, sentence.end)
        if verb_end < 0:
            return None
        if cue.word in _TOLL_GIVERS and (toll := _OWN_TOLL.match(self.doc.folded, cue.end)) and sentence.index:
            told = self.doc.sentences[sentence.index - 1]
            if told.start >= self.doc.body_start:
                return Attribution(
                    speaker, cue._replace(stance="asserts"), told.start, told.end, toll.end(), "speech.toll_of_previous", subject.start
                )
        if subject.is_negated:  # a negated verb of saying says nothing of the statement
            cue = cue._replace(stance="no_comment")
        return self._placed(cue, sentence, subject, speaker, low, verb_end)

    def _placed(self, cue: Cue, sentence: Sentence, subject: Subject, speaker: Speaker, low: int, verb_end: int) -> Attribution:
        """Decide whether the statement stands before or behind subject and verb."""
        folded, start = self.doc.folded, subject.start
        relative = _RELATIVE.search(folded, max(low, start - 60), start) if _BE.match(folded, verb_end) else None
        if relative is not None:  # "the three gunmen that the mayor said were killed"
            return Attribution(speaker, cue, relative.start(), sentence.end, verb_end, "speech.relative", start)
        before = folded[low:start].strip(EDGES)
        has_before = before.count(" ") >= 2 and folded[low:start].rstrip()[-1:] in ",\"'-?!"
        rest = folded[verb_end : sentence.end].lstrip()
        ends = not rest.strip(EDGES + ".!?)") or rest[0] in ".;)" or rest.startswith("http")
        if ends and not has_before:
            previous = self.doc.sentences[sentence.index - 1] if sentence.index else None
            if previous is not None and not before:
                return Attribution(speaker, cue, previous.start, previous.end, verb_end, "speech.after_sentence", start)
            return Attribution(speaker, cue, low, start, verb_end, "speech.after", start)
        ends = ends or (has_before and _GOES_ON.match(folded, verb_end) is not None)
        comma = rest[:1] in {",", "-"} and rest[1:].lstrip()[:1] != '"' and not ends
        if (
            has_before
            and (ends or comma or _TRAILS.match(folded, verb_end))
            and cue.kind in {"say", "tell", "that"}
            and cue.stance not in {"denies", "disputes_detail"}
        ):
            high = sentence.end if comma and not _MEANWHILE.match(rest) else start
            return Attribution(speaker, cue, low, high, verb_end, "speech.within" if comma else "speech.after", start)
        return Attribution(speaker, cue, verb_end, sentence.end, verb_end, "speech.before", start)

    def _shares_subject(self, cue: Cue, previous: Attribution) -> bool:
        """Tell whether a verb is the second of one subject: "put the toll at 27 and said that"."""
        return bool(
            re.search(
                r"\b(?:and|but|then)(?: \w+ly| also| later)?\s*$", self.doc.folded[max(previous.verb_end, cue.start - 16) : cue.start]
            )
        )

    def _share(self, cue: Cue, sentence: Sentence, previous: Attribution) -> Attribution:
        verb_end = max(skip_adjuncts(self.doc, cue, sentence.end), cue.end)
        return Attribution(previous.speaker, cue, verb_end, sentence.end, verb_end, "speech.second_verb", cue.start)

    def _participle(self, cue: Cue, sentence: Sentence, low: int, made: list[Attribution]) -> Attribution | None:
        """Read ", adding that": the speaker is the subject of the clause before it."""
        before = self.doc.folded[sentence.start : cue.start].rstrip()
        speaker: Speaker | None = None
        if before and before[-1] not in ',"' and not before.endswith((" and", " while", " by")):
            subject = read_subject(self.doc, low, cue.start)
            speaker = self.memory.resolve(subject.speaker) if subject else None
        if speaker is None and made:
            speaker = made[-1].speaker
        if speaker is None and before:
            found = read_phrase_after(self.doc, sentence.start, cue.start, is_open=True)
            speaker = self.memory.resolve(found[0]) if found else None
        if speaker is None and not before:
            speaker = self.memory.last
        if speaker is None or (speaker.speaker_class == "unknown" and not speaker.is_named and speaker.kind != "pronoun" and not made):
            return None
        verb_end = max(skip_adjuncts(self.doc, cue, sentence.end), cue.end)
        return Attribution(speaker, cue, verb_end, sentence.end, verb_end, "speech.participle", cue.start)

    def _according(self, cue: Cue, sentence: Sentence, low: int) -> Attribution | None:
        start = cue.end + 1
        issued = _ISSUED.match(self.doc.folded, start, sentence.end)
        found = read_phrase_after(self.doc, issued.end() if issued else start, sentence.end) or read_phrase_after(
            self.doc, start, sentence.end
        )
        speaker = self.memory.resolve(found[0]) if found else None
        if found is None or speaker is None:
            return None
        end = found[1]
        if not self.doc.folded[low : cue.start].strip(EDGES):
            return Attribution(speaker, cue, end, sentence.end, end, "speech.according_first", cue.start)
        goes_on = self.doc.folded[end : end + 1] == ","
        return Attribution(speaker, cue, low, sentence.end if goes_on else cue.start, end, "speech.according", cue.start)

    def _cite(self, cue: Cue, sentence: Sentence, low: int, made: list[Attribution]) -> Attribution | None:
        """Read "Reuters reported, citing police" and "television quoted the minister as saying"."""
        saying = _AS_SAYING.match(self.doc.folded, cue.end, sentence.end)
        if saying and _WAS_QUOTED.search(self.doc.folded, max(low, cue.start - 12), cue.start):
            subject = read_subject(self.doc, low, cue.start, allow_passive=True)
            speaker = self.memory.resolve(subject.speaker) if subject else None
            return Attribution(speaker, cue, saying.end(), sentence.end, saying.end(), "speech.quoted", cue.start) if speaker else None
        found = read_phrase_after(self.doc, cue.end, sentence.end)
        speaker = self.memory.resolve(found[0]) if found else None
        if found is None or speaker is None:
            return None
        if saying := _AS_SAYING.match(self.doc.folded, found[1], sentence.end):
            return Attribution(speaker, cue, saying.end(), sentence.end, saying.end(), "speech.quoted", cue.start)
        if not cue.word.endswith("ing"):
            return None
        if verb := _THEN_SAID.match(self.doc.folded, found[1], sentence.end):
            teller = read_subject(self.doc, low, cue.start)
            relay = teller.speaker.name if teller else None
            return Attribution(speaker, cue, verb.end(), sentence.end, verb.end(), "speech.cited", cue.start, relay)
        if made:
            told = made.pop()
            low, high = (
                (found[1], told.high)
                if told.low <= cue.start and not self.doc.folded[told.low : cue.start].strip(EDGES)
                else (told.low, told.high)
            )
            high = cue.start if low < cue.start < high else high
            return replace(told, speaker=speaker, relay=told.speaker.name, low=low, high=high, verb_end=found[1], rule="speech.cited")
        return Attribution(speaker, cue, low, cue.start, found[1], "speech.cited", cue.start)

    def _by(self, cue: Cue, sentence: Sentence, low: int) -> Attribution | None:
        """Read the passive: "The toll was confirmed by the ministry"."""
        by = _BY.match(self.doc.folded, cue.end)
        found = (
            read_phrase_after(self.doc, by.end(), sentence.end)
            if by and cue.stance in {"asserts", "confirms"} and cue.word != "claimed"
            else None
        )
        speaker = self.memory.resolve(found[0]) if found else None
        return Attribution(speaker, cue, low, cue.start, found[1], "speech.passive", cue.start) if found and speaker else None
