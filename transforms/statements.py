"""From attributions to statements: where each one begins and ends, what it quotes, and who goes on speaking in the next quotation."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from transforms.document import Document
from transforms.quotations import find_quotations, quotation_at
from transforms.records import Span, Speech
from transforms.speech_words import Attribution, read_channel
from transforms.text import Sentence

# "Two days after a bomb killed nine, a guard was shot, police said": the first clause is the narrator's.
_BACKGROUND = re.compile(r"(?:[a-z0-9-]+ ){0,4}?(?:hours?|days?|weeks?|months?|years?) after\b[^,.;\"]{8,160}, ")
_CLAUSE_JOIN = re.compile(r"(?:[,;]|\b(?:and|but|while|although|whereas))\s*$")
_NEIGHBOURS = 12  # statements looked at beside a quotation; more never meet there
_SHORTEST_QUOTE = 40  # characters; a shorter one alone is a headline or a scare quote
EDGES = " \t\n,;:-\"'“”‘’«»"


def _start(speech: Speech) -> int:
    return speech.span.start


def _end(speech: Speech) -> int:
    return max(speech.span.end, speech.speaker_span.end if speech.speaker_span else 0)


class Statements:
    """Turns the attributions of one document into statements."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self._quotations = find_quotations(doc)
        self._quote_starts = [span.start for span in self._quotations]

    def is_quoted(self, offset: int) -> bool:
        """Tell whether an offset stands between quotation marks."""
        return quotation_at(self._quotations, self._quote_starts, offset) is not None

    def of_sentence(self, sentence: Sentence, made: Sequence[Attribution], earlier: Sequence[Speech]) -> list[Speech]:
        """Turn the attributions of one sentence into statements; each ends where the next speaker's clause begins."""
        out: list[Speech] = []
        for number, item in enumerate(made):
            low, high = item.low, item.high
            later = made[number + 1] if number + 1 < len(made) else None
            if (
                later is not None
                and later.low >= later.verb_end
                and low < later.start < high
                and _CLAUSE_JOIN.search(self.doc.folded[low : later.start])
            ):
                high = later.start
            if item.rule == "speech.toll_of_previous" and any(s.span.start < high and low < s.span.end for s in earlier[-_NEIGHBOURS:]):
                continue
            if item.rule == "speech.after" and low == sentence.start and (told := _BACKGROUND.match(self.doc.folded, low, high)):
                low = told.end()
            span, mode = self._spread(low, high)
            if span is None:
                continue
            channel, is_social, is_official = read_channel(self.doc, sentence, span, item)
            mode = mode or ("social_post" if is_social else "official_statement" if is_official else "indirect")
            who = item.speaker
            out.append(
                Speech(
                    span, who.name, who.role, who.speaker_class, who.side, item.relay or channel, mode, item.cue.stance, item.rule, who.span
                )
            )
        return out

    def _spread(self, low: int, high: int) -> tuple[Span | None, str | None]:
        """Trim a statement and let it take in the quotations it begins or ends with; direct_quote where they hold most of it."""
        if joined := _CLAUSE_JOIN.search(self.doc.folded[max(low, high - 12) : high]):
            high -= len(joined.group())
        while low < high and self.doc.text[low] in EDGES:
            low += 1
        while high > low and self.doc.text[high - 1] in EDGES:
            high -= 1
        if low >= high:
            return None, None
        first, last = quotation_at(self._quotations, self._quote_starts, low), quotation_at(self._quotations, self._quote_starts, high - 1)
        low, high = min(low, first.start) if first else low, max(high, last.end) if last else high
        beside = self._quotations[max(0, bisect_right(self._quote_starts, low) - 1) : bisect_left(self._quote_starts, high)]
        quoted = sum(min(q.end, high) - max(q.start, low) for q in beside if q.end > low)
        return Span(low, high), "direct_quote" if quoted >= 0.6 * (high - low) else None

    def continued(self, speeches: Sequence[Speech]) -> list[Speech]:
        """Give a quotation without attribution of its own to the speaker of the statement right before it."""
        out: list[Speech] = []
        by_start, by_end = sorted(speeches, key=_start), sorted(speeches, key=_end)
        for quote in self._quotations:
            near = by_start[max(0, (stop := bisect_left(by_start, quote.end, key=_start)) - _NEIGHBOURS) : stop]
            if quote.end - quote.start < _SHORTEST_QUOTE or any(speech.span.end > quote.start for speech in near):
                continue
            sentence = self.doc.sentence_at(quote.start)
            if quote.start - sentence.start > 1 or not sentence.index:
                continue
            previous = self.doc.sentences[sentence.index - 1]
            first = bisect_left(by_end, previous.start, key=_end)
            tellers = [
                speech for speech in [*by_end[first : first + _NEIGHBOURS], *out[-1:]] if previous.start <= _end(speech) <= quote.start
            ]
            if tellers:
                out.append(
                    replace(
                        tellers[-1], span=quote, mode="direct_quote", stance="asserts", rule="speech.continued_quote", speaker_span=None
                    )
                )
        return out
