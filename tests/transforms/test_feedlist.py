"""Lists of feeds: what is taken, and how a slip is named."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

import pytest

from transforms.feedlist import COLUMNS, FeedListError, feed_id_of, feed_of_url, find_inactive_reason, parse_feed_rows, parse_opml
from warehouse.seeds import parse_csv, read_seed


def rows_of(text: str) -> list[dict[str, str]]:
    return parse_csv(text.encode(), "feeds.csv")


def test_a_url_is_enough() -> None:
    (feed,) = parse_feed_rows(rows_of("url\nhttps://www.valley.example/world/rss.xml\n"), "feeds.csv")
    assert (feed["feed_id"], feed["publisher"], feed["active"], feed["language"]) == (
        "valley.example-world-rss",
        "valley.example",
        True,
        None,
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,https://a.example/f,UK,en,,,", "feeds.csv:2: country_iso2 'UK' is not ISO 3166 alpha-2; did you mean 'GB'?"),
        ("a,https://a.example/f,gb,en,,,", "feeds.csv:2: country_iso2 'gb' is not ISO 3166 alpha-2; did you mean 'GB'?"),
        ("a,https://a.example/f,GB,ua,,,", "feeds.csv:2: language 'ua' is not an ISO 639-1 code; did you mean 'uk'?"),
        ("a,https://a.example/f,GB,English,,,", "feeds.csv:2: language 'English' is not an ISO 639-1 code; leave it empty if unknown"),
        ("a,https://a.example/f,GB,en,json,,", "feeds.csv:2: format 'json' is not known; allowed are rss and atom, or leave it empty"),
        ("a,https://a.example/f,GB,en,,maybe,", "feeds.csv:2: active 'maybe' is not understood; write true or false"),
        ("a,,GB,en,,,", "feeds.csv:2: url is empty; give the address of an RSS or Atom feed"),
        (
            "a,file:///etc/passwd,GB,en,,,",
            "feeds.csv:2: url: 'file:///etc/passwd' is no http or https address; give the address of an RSS or Atom feed",
        ),
        ("A feed,https://a.example/f,GB,en,,,", "feeds.csv:2: feed_id 'A feed' is not allowed"),
        ("a,https://a.example/f,GB,en,,,\na,https://b.example/f,GB,en,,,", "feeds.csv:3: feed_id 'a' stands in line 2 already"),
        (
            "a,https://a.example/f,GB,en,,,\nb,https://a.example/f,GB,en,,,",
            "feeds.csv:3: url 'https://a.example/f' stands in line 2 already",
        ),
        ("a,https://a.example/f,UK,ua,,,", "(and 1 more)"),
    ],
)
def test_a_slip_is_named_with_its_line(line: str, message: str) -> None:
    with pytest.raises(FeedListError, match=re.escape(message)):
        parse_feed_rows(rows_of(f"feed_id,url,country_iso2,language,format,active,notes\n{line}\n"), "feeds.csv")


def test_a_misspelt_column_is_named_and_an_extra_one_ignored() -> None:
    with pytest.raises(FeedListError, match=r"feeds\.csv:1: column 'langage' is not known; did you mean 'language'"):
        parse_feed_rows(rows_of("url,langage\nhttps://a.example/f,en\n"), "feeds.csv")
    assert len(parse_feed_rows(rows_of("url,remarks\nhttps://a.example/f,hm\n"), "feeds.csv")) == 1


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(FeedListError, match="lists no feed"):
        parse_feed_rows(rows_of("url\n"), "feeds.csv")


@pytest.mark.parametrize(("notes", "reason"), [
    ("state-funded; TERMS: no scraping, no AI", "TERMS: no scraping, no AI"),
    ("TERMS: no copies; no mining; listed as active 2026", "TERMS: no copies; no mining"),
    ("ROBOTS: robots.txt disallows /feed/; third-party check: OK", "ROBOTS: robots.txt disallows /feed/"),
    ("long summaries", None),
])  # fmt: skip
def test_notes_that_forbid(notes: str, reason: str | None) -> None:
    assert find_inactive_reason(notes) == reason
    text = f'url,notes\nhttps://a.example/f,"{notes}"\n'
    (feed,) = parse_feed_rows(rows_of(text), "feeds.csv")
    assert (feed["active"], feed["inactive_reason"]) == (reason is None, reason)


def test_opml() -> None:
    opml = b"""<?xml version="1.0"?><opml version="2.0"><head/><body><outline text="World">
      <outline type="rss" text="Valley Post" xmlUrl="https://valley.example/rss" htmlUrl="https://valley.example/"/>
      <outline type="atom" text="Hill Times" xmlUrl="https://hill.example/atom.xml" language="en-GB"/>
      <outline type="rss" text="Again" xmlUrl="https://valley.example/rss"/></outline></body></opml>"""
    feeds = parse_opml(opml, "list.opml")
    assert [(f["feed_id"], f["publisher"], f["format"], f["language"]) for f in feeds] == [
        ("valley.example-rss", "Valley Post", "rss", None),
        ("hill.example-atom", "Hill Times", "atom", "en"),
    ]


@pytest.mark.parametrize(("body", "message"), [
    (b"<opml><body><outline xmlUrl='https://a.example/f'></body></opml>", r"list\.opml:1: is malformed XML"),
    (b"<opml><body>\n<outline xmlUrl='ftp://a.example/f'/></body></opml>", r"list\.opml:2: url: 'ftp://a\.example/f'"),
    (b"<opml><body/></opml>", "holds no outline with an xmlUrl"),
    (b"<html/>", "is no OPML, its root is <html>"),
    (b'<!DOCTYPE opml [<!ENTITY a "x">]><opml/>', "declares XML entities"),
])  # fmt: skip
def test_bad_opml(body: bytes, message: str) -> None:
    with pytest.raises(FeedListError, match=message):
        parse_opml(body, "list.opml")


def test_one_url() -> None:
    assert feed_of_url("http://127.0.0.1:8099/all/feed.xml?only=x&limit=5")["feed_id"] == "127.0.0.1-8099-all-feed-only-x-limit-5"
    with pytest.raises(FeedListError):
        feed_of_url("file:///etc/passwd")
    assert feed_id_of("https://a.example/") == "a.example"


def test_shipped_list() -> None:
    with files("seeds").joinpath("feeds.csv").open(encoding="utf-8") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS
    feeds = parse_feed_rows(read_seed("feeds"), "seeds/feeds.csv")
    assert len(feeds) >= 190
    for feed in feeds:
        forbids = find_inactive_reason(feed["notes"] or "") is not None
        assert not (forbids and feed["active"]), f"{feed['feed_id']} ships active though its notes forbid it"
        assert feed["active"] == (feed["inactive_reason"] is None)
    assert sum(not feed["active"] for feed in feeds) >= 14
