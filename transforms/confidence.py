"""How sure is a value? As sure as its rule was right on labelled texts: counted, smoothed, looked up; never guessed.

seeds/lexicons/<language>/rule_precision.csv holds the counts, one row per column, rule and context: how many values the
rule gave where a corpus labels the column (n) and how many of them were right. `python -m benchmarks.confidence --write`
counts anew. A column that no corpus labels has no confidence: NULL, which is not zero.

Several columns that spell one value (min, best, max and quantifier of a toll; first and last day) are rated by their lead
column, share its confidence and are withheld together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from transforms.document import Document
from transforms.lexicons import Lexicons
from transforms.records import CasualtyMention, ClaimRecord, Finding, Reading, ReportRecord, Span
from transforms.schemas import PARTS, TOLL_EFFECTS

PRIOR = 10  # texts: a rule seen as often weighs as much as all rules of its column and context together
TABLE = "rule_precision"
_LEAD = 2  # number of the last sentence of the lead: headline and two sentences

# Columns that spell one value; the first that was read leads.
VALUES: dict[str, tuple[str, ...]] = {
    "event_date_start": ("event_date_start", "event_date_end", "date_precision"),
    "country_iso3": ("country_iso3",),
    "admin1": ("admin1",),
    "place": ("latitude", "place", "longitude", "geonameid", "geo_precision", "place_alternatives"),
    "weapon_class": ("weapon_class", "weapon_system", "launch_method"),
    "perpetrator": ("perpetrator", "perpetrator_kind"),
    **{toll: (f"{toll}_best", f"{toll}_min", f"{toll}_max", f"{toll}_quantifier") for toll in TOLL_EFFECTS},
}
VALUE_OF = {column: value for value, columns in VALUES.items() for column in columns}
# A place in a country that nobody believes is not to be believed either.
_NARROWER = {"country_iso3": ("admin1", "place"), "admin1": ("place",)}


class RulePrecision:
    """Smoothed precision of every rule.

    (right + PRIOR * p) / (n + PRIOR), where p is the precision of all rules of the column in that context, itself drawn
    towards the column's in the same way: few texts say little, many speak for themselves.

    Args:
        rows: Rows of rule_precision.csv: column, rule, context, n, right.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._known: dict[tuple[str, str, str], float | None] = {}
        self._cells: dict[tuple[str, ...], Counter[str]] = {}
        for row in rows:
            for key in ((row["column"],), (row["column"], row["context"]), (row["column"], row["context"], row["rule"])):
                cell = self._cells.setdefault(key, Counter())
                cell["n"] += int(row["n"])
                cell["right"] += int(row["right"])

    def of(self, value: str, rule: str, context: str = "") -> float | None:
        """Return how often a rule is right about a value in a context, 0 to 1; a rule never counted falls back to the column.

        Returns:
            None where no corpus labels the column.
        """
        asked = (value, rule, context)
        if asked not in self._known:
            self._known[asked] = self._judge(value, rule, context)
        return self._known[asked]

    def _judge(self, value: str, rule: str, context: str) -> float | None:
        whole = self._cells.get((value,))
        if not whole or not whole["n"]:
            return None
        precision = whole["right"] / whole["n"]
        for key in ((value, context), (value, context, rule)):
            if cell := self._cells.get(key):
                precision = smooth(cell["right"], cell["n"], precision)
        return precision


def smooth(right: int, n: int, expected: float, prior: float = PRIOR) -> float:
    """Return a share drawn towards what is expected, the more the fewer were counted."""
    return (right + prior * expected) / (n + prior)


@lru_cache(maxsize=8)
def rule_precision(lexicons: Lexicons) -> RulePrecision:
    """Return the counts that ship with a language; one without counts rates nothing."""
    return RulePrecision(lexicons.rows(TABLE))


def toll_of(mention: CasualtyMention) -> str | None:
    """Return the toll that a claim with this count speaks of; None for killed and injured together, and groups not counted apart."""
    group = "attackers" if mention.group == "fighters" else mention.group
    toll = mention.effect if group == "all" else f"{group}_{mention.effect}"
    return toll if toll in TOLL_EFFECTS else None


def context_of(doc: Document, value: str, number: object, span: Span, mentions: Sequence[CasualtyMention] | ToldNumbers) -> str:
    """Return under which circumstances a toll was read, as `alone.first`; "" for values that are no toll."""
    if value not in TOLL_EFFECTS:
        return ""
    return f"{agreement_of(value, number, mentions, doc.body_start)}.{zone_of(doc.sentence_at(span.start).index)}"


class ToldNumbers:
    """The numbers that some mentions tell, by toll, each with its first and last offset: looked up once for every claim of a report."""

    def __init__(self, mentions: Sequence[CasualtyMention]) -> None:
        self.by_toll: dict[str, dict[object, tuple[int, int]]] = {}
        for mention in mentions:
            if mention.uncertain or mention.quantity.best is None:
                continue
            tolls = [f"{mention.group}_{mention.effect}"]
            if not mention.subset and mention.group != "attackers":
                tolls.append(mention.effect)  # of whatever group: all of them are victims
            for toll in tolls:
                numbers, at = self.by_toll.setdefault(toll, {}), mention.span.start
                first, last = numbers.get(mention.quantity.best, (at, at))
                numbers[mention.quantity.best] = min(first, at), max(last, at)


def zone_of(sentence: int) -> str:
    """Return how early a number stands: first (headline, or first sentence where there is none), lead (the next two), body."""
    return "first" if sentence == 0 else "lead" if sentence <= _LEAD else "body"


def agreement_of(toll: str, number: object, mentions: Sequence[CasualtyMention] | ToldNumbers, body_start: int) -> str:
    """Return what else the text says about a toll.

    alone: it tells no other number; agreed: headline and text tell the same; several: it tells other numbers too;
    worked_out: no single place tells this number (a sum, a difference, a vague word).
    """
    told = mentions if isinstance(mentions, ToldNumbers) else ToldNumbers(mentions)
    numbers = told.by_toll.get(toll, {})
    if number not in numbers:
        return "worked_out"
    if len(numbers) > 1:
        return "several"
    first, last = numbers[number]
    return "agreed" if first < body_start <= last else "alone"


def lead_finding(findings: Sequence[Finding], value: str) -> Finding | None:
    """Return the finding that speaks for a value: the first one of its first column that was read."""
    return _lead(_first_findings(findings), value)


def _first_findings(findings: Sequence[Finding]) -> dict[str, Finding]:
    """Return the first finding of each column."""
    return {finding.column: finding for finding in reversed(findings)}


def _lead(first: Mapping[str, Finding], value: str) -> Finding | None:
    for column in VALUES[value]:
        if column in first:
            return first[column]
    return None


def rate_report(doc: Document, report: ReportRecord, precision: RulePrecision | None = None) -> ReportRecord:
    """Return a report whose findings and claims carry their confidence.

    Args:
        doc: The document; its lexicons hold the counts.
        report: What was read of one event.
        precision: Other counts than the shipped ones.
    """
    known = precision or rule_precision(doc.lexicons)
    mentions = ToldNumbers([claim.mention for claim in report.claims if claim.mention is not None])
    sure: dict[str, float | None] = {}
    first = _first_findings(report.findings)
    for value in {VALUE_OF[column] for column in first if column in VALUE_OF}:
        if lead := _lead(first, value):
            sure[value] = known.of(value, lead.rule, context_of(doc, value, lead.value, lead.span, mentions))
    # Built anew: replace() is slow, and there are forty of them.
    findings = tuple(Finding(f.column, f.value, f.span, f.rule, sure.get(VALUE_OF.get(f.column, ""))) for f in report.findings)
    claims = tuple(_rated_claim(doc, claim, known, mentions) for claim in report.claims)
    return replace(report, findings=findings, claims=claims)


def _rated_claim(doc: Document, claim: ClaimRecord, known: RulePrecision, mentions: ToldNumbers) -> ClaimRecord:
    toll = toll_of(claim.mention) if claim.mention else None
    if claim.mention is None or toll is None:
        return claim
    context = context_of(doc, toll, claim.mention.quantity.best, claim.mention.span, mentions)
    confidence = known.of(toll, claim.mention.rule, context)
    return ClaimRecord(  # built anew too: of most reports there are ten
        claim.claim_type, claim.span, claim.speech, claim.rule, claim.mention, claim.denies, claim.accuses, claim.is_general, confidence,
        claim.is_withheld,
    )  # fmt: skip


def withhold_reading(reading: Reading, threshold: float) -> Reading:
    """Return a reading without the values whose confidence lies below a threshold; their findings stay, marked.

    A value without confidence is kept: nothing speaks against it.
    """
    return replace(reading, reports=tuple(withhold_report(report, threshold) for report in reading.reports)) if threshold > 0 else reading


def withhold_report(report: ReportRecord, threshold: float) -> ReportRecord:
    """Withhold what is too unsure in one report: all columns of a value together, and claims that would bring it back.

    A country takes admin1 and place along. A toll takes along its claims, and whatever counts the same people as a part of it
    ("15 civilians were killed" reads as killed and as civilians killed).
    """
    gone = {VALUE_OF[f.column] for f in report.findings if f.confidence is not None and f.confidence < threshold}
    for wide, narrow in _NARROWER.items():
        gone |= set(narrow) if wide in gone else set()
    gone |= {part for part, whole in PARTS.items() if whole in gone and _number(report.values, part) == _number(report.values, whole)}
    numbers = {whole: _number(report.values, whole) for whole in gone & set(PARTS.values())}
    return replace(
        report,
        values={column: None if VALUE_OF.get(column) in gone else value for column, value in report.values.items()},
        findings=tuple(replace(f, is_withheld=VALUE_OF.get(f.column) in gone) for f in report.findings),
        claims=tuple(replace(c, is_withheld=_is_claim_withheld(c, gone, numbers, threshold)) for c in report.claims),
    )


def _is_claim_withheld(claim: ClaimRecord, gone: set[str], numbers: Mapping[str, object], threshold: float) -> bool:
    toll = toll_of(claim.mention) if claim.mention else None
    if claim.mention is None or toll is None:
        return False
    if toll in gone or (claim.confidence is not None and claim.confidence < threshold):
        return True
    whole = PARTS.get(toll)
    return (
        whole is not None and whole in numbers and claim.mention.quantity.best is not None and claim.mention.quantity.best == numbers[whole]
    )


def _number(values: Mapping[str, Any], toll: str) -> Any:
    return next((values[c] for c in VALUES[toll] if values.get(c) is not None), None)
