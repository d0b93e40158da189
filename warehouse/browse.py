"""A look around the published file: search, an incident, an article with the stretches that were read. By warehouse/sql/browse."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from warehouse.connection import first_line, open_published
from warehouse.dossier import Dossier, find_incident, read_dossier
from warehouse.errors import WarehouseError
from warehouse.queries import load_sql

Row = dict[str, Any]
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; None and an empty text are no condition.

    Attributes:
        words: All of them must occur in place, country, perpetrator, weapon, quoted words, headlines or id.
        country: ISO 3166-1 alpha-3; none: where it is not known.
        weapon: Class of weapon; none: where it is not stated.
        first: First day.
        last: Last day.
        least: Least number killed.
        contested: Only incidents with a contested count.
        by_toll: Greatest toll first; else the newest first.
        page: Page of results, from 1.
    """

    words: str = ""
    country: str | None = None
    weapon: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    least: int | None = None
    contested: bool = False
    by_toll: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Article:
    """An article version: its row, the stretches read for one incident, the incidents that it tells of."""

    row: Row
    spans: list[Row]
    incidents: list[Row]


class Shelf:
    """The published file of a data folder, opened anew for each question: a file that replaces it is seen at once.

    One question at a time: DuckDB shares one instance a path, and a second connection would keep the old file alive.
    """

    def __init__(self, published: Path) -> None:
        """Remember the file; it is opened by the first question.

        Args:
            published: The published file.
        """
        self.published = published
        self._lock = Lock()

    def search(self, search: Search) -> list[Row]:
        """Return one page of the incidents that fit; each row also says how many fit in all (n_found)."""
        terms = _plain(search.words).split()
        return self._ask(
            "search", terms=terms, country=search.country or None, weapon=search.weapon or None, first=search.first, last=search.last,
            least=search.least, contested=search.contested, by_toll=search.by_toll, size=PAGE_SIZE, skip=(search.page - 1) * PAGE_SIZE,
        )  # fmt: skip

    def choices(self) -> list[Row]:
        """Return the countries and weapons that occur."""
        return self._ask("choices")

    def state(self) -> Row | None:
        """Return what the file is: its last run and how much it holds; None: no run is on record."""
        return next(iter(self._ask("published")), None)

    def dossier(self, wanted: str) -> Dossier:
        """Return the dossier of an incident, by its id, a former id or the beginning of one.

        Raises:
            UnknownIncidentError: None begins so, or several do.
        """
        with self._lock:
            return read_dossier(self.published, find_incident(self.published, wanted))

    def article(self, article_id: str, incident_id: str) -> Article | None:
        """Return an article with the stretches read for an incident; None: there is no such article."""
        rows = self._ask("article", article_id=article_id)
        if not rows:
            return None
        spans = self._ask("spans", article_id=article_id, incident_id=incident_id)
        return Article(rows[0], spans, self._ask("incidents_of", article_id=article_id))

    def _ask(self, name: str, **parameters: Any) -> list[Row]:
        with self._lock, self._opened() as con:
            result = con.execute(load_sql(f"browse/{name}"), parameters or None)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    @contextmanager
    def _opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        con = open_published(self.published)
        try:
            yield con
        except duckdb.Error as error:
            raise WarehouseError(
                f"{self.published}: cannot be read: {first_line(error)}; publish again with this version of Vigil"
            ) from error
        finally:
            con.close()


def _plain(words: str) -> str:
    """Return words in lower case without accents, as the search compares them."""
    return "".join(char for char in unicodedata.normalize("NFD", words.lower()) if not unicodedata.combining(char))
