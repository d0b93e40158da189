"""Real lexicons and gazetteer, and a document made of a few words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import polars as pl
import pytest

from transforms.agreement import ReportKey
from transforms.document import Document, Source
from transforms.gazetteer import Gazetteer
from transforms.lexicons import Lexicons
from transforms.records import Scope
from transforms.spots import judge_left_out
from warehouse.gazetteer import load_gazetteer
from warehouse.seeds import read_lexicons

MakeDocument = Callable[..., Document]


@pytest.fixture(scope="session")
def lexicons() -> Lexicons:
    return Lexicons(read_lexicons("en"))


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.fixture(scope="session")
def make_document(lexicons: Lexicons, gazetteer: Gazetteer) -> MakeDocument:
    """Return a function (text, title=None, published="2025-04-04", countries=()) -> Document."""

    def make(text: str, title: str | None = None, published: str | None = "2025-04-04", countries: tuple[str, ...] = ()) -> Document:
        day = dt.date.fromisoformat(published) if published else None
        return Document(title, text, Source(day, countries), lexicons, gazetteer)

    return make


@pytest.fixture(scope="session")
def whole() -> Callable[[Document], Scope]:
    """Return a function Document -> Scope of all its sentences."""
    return lambda doc: Scope(0, tuple(range(len(doc.sentences))))


SPOT = {
    "report_id": pl.String, "published_on": pl.Date, "event_date_start": pl.Date, "event_date_end": pl.Date, "date_precision": pl.Int16,
    "country_iso3": pl.String, "place": pl.String, "latitude": pl.Float64, "longitude": pl.Float64, "geonameid": pl.Int64,
    "geo_precision": pl.Int16,
}  # fmt: skip


@pytest.fixture(scope="session")
def spots_frame() -> Callable[[Iterable[dict[str, object]]], pl.DataFrame]:
    """Rows that name some of the columns of a spot -> the frame that `find_reach` takes."""
    return lambda rows: pl.DataFrame(list(rows), schema=SPOT)


@pytest.fixture(scope="session")
def spots_of(spots_frame: Callable[..., pl.DataFrame]) -> Callable[[Iterable[ReportKey]], pl.DataFrame]:
    """Reports -> what the warehouse says of them before their whole rows are read."""

    def told(report: ReportKey) -> dict[str, object]:
        return {name: getattr(report, name) for name in SPOT} | {"published_on": None if report.is_dated else report.told_on}

    return lambda reports: spots_frame(told(r) for r in reports if judge_left_out(r) in {None, "vague_date", "no_place"})
