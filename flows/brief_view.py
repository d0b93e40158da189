"""A night as a reader meets it: cards, tables and charts, all numbers in words. The templates only lay them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.brief_doubts import find_doubts
from flows.brief_words import (
    STANCES,
    TOLLS,
    WHY_CONTESTED,
    count_words,
    counted,
    day_words,
    event_words,
    is_stated,
    plural,
    speaker_words,
    time_words,
    toll_words,
    weapon_words,
    when_words,
    where_words,
)
from warehouse.brief import Brief

Row = Mapping[str, Any]
FULL_CARDS = 40  # a night with more lists the rest, the smallest tolls, in a table
STANCES_SHOWN = 8
RERUN = {"backfill": "after the archive was read again", "review": "by a person's correction", "forget": "after an article was erased"}


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a number was read from, and who says them where."""

    toll: str
    words: list[str]
    speaker: str
    outlet: str
    url: str
    said_at: str


@dataclass(frozen=True, slots=True)
class Card:
    """One incident of the night."""

    incident_id: str
    number: int
    where: str
    what: str
    when: str
    killed: str
    injured: str
    parts: str
    was_killed: str
    was_injured: str
    quotes: list[Quote]
    articles: list[dict[str, Any]]
    sources: str
    doubts: list[str]
    cause: str
    steps: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Dispute:
    """One incident on which voices contradict each other: per count why, and who says what."""

    card: Card
    counts: list[dict[str, Any]]
    stances: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class View:
    """The whole brief, ready to be laid out."""

    brief: Brief
    night: str
    first_day: str
    last_day: str
    headline: str
    summary: list[str]
    new: list[Card]
    more_new: list[Card]
    changed: list[Card]
    otherwise: list[Card]
    disputes: list[Dispute]
    doubts: list[tuple[str, list[Card]]]
    points: list[dict[str, Any]]
    unplaced: list[Card]
    feed_states: dict[str, int]
    trouble: list[Row]
    by_day: list[dict[str, Any]]
    by_country: list[dict[str, Any]]
    by_weapon: list[dict[str, Any]]
    problems: list[str]
    extractor: str
    version: str
    run: str


def make_view(brief: Brief) -> View:
    """Return what the brief says of a night."""
    ordered = [*brief.new, *brief.changed, *brief.otherwise_changed]
    cards = {row["incident_id"]: _card(row, number, brief) for number, row in enumerate(ordered, start=1)}
    new, changed, otherwise = ([cards[r["incident_id"]] for r in rows] for rows in (brief.new, brief.changed, brief.otherwise_changed))
    disputes = [_dispute(cards[row["incident_id"]], row, brief) for row in ordered if _is_disputed(row, brief)]
    shown = [row for row in ordered if row["is_new"] or row["is_killed_changed"] or row["is_injured_changed"]]
    derived = [run for run in brief.runs if run["extractor_version"]]
    # A correction or a backfill of the match stage reads no text: what it shows was read by the newest extractor before.
    extractor = (
        derived[-1]["extractor_version"] if derived else brief.extractors[0]["extractor_version"] if brief.extractors else "none yet"
    )
    return View(
        brief=brief, night=day_words(brief.night), first_day=day_words(brief.first_day), last_day=day_words(brief.night),
        headline=_headline(new, changed), summary=_summary(brief, disputes), new=new[:FULL_CARDS], more_new=new[FULL_CARDS:],
        changed=changed, otherwise=otherwise, disputes=disputes, doubts=_grouped([cards[row["incident_id"]] for row in shown]),
        points=[_point(row, cards[row["incident_id"]]) for row in shown if row["latitude"] is not None],
        unplaced=[cards[row["incident_id"]] for row in shown if row["latitude"] is None],
        feed_states=dict(Counter(feed["state"] for feed in brief.feeds)),
        trouble=[feed for feed in brief.feeds if feed["state"] in {"failing", "never_polled", "silent"}],
        by_day=[{**row, "name": day_words(row["day"])} for row in brief.by_day],
        by_country=[dict(row) for row in brief.by_country],
        by_weapon=[{**row, "name": weapon_words(row["name"])} for row in brief.by_weapon],
        problems=_problems(brief), extractor=extractor, version=brief.runs[-1]["code_version"], run=brief.runs[-1]["run_id"],
    )  # fmt: skip


def _card(row: Row, number: int, brief: Brief) -> Card:
    killed, injured = toll_words(row, "killed"), toll_words(row, "injured")
    quotes = [
        Quote(
            toll, row[f"{toll}_quotes"] or [], speaker_words(row[f"{toll}_speaker"], row[f"{toll}_speaker_class"]),
            row[f"{toll}_outlet"], row[f"{toll}_url"], time_words(row[f"{toll}_stated_at"]),
        )
        for toll in ("killed", "injured") if row[f"{toll}_url"]
    ]  # fmt: skip
    parts = [
        counted(toll_words(row, toll), TOLLS[toll])
        for toll in TOLLS
        if toll not in {"killed", "injured"} and is_stated(row, toll) and row[f"{toll}_best"] != 0
    ]
    outlets = plural(row["n_sources"], "outlet")
    own = "" if row["n_sources"] == row["n_independent_sources"] else f", {row['n_independent_sources']} with their own text"
    return Card(
        incident_id=row["incident_id"], number=number, where=where_words(row), what=event_words(row), when=when_words(row),
        killed=killed, injured=injured, parts="; ".join(parts),
        was_killed=toll_words(row, "killed", before=True) if not row["is_new"] and row["is_killed_changed"] else "",
        was_injured=toll_words(row, "injured", before=True) if not row["is_new"] and row["is_injured_changed"] else "",
        quotes=quotes, articles=row["articles"], sources=f"{outlets}{own}", doubts=find_doubts(row),
        cause=RERUN.get(row["changed_by"] or "", ""),
        steps=[_step(step) for step in brief.moves.get(row["incident_id"], [])],
    )  # fmt: skip


def _step(step: Row) -> dict[str, Any]:
    said = count_words(step["count_min"], step["count_best"], step["count_max"], step["quantifier"])
    people = next((step[name] for name in ("count_best", "count_min", "count_max") if step[name] is not None), 0)
    return {**step, "said": said, "people": people, "who": speaker_words(step["speaker"], step["speaker_class"])}


def _is_disputed(row: Row, brief: Brief) -> bool:
    return bool(row["contested"]) or row["incident_id"] in brief.stances


def _dispute(card: Card, row: Row, brief: Brief) -> Dispute:
    voices, pairs = brief.voices.get(card.incident_id, []), brief.contested.get(card.incident_id, [])
    counts = []
    for toll in row["contested"] or []:
        said = [
            {
                "says": count_words(voice["count_min"], voice["count_best"], voice["count_max"], voice["quantifier"]),
                "who": speaker_words(voice["speaker"], voice["speaker_class"]), "words": voice["words"], "outlet": voice["outlet"],
                "url": voice["url"], "said_at": time_words(voice["stated_at"]), "is_other_side": voice["is_other_side"],
            }
            for voice in voices if voice["toll"] == toll
        ]  # fmt: skip
        why = list(dict.fromkeys(WHY_CONTESTED.get(pair["why"], pair["why"]) for pair in pairs if pair["toll"] == toll))
        counts.append({"toll": TOLLS.get(toll, toll), "why": why, "voices": said})
    stances = [
        {
            **stance,
            "does": STANCES.get(stance["stance"], stance["stance"]),
            "who": speaker_words(stance["speaker"], stance["speaker_class"]),
        }
        for stance in brief.stances.get(card.incident_id, [])[:STANCES_SHOWN]
    ]
    return Dispute(card, counts, stances)


def _point(row: Row, card: Card) -> dict[str, Any]:
    killed = next((row[f"killed_{part}"] for part in ("best", "min", "max") if row[f"killed_{part}"] is not None), None)
    return {
        "longitude": row["longitude"], "latitude": row["latitude"], "killed": killed, "is_new": row["is_new"],
        "name": row["place"] or row["admin1"] or row["country"] or "", "card": card,
    }  # fmt: skip


def _grouped(cards: list[Card]) -> list[tuple[str, list[Card]]]:
    """Return each doubt with the incidents that it concerns, the most common first."""
    found: dict[str, list[Card]] = {}
    for card in cards:
        for doubt in card.doubts:
            found.setdefault(doubt, []).append(card)
    return sorted(found.items(), key=lambda pair: -len(pair[1]))


def _headline(new: list[Card], changed: list[Card]) -> str:
    if not new and not changed:
        return "A quiet night: no new incident, no changed toll"
    parts = [plural(len(new), "new incident")] if new else ["No new incident"]
    return f"{parts[0]}, {plural(len(changed), 'changed toll') if changed else 'no changed toll'}"


def _summary(brief: Brief, disputes: list[Dispute]) -> list[str]:
    """Return what a director reads first, a sentence each; a sum says that it is one, and what it leaves out."""
    lines = []
    if brief.new:
        known = [row for row in brief.new if row["killed_best"] is not None or row["killed_min"] is not None]
        least = sum(
            row["killed_min"] if row["killed_min"] is not None else row["killed_best"]
            for row in known
            if row["killed_quantifier"] != "at_most"
        )
        unknown = len(brief.new) - len(known)
        left_out = f"; {plural(unknown, 'incident')} with no number {'is' if unknown == 1 else 'are'} not in that sum" if unknown else ""
        lines.append(f"The new incidents together: at least {least:,} killed, by the lowest numbers given{left_out}.")
    if not brief.incidents:
        read = sum(row["n_articles"] for row in brief.reading)
        lines.append(
            f"{plural(read, 'article')} came in, none of which tells of a new incident or changes a toll." if read
            else "No new article came in. That may be a quiet night, or feeds that bring nothing: see Feeds."
        )  # fmt: skip
    if disputes:
        lines.append(f"Voices contradict each other on {plural(len(disputes), 'incident')} of this night.")
    if brief.gone:
        lines.append(f"{plural(len(brief.gone), 'incident')} of earlier nights went away: merged, or withdrawn.")
    lines.append(f"{plural(brief.totals['n_incidents'], 'incident')} on record at the end of the night.")
    return lines


def _problems(brief: Brief) -> list[str]:
    """Return what went wrong in the night: a reader must not take a broken night for a quiet one."""
    found = []
    for run in brief.runs:
        if run["status"] != "completed":
            ended = "failed" if run["status"] == "failed" else "did not end"
            found.append(f"The {run['flow']} run {ended}{': ' + run['message'] if run['message'] else ''}.")
    flows = {run["flow"] for run in brief.runs}
    if brief.feeds and not any(feed["n_polls"] for feed in brief.feeds) and "collect" in flows:
        found.append("No feed was polled.")
    asked = [feed for feed in brief.feeds if feed["active"]]
    failing = [feed for feed in asked if feed["state"] in {"failing", "never_polled"}]
    if asked and len(failing) * 2 > len(asked):
        found.append(f"{len(failing)} of {len(asked)} feeds gave nothing: what happened may be missing here.")
    bad = [check for check in brief.checks if check["n_bad"]]
    found += [f"The check {check['check_name'].replace('_', ' ')} found {plural(check['n_bad'], 'bad row')}." for check in bad]
    return found
