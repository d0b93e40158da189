"""What a reader should doubt about an incident: each doubt in a sentence, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flows.brief_words import DATES, DOUBTFUL_SCORE, GEO, LARGE_TOLL, LOW_CONFIDENCE, TOLLS, is_stated

Row = Mapping[str, Any]


def find_doubts(row: Row) -> list[str]:
    """Return the doubts about an incident of the night, as sentences; empty: none that Vigil can see, which is no proof.

    Args:
        row: A row of warehouse/sql/brief/incidents.sql.
    """
    return [*_of_numbers(row), *_of_sources(row), *_of_place_and_day(row)]


def _of_numbers(row: Row) -> Iterator[str]:
    if row["contested"]:
        yield f"Voices contradict each other on: {', '.join(TOLLS.get(toll, toll) for toll in row['contested'])}."
    if row["is_killed_other_side"]:
        yield "The number killed is what one side says of the other side's dead."
    if row["is_withheld"]:
        yield "A value was withheld: its rule is less sure than this desk allows."
    for toll in ("killed", "injured"):
        yield from _of_one_number(row, toll)
    if row["decided_columns"]:
        yield f"A person set: {', '.join(column.replace('_', ' ') for column in row['decided_columns'])}; see its dossier."


def _of_one_number(row: Row, toll: str) -> Iterator[str]:
    if not is_stated(row, toll):
        if toll == "killed":
            yield "No text states how many were killed. That is not zero."
        return
    if row[f"{toll}_best"] is None:
        yield f"The number {toll} rests on vague words or a range only."
    elif row[f"{toll}_quantifier"] == "at_most":
        yield f"The number {toll} is an upper bound: the words say no least number."
    quotes, confidence = row[f"{toll}_quotes"], row[f"{toll}_confidence"]
    if not quotes:
        yield f"No single sentence states the number {toll}; it follows from several."
    elif len(quotes) > 1:
        yield f"The number {toll} is put together from {len(quotes)} passages."
    if confidence is not None and confidence < LOW_CONFIDENCE:
        yield f"The number {toll} was read by a rule that is right {confidence:.0%} of the time on labelled texts."


def _of_sources(row: Row) -> Iterator[str]:
    if row["n_independent_sources"] == 1:
        copied = f" ({row['n_sources']} outlets carry the same text)" if row["n_sources"] > 1 else ""
        is_large = (row["killed_best"] or row["killed_min"] or 0) >= LARGE_TOLL
        yield f"{'A large toll that rests on a single source' if is_large else 'A single source'}{copied}."
    if row["lowest_score"] is not None and row["lowest_score"] < DOUBTFUL_SCORE:
        yield "One of its reports may be of another event: it was joined with a low score."


def _of_place_and_day(row: Row) -> Iterator[str]:
    if row["country_iso3"] is None and row["geo_precision"] is None:
        yield "No text says where it was."
    elif row["geo_precision"] in GEO:
        middle = "" if row["latitude"] is None else "; on the map it stands at its middle"
        yield f"The place is known only to the {GEO[row['geo_precision']]}{middle}."
    if row["event_date_start"] is None or row["date_precision"] == 9:
        yield "No text says when it was."
    elif row["date_precision"] in DATES:
        yield f"The day is known only to {DATES[row['date_precision']]}."
