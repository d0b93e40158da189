"""The pages of `vigil browse`: a search with a map, an incident's dossier, an article with the stretches that were read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from flows.brief_charts import draw_map
from flows.brief_page import make_environment
from flows.brief_words import (
    STANCES,
    TOLLS,
    count_words,
    counted,
    event_words,
    is_stated,
    plural,
    speaker_words,
    toll_words,
    weapon_words,
    when_words,
    where_words,
)
from warehouse.browse import PAGE_SIZE, Article, Row, Search
from warehouse.dossier import Dossier

FIELDS = ("q", "country", "weapon", "from", "to", "least", "contested", "order")  # of the search form, as the address names them
FAMILIES = {
    "killed": "toll", "injured": "toll", "missing": "toll", "abducted": "toll", "event_date": "when", "date": "when", "time": "when",
    "country": "where", "admin1": "where", "place": "where", "latitude": "where", "perpetrator": "who", "victim": "who",
    "attribution": "who",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an article's text, with what was read from it."""

    text: str
    family: str
    says: str


def render_search(search: Search, rows: Sequence[Row], choices: Sequence[Row], state: Row | None, asked: dict[str, str]) -> str:
    """Return the page of a search.

    Args:
        search: What was looked for.
        rows: One page of what fits.
        choices: Countries and weapons that occur.
        state: What the published file is.
        asked: The words of the address, to fill the form and the links to other pages.
    """
    found = [_line(row) for row in rows]
    n_found = rows[0]["n_found"] if rows else 0
    pages = {"earlier": search.page - 1, "later": search.page + 1 if search.page * PAGE_SIZE < n_found else 0}
    links = {name: "?" + urlencode({**asked, "page": str(page)}) for name, page in pages.items() if page > 0}
    points = [line["point"] for line in found if line["point"]]
    label = f"Map of {plural(len(points), 'incident')} of this page of results; the list below has them all, with links."
    weapons = [{**row, "name": weapon_words(row["name"])} for row in choices if row["kind"] == "weapon"]
    return (
        make_environment(autoescape=True)
        .get_template("browse_search.html")
        .render(
            rows=found, n_found=n_found, links=links, asked={name: asked.get(name, "") for name in FIELDS}, is_narrowed=bool(asked),
            state=state, map=draw_map(points, label, is_linked=True) if points else "",
            countries=[row for row in choices if row["kind"] == "country"], weapons=weapons, first=(search.page - 1) * PAGE_SIZE + 1,
            n_unknown=rows[0]["n_unknown"] if rows else 0,
        )
    )  # fmt: skip


def render_incident(dossier: Dossier, country: str | None, state: Row | None) -> str:
    """Return the page of an incident: values and tolls with words, who says what, sources, history, corrections."""
    row = {**dossier.incident, "country": country or dossier.incident["country_iso3"]}
    tolls = [{"toll": TOLLS[toll], "says": counted(toll_words(row, toll), TOLLS[toll])} for toll in TOLLS if is_stated(row, toll)]
    counts = [
        {
            **count, "who": speaker_words(count["speaker"], count["speaker_class"]),
            "says": counted(
                count_words(count["count_min"], count["count_best"], count["count_max"], count["quantifier"]),
                TOLLS[str(count["toll"])],
            ),
        }
        for count in dossier.counts
    ]  # fmt: skip
    statements = [
        {**said, "who": speaker_words(said["speaker"], said["speaker_class"]), "does": _does(said)} for said in dossier.statements
    ]
    sources = [{**source, "reasons": _reasons(source)} for source in dossier.sources]
    return (
        make_environment(autoescape=True)
        .get_template("browse_incident.html")
        .render(
            dossier=dossier, row=row, where=where_words(row), what=event_words(row), when=when_words(row), tolls=tolls, counts=counts,
            statements=statements, sources=sources, history=list(_history(dossier)), state=state, toll_names=TOLLS,
        )
    )  # fmt: skip


def render_article(article: Article, incident_id: str, state: Row | None) -> str:
    """Return the page of an article: its text with the stretches marked that were read for an incident."""
    pieces = list(cut_pieces(article.row["text"] or "", article.spans))
    template = make_environment(autoescape=True).get_template("browse_article.html")
    return template.render(
        article=article, row=article.row, pieces=pieces, spans=list(_joined(article.spans)), incident_id=incident_id, state=state
    )  # fmt: skip


def render_message(title: str, message: str, state: Row | None = None) -> str:
    """Return a page that says what is wrong and where to go on."""
    return make_environment(autoescape=True).get_template("browse_message.html").render(title=title, message=message, state=state)


def cut_pieces(text: str, spans: Sequence[Row]) -> Iterator[Piece]:
    """Yield the text in stretches between the borders of all spans; together they are the text.

    Args:
        text: Text of the article.
        spans: Rows with span_start, span_end, said and kind; they may overlap. The shortest gives the colour.
    """
    borders = sorted({0, len(text), *(b for span in spans for b in (span["span_start"], span["span_end"]) if 0 <= b <= len(text))})
    for start, end in pairwise(borders):
        over = [span for span in spans if span["span_start"] <= start and span["span_end"] >= end]
        over.sort(key=lambda span: span["span_end"] - span["span_start"])
        says = "; ".join(dict.fromkeys(str(span["said"]).replace("_", " ") for span in over))
        yield Piece(text[start:end], _family(over[0]) if over else "", says)


def _joined(spans: Sequence[Row]) -> Iterator[Row]:
    """Yield one row a stretch and rule: what was read from the same words by the same rule stands together."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for span in spans:
        found.setdefault((span["span_start"], span["span_end"], span["rule"], span["confidence"]), []).append(span["said"])
    for (start, end, rule, confidence), said in found.items():
        yield {"span_start": start, "span_end": end, "rule": rule, "confidence": confidence, "said": ", ".join(dict.fromkeys(said))}


def _family(span: Row) -> str:
    said = str(span["said"])
    if span["kind"] == "claim":
        return "toll" if said.startswith("casualties") else "claim"
    return next((family for start, family in FAMILIES.items() if said.startswith(start) or f"_{start}" in said), "what")


def _line(row: Row) -> dict[str, Any]:
    killed = toll_words(row, "killed")
    point = None
    if row["latitude"] is not None:
        name = f"{row['place'] or row['admin1'] or row['country']}: {killed.split(' (', 1)[0]}"
        point = {
            "longitude": row["longitude"], "latitude": row["latitude"], "killed": row["people"], "is_new": True, "name": name,
            "href": f"/incident/{row['incident_id']}",
        }  # fmt: skip
    return {
        "incident_id": row["incident_id"], "where": where_words(row), "what": event_words(row), "when": when_words(row), "killed": killed,
        "injured": toll_words(row, "injured"), "words": row["killed_words"], "is_sum": row["is_sum"], "n_sources": row["n_sources"],
        "contested": [TOLLS.get(toll, toll) for toll in row["contested"] or []], "point": point,
    }  # fmt: skip


def _does(said: Row) -> str:
    if said["claim_type"] == "denial":
        kind = f"denies_{said['denies']}" if said["denies"] else "denies"
        return STANCES.get(kind, kind.replace("_", " "))
    return f"accuses {said['accuses']}" if said["accuses"] else str(said["claim_type"])


def _reasons(source: Row) -> str:
    found: dict[str, dict[str, Any]] = json.loads(source["reasons"])
    return "; ".join(f"{name.replace('_', ' ')}: {reason['value']} ({reason['contribution']:+.2f})" for name, reason in found.items())


def _history(dossier: Dossier) -> Iterator[dict[str, Any]]:
    """Yield each state that the incident had, with what it changed."""
    before: Row = {}
    for version in dossier.versions:
        said = [
            counted(toll_words(version, toll), TOLLS[toll])
            for toll in ("killed", "injured") if not before or toll_words(version, toll) != toll_words(before, toll)
        ]  # fmt: skip
        passing = {"valid_from", "valid_to", "run_id", "incident_id"}
        others = [
            name.replace("_", " ") for name in version
            if before and name not in passing and not name.startswith(("killed_", "injured_")) and version[name] != before[name]
        ]  # fmt: skip
        yield {"valid_from": version["valid_from"], "said": "; ".join(said), "others": ", ".join(others), "is_first": not before}
        before = version
