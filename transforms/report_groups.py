"""Groups of reports that tell one event, and how well two of them fit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from transforms.agreement import (
    COARSE_JOIN_SCORE,
    JOIN_SCORE,
    ReportKey,
    Toll,
    best_toll,
    class_feature,
    date_feature,
    place_feature,
    score_of,
    weigh,
)

PRECISE_PLACE = 2


def specificity(report: ReportKey) -> int:
    """Return how much of kind, toll and place a report states, 0..3: the most telling report of a group stands for it."""
    has_class = report.event_class not in (None, "other", "explosive")
    has_place = report.is_placed and (report.geo_precision or PRECISE_PLACE) <= PRECISE_PLACE
    return has_class + (report.toll != (None, None)) + has_place


class Group:
    """Reports of one event; the anchor stands for them in comparisons.

    Attributes:
        anchor: The report that founded the group.
        reports: All of them.
        tolls: The oldest report of each toll stated.
        classes: Kinds of event of the anchors merged into it: a newcomer must go with all.
        articles: Article versions: an article's reports are different events, never one group.
        texts: (story, ordinal) of every report: the same text tells the same event.
    """

    __slots__ = ("anchor", "articles", "classes", "reports", "texts", "tolls")

    def __init__(self, anchor: ReportKey) -> None:
        self.anchor = anchor
        self.reports: list[ReportKey] = [anchor]
        self.tolls: dict[Toll, ReportKey] = {anchor.toll: anchor}
        self.classes: set[str | None] = {anchor.event_class}
        self.articles: set[str] = {anchor.article_id}
        self.texts: set[tuple[str, int]] = {(anchor.story_url, anchor.ordinal)}

    def add(self, reports: Iterable[ReportKey]) -> None:
        """Take reports in."""
        for report in reports:
            self.reports.append(report)
            self.articles.add(report.article_id)
            self.texts.add((report.story_url, report.ordinal))
            known = self.tolls.get(report.toll)
            if known is None or report.age_key < known.age_key:
                self.tolls[report.toll] = report

    def absorb(self, other: Group) -> None:
        """Take another group in."""
        self.add(other.reports)
        self.classes |= other.classes

    @property
    def founder(self) -> ReportKey:
        """The oldest report: it gives the incident its id."""
        return min(self.reports, key=lambda report: report.age_key)

    @property
    def is_tight(self) -> bool:
        """Placed, and dated to a day or a night: may be compared with its neighbours."""
        return self.anchor.is_tight

    @property
    def rank(self) -> tuple[bool, int, dt.datetime, str]:
        """Order of weight, the weightiest first: dated to the day, told by more independent texts, older."""
        return (self.anchor.n_days > 1, -len({story for story, _ in self.texts}), *self.founder.age_key)

    def is_open_to(self, other: Group) -> bool:
        """Tell whether no article would tell the event twice and no kinds of event exclude each other."""
        if not self.articles.isdisjoint(other.articles):
            return False
        return not any(class_feature(a, b) is None for a in self.classes for b in other.classes)

    def has_text_of(self, other: Group) -> bool:
        """Tell whether both hold the same event of the same text (a copy, another version)."""
        return not self.texts.isdisjoint(other.texts)


def fit(one: Group, other: Group) -> float | None:
    """Return how well two groups fit, 0..1; None: they may not be joined, or fit too badly."""
    if place_feature(one.anchor, other.anchor) is None or date_feature(one.anchor, other.anchor) is None or not one.is_open_to(other):
        return None  # looked at first: most pairs end here
    if one.has_text_of(other):
        return 1.0
    score = score_of(weigh(one.anchor, other.anchor, best_toll(one.tolls.values(), other.tolls.values())))
    needed = JOIN_SCORE if one.anchor.is_placed and other.anchor.is_placed else COARSE_JOIN_SCORE
    return score if score is not None and score >= needed else None


def may_mean(vague: Group, told: Group) -> bool:
    """Tell whether a vague group may mean the incident of another: nothing forbids it and no count speaks against it."""
    if not vague.is_open_to(told) or date_feature(vague.anchor, told.anchor) is None or place_feature(vague.anchor, told.anchor) is None:
        return False
    if vague.has_text_of(told):
        return True
    toll = best_toll(vague.tolls.values(), told.tolls.values())
    if toll < 0 or not vague.anchor.is_placed:
        return toll >= 0
    score = score_of(weigh(vague.anchor, told.anchor, toll))
    return score is not None and score >= JOIN_SCORE
