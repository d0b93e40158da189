"""The charts of a brief as SVG that stands in the page: Vega-Lite drawn by vl-convert, colours left to the page's style sheet.

No browser, no network, no font file: colours are CSS variables (`var(--toll)`), so that one drawing serves light, dark and print.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import vl_convert

from flows.page_text import shown

Row = Mapping[str, Any]
Spec = dict[str, Any]
Box = tuple[float, float, float, float]  # left, top, right, bottom
WIDE, HIGH = 720, 360  # of the map, before the page scales it
NARROW = 340  # of all others: as wide as a phone shows at full size
MAX_BARS = 10
NEAR_STEPS = 0.2  # share of the time shown below which two labels would meet
WHOLE_WORLD = (-170.0, -55.0, 180.0, 74.0)  # nobody lives south of it
LEAST_DEGREES = 40.0  # a closer view would show borders that a scale of 1:110 million does not know
LABELS = 6
MAX_HIDDEN = 1  # circles that a name may stand on: where many lie together the table tells them
AREAS = (70, 1500)  # of the circles, square pixels: none killed, and the greatest toll of the night
DECIMALS = re.compile(r"-?\d+\.\d{2,}")
SPEECH = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')  # each mark's own; the chart has one text and a table beside it
HERE = "http://here.invalid"  # Vega makes an address of its own host of one without a host; this one is taken out again
LINK = re.compile(rf'<a [^>]*?href="{re.escape(HERE)}([^"]*)"[^>]*>')

CONFIG: Spec = {
    "background": None, "font": "inherit", "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--ink)", "labelFontSize": 12, "titleColor": "var(--faint)", "titleFontSize": 12, "titleFontWeight": "normal",
        "gridColor": "var(--hair)", "domain": False, "ticks": False, "labelPadding": 6,
    },
    "text": {"color": "var(--ink)", "fontSize": 12},
}  # fmt: skip


def draw_map(points: Sequence[Row], label: str, width: int = WIDE, height: int = HIGH, *, is_linked: bool = False) -> str:
    """Return a map with a circle a point: its area is the killed, a hollow one where no number is stated.

    Args:
        points: Rows with longitude, latitude, killed (None: not stated), is_new, name and, where circles lead somewhere, href.
        label: What the map shows, for those who do not see it.
        width: Of the drawing, pixels.
        height: Of the drawing, pixels.
        is_linked: Circles lead to the href of their point.
    """
    west, south, east, north = _view([(float(p["longitude"]), float(p["latitude"])) for p in points], width / height)
    height = min(height, round(width * (north - south) / (east - west)))  # the whole world is flatter than a phone's map
    # As points: a polygon would be the world without itself where its ring turns the wrong way.
    corners = {
        "type": "MultiPoint",
        "coordinates": [[west, south], [west, north], [east, south], [east, north], [(west + east) / 2, south]],
    }
    projection = {
        "type": "equirectangular", "fit": {"type": "Feature", "properties": {}, "geometry": corners}, "size": [width, height],
        "clipExtent": [[0, 0], [width, height]],
    }  # fmt: skip
    named = _labelled(points, (west, south, east, north), width, height)
    values = [
        {
            **{key: value for key, value in point.items() if key != "href"}, "link": f"{HERE}{point.get('href')}",
            "people": max(point["killed"] or 0, 0), "is_stated": point["killed"] is not None,
        }
        for point in points
    ]  # fmt: skip
    top = max([row["people"] for row in values] + [10])
    circle: Spec = {
        "data": {"values": values},
        "mark": {"type": "circle", "strokeWidth": 1.5, "opacity": 1},
        "encoding": {
            "longitude": {"field": "longitude", "type": "quantitative"}, "latitude": {"field": "latitude", "type": "quantitative"},
            "size": {"field": "people", "type": "quantitative", "legend": None, "scale": {"domain": [0, top], "range": list(AREAS)}},
            "fill": {"condition": [
                {"test": "!datum.is_stated", "value": "transparent"}, {"test": "datum.is_new", "value": "var(--toll-soft)"},
            ], "value": "var(--changed-soft)"},
            "stroke": {"condition": {"test": "datum.is_new", "value": "var(--toll)"}, "value": "var(--changed)"},
            **({"href": {"field": "link"}} if is_linked else {}),
        },
    }  # fmt: skip
    names: Spec = {
        "data": {"values": named},
        "mark": {
            "type": "text", "align": {"expr": "datum.align"}, "dx": {"expr": "datum.dx"}, "baseline": "middle",
            "fontSize": 16, "fontWeight": 600,
        },
        "encoding": {
            "longitude": {"field": "longitude", "type": "quantitative"}, "latitude": {"field": "latitude", "type": "quantitative"},
            "text": {"field": "name"},
        },
    }  # fmt: skip
    land = {"data": {"name": "land"}, "mark": {"type": "geoshape", "fill": "var(--land)", "stroke": "var(--border)", "strokeWidth": 0.7}}
    layers = [land, *([circle, names] if values else [])]
    spec = {"width": width, "height": height, "padding": 0, "projection": projection, "layer": layers, "datasets": {"land": _countries()}}
    drawn = _svg(spec, label, f"map{width}")
    if not is_linked:
        return drawn
    # A group, not an image: its circles can be clicked. They are no stops of the keyboard, since the list has the same links.
    names = {escape(str(point["href"])): escape(str(point["name"])) for point in points}
    drawn = LINK.sub(lambda found: f'<a href="{found[1]}" tabindex="-1" aria-label="{names.get(found[1], "")}">', drawn)
    return drawn.replace('role="img"', 'role="group"', 1)


def draw_bars(rows: Sequence[Row], label: str, name: str) -> str:
    """Return horizontal bars, one a name: what was known before in a pale colour, what the night added in a strong one.

    Args:
        rows: Rows with name, killed and killed_before, in the order of the bars; those past the tenth are left to the table.
        label: What the chart shows, for those who do not see it.
        name: Name of the chart, for ids that stand once on the page.
    """
    shown = list(rows)[:MAX_BARS]
    order = [row["name"] for row in shown]
    axis = {"labelLimit": 170, "title": None, "labelFontSize": 13, "grid": False}
    base: Spec = {"y": {"field": "name", "type": "nominal", "sort": order, "axis": axis}}
    bars = {
        "mark": {"type": "bar", "height": {"band": 0.7}},
        "encoding": {**base, "x": {"field": "people", "type": "quantitative", "stack": "zero", "axis": None}, **_two_colours()},
        "data": {"values": _stacked(shown, "name")},
    }
    numbers = {
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13}, "data": {"values": shown},
        "encoding": {**base, "x": {"field": "killed", "type": "quantitative"}, "text": {"field": "killed", "format": ",d"}},
    }  # fmt: skip
    spec = {"width": 150, "height": {"step": 27}, "layer": [bars, numbers], "autosize": {"type": "pad"}}
    return _svg(spec, label, name)


def draw_days(rows: Sequence[Row], label: str) -> str:
    """Return vertical bars, one a day, pale and strong as in `draw_bars`; rows have day, killed and killed_before."""
    values = [{**row, "name": f"{row['day'].day} {row['day']:%b}"} for row in rows]
    order = [row["name"] for row in values]
    axis = {"title": None, "labelAngle": 0, "grid": False, "labelOverlap": False, "values": order[-1::-3]}
    base: Spec = {"x": {"field": "name", "type": "ordinal", "sort": order, "axis": axis}}
    bars = {
        "mark": {"type": "bar", "width": {"band": 0.75}},
        "encoding": {**base, "y": {"field": "people", "type": "quantitative", "stack": "zero", "axis": None}, **_two_colours()},
        "data": {"values": _stacked(values, "name")},
    }
    numbers = {
        "mark": {"type": "text", "baseline": "bottom", "dy": -3},
        "data": {"values": [{"name": row["name"], "killed": row["killed"]} for row in values if row["killed"]]},
        "encoding": {**base, "y": {"field": "killed", "type": "quantitative"}, "text": {"field": "killed", "format": ",d"}},
    }
    return _svg({"width": NARROW, "height": 150, "layer": [bars, *([numbers] if any(r["killed"] for r in rows) else [])]}, label, "days")


def draw_steps(rows: Sequence[Row], label: str, name: str) -> str:
    """Return how one number moved: a step a statement; rows have moved_at, people and said (the number as people write it)."""
    hours = [row["moved_at"].timestamp() / 3600 for row in rows]
    near = (hours[-1] - hours[0]) * NEAR_STEPS
    values = [
        {
            "at": row["moved_at"].isoformat(), "people": row["people"],
            # The next one's would stand on it; under its point there is room for the first one's.
            "said": "" if later is not None and later - hour < near else row["said"],
            "said_below": row["said"] if hour == hours[0] and later is not None and later - hour < near else "",
        }
        for row, hour, later in zip(rows, hours, [*hours[1:], None], strict=True)
    ]  # fmt: skip
    encoding: Spec = {
        "x": {
            "field": "at", "type": "temporal", "scale": {"type": "utc", "nice": False, "padding": 70},
            "axis": {"title": None, "grid": False, "format": "%-d %b %H:%M", "tickCount": 3, "labelOverlap": True, "labelFlush": True},
        },
        "y": {"field": "people", "type": "quantitative", "scale": {"zero": True}, "axis": None},
    }  # fmt: skip
    layers = [
        {"mark": {"type": "line", "interpolate": "step-after", "stroke": "var(--toll)", "strokeWidth": 2}, "encoding": encoding},
        {"mark": {"type": "circle", "size": 60, "fill": "var(--toll)", "opacity": 1}, "encoding": encoding},
        {
            "mark": {"type": "text", "align": "right", "dx": 4, "dy": -12, "fontSize": 14, "fontWeight": 600},
            "encoding": {**encoding, "text": {"field": "said"}},
        },
        {
            "mark": {"type": "text", "align": "right", "dx": 4, "dy": 16, "fontSize": 14, "fontWeight": 600},
            "encoding": {**encoding, "text": {"field": "said_below"}},
        },
    ]
    return _svg({"width": NARROW, "height": 140, "data": {"values": values}, "layer": layers}, label, name)


def _two_colours() -> Spec:
    scale = {"domain": ["before", "tonight"], "range": ["var(--known)", "var(--toll)"]}
    return {"fill": {"field": "part", "type": "nominal", "scale": scale, "legend": None}, "order": {"field": "part"}}


def _stacked(rows: Iterable[Row], key: str) -> list[Row]:
    """Return two rows a bar. A toll that fell shows its present height: nothing below zero is drawn."""
    found: list[Row] = []
    for row in rows:
        before = min(row["killed_before"], row["killed"])
        found += [{key: row[key], "part": "before", "people": before}, {key: row[key], "part": "tonight", "people": row["killed"] - before}]
    return found


def _view(points: Sequence[tuple[float, float]], shape: float) -> tuple[float, float, float, float]:
    """Return the part of the world to show, west, south, east, north: all points with room around, in the shape of the map."""
    if not points:
        return WHOLE_WORLD
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    wide = max((east - west) * 1.25 + 10, ((north - south) * 1.3 + 6) * shape, LEAST_DEGREES)
    if wide >= WHOLE_WORLD[2] - WHOLE_WORLD[0]:
        return WHOLE_WORLD
    high = wide / shape
    x = min(max((west + east) / 2, -180 + wide / 2), 180 - wide / 2)
    y = min(max((south + north) / 2, -90 + high / 2), 90 - high / 2)
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _labelled(points: Sequence[Row], view: tuple[float, float, float, float], width: int, height: int) -> list[Row]:
    """Return the points that get their name, greatest first: those whose name meets no other name, and hides next to no circle."""
    west, south, east, north = view
    top = max([point["killed"] or 0 for point in points] + [10])
    circles = [
        (
            (point["longitude"] - west) * width / (east - west), (north - point["latitude"]) * height / (north - south),
            ((AREAS[0] + (AREAS[1] - AREAS[0]) * (point["killed"] or 0) / top) / 3.14) ** 0.5,
        )
        for point in points
    ]  # fmt: skip
    found: list[Row] = []
    taken: list[Box] = []
    for index in sorted(range(len(points)), key=lambda i: -(points[i]["killed"] or 0)):
        x, y, radius = circles[index]
        long, away = 8.5 * len(points[index]["name"]), radius + 4
        for is_left in (False, True):
            start = x - away - long if is_left else x + away
            name = (start, y - 10, start + long, y + 10)
            box = (min(start, x - radius), y - max(radius, 10), max(start + long, x + radius), y + max(radius, 10))
            hidden = sum(_meet(name, (a - r, b - r, a + r, b + r)) for a, b, r in circles) - _meet(name, (x - radius, y, x + radius, y))
            if start < 0 or start + long > width or hidden > MAX_HIDDEN or any(_meet(box, other) for other in taken):
                continue
            taken.append(box)
            found.append({**points[index], "align": "right" if is_left else "left", "dx": -away if is_left else away})
            break
        if len(found) == LABELS:
            break
    return found


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@cache
def _countries() -> list[Spec]:
    """Return the countries as GeoJSON features: Natural Earth's 1:110 million, public domain (seeds/README.md)."""
    topology = json.loads(files("seeds").joinpath("outlines", "countries-110m.topojson").read_text(encoding="utf-8"))
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:  # TopoJSON: every point is the difference to the one before
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append([round(x * sx + tx, 2), round(y * sy + ty, 2)])
        arcs.append(line)
    return [_feature(shape, arcs) for shape in topology["objects"]["countries"]["geometries"] if shape.get("id") != "010"]  # Antarctica


def _feature(shape: Spec, arcs: list[list[list[float]]]) -> Spec:
    def ring(indices: list[int]) -> list[list[float]]:
        line: list[list[float]] = []
        for index in indices:
            part = arcs[index] if index >= 0 else arcs[~index][::-1]
            line += part[1:] if line else part
        return line

    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    coordinates = [[ring(part) for part in polygon] for polygon in polygons]
    return {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": coordinates}}


def _svg(spec: Spec, label: str, name: str) -> str:
    """Return the drawing: one image with one text, ids of its own, numbers to a tenth of a pixel."""
    full = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": CONFIG, "padding": 2, **spec}
    drawn = vl_convert.vegalite_to_svg(full, vl_version="5.21", allowed_base_urls=[])
    drawn = SPEECH.sub("", DECIMALS.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), drawn))
    drawn = re.sub(r'(?<=id=")(?=[a-z])|(?<=url\(#)', f"{name}-", drawn)
    return shown(drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1))
