"""`vigil browse`: search, dossier, article with marked words; read-only, this machine alone, nothing asked of any host."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from lxml import html
from starlette.datastructures import QueryParams

from flows.browse import HEADERS, listen, make_app, read_search
from flows.browse_page import cut_pieces, render_article
from flows.publish import run_publication
from flows.settings import SettingsError
from warehouse.browse import Article, Search, Shelf

Vigil = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def shelf(watched: Any) -> Shelf:
    return Shelf(watched.settings.published_path)


@contextmanager
def served(shelf: Shelf) -> Iterator[httpx.Client]:
    """A real server over the shelf, and a client of it."""
    with listen(0) as listener:
        server = uvicorn.Server(uvicorn.Config(make_app(shelf), log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60) as made:
                yield made
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def client(shelf: Shelf) -> Iterator[httpx.Client]:
    with served(shelf) as made:
        yield made


def found(client: httpx.Client, query: str = "") -> list[str]:
    """The places that a search lists."""
    answer = client.get(f"/?{query}")
    assert answer.status_code == 200, answer.text[:500]
    return [str(name).split(",")[0] for name in html.document_fromstring(answer.text).xpath("//tbody/tr/th/a/text()")]


def test_all_incidents_are_listed_newest_first_with_their_words_and_links(client: httpx.Client, watched: Any) -> None:
    answer = client.get("/")
    tree = html.document_fromstring(answer.text)
    (row,) = watched.ask("SELECT count(*) AS n FROM incidents")
    links = tree.xpath("//tbody/tr/th/a/@href")
    assert len(links) == row["n"]
    assert "“Thirteen people, including five children, were killed”" in answer.text
    circles = tree.xpath("//*[local-name()='svg']//*[local-name()='a']")
    assert len(circles) > 15 and {circle.get("href") for circle in circles} <= set(links)
    assert all(circle.get("aria-label") and circle.get("tabindex") == "-1" for circle in circles)
    assert all(client.get(link).status_code == 200 for link in links[:3])


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("q=kryvyi", {"Kryvyi Rih"}),
        ("q=tibu+mine", {"Tibú"}),
        ("q=TIB%C3%9A", {"Tibú"}),
        ("q=no-such-word", set()),
        ("country=SOM", {"Beledweyne"}),
        ("weapon=small_arms&country=NGA", {"Anka", "Kontagora"}),
        ("from=2025-04-06", {"Erbil"}),
        ("from=2025-04-05&to=2025-04-05&least=5", {"Taiz"}),
        ("contested=1&country=UKR", {"Kryvyi Rih"}),
        ("q=%25", set()),
        ("q='+OR+1=1+--", set()),
    ],
)
def test_a_search_finds_what_fits_all_conditions(shelf: Shelf, query: str, places: set[str]) -> None:
    _, search = read_search(QueryParams(query))
    assert {row["place"] for row in shelf.search(search)} == places


def test_the_greatest_toll_comes_first_when_asked(client: httpx.Client) -> None:
    assert found(client, "order=toll")[:3] == ["Nyala", "Kryvyi Rih", "Shwebo"]


def test_pages_hold_all_incidents_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.browse.PAGE_SIZE", 8)
    ids = [row["incident_id"] for page in range(1, 6) for row in shelf.search(Search(page=page))]
    assert len(ids) == len(set(ids)) == shelf.search(Search())[0]["n_found"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("least=many", "is no whole number"),
        ("least=-1", "is no whole number"),
        ("from=yesterday", "is no day; write it as 2025-04-04"),
        ("page=99999999999999999999", "is no whole number"),
        ("page=1.5", "is no whole number"),
    ],
)
def test_a_search_that_cannot_be_made_says_why(client: httpx.Client, query: str, said: str) -> None:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 400 and said in html.document_fromstring(answer.text).text_content()


def test_the_dossier_has_claims_sources_history_and_words(client: httpx.Client, watched: Any) -> None:
    (row,) = watched.ask("SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih'")
    text = " ".join(html.document_fromstring(client.get(f"/incident/{row['incident_id'][:10]}").text).text_content().split())
    for said in ("20 killed", "up to 85", "Serhiy Lysak", "at least 12 killed", "Who says which number", "History", "Why it belongs here"):
        assert said in text


def test_an_article_shows_the_words_that_were_read(client: httpx.Client, watched: Any) -> None:
    (row,) = watched.ask("SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih'")
    page = html.document_fromstring(client.get(f"/incident/{row['incident_id']}").text)
    article = page.xpath("//article//h3/a/@href")[0]
    tree = html.document_fromstring(client.get(article).text)
    marks = [mark.text_content() for mark in tree.xpath("//div[@class='text']/mark[@class='toll']")]
    assert any("12" in mark for mark in marks)
    source = watched.ask(f"SELECT text FROM article WHERE article_id = '{article.split('/')[2].split('?')[0]}'")[0]["text"]
    assert tree.xpath("//div[@class='text']")[0].text_content() == source


def test_pieces_are_the_text_and_the_shortest_span_gives_the_colour() -> None:
    spans = [
        {"span_start": 0, "span_end": 20, "said": "casualties, killed", "kind": "claim"},
        {"span_start": 4, "span_end": 9, "said": "place", "kind": "value"},
        {"span_start": 15, "span_end": 99, "said": "event_date_start", "kind": "value"},
    ]
    pieces = list(cut_pieces("0123456789012345678901234", spans))
    assert "".join(piece.text for piece in pieces) == "0123456789012345678901234"
    assert [(piece.text, piece.family) for piece in pieces] == [
        ("0123", "toll"), ("45678", "where"), ("901234", "toll"), ("56789", "toll"), ("01234", "when")
    ]  # fmt: skip
    assert pieces[1].says == "place; casualties, killed"
    assert [piece.text for piece in cut_pieces("", [])] == []


def test_fetched_words_cannot_become_marks_of_the_page() -> None:
    evil = "<script>alert(1)</script>\u202e"
    row = dict.fromkeys(("byline", "publisher", "wire_origin", "duplicate_of"), evil) | {
        "article_id": "a", "title": evil, "text": evil, "outlet": evil, "url": "javascript:alert(1)", "published_at": None,
        "fetched_at": dt.datetime(2025, 4, 4, tzinfo=dt.UTC), "language": '"><script>',
    }  # fmt: skip
    text = render_article(Article(row, [], []), "", None)
    assert "<script" not in text and "\u202e" not in text and "javascript:" not in text


def test_every_answer_forbids_scripts_frames_and_foreign_requests(client: httpx.Client) -> None:
    for path, status in (("/", 200), ("/incident/zzz", 404), ("/nothing", 404), ("/?least=x", 400), ("/article/zzz", 404)):
        answer = client.get(path)
        assert answer.status_code == status
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        tree = html.document_fromstring(answer.text)
        assert not tree.xpath("//script|//iframe|//img|//@src|//@onclick|//link[@rel != 'icon']")


def test_only_this_machine_is_answered_and_nothing_can_be_changed(client: httpx.Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, "/").status_code == 405


@pytest.mark.slow
def test_a_newly_published_file_is_seen_with_the_next_page(watched: Any, tmp_path: Path) -> None:
    shutil.copytree(watched.folder, tmp_path / "data", ignore=shutil.ignore_patterns("archive", "parquet", "briefs"))
    settings = watched.settings.model_copy(update={"data_dir": tmp_path / "data", "archive_dir": tmp_path / "data" / "archive"})
    with served(Shelf(settings.published_path)) as client:
        assert "last run 7 April" in client.get("/").text
        run_publication(settings, clock=lambda: dt.datetime(2025, 4, 9, 20, tzinfo=dt.UTC))
        assert "last run 9 April" in client.get("/").text
        settings.published_path.unlink()
        gone = client.get("/")
        assert gone.status_code == 503 and "does not exist" in gone.text


def test_a_taken_port_and_a_missing_file_are_said_in_one_line(watched: Any, vigil: Vigil, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = vigil("browse", "--no-open", "--port", port, "--data-dir", watched.folder)
    assert code == 2 and f"--port {port}: cannot be used" in err and err.count("\n") == 1
    code, _, err = vigil("browse", "--no-open", "--port", "0", "--data-dir", tmp_path)
    assert code == 1 and "does not exist" in err


def test_it_listens_on_this_machine_alone() -> None:
    with listen(0) as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        with pytest.raises(SettingsError, match="give another"):
            listen(port)
