"""Reports -> incidents: which reports tell one event. Pure, explained, and the same for any order of the reports.

    reports of one country and one day (or night)    -> groups       likeness to the group's most telling report
    groups of neighbouring days, within 30 km        -> incidents    each joins its best weightier neighbour, no chains
    reports that name no place, or a week            -> join the only incident they fit, else open one, else stay out

Each step looks a fixed number of days aside, so that a night is matched in a window of days (`rematch`) with the result
that matching everything would have.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from transforms.agreement import Feature, ReportKey, place_feature, weigh
from transforms.report_groups import Group, fit, may_mean, specificity
from transforms.rows import make_id
from transforms.spots import day_numbers, judge_left_out
from transforms.value_class import dataclass

Reasons = dict[str, dict[str, str | float]]
CountryDay = tuple[str | None, int]


@dataclass(frozen=True, slots=True)
class Membership:
    """One report's place in one incident; the columns of incident_report.

    Attributes:
        score: How well it fits the incident's anchor (its most telling report of the weightiest day), 0..1; 1 for that one.
        reasons: value and contribution of each feature; contributions add up to the score.
    """

    report_id: str
    incident_id: str
    score: float
    reasons: Reasons
    decided_by: str = "rule"


def find_left_out(reports: Iterable[ReportKey], memberships: Iterable[Membership]) -> dict[str, str]:
    """Return the reports without membership, each with the reason: that of `judge_left_out`, or that several incidents fit it."""
    joined = {membership.report_id for membership in memberships}
    return {r.report_id: judge_left_out(r) or "several_incidents_fit" for r in reports if r.report_id not in joined}


def match_reports(reports: Iterable[ReportKey], asked: Collection[str] | None = None) -> list[Membership]:
    """Return which report belongs to which incident.

    The result depends on the set of reports alone. Left without membership are reports of no incident, aggregates, background,
    reports without place and country, dates wider than a week, and reports too vague to tell which of several incidents they mean.

    Args:
        reports: Reports, each id once, of any countries and days.
        asked: Ids of reports whose membership is asked for; incidents without one of them are left out, since to explain a membership
            costs as much as to find it. None: all.

    Returns:
        One row per report that belongs to an incident, ordered by incident, then by age. incident_id is a digest of the
        incident's oldest report (by publication, then id); a vague report that joined later never gives the id.
    """
    days: dict[Hashable, list[ReportKey]] = defaultdict(list)
    for report in reports:
        if judge_left_out(report) is None:
            days[report.country_iso3, report.days, report.is_tight].append(report)
    groups = sorted((group for day in days.values() for group in _group_day(day)), key=lambda g: g.rank)
    incidents = _gather([group for group in groups if group.is_tight])
    incidents = _place_loose([group for group in groups if not group.is_tight], incidents)
    if asked is not None:
        incidents = [incident for incident in incidents if any(r.report_id in asked for group in incident for r in group.reports)]
    rows = [row for incident in incidents for row in _memberships(incident)]
    return [row for _, row in sorted(rows, key=lambda pair: (pair[1].incident_id, pair[0]))]


def _group_day(reports: Sequence[ReportKey]) -> list[Group]:
    """Group the reports of one country and one day: each text by itself first, then the texts, the most telling first."""
    stories: dict[str, list[ReportKey]] = defaultdict(list)
    for report in reports:
        stories[report.story_url].append(report)
    units = [unit for story in stories.values() for unit in _group_story(story)]
    units.sort(key=lambda unit: (-specificity(unit.anchor), unit.anchor.age_key))
    groups: list[Group] = []
    filed: dict[str | int, list[int]] = defaultdict(list)
    for unit in units:
        fits = [(score, -number) for number in _filed_near(filed, unit.anchor) if (score := fit(groups[number], unit)) is not None]
        if fits:
            groups[-max(fits)[1]].absorb(unit)
            continue
        for cell in unit.anchor.cells:
            filed[cell].append(len(groups))
        groups.append(unit)
    return groups


def _group_story(reports: Sequence[ReportKey]) -> list[Group]:
    """Group the reports of one text: its versions and copies tell the same events. The original's newest version stands for them."""
    if len(reports) == 1:
        return [Group(reports[0])]
    newest_first = sorted(reports, key=lambda r: (-r.fetched_at.timestamp(), r.report_id))
    units: list[Group] = []
    for report in sorted(newest_first, key=lambda r: r.canonical_url != r.story_url):
        own = [u for u in units if report.article_id not in u.articles and place_feature(u.anchor, report) is not None]
        same = [u for u in own if u.anchor.ordinal == report.ordinal] or [u for u in own if u.anchor.event_class == report.event_class]
        if same:
            same[0].add((report,))
        else:
            units.append(Group(report))
    return units


def _gather(groups: Sequence[Group]) -> list[list[Group]]:
    """Join groups of neighbouring days and places to incidents; the first group of an incident is its centre.

    A centre is a group without weightier neighbour. Any other group joins its best centre, if it has one: never a neighbour
    of a neighbour, so that an incident spans three days at most and no chain runs through a month of daily attacks.
    """
    neighbours: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for one, other in _near_pairs(groups):
        if (score := fit(groups[one], groups[other])) is not None:
            neighbours[one].append((-score, other))
            neighbours[other].append((-score, one))
    # Groups come in order of rank: a lower number is weightier.
    centres = {number for number in range(len(groups)) if all(other > number for _, other in neighbours.get(number, ()))}
    incidents = {number: [group] for number, group in enumerate(groups) if number in centres}
    for number, group in enumerate(groups):
        if number in centres:
            continue
        centre = next((other for _, other in sorted(neighbours[number]) if other in centres), None)
        # One choice, not the next best: else this group would hang on all that others chose before it.
        if centre is not None and all(told.is_open_to(group) for told in incidents[centre]):
            incidents[centre].append(group)
        else:
            incidents[number] = [group]
    return list(incidents.values())


def _near_pairs(groups: Sequence[Group]) -> Iterator[tuple[int, int]]:
    """Yield pairs of numbers of groups, lower first, that are near in place and not over a day apart."""
    filed: dict[CountryDay, dict[str | int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, group in enumerate(groups):
        anchor, near = group.anchor, set[int]()
        for day in day_numbers(anchor.days, beside=1):
            if (of_day := filed.get((anchor.country_iso3, day))) is not None:
                near |= _filed_near(of_day, anchor)
        for day in day_numbers(anchor.days):
            for cell in anchor.cells:
                filed[anchor.country_iso3, day][cell].append(number)
        yield from ((other, number) for other in near)


def _filed_near(filed: Mapping[str | int, list[int]], anchor: ReportKey) -> set[int]:
    """Return the numbers that are filed near a report; whichever keys are fewer are looked up."""
    near = anchor.near_cells
    keys = near.intersection(filed) if len(filed) < len(near) else near & filed.keys()
    return {number for key in keys for number in filed[key]}


def _place_loose(loose: Sequence[Group], incidents: Sequence[list[Group]]) -> list[list[Group]]:
    """Let each group that names no place, or only a week, join the only incident it fits; open one where none fits.

    Where several fit, its reports stay out: a guess would move a toll, a second incident would count the dead twice.
    """
    by_day: dict[CountryDay, set[int]] = defaultdict(set)
    by_text: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, incident in enumerate(incidents):
        for group in incident:
            for day in day_numbers(group.anchor.days):
                by_day[group.anchor.country_iso3, day].add(number)
            for text in group.texts:
                by_text[text].add(number)
    grown = [list(incident) for incident in incidents]
    for group in loose:
        anchor = group.anchor
        near = {n for day in day_numbers(anchor.days, beside=1) for n in by_day.get((anchor.country_iso3, day), ())}
        of_text = {n for text in group.texts for n in by_text.get(text, ())} & near
        fitting = _two_fitting(group, incidents, of_text) or _two_fitting(group, incidents, near - of_text)
        if not fitting:
            grown.append([group])
        elif len(fitting) == 1:
            grown[fitting[0]].append(group)
    return grown


def _two_fitting(loose: Group, incidents: Sequence[list[Group]], numbers: Iterable[int]) -> list[int]:
    """Return the numbers of up to two incidents that a vague group may mean: of more than one it joins none."""
    fitting = (n for n in numbers if any(may_mean(loose, told) for told in incidents[n]))
    return list(islice(fitting, 2))


def _memberships(incident: Sequence[Group]) -> list[tuple[tuple[dt.datetime, str], Membership]]:
    """Return the age key and the membership of each report; the first group's anchor is the incident's."""
    # Vague reports give no id: they hang on incidents days away, and would carry a change of id that far.
    tight = [group for group in incident if group.is_tight] or incident
    founder = min((group.founder for group in tight), key=lambda report: report.age_key)
    incident_id, anchor = make_id("incident", founder.report_id), incident[0].anchor
    rows: list[tuple[tuple[dt.datetime, str], Membership]] = []
    texts = {(anchor.story_url, anchor.ordinal)}
    for group in incident:
        for report in group.reports:
            how = "anchor" if report is anchor else _how_joined(report, group, anchor, texts)
            rows.append((report.age_key, Membership(report.report_id, incident_id, *explain(anchor, report, how))))
    return rows


def _how_joined(report: ReportKey, group: Group, anchor: ReportKey, texts: set[tuple[str, int]]) -> str:
    if (report.story_url, report.ordinal) in texts:
        return "version of the same article" if report.canonical_url == anchor.canonical_url else "copy of the same text"
    if not group.is_tight:
        return "the only incident that fits"
    return "likeness" if group.anchor.days == anchor.days else "likeness to a neighbouring day"


def explain(anchor: ReportKey, report: ReportKey, how: str) -> tuple[float, Reasons]:
    """Return score and reasons. What joined a report beside its own likeness (same text, reports between) makes up the rest."""
    if report is anchor:
        return 1.0, {"anchor": {"value": "the most telling report", "contribution": 1.0}}
    features: Mapping[str, Feature | None] = weigh(anchor, report)
    known = {name: feature or Feature("differs", 0.0) for name, feature in features.items()}
    likeness = round(sum(feature.contribution for feature in known.values()), 4)
    score = 1.0 if "same" in how else min(1.0, max(0.0, likeness))
    reasons: Reasons = {"joined": {"value": how, "contribution": round(score - likeness, 4)}}
    for name, feature in known.items():
        reasons[name] = {"value": feature.value, "contribution": round(feature.contribution, 4)}
    return score, reasons
