"""What a human decision is made of, and how it finds its reports again when articles were read anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transforms.agreement import ReportKey


@dataclass(frozen=True, slots=True)
class ReportRef:
    """One report as a decision names it: where it stood, and what it told, so that it is found again."""

    canonical_url: str
    article_id: str
    ordinal: int
    place: str | None = None
    event_date_start: dt.date | None = None
    event_class: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One human decision. subject: reports of the incident as it was, founding report first; other: of what is merged or split off."""

    decision_id: str
    action: str
    subject: tuple[ReportRef, ...]
    other: tuple[ReportRef, ...]
    reason: str
    decided_at: dt.datetime
    column_name: str | None = None
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a decision stands: in_force, overruled, lost or undone; the incident it bears on now, and how many reports that has.

    Of a discarded incident n_reports are those left out: more than were discarded, when others joined since.
    """

    decision_id: str
    standing: str
    incident_id: str | None
    n_reports: int


def find_named(ref: ReportRef, reports: Iterable[ReportKey]) -> list[ReportKey]:
    """Return the reports that a reference means: in each version of the article the one that tells the event; the exact one first.

    In a version the report that agrees best on place, day and kind counts, then the one of the same ordinal. One that agrees
    on nothing and stands elsewhere is another event.
    """
    versions: dict[str, list[ReportKey]] = {}
    for report in reports:
        if report.canonical_url == ref.canonical_url:
            versions.setdefault(report.article_id, []).append(report)
    found = [best for told in versions.values() if (best := _same_event(ref, told)) is not None]
    return sorted(found, key=lambda r: (r.article_id != ref.article_id, -r.fetched_at.timestamp(), r.report_id))


def _same_event(ref: ReportRef, told: Sequence[ReportKey]) -> ReportKey | None:
    best = min(told, key=lambda r: (-_likeness(ref, r), r.ordinal != ref.ordinal, abs(r.ordinal - ref.ordinal), r.report_id))
    return best if best.ordinal == ref.ordinal or _likeness(ref, best) >= 2 else None


def _likeness(ref: ReportRef, report: ReportKey) -> int:
    same_place = ref.place is not None and ref.place == report.place
    other_place = ref.place is not None and report.place is not None and ref.place != report.place
    return 2 * same_place - 2 * other_place + (ref.event_date_start == report.event_date_start) + (ref.event_class == report.event_class)
