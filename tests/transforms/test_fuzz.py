"""Feeds, pages and their declarations made of anything at all: an answer or the error that is meant for it, never another one.

The short run belongs to every suite; the long one (`-m slow`) tries four hundred times as many documents. Those are drawn by chance alone:
for most of them Hypothesis would take four times as long to make one as we take to read it.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from transforms.article_address import article_address
from transforms.clean import PAGE_REASONS, CleanError, clean_fragment, clean_page
from transforms.document import Document
from transforms.extract import read_document
from transforms.feeds import FeedError, parse_feed
from transforms.rows import warehouse_rows
from transforms.vocabularies import POLL_STATUS

Make = Callable[..., Document]
NOW = dt.datetime(2025, 4, 5, tzinfo=dt.UTC)
# Scraps that documents are made of: right ones, broken ones, and what attacks are made of.
SCRAPS = [
    b'<?xml version="1.0"?>', b'<?xml version="1.0" encoding="utf-16"?>', b'<rss version="2.0"><channel>', b"</channel></rss>", b"<item>", b"</item>",
    b'<feed xmlns="http://www.w3.org/2005/Atom">', b"<entry>", b"<title>", b"</title>", b"<link>http://127.0.0.1/x</link>", b"<guid>", b"<pubDate>",
    b'<link href="file:///etc/hostname"/>', b"<description><![CDATA[", b"]]>", b"<!DOCTYPE rss [", b'<!ENTITY a "b">', b'<!ENTITY e SYSTEM "file:///etc/passwd">',
    b"]>", b"&a;", b"&e;", b"&#0;", b"&#x1b;[2J", b"&amp;lt;", b"<!DOCTYPE html>", b"<html>", b'<meta charset="utf-7">', b'<meta charset="shift_jis">',
    b'<script type="application/ld+json">', b'{"@type": "NewsArticle", "datePublished": [1], "author": [{}], "@graph": [[[', b"</script>", b"<article>",
    b"</article>", b"<p>", b"</p>", b"<h1>", b"<table><tr><td>", b"<div>" * 50, b"<b><i><b><i>", b"<!--", b"-->", b"<svg><style>", b'<link rel="canonical" href="',
    b'">', b"http://[", b"javascript:", b"<base href=//x>", b'<meta property="article:published_time" content="9999-99-99T99:99">',
    b'<meta property="article:published_time" content="0001-01-01T00:00:00+14:00">', b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\x28", b"\x1b]0;x\x07", b"\r\n" * 20,
    b"<iframe srcdoc='", b"%PDF-", b"\x1f\x8b", "На ринку загинули 12 людей".encode(), "٣ قتلى".encode(), "\u202e21 dead".encode(),
    b"Three people were killed and nine injured when a shell hit a market in Mosul on Monday, police said. ", b"Hamas denied responsibility. ",
    b"The toll rose to 99999999999999999999. ", b"12, including 3 children, " * 5, b" ", b"<", b">", b"&", b'"',
]  # fmt: skip
DOCUMENT = st.lists(st.one_of(st.sampled_from(SCRAPS), st.binary(max_size=12)), max_size=40).map(b"".join)
# In the check the same documents each time, so that no landing hangs on chance; new ones wherever people run the tests.
FIXED = os.environ.get("CI") == "true"
SHORT = settings(
    max_examples=60, deadline=None, derandomize=FIXED, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def many_documents(n: int, read: Callable[[bytes], None]) -> None:
    """Read so many documents made as DOCUMENT makes them; an error names the document."""
    chance = random.Random(0 if FIXED else None)
    for number in range(n):
        parts = [
            chance.choice(SCRAPS) if chance.random() < 0.5 else chance.randbytes(chance.randrange(13)) for _ in range(chance.randrange(41))
        ]
        body = b"".join(parts)
        try:
            read(body)
        except Exception as error:
            error.add_note(f"document {number}: {body!r}")
            raise


def read_feed(body: bytes) -> None:
    try:
        parsed = parse_feed(body, "http://127.0.0.1/feed.xml", "application/xml")
    except FeedError as error:
        assert error.status in POLL_STATUS
        return
    for entry in parsed.entries:
        assert entry.url is None or entry.url.startswith(("http://", "https://"))
        assert entry.title is None or "\x1b" not in entry.title


def read_page(body: bytes, make: Make) -> None:
    try:
        cleaned = clean_page(body, fetched=NOW, url="http://127.0.0.1/a", content_type="text/html; charset=x")
    except CleanError as error:
        assert error.reason in PAGE_REASONS
        return
    assert all(line.isprintable() for line in cleaned.body.split("\n"))
    assert cleaned.title is None or cleaned.title.isprintable()
    assert cleaned.published is None or cleaned.published.tzinfo is not None
    assert article_address("http://127.0.0.1/a", cleaned.canonical_url).startswith(("http://", "https://"))
    doc = make(cleaned.body, title=cleaned.title)
    for row in warehouse_rows("a", doc, read_document(doc), NOW, "v")["evidence"]:
        assert row["quote"] == doc.text[row["span_start"] : row["span_end"]]


@SHORT
@given(DOCUMENT)
def test_feeds(body: bytes) -> None:
    read_feed(body)


@SHORT
@given(DOCUMENT)
@example(body=b"&#x1b;[2J<link rel='canonical' href='x'>&#x1b;]><script>x</script>&#x1b;")  # control characters by reference
@example(body=b"<p>&#x1b;<script>1</script>&#x1b;[2J</p>")
@example(body=b"<svg><style><!DOCTYPE html>")  # htmldate drops the root of the tree, and lxml asserts that it has a parent
def test_pages(make_document: Make, body: bytes) -> None:
    read_page(body, make_document)


@SHORT
@given(st.text(max_size=200))
def test_fragments(text: str) -> None:
    assert all(line.isprintable() for line in clean_fragment(text).split("\n"))


@pytest.mark.slow
def test_many_feeds() -> None:
    many_documents(25_000, read_feed)


@pytest.mark.slow
def test_many_pages(make_document: Make) -> None:
    many_documents(5_000, lambda body: read_page(body, make_document))


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item><title>" + b"x" * 10_000_000, b"<" * 1_000_000, b"<a>" * 300_000, b"&" * 1_000_000, b"<!--" * 300_000,
        b"<rss>" + b"<item><title>a</title></item>" * 30_000, b" " * 10_000_000, b"<![CDATA[" * 100_000,
    ],
    ids=["one title of 10 MB", "brackets", "depth", "ampersands", "comments", "items", "blanks", "CDATA"],
)  # fmt: skip
@pytest.mark.slow
def test_big_feeds(body: bytes) -> None:
    read_feed(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><p>" + b"killed " * 1_400_000, b"<html>" + b"<" * 1_000_000, b"<html>" + b"<div>" * 500_000, b"<html>" + b"<table><tr><td>" * 50_000,
        b"<html><body>" + b"<p>Two people were killed.</p>" * 30_000, b"<html><body><article><p>" + b"a" * 4_900_000,
        b"<html><head>" + b'<meta name="x" content="y">' * 100_000, b'<html><script type="application/ld+json">' + b"[" * 400_000 + b"</script><p>x",
    ],
    ids=["one line of 10 MB", "brackets", "depth", "tables", "paragraphs", "one word", "metas", "json depth"],
)  # fmt: skip
@pytest.mark.slow
def test_big_pages(make_document: Make, body: bytes) -> None:
    read_page(body, make_document)
