"""What the parts of extraction hand to each other. Offsets count characters of `Document.text`."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Literal

from transforms.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One value for one column of a report, with the words it was read from and the rule that read it.

    A value inferred from several places has one Finding per place: same column, same value.

    Attributes:
        confidence: How often the rule was right on labelled texts, 0 to 1; None: no corpus labels the column, or not rated yet.
        is_withheld: Too unsure for the record, whose column is NULL.
    """

    column: str
    value: Any
    span: Span
    rule: str
    confidence: float | None = None
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many: a stated number, a range, a bound or a vague word.

    low/best/high are inclusive; NULL high is open above, NULL best means that no single number was stated.
    """

    span: Span
    low: int | None
    best: int | None
    high: int | None
    quantifier: str  # vocabularies.QUANTIFIER
    rule: str


@dataclass(frozen=True, slots=True)
class CasualtyMention:
    """One count of people harmed, as one place of the text states it.

    Attributes:
        effect: killed, injured, missing, abducted; "casualties" for killed and injured together.
        group: all, children, women, civilians, security, attackers.
        quantity: How many. best 0 = the text says none.
        span: The words that state it: number, people and harm.
        sentence: Number of its sentence.
        harm: Offset of its harm word; mentions of one harm word are one list and add up.
        subset: Part of another count (including, among them): never added.
        additive: A further item of a list.
        aggregate: Sums up a period or several events: never an event's toll.
        uncertain: Feared, hypothetical, threatened, unconfirmed.
        rule: Name of the rule.
    """

    effect: str
    group: str
    quantity: Quantity
    span: Span
    sentence: int
    rule: str
    harm: int = 0
    subset: bool = False
    additive: bool = False
    aggregate: bool = False
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Which sentences of a document tell one event.

    Attributes:
        anchor: Number of the sentence that introduces it.
        sentences: Numbers of all its sentences, ascending, anchor included.
        role: vocabularies.ROLE.
        is_aggregate: Sums up several events or a period.
        is_whole: The only event of the document: sentences are all of it.
        barrage: Sums up what struck several places, each an event of its own; part: one of these; "": neither.
        area: Number of the place mention that names the area of a whole barrage; None: none does.
    """

    anchor: int
    sentences: tuple[int, ...]
    role: str = "primary"
    is_aggregate: bool = False
    is_whole: bool = True
    barrage: Literal["", "whole", "part"] = ""
    area: int | None = None


@dataclass(frozen=True, slots=True)
class Speech:
    """Who says what stands in a span: the attribution of a statement. speaker None = the narrator."""

    span: Span
    speaker: str | None
    role: str | None
    speaker_class: str
    side: str | None
    channel: str | None
    mode: str
    stance: str
    rule: str
    speaker_span: Span | None = None


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """One statement about an event, before it has ids. Fields are those of the claim table.

    Attributes:
        confidence: As of a Finding, for its count; None for claims that count nobody.
        is_withheld: Its count is too unsure for any toll; the statement itself is kept.
    """

    claim_type: str
    span: Span
    speech: Speech
    rule: str
    mention: CasualtyMention | None = None
    denies: str | None = None
    accuses: str | None = None
    is_general: bool = False
    confidence: float | None = None
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class Relevance:
    """Triage: does the text report an incident? score 0..1; reasons strongest first, each with its words."""

    is_incident: bool
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """One event of one document: its column values, the findings behind them, its claims."""

    scope: Scope
    values: dict[str, Any]
    findings: tuple[Finding, ...]
    claims: tuple[ClaimRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one document; reports in order, the primary one first."""

    relevance: Relevance
    reports: tuple[ReportRecord, ...] = field(default_factory=tuple)
