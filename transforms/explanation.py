"""A reading -> what people look at: the text cut at every span, and each value, claim and mention with its words and rule.

Pages and terminals print this; nothing here decides anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from transforms.casualty_mentions import find_casualty_mentions
from transforms.date_mentions import find_date_mentions
from transforms.document import Document
from transforms.place_mentions import find_place_mentions
from transforms.records import CasualtyMention, ClaimRecord, Finding, Reading, ReportRecord, Span
from transforms.schemas import EVENT_COLUMNS, TOLL_EFFECTS

FAMILIES = {
    "toll": "how many were harmed",
    "when": "when it happened",
    "where": "where it happened",
    "what": "what happened, with which weapon, to what",
    "who": "who did it, and to whom",
    "claim": "what somebody says, and who says it",
    "seen": "a number, date, place or lexicon word that became no value",
}
_ORDER = tuple(FAMILIES)
_COLUMN_FAMILIES = {
    "when": ("event_date_start", "event_date_end", "date_precision", "time_of_day"),
    "where": ("country_iso3", "admin1", "place", "latitude", "longitude", "geonameid", "geo_precision", "place_alternatives"),
    "who": ("perpetrator", "perpetrator_kind", "attribution", "victim_side"),
}
_FAMILY_OF = {column: family for family, columns in _COLUMN_FAMILIES.items() for column in columns}
_TOLL_COLUMNS = {f"{toll}_{part}" for toll in TOLL_EFFECTS for part in ("min", "best", "max", "quantifier")}


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text that something was read from; `number` is what lines point to, 1 is the first in the text."""

    number: int
    span: Span
    family: str
    quote: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text between two span borders: the marks that cover it, shortest first, and those that end with it."""

    text: str
    marks: tuple[Mark, ...]
    ends: tuple[Mark, ...]
    starts: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The words of a value and the rule that read them."""

    mark: Mark
    rule: str


@dataclass(frozen=True, slots=True)
class ValueLine:
    """Columns of one event that one rule read from the same words.

    Attributes:
        values: Columns with their values, as the record holds them.
        family: FAMILIES.
        sources: All words with their rules, in order of the findings.
        confidence: How often that rule is right, 0 to 1; None: not measured.
        is_withheld: The confidence lies below what was asked for, and the record holds no value.
    """

    values: tuple[tuple[str, str], ...]
    family: str
    sources: tuple[Source, ...]
    confidence: float | None = None
    is_withheld: bool = False

    @property
    def confidence_words(self) -> str:
        """The confidence as people read it."""
        if self.confidence is None:
            return "not measured" + (", withheld" if self.is_withheld else "")
        return f"{self.confidence:.3f}, withheld" if self.is_withheld else f"{self.confidence:.2f}"


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim: what it states, who says it and how; empty text where the claim table has NULL."""

    states: str
    speaker: str
    speaker_class: str
    mode: str
    stance: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class MentionLine:
    """One mention that rules may use: its kind, what it was taken for, and its words."""

    kind: str
    says: str
    source: Source


@dataclass(frozen=True, slots=True)
class EventPart:
    """One event of the text: its role, what was read, which columns nothing states, its claims."""

    ordinal: int
    role: str
    is_aggregate: bool
    values: tuple[ValueLine, ...]
    not_stated: tuple[str, ...]
    claims: tuple[ClaimLine, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that was read from one text, ready to be shown."""

    pieces: tuple[Piece, ...]
    body_start: int
    events: tuple[EventPart, ...]
    mentions: tuple[MentionLine, ...]
    marks: tuple[Mark, ...]


class _Marks:
    """Gathers spans; equal spans are one mark, of the first of their families. Numbers follow the text once all are known."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self._families: dict[tuple[int, int], str] = {}
        self._marks: dict[tuple[int, int], Mark] = {}

    def add(self, span: Span, family: str) -> None:
        """Take a span in; of several families the one that FAMILIES lists first gives it its colour."""
        at = (span.start, span.end)
        self._families[at] = min(family, self._families.get(at, family), key=_ORDER.index)

    def number_all(self) -> tuple[Mark, ...]:
        """Number the marks in order of the text, those without a value last: they are many and nothing hangs on them."""
        for number, at in enumerate(sorted(self._families, key=lambda at: (self._families[at] == "seen", *at)), start=1):
            span = Span(*at)
            self._marks[at] = Mark(number, span, self._families[at], self._doc.quote(span))
        return tuple(self._marks.values())

    def of(self, span: Span) -> Mark:
        """Return the mark of a span that was taken in."""
        return self._marks[span.start, span.end]


def family_of(column: str) -> str:
    """Return the family of an event column: toll, when, where, who or what."""
    return "toll" if column in _TOLL_COLUMNS else _FAMILY_OF.get(column, "what")


def explain_document(doc: Document, reading: Reading) -> Explanation:
    """Arrange a document and its reading for people: nothing is read anew but the mentions, which a reading does not keep."""
    mentions = list(_find_mentions(doc))
    marks = _Marks(doc)
    for report in reading.reports:
        for finding in report.findings:
            marks.add(finding.span, family_of(finding.column))
        for claim in report.claims:
            for span, _ in _claim_spans(claim):
                marks.add(span, "claim")
    for _, _, span, _ in mentions:
        marks.add(span, "seen")
    numbered = marks.number_all()
    lines = [MentionLine(kind, says, Source(marks.of(span), rule)) for kind, says, span, rule in mentions]
    events = [_event_part(number, report, marks) for number, report in enumerate(reading.reports)]
    return Explanation(tuple(cut_text(doc.text, numbered)), doc.body_start, tuple(events), tuple(lines), numbered)


def cut_text(text: str, marks: Sequence[Mark]) -> Iterator[Piece]:
    """Yield the whole text in pieces, cut wherever a mark begins or ends; overlapping marks share the pieces they share."""
    starts: dict[int, list[Mark]] = {}
    ends: dict[int, list[Mark]] = {}
    for mark in marks:
        if mark.span.end > mark.span.start:
            starts.setdefault(mark.span.start, []).append(mark)
            ends.setdefault(mark.span.end, []).append(mark)
    borders = sorted({0, len(text), *starts, *ends})
    open_marks: list[Mark] = []
    for start, end in pairwise(borders):
        open_marks = [mark for mark in open_marks if mark.span.end > start] + starts.get(start, [])
        covering = sorted(open_marks, key=lambda mark: (mark.family == "seen", mark.span.end - mark.span.start, mark.number))
        yield Piece(text[start:end], tuple(covering), tuple(ends.get(end, ())), tuple(starts.get(start, ())))


def _event_part(ordinal: int, report: ReportRecord, marks: _Marks) -> EventPart:
    stated = {finding.column for finding in report.findings}
    silent = [column.name for column in EVENT_COLUMNS if column.name not in stated and report.values.get(column.name) is None]
    tolls = {name for name in TOLL_EFFECTS if not stated & {f"{name}_min", f"{name}_best", f"{name}_max"}}
    not_stated = [*(name for name in silent if name not in _TOLL_COLUMNS), *(name for name in TOLL_EFFECTS if name in tolls)]
    return EventPart(
        ordinal,
        report.scope.role,
        report.scope.is_aggregate,
        tuple(_value_lines(report, marks)),
        tuple(not_stated),
        tuple(_claim_line(claim, marks) for claim in report.claims),
    )


def _value_lines(report: ReportRecord, marks: _Marks) -> Iterator[ValueLine]:
    """Yield the values of one event, columns that the same rules read from the same words together, in order of the schema."""
    findings: dict[str, list[Finding]] = {}
    for finding in report.findings:
        findings.setdefault(finding.column, []).append(finding)
    lines: dict[tuple[str, tuple[tuple[Span, str], ...]], list[tuple[str, str]]] = {}
    leads: dict[tuple[str, tuple[tuple[Span, str], ...]], Finding] = {}
    for column in EVENT_COLUMNS:
        if found := findings.get(column.name):
            key = (family_of(column.name), tuple((f.span, f.rule) for f in found))
            value = found[0].value if found[0].is_withheld else report.values.get(column.name)
            lines.setdefault(key, []).append((column.name, show_value(value)))
            leads.setdefault(key, found[0])
    for (family, sources), values in lines.items():
        lead = leads[family, sources]
        told = tuple(Source(marks.of(span), rule) for span, rule in sources)
        yield ValueLine(tuple(values), family, told, lead.confidence, lead.is_withheld)


def show_value(value: Any) -> str:
    """Return a value of a record as people read it; "not stated" for NULL."""
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _claim_spans(claim: ClaimRecord) -> list[tuple[Span, str]]:
    spans = [(claim.span, claim.mention.rule if claim.mention else claim.rule)]
    if claim.speech.speaker_span is not None:
        spans.append((claim.speech.speaker_span, claim.speech.rule))
    return spans


def _claim_line(claim: ClaimRecord, marks: _Marks) -> ClaimLine:
    speech = claim.speech
    speaker = speech.speaker or "the narrator"
    about = [part for part in (speech.role, f"for {speech.side}" if speech.side else None, speech.channel) if part and part != speaker]
    return ClaimLine(
        _claim_words(claim) + (" [withheld]" if claim.is_withheld else ""),
        speaker + (f" ({', '.join(about)})" if about else ""),
        speech.speaker_class,
        speech.mode,
        speech.stance,
        tuple(Source(marks.of(span), rule) for span, rule in _claim_spans(claim)),
    )


def _claim_words(claim: ClaimRecord) -> str:
    if claim.mention is not None:
        return _count_words(claim.mention)
    about = claim.accuses or claim.denies
    return claim.claim_type + (f": {about}" if about else "") + (" (in general)" if claim.is_general else "")


def _count_words(mention: CasualtyMention) -> str:
    quantity = mention.quantity
    if quantity.best is not None and quantity.low == quantity.best == quantity.high:
        number = str(quantity.best)
    else:
        low, best, high = ("?" if n is None else str(n) for n in (quantity.low, quantity.best, quantity.high))
        number = f"{best} ({quantity.quantifier}, {low} to {high if high != '?' else 'open'})"
    flags = [name for name in ("subset", "aggregate", "uncertain") if getattr(mention, name)]
    return f"{mention.effect} {number}, {mention.group}" + (f" [{', '.join(flags)}]" if flags else "")


def _find_mentions(doc: Document) -> Iterable[tuple[str, str, Span, str]]:
    """Yield every mention of the text by kind and in order: kind, what it was taken for, span, rule."""
    for mention in find_casualty_mentions(doc):
        yield "count", _count_words(mention), mention.span, mention.rule
    for date in find_date_mentions(doc):
        days = date.first.isoformat() + (f" to {date.last.isoformat()}" if date.last != date.first else "")
        yield "date", days, Span(date.start, date.end), date.rule
    for place in find_place_mentions(doc):
        first = place.candidates[0] if place.candidates else None
        meant = f"{first.name}, {first.country_iso2}" if first else place.country_iso2 or "not in the gazetteer"
        more = f" or {len(place.candidates) - 1} more" if len(place.candidates) > 1 else ""
        yield "place", f"{meant}{more}", Span(place.start, place.end), f"{place.kind}{f' after {place.cue}' if place.cue else ''}"
    for kind, terms in doc.terms.items():
        for term in terms:
            yield kind, term.entry.term, Span(term.start, term.end), f"lexicon {kind}"
