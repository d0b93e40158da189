"""Real lexicons and gazetteer, and a document made of a few words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from transforms.document import Document, Source
from transforms.gazetteer import Gazetteer
from transforms.lexicons import Lexicons
from transforms.records import Scope
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
