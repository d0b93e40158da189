"""One document -> its reading: triage, events, and for each event the values of all columns with their words.

The order matters only where one family of columns needs another: claims need casualty mentions, the event class needs
the weapon, attribution needs the claims.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from transforms.barrages import share_whole
from transforms.casualty_mentions import find_casualty_mentions
from transforms.confidence import rate_report
from transforms.document import Document
from transforms.events import find_events, own_mentions
from transforms.fields.actors import find_actors
from transforms.fields.casualties import find_casualties
from transforms.fields.dates import find_dates
from transforms.fields.event_class import find_event_class
from transforms.fields.places import find_places
from transforms.fields.speakers import find_claims
from transforms.fields.targets import find_targets
from transforms.fields.weapons import find_weapons
from transforms.records import CasualtyMention, Finding, Reading, ReportRecord, Scope
from transforms.schemas import EVENT_COLUMNS
from transforms.triage import judge_relevance

EXTRACTOR_VERSION = "1"  # counts up when any text may read differently; lexicons have their own digest
_NEWS_DAYS = 3  # a second event this much older than the first one is history
_LIST_COLUMNS = frozenset({"target_class"})
EVENT_COLUMN_NAMES = tuple(column.name for column in EVENT_COLUMNS)


def read_document(doc: Document) -> Reading:
    """Read one document: does it report incidents, which, and with what values.

    A document that reports no incident has no reports; its mentions are not kept.
    """
    mentions = find_casualty_mentions(doc)
    relevance = judge_relevance(doc, mentions)
    if not relevance.is_incident:
        return Reading(relevance)
    reports = [read_event(doc, scope, mentions) for scope in find_events(doc, mentions)]
    reports = [_with_whole(doc, report, reports[0]) for report in reports]
    return Reading(relevance, (reports[0], *(_placed_in_time(report, reports[0]) for report in reports[1:])))


def _with_whole(doc: Document, report: ReportRecord, whole: ReportRecord) -> ReportRecord:
    """Return a part of a barrage with what the text says of the whole; any other report as it is."""
    if report.scope.barrage != "part":
        return report
    findings = share_whole(whole, report)
    return rate_report(doc, replace(report, values=values_of(findings), findings=findings))


def _placed_in_time(report: ReportRecord, primary: ReportRecord) -> ReportRecord:
    """Return a further event as background when it lies days before the primary one: told as history, never counted as news."""
    end, start = report.values["event_date_end"], primary.values["event_date_start"]
    if end is None or start is None or (start - end).days <= _NEWS_DAYS:
        return report
    return replace(report, scope=replace(report.scope, role="background"))


def read_event(doc: Document, scope: Scope, mentions: Sequence[CasualtyMention]) -> ReportRecord:
    """Read one event of a document: every column, each value with its findings."""
    own = own_mentions(doc, scope, mentions)
    findings = [
        *find_dates(doc, scope),
        *find_places(doc, scope),
        *find_casualties(doc, scope, own),
        *find_weapons(doc, scope),
        *find_targets(doc, scope),
    ]
    claims = find_claims(doc, scope, own)
    findings += find_actors(doc, scope, claims)
    findings += find_event_class(doc, scope, values_of(findings))
    return rate_report(doc, ReportRecord(scope, values_of(findings), tuple(findings), tuple(claims)))


def values_of(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return all event columns: the value of the first finding each; list columns gather all; NULL where none."""
    values: dict[str, Any] = dict.fromkeys(EVENT_COLUMN_NAMES)
    for finding in findings:
        if finding.column in _LIST_COLUMNS:
            listed = values[finding.column] or []
            if finding.value not in listed:
                values[finding.column] = [*listed, finding.value]
        elif values[finding.column] is None:
            values[finding.column] = finding.value
    return values
