"""A brief as one HTML page that asks nothing of any host, and as Markdown for an e-mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.brief_charts import NARROW, draw_bars, draw_days, draw_map, draw_steps
from flows.brief_view import Card, View, make_view
from flows.brief_words import counted, day_words, plural, time_words
from flows.page_text import shown
from warehouse.brief import Brief

MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")
LIST_START = re.compile(r"^(\s*)([-+]|\d+\.)(?=\s)")
STEPS_DRAWN = 4  # more than four changed tolls are told in tables only


def render_html(brief: Brief) -> str:
    """Return the page: styles, charts and texts in one file; every text is escaped, every chart has a table."""
    view = make_view(brief)
    return make_environment(autoescape=True).get_template("brief.html").render(view=view, brief=brief, charts=_charts(view))


def render_markdown(brief: Brief) -> str:
    """Return the same as Markdown, without charts; every text is escaped, so that no headline can make a heading."""
    text = make_environment(autoescape=False).get_template("brief.md").render(view=make_view(brief), brief=brief)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def make_environment(*, autoescape: bool) -> Environment:
    """Return the templates with the filters that they share: words for numbers and times, safe links, escaped texts."""
    environment = Environment(
        loader=PackageLoader("flows", "templates"),
        autoescape=autoescape,  # noqa: S701 -- Markdown is escaped by its own filter: HTML's entities would be read as text there
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        shown=shown, link=link, md=escape_markdown, plural=plural, day=day_words, time=time_words, words=_words, of=counted
    )
    return environment


def link(url: str | None) -> str | None:
    """Return an address that a reader may follow; None for anything but http and https: no script hides in a link."""
    try:
        return url if url and urlsplit(url).scheme.lower() in {"http", "https"} else None
    except ValueError:
        return None


def escape_markdown(value: Any) -> str:
    """Return a text as Markdown that shows exactly it, on one line."""
    text = " ".join(shown(str(value)).split())
    return LIST_START.sub(r"\1\\\2", MARKS.sub(r"\\\1", text))


def _words(code: str) -> str:
    return code.replace("_", " ")


def _charts(view: View) -> dict[str, Any]:
    """Return the drawings by name; a chart that would be empty is absent."""
    drawn: dict[str, Any] = {}
    if points := [_pointed(point) for point in view.points]:
        drawn |= {"map": draw_map(points, _map_label(view)), "phone_map": draw_map(points, _map_label(view), NARROW, 300)}
    if any(row["killed"] for row in view.by_day):
        drawn["days"] = draw_days(
            view.by_day, f"People killed by day of the event, {view.first_day} to {view.last_day}. The table says the same."
        )
    for name, rows in (("countries", view.by_country), ("weapons", view.by_weapon)):
        if any(row["killed"] for row in rows):
            what = "country" if name == "countries" else "weapon"
            bars = [{**row, "name": row["name"].split(" (", 1)[0]} for row in rows]  # the table has the whole name
            drawn[name] = draw_bars(bars, f"People killed by {what}, {view.first_day} to {view.last_day}. The table says the same.", name)
    drawn["steps"] = {card.incident_id: _steps(card) for card in view.changed[:STEPS_DRAWN] if len(card.steps) > 1}
    return drawn


def _pointed(point: Mapping[str, Any]) -> dict[str, Any]:
    card: Card = point["card"]
    return {**{key: value for key, value in point.items() if key != "card"}, "name": f"{point['name']}: {_short(card.killed)}"}


def _short(count: str) -> str:
    """Return a count for the map, without the range of the voices, which its card tells."""
    return {"number not stated": "not stated"}.get(count, count.split(" (", 1)[0].replace("an unclear number, ", ""))


def _map_label(view: View) -> str:
    greatest = ", ".join(f"{point['card'].where} {point['card'].killed} killed" for point in view.points[:3])
    return f"Map of {plural(len(view.points), 'incident')}; the greatest tolls: {greatest}. The table below it lists all."


def _steps(card: Card) -> str:
    said = ", then ".join(step["said"] for step in card.steps)
    rows = [{**step, "said": _short(step["said"])} for step in card.steps]
    return draw_steps(rows, f"How the number killed in {card.where} moved: {said}. The table says who said it.", f"steps{card.number}")
