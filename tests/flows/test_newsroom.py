"""The demo newsroom answers as real outlets do: feeds that parse, pages that clean, conditional GET, a past that can be visited."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import feedparser
import httpx
import pytest
import trafilatura

from flows.newsroom import Newsroom, read_newsroom, serve_newsroom
from flows.newsroom_articles import ArticleVersion, Outlet, find_current_versions, parse_article_version
from flows.newsroom_pages import format_date, render_feed, render_page

NOISE = (
    "cookie",
    "tweet",
    "share",
    "subscribe",
    "newsletter",
    "sign in",
    "related",
    "also like",
    "compartir",
    "boletín",
    "first!",
    "invented",
)
FEED_COLUMNS = [
    "feed_id",
    "publisher",
    "title",
    "url",
    "homepage",
    "country_iso2",
    "language",
    "region_focus",
    "format",
    "active",
    "inactive_reason",
    "notes",
]
UPDATED = "/steppe-courier/news/2025/04/04/missile-hits-kryvyi-rih.html"
STORED = read_newsroom()
LAST_VERSIONS = [v for versions in STORED.versions.values() for v in find_current_versions(versions, None)]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve_newsroom() as running:
        yield running


@pytest.fixture(scope="module")
def client(newsroom: Newsroom) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=newsroom.base_url, trust_env=False) as client:
        yield client


def fetch_feed(client: httpx.Client, url: str) -> feedparser.FeedParserDict:
    return feedparser.parse(io.BytesIO(client.get(url).content))


def test_feeds_have_the_columns_of_the_feed_list_and_loopback_addresses(newsroom: Newsroom) -> None:
    feeds = newsroom.feeds()
    assert all(list(feed) == FEED_COLUMNS for feed in feeds)
    assert all(feed["url"].startswith("http://127.0.0.1:") and feed["homepage"].startswith("http://127.0.0.1:") for feed in feeds)
    assert len({feed["feed_id"] for feed in feeds}) == len(feeds)


def test_every_feed_but_the_web_page_parses_and_lists_every_article(newsroom: Newsroom, client: httpx.Client) -> None:
    versions = {}
    for feed in newsroom.feeds():
        parsed = fetch_feed(client, feed["url"])
        if feed["feed_id"] == "quiet-bulletin":
            assert parsed.bozo and not parsed.version and not parsed.entries
            continue
        assert not parsed.bozo, f"{feed['url']}: {parsed.get('bozo_exception')}"
        versions[feed["feed_id"]] = parsed.version
        expected = find_current_versions(STORED.versions[feed["feed_id"]], None)
        assert [entry.title for entry in parsed.entries] == [v.title for v in expected]
        assert [entry.link for entry in parsed.entries] == [newsroom.base_url + v.url_path for v in expected]
        assert len({entry.id for entry in parsed.entries}) == len(expected)
    assert list(versions.values()).count("atom10") >= 2
    assert list(versions.values()).count("rss20") >= 4


def test_entries_carry_the_publication_time_unless_the_article_has_none(newsroom: Newsroom, client: httpx.Client) -> None:
    for feed in newsroom.feeds()[:-1]:
        entries = {entry.link: entry for entry in fetch_feed(client, feed["url"]).entries}
        for version in find_current_versions(STORED.versions[feed["feed_id"]], None):
            entry = entries[newsroom.base_url + version.url_path]
            if version.no_date == "everywhere":
                assert "published" not in entry and "updated" not in entry
            else:
                assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == version.published_at.astimezone(UTC)


def test_full_text_feeds_carry_every_paragraph(newsroom: Newsroom, client: httpx.Client) -> None:
    entries = fetch_feed(client, "/cedar-gazette/feed.xml").entries
    bodies = {entry.link: entry.content[0].value for entry in entries}
    for version in STORED.versions["cedar-gazette"]:
        assert bodies[newsroom.base_url + version.url_path].count("<p>") == len(version.paragraphs)


@pytest.mark.parametrize("version", LAST_VERSIONS, ids=lambda v: v.slug)
def test_every_page_cleans_to_the_article_without_the_clutter(version: ArticleVersion, client: httpx.Client) -> None:
    response = client.get(version.url_path)
    assert response.status_code == 200
    assert "cookie" in response.text.lower(), "the page has lost the clutter that this test is about"
    if version.page == "empty":
        assert "<p>" not in response.text.split('class="story-body">')[1].split("</div>")[0]
        return
    cleaned = trafilatura.bare_extraction(response.content, include_comments=False, with_metadata=False, fast=False)
    assert cleaned is not None
    text = cleaned.text
    for paragraph in version.paragraphs:
        assert paragraph in text
    own_words = version.text.lower() + version.title.lower()
    assert [word for word in NOISE if word in text.lower() and word not in own_words] == []


def test_undated_page_shows_no_date_and_dated_pages_do(client: httpx.Client) -> None:
    (undated,) = (v for v in LAST_VERSIONS if v.no_date)
    clutter = client.get(undated.url_path).text.replace(undated.paragraphs[0], "")
    assert "2025" not in clutter
    for version in LAST_VERSIONS:
        if not version.no_date:
            assert "2025" in client.get(version.url_path).text.split("</head>")[1]


def test_conditional_get_answers_304_by_tag_and_by_date(newsroom: Newsroom, client: httpx.Client) -> None:
    for path in ("/sahel-post/feed.xml", "/monsoon-herald/atom.xml", LAST_VERSIONS[0].url_path):
        first = client.get(path)
        by_tag = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        by_date = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
        other = client.get(path, headers={"If-None-Match": '"other"', "If-Modified-Since": first.headers["Last-Modified"]})
        assert (first.status_code, by_tag.status_code, by_date.status_code, other.status_code) == (200, 304, 304, 200)
        assert by_tag.content == by_date.content == b""
        assert client.get(path, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert any(line.endswith(" 304") for line in newsroom.requests)


def test_robots_file_forbids_the_private_folder_only(client: httpx.Client) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /private/\n"
    assert client.get("/private/draft.html").status_code == 200


@pytest.mark.parametrize("path", ["/", "/nobody/feed.xml", "/sahel-post/none.html", "/sahel-post/../../etc/passwd", "/sahel-post/%2e%2e/x"])
def test_unknown_addresses_are_404(path: str, client: httpx.Client) -> None:
    assert client.get(path).status_code == 404


def test_head_has_the_length_and_no_body(client: httpx.Client) -> None:
    head = client.head("/sahel-post/feed.xml")
    assert head.content == b"" and int(head.headers["Content-Length"]) == len(client.get("/sahel-post/feed.xml").content)


def test_clock_shows_the_newsroom_of_that_moment_and_can_be_moved() -> None:
    with serve_newsroom(clock=datetime(2025, 4, 4, 18, 0, tzinfo=UTC)) as newsroom, httpx.Client(base_url=newsroom.base_url) as client:
        first_night = client.get(UPDATED)
        first_feed = client.get("/steppe-courier/feed.xml")
        assert "At least 12 people" in first_night.text and "risen to 16" not in first_night.text
        assert len(feedparser.parse(io.BytesIO(first_feed.content)).entries) == 2
        assert client.get("/meridian-wire/world/europe/kryvyi-rih-twenty-dead.html").status_code == 404

        newsroom.clock = datetime(2025, 4, 4, 21, 0, tzinfo=UTC)
        changed = client.get(UPDATED, headers={"If-None-Match": first_night.headers["ETag"]})
        assert changed.status_code == 200 and "risen to 16" in changed.text
        entries = feedparser.parse(io.BytesIO(client.get("/steppe-courier/feed.xml").content)).entries
        (entry,) = (e for e in entries if e.link.endswith(UPDATED))
        assert entry.updated_parsed[3:5] == (20, 20) and entry.published_parsed[3:5] == (17, 35)


def test_an_unchanged_page_keeps_its_bytes_while_time_goes_on() -> None:
    path = "/meridian-wire/world/europe/twelve-dead-in-kryvyi-rih.html"
    with serve_newsroom(clock=datetime(2025, 4, 4, 20, 0, tzinfo=UTC)) as newsroom, httpx.Client(base_url=newsroom.base_url) as client:
        early = client.get(path)
        newsroom.clock = None
        assert client.get(path, headers={"If-None-Match": early.headers["ETag"]}).status_code == 304


def test_clock_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no UTC offset"), serve_newsroom(clock=datetime(2025, 4, 4)):  # noqa: DTZ001
        pass


def test_newsroom_stops_when_the_block_ends() -> None:
    with serve_newsroom() as newsroom:
        pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(newsroom.base_url + "/robots.txt", trust_env=False)


OUTLET = Outlet("o", "O & Sons", "o.example", "rss", "o.html", "GB", "en", "global", "day_first", "")
ARTICLE_FILE = """title: <b>Fire</b> & "ice" </script>
published_at: 2025-04-04T09:05:00+02:00
byline: A \x0b B
language: en
summary: 1 < 2

One & two.

Three."""
ARTICLE = parse_article_version("o", "a.md", ARTICLE_FILE)


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_markup_in_a_title_is_escaped_in_feeds(kind: str) -> None:
    parsed = feedparser.parse(io.BytesIO(render_feed(replace(OUTLET, format=kind), [ARTICLE], "http://x")))
    assert not parsed.bozo and parsed.feed.title.replace("&amp;", "&") == "O & Sons"
    assert b"&lt;b&gt;Fire&lt;/b&gt; &amp;" in render_feed(replace(OUTLET, format=kind), [ARTICLE], "http://x")


def test_markup_in_a_title_is_escaped_in_pages() -> None:
    page = render_page("<h1>${title}</h1><script>${title_json}</script>${body}", OUTLET, ARTICLE, [], "http://x").decode()
    assert page.count("</script>") == 1
    assert "<h1>&lt;b&gt;Fire" in page and "<p>One &amp; two.</p>\n<p>Three.</p>" in page


@pytest.mark.parametrize(
    ("style", "expected"),
    [("day_first", "4 April 2025, 20:35"), ("month_first", "April 4, 2025, 8:35 p.m."), ("spanish", "4 de abril de 2025")],
)
def test_dates_are_written_as_the_outlet_writes_them(style: str, expected: str) -> None:
    assert format_date(datetime.fromisoformat("2025-04-04T20:35:00+03:00"), style) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: A\ncolour: red\n\nText", "a.md:2: 'colour: red'"),
        ("title: A\n\nText", "header lacks byline, language, published_at, summary"),
        ("title: A\npublished_at: 2025-04-04T10:00:00\nbyline: B\nlanguage: en\nsummary: S\n\nText", "no UTC offset"),
        ("title: A\npublished_at: 2025-04-04\nbyline: B\nlanguage: en\nsummary: S\npage: gone\n\nText", "allowed: article, empty"),
    ],
)
def test_malformed_article_files_are_refused_with_their_place(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_article_version("o", "a.md", text)
