"""A reading -> plain rows: those of `vigil extract` and, with ids, those of the warehouse tables."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from transforms.document import Document
from transforms.records import ClaimRecord, Reading, ReportRecord, Span

Row = dict[str, Any]
NUMBER_GROUPS = {"fighters": "attackers"}  # mention groups that the claim table does not tell apart


def make_id(*parts: object) -> str:
    """Return the stable id of a row: 16 hex digits of a digest of its natural key."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def address_key(url: str) -> int:
    """Return the number by which the versions of an address are found: the first 32 bits of its SHA-256. Two addresses may share one."""
    return int.from_bytes(hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()[:4], "big")


def claim_row(doc: Document, claim: ClaimRecord) -> Row:
    """Return one claim as a row without ids; NULL speaker is the narrator."""
    mention, speech = claim.mention, claim.speech
    group = NUMBER_GROUPS.get(mention.group, mention.group) if mention else None
    return {
        "claim_type": claim.claim_type,
        "effect": mention.effect if mention else None,
        "victim_group": group,
        "count_min": mention.quantity.low if mention else None,
        "count_best": mention.quantity.best if mention else None,
        "count_max": mention.quantity.high if mention else None,
        "quantifier": mention.quantity.quantifier if mention else None,
        "denies": claim.denies,
        "accuses": claim.accuses,
        "is_general": claim.is_general,
        "speaker": speech.speaker,
        "speaker_role": speech.role,
        "speaker_class": speech.speaker_class,
        "speaker_side": speech.side,
        "channel": speech.channel,
        "speech_mode": speech.mode,
        "stance": speech.stance,
        "span_start": claim.span.start,
        "span_end": claim.span.end,
        "rule": mention.rule if mention else claim.rule,
        "confidence": _rounded(claim.confidence),
        "is_withheld": claim.is_withheld,
    }


def evidence_of_report(doc: Document, report: ReportRecord) -> list[Row]:
    """Return one row per value and span of a report, without ids, in order, each span once."""
    rows: dict[tuple[str, int, int], Row] = {}
    for finding in report.findings:
        rated = {"confidence": _rounded(finding.confidence), "is_withheld": finding.is_withheld}
        at = (finding.column, finding.span.start, finding.span.end)
        rows.setdefault(at, _evidence(doc, finding.column, finding.span, finding.rule) | rated)
    return sorted(rows.values(), key=lambda r: (r["column_name"], r["span_start"], r["span_end"]))


def evidence_of_claim(doc: Document, claim: ClaimRecord) -> list[Row]:
    """Return the spans of a claim: its statement, its number, its speaker."""
    rows = [_evidence(doc, "claim_type", claim.span, claim.rule)]
    if claim.mention is not None:
        rated = {"confidence": _rounded(claim.confidence), "is_withheld": claim.is_withheld}
        rows.append(_evidence(doc, "count_best", claim.mention.quantity.span, claim.mention.quantity.rule) | rated)
    if claim.speech.speaker_span is not None:
        rows.append(_evidence(doc, "speaker", claim.speech.speaker_span, claim.speech.rule))
    return rows


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 3)


def _evidence(doc: Document, column: str, span: Span, rule: str) -> Row:
    return {"column_name": column, "span_start": span.start, "span_end": span.end, "quote": doc.quote(span), "rule": rule,
            "confidence": None, "is_withheld": False}  # fmt: skip


def extract_row(text_id: str, doc: Document, reading: Reading) -> Row:
    """Return what `vigil extract` writes for one text: triage, incidents, claims and evidence; spans count in title, blank line, body."""
    incidents, claims, evidence = [], [], []
    for ordinal, report in enumerate(reading.reports):
        incidents.append(
            {"ordinal": ordinal, "role": report.scope.role, "is_aggregate": report.scope.is_aggregate, **_plain(report.values)}
        )
        evidence += [{"incident": ordinal, **row} for row in evidence_of_report(doc, report)]
        for claim in report.claims:
            claims.append({"incident": ordinal, **claim_row(doc, claim), "quote": doc.quote(claim.span)})
    relevance = reading.relevance
    return {
        "id": text_id,
        "is_incident": relevance.is_incident,
        "relevance": round(relevance.score, 4),
        "relevance_reasons": list(relevance.reasons),
        "is_cut": doc.is_cut,
        "body_start": doc.body_start,
        "incidents": incidents,
        "claims": claims,
        "evidence": evidence,
    }


def _plain(values: Row) -> Row:
    return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in values.items()}


def warehouse_rows(article_id: str, doc: Document, reading: Reading, as_of: dt.datetime, version: str) -> dict[str, list[Row]]:
    """Return the report, claim and evidence rows of one article version.

    Args:
        article_id: Id of the article version that `doc` is.
        doc: The document.
        reading: What was read from it.
        as_of: Publication time, else fetch time.
        version: Extractor version that read it.

    Returns:
        Rows by table, in order of the text; ids are digests of natural keys, so the same text gives the same rows.
    """
    out: dict[str, list[Row]] = {"report": [], "claim": [], "evidence": []}
    for ordinal, report in enumerate(reading.reports):
        report_id = make_id(article_id, ordinal)
        out["report"].append(
            {
                "report_id": report_id,
                "article_id": article_id,
                "as_of": as_of,
                "ordinal": ordinal,
                "role": report.scope.role,
                "is_aggregate": report.scope.is_aggregate,
                "is_incident": report.scope.role != "background",
                "relevance": reading.relevance.score,
                "extractor_version": version,
                **report.values,
            }
        )
        out["evidence"] += _owned("report", report_id, article_id, as_of, evidence_of_report(doc, report))
        claims: dict[str, Row] = {}
        for claim in report.claims:
            row = claim_row(doc, claim)
            claim_id = make_id(
                report_id,
                row["span_start"],
                row["span_end"],
                row["claim_type"],
                row["effect"],
                row["victim_group"],
                row["denies"],
                row["accuses"],
                *_counted_at(claim),
            )
            if claim_id not in claims:
                claims[claim_id] = {"claim_id": claim_id, "report_id": report_id, "article_id": article_id, "as_of": as_of, **row}
                out["evidence"] += _owned("claim", claim_id, article_id, as_of, evidence_of_claim(doc, claim))
        out["claim"] += claims.values()
    return out


def _counted_at(claim: ClaimRecord) -> tuple[int, ...]:
    return (claim.mention.quantity.span.start,) if claim.mention else ()


def _owned(table: str, row_id: str, article_id: str, as_of: dt.datetime, rows: Iterable[Row]) -> list[Row]:
    return [{"row_table": table, "row_id": row_id, "article_id": article_id, "as_of": as_of, **row} for row in rows]
