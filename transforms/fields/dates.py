"""When the event happened: of all mentions of time in a scope, the one that speaks of the event.

Every mention gets points for what stands around it (`WEIGHTS`): words of violence and harm speak for it; words of saying,
courts, funerals, "since" and other events speak against it. The publication day alone is no date: without any words the
span is the one that UCDP assumes, with precision 9.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, Implementation

from transforms.calendar_days import resolve
from transforms.date_mentions import DateMention, find_date_mentions, find_report_day
from transforms.document import Document, once
from transforms.lexicons import Lexicons
from transforms.records import Finding, Scope, Span
from transforms.text import is_word_bounded

NEAR = 60  # characters: a date this near to a word of the event most likely is in the same clause
CLAUSE = 32  # characters before or after a mention that are read for the word that governs it
MOST_MENTIONS = 60  # of a scope are weighed; a live blog has thousands, and the event is told at its head
HOUR_SENTENCES = 5  # of a scope are searched for the hour
NONE_STATED_RULE = "date.none_stated"
NONE_STATED = 0.1  # points that a mention must have to be taken for the event's

STRETCH_STATED = -1.2  # points that a month or year in the event's own sentence must have where nothing better is stated

# Points by what stands around a mention. Fitted on the labelled corpora (conditional logit: the right mention against the others and
# against "no date stated"), rounded; contexts are rows of date_contexts.csv.
WEIGHTS = {
    "precision_1": 2.0, "precision_2": 1.2, "precision_4": -1.8, "precision_5": -1.8,
    "occurred_before": 1.5, "event": 1.2, "event_near": 0.5, "harm": 0.2, "hour": 0.3,
    "date.overnight": 0.6, "date.last_night": -0.3, "date.recent": -0.3, "date.weeks_ago": -0.4, "date.day_after": -1.7,
    "say_before": -1.9, "say_after": -1.2, "follow_up_before": -1.1, "follow_up_after": -0.2, "other_event": -0.1,
    "future": -1.7, "future_before": -0.5, "bound_before": -0.3, "recurring_before": -1.0, "recurring_after": -1.0,
    "old": -0.2, "very_old": -0.6, "order": -0.65, "head": -1.9,
}  # fmt: skip

_WORD = re.compile(r"[\w.']+")
_LITTLE_WORDS = frozenset({"on", "at", "late", "early", "in", "of", "the", "last", "about", "around"})
LONGEST_PHRASE = 4  # words of a row of date_contexts.csv
_HOUR = re.compile(
    r"\b(?P<h>\d{1,2})(?:[:.]\d\d)? ?(?P<half>[ap])\.?m\b|\b(?P<h24>[01]?\d|2[0-3])[:.]\d\d(?= ?(?:hours|hrs|local|gmt|on ))"
    r"|\b(?P<word>midnight|noon|midday|dawn|dusk|daybreak|sunrise|sunset|nightfall|early hours|wee hours|pre-dawn|predawn"
    r"|(?:in|during) the (?:morning|afternoon|evening|night)|at night|nighttime|morning rush)\b"
)
_WORD_HOUR = {
    "midnight": "night", "noon": "afternoon", "midday": "afternoon", "dawn": "morning", "daybreak": "morning", "sunrise": "morning",
    "dusk": "evening", "sunset": "evening", "nightfall": "evening", "early hours": "night", "wee hours": "night",
    "pre-dawn": "night", "predawn": "night", "at night": "night", "nighttime": "night", "morning rush": "morning",
}  # fmt: skip
_NOTHING: Mapping[str, list[tuple[int, int]]] = {}


class _Contexts:
    """The rows of date_contexts.csv: words that govern a mention from before or after, and words of its sentence."""

    def __init__(self, lexicons: Lexicons) -> None:
        self._governing: dict[str, dict[str, str]] = {"before": {}, "after": {}}
        inside: dict[str, str] = {}
        for row in lexicons.rows("date_contexts"):
            table = self._governing.get(row["where"], inside)
            table.update(dict.fromkeys(row["words"].split("|"), row["context"]))
        self._inside = list(inside.items())
        self._automaton = AhoCorasick([word for word, _ in self._inside], implementation=Implementation.DFA)

    def before(self, words: list[str]) -> set[str]:
        """Contexts of the phrases that end these words, little words ("late on") set aside."""
        while words and words[-1] in _LITTLE_WORDS and words[-1] not in self._governing["before"]:
            words = words[:-1]
        found = {self._governing["before"].get(" ".join(words[-length:])) for length in range(1, min(LONGEST_PHRASE, len(words)) + 1)}
        return {f"{context}_before" for context in found if context}

    def after(self, words: list[str]) -> set[str]:
        """Contexts of the phrases that begin these words."""
        found = {self._governing["after"].get(" ".join(words[:length])) for length in range(1, min(LONGEST_PHRASE, len(words)) + 1)}
        return {f"{context}_after" for context in found if context}

    def inside(self, doc: Document) -> dict[int, dict[str, list[tuple[int, int]]]]:
        """Spans of the words of each sentence that has some, by context."""
        found: dict[int, dict[str, list[tuple[int, int]]]] = {}
        for index, low, high in self._automaton.find_matches_as_indexes(doc.folded, overlapping=True):
            if is_word_bounded(doc.folded, low, high):
                sentence = doc.sentence_at(low)
                if sentence.start <= low and high <= sentence.end:
                    found.setdefault(sentence.index, {}).setdefault(self._inside[index][1], []).append((low, high))
        return found


@once
def _words_of_sentences(doc: Document) -> dict[int, dict[str, list[tuple[int, int]]]]:
    """Return the words of date_contexts.csv that stand in each sentence, by context."""
    return _contexts(doc.lexicons).inside(doc)


@lru_cache(maxsize=8)
def _contexts(lexicons: Lexicons) -> _Contexts:
    return _Contexts(lexicons)


def describe_context(
    doc: Document, scope: Scope, mention: DateMention, report: dt.date | None, words: Mapping[str, list[tuple[int, int]]]
) -> dict[str, float]:
    """Describe what stands around a mention.

    Args:
        doc: The document.
        scope: The event's sentences; the earlier a mention in them, the better.
        mention: The mention.
        report: Day of the report, None where unknown.
        words: Spans of the words of its sentence, by context.

    Returns:
        Name of `WEIGHTS` -> strength; what is absent is left out.
    """
    contexts = _contexts(doc.lexicons)
    sentence = doc.sentences[mention.sentence]
    before = doc.folded[max(sentence.start, mention.start - CLAUSE) : mention.start]
    after = doc.folded[mention.end : min(sentence.end, mention.end + CLAUSE)]
    names = contexts.before(_WORD.findall(before)) | contexts.after(_WORD.findall(after))
    found = dict.fromkeys([*sorted(names), f"precision_{mention.precision}", mention.rule], 1.0)
    for context, hits in words.items():
        gaps = [max(mention.start - last, first - mention.end, 0) for first, last in hits]
        if gaps:
            found |= {context: 1.0, f"{context}_near": max(0.0, 1.0 - min(gaps) / NEAR)}
    order = bisect_left(scope.sentences, mention.sentence)
    found["order"] = min(order, 12) / 4
    found["head"] = float(mention.rule in ("date.dateline", "date.byline"))
    found["hour"] = float(mention.time_of_day is not None)
    if report:
        age = (report - mention.last).days
        found |= {"future": float(age < 0), "old": float(age > 35), "very_old": float(age > 300)}
    return {name: value for name, value in found.items() if value}


def find_event_mention(doc: Document, scope: Scope) -> DateMention | None:
    """Find the mention of time that speaks of the scope's event.

    Returns:
        The mention with the most points, the earlier of equal ones; None where none has `NONE_STATED` points.
    """
    report = find_report_day(doc)
    inside = set(scope.sentences)
    words = _words_of_sentences(doc)
    best, best_points = None, NONE_STATED
    stretch: DateMention | None = None
    for mention in [m for m in find_date_mentions(doc) if m.sentence in inside][:MOST_MENTIONS]:
        context = describe_context(doc, scope, mention, report, words.get(mention.sentence, _NOTHING))
        points = sum(WEIGHTS.get(name, 0.0) * strength for name, strength in context.items())
        if points > best_points:
            best, best_points = mention, points
        if stretch is None and mention.sentence == scope.anchor and _is_stated_stretch(mention, context, points):
            stretch = mention
    return best or stretch


def _is_stated_stretch(mention: DateMention, context: Mapping[str, float], points: float) -> bool:
    """Tell whether a month or a year stands beside the deed itself: rough, but nearer the truth than the days assumed for none."""
    governed = any(name.endswith(("_before", "_after")) and WEIGHTS.get(name, 0.0) < 0 for name in context)
    return mention.precision >= 4 and not governed and context.get("event_near", 0.0) >= 0.4 and points >= STRETCH_STATED


def find_dates(doc: Document, scope: Scope) -> list[Finding]:
    """Find when a scope's event happened.

    Args:
        doc: The document.
        scope: The event's sentences.

    Returns:
        Findings for event_date_start, event_date_end (days), date_precision (UCDP) and time_of_day. Without words that date
        the event: the days that UCDP assumes before the report's day, precision 9, rule `date.none_stated`, with the anchor
        sentence as span; nothing at all where the report's day is unknown too.
    """
    if not doc.sentences:
        return []
    mention = find_event_mention(doc, scope)
    findings = _assume_days(doc, scope)
    if mention:
        span = Span(mention.start, mention.end)
        values = {"event_date_start": mention.first, "event_date_end": mention.last, "date_precision": mention.precision}
        findings = [Finding(column, value, span, mention.rule) for column, value in values.items()]
    return findings + _find_time_of_day(doc, scope, mention)


def _assume_days(doc: Document, scope: Scope) -> list[Finding]:
    """The days that time_expressions.csv gives for "no date given"."""
    report = find_report_day(doc)
    row = next((row for row in doc.lexicons.rows("time_expressions") if row["rule"] == NONE_STATED_RULE), None)
    if report is None or row is None:
        return []
    anchor = doc.sentences[min(scope.anchor, len(doc.sentences) - 1)]
    values = {
        "event_date_start": resolve(row["start"], report),
        "event_date_end": resolve(row["end"], report),
        "date_precision": int(row["ucdp_date_prec"]),
    }
    return [Finding(column, value, Span(anchor.start, anchor.end), NONE_STATED_RULE) for column, value in values.items()]


def _find_time_of_day(doc: Document, scope: Scope, mention: DateMention | None) -> list[Finding]:
    """The part of the day that the mention states, else the first clock time or word for it beside words of the event."""
    if mention and mention.time_of_day:
        return [Finding("time_of_day", mention.time_of_day, Span(mention.start, mention.end), mention.rule)]
    words = _words_of_sentences(doc)
    numbers = [mention.sentence] if mention else []
    for number in dict.fromkeys([*numbers, scope.anchor, *scope.sentences[:HOUR_SENTENCES]]):
        if number >= len(doc.sentences):
            continue
        hour = doc.search(_HOUR, doc.sentences[number]) if "event" in words.get(number, _NOTHING) else None
        if hour:
            return [Finding("time_of_day", _part_of_day(hour), Span(*hour.span()), "date.hour")]
    return []


def _part_of_day(match: re.Match[str]) -> str:
    """Night lasts from 21 to 5, morning to 12, afternoon to 17, evening to 21."""
    word = match["word"]
    if word:
        return _WORD_HOUR.get(word) or word.rsplit(" ", 1)[-1]
    hour = int(match["h24"] or int(match["h"]) % 12 + (12 if match["half"] == "p" else 0))
    return "night" if hour < 5 or hour >= 21 else "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"
