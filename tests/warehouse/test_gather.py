"""A few rows of a long table: the same, wherever they lie in it and however they are asked for."""

from __future__ import annotations

import duckdb
import pytest

from warehouse import gather as gathering
from warehouse.gather import gather, gather_articles, gather_timed
from warehouse.queries import load_sql


@pytest.mark.parametrize("constants", [0, 1_000])
@pytest.mark.parametrize("lately", [10, 10_000])
def test_rows_are_those_of_their_keys_wherever_they_lie(monkeypatch: pytest.MonkeyPatch, lately: int, constants: int) -> None:
    monkeypatch.setattr(gathering, "LATELY", lately)
    monkeypatch.setattr(gathering, "CONSTANTS", constants)
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE long (name VARCHAR PRIMARY KEY, n INTEGER); INSERT INTO long SELECT 'it''s ' || i, i FROM range(500) AS r (i)"
    )
    con.execute(
        "DELETE FROM long WHERE n BETWEEN 300 AND 320; CREATE TABLE asked AS SELECT unnest(['it''s 3', 'it''s 310', 'it''s 499', NULL]) AS k"
    )
    for _ in range(2):
        gather(con, "found", "long", "name", "SELECT k FROM asked UNION ALL FROM asked", "name, n")
        assert con.sql("FROM found ORDER BY n").fetchall() == [("it's 3", 3), ("it's 499", 499)]
    gather(con, "found", "long", "name", "SELECT k FROM asked WHERE k IS NULL")
    assert con.sql("FROM found").fetchall() == []
    con.close()


def test_rows_are_found_by_key_and_time() -> None:
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE long AS SELECT 'k' || i % 4 AS name, make_timestamptz(2025, 1, i, 0, 0, 0) AS as_of, i FROM range(1, 20) AS r (i)"
    )
    asked = (
        "SELECT * FROM (VALUES ('k1', make_timestamptz(2025, 1, 5, 0, 0, 0)), ('k1', make_timestamptz(2025, 1, 6, 0, 0, 0)), ('k2', NULL))"
    )
    gather_timed(con, "found", "long", "name", f"{asked} UNION ALL {asked}", "name, i")
    assert con.sql("FROM found").fetchall() == [("k1", 5)]
    con.close()


def test_articles_are_found_by_publication_else_by_the_fetch() -> None:
    con = duckdb.connect()
    con.execute("""
        CREATE TABLE article AS SELECT * FROM (VALUES
            ('both', TIMESTAMPTZ '2025-01-01 10:00:00Z', TIMESTAMPTZ '2025-01-01 12:00:00Z'),
            ('undated', NULL, TIMESTAMPTZ '2025-01-01 12:00:00Z'),
            ('other time', TIMESTAMPTZ '2025-01-02 10:00:00Z', TIMESTAMPTZ '2025-01-01 10:00:00Z')
        ) AS a (article_id, published_at, fetched_at)
    """)
    asked = "SELECT article_id, CASE article_id WHEN 'undated' THEN fetched_at ELSE TIMESTAMPTZ '2025-01-01 10:00:00Z' END FROM article"
    gather_articles(con, "found", f"{asked} UNION ALL {asked}", "article_id")
    assert con.sql("FROM found ORDER BY ALL").fetchall() == [("both",), ("undated",)]
    con.close()


def test_what_the_resolver_counts_is_what_the_view_shows() -> None:
    """The resolver has the view's list of counts a second time, so that it looks at the reports of a night alone."""
    view, step = load_sql("views/report_tolls"), load_sql("resolve/040_claims")
    columns = view[view.index("SELECT report_id") : view.index("IS NOT NULL")].replace("FROM report,", "FROM resolve_member,")
    assert columns.split() == step[step.index("SELECT report_id") : step.index("IS NOT NULL")].split()
