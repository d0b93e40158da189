"""Feed bytes -> entries, whatever the bytes are. Feeds are our own; captured ones are only counted (marker corpus)."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import unicodedata
import warnings
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds import FeedError, parse_feed, plain_text

URL = "https://valley.example/rss.xml"
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Valley &amp;amp; Hill</title>
<item><title>Shells &lt;b&gt;hit&lt;/b&gt; market</title><link>/world/1?utm_source=rss</link>
<guid isPermaLink="false">id-1</guid>
<pubDate>Fri, 04 Apr 2025 19:30:00 +0300</pubDate>
<description>&lt;p&gt;Two people were hurt.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description>
<content:encoded><![CDATA[<p>Two people were hurt, the mayor said.</p>]]></content:encoded></item>
<item><title>No address</title></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Hill Times</title><entry><id>urn:1</id><title type="text">A</title>
<link rel="alternate" href="https://hill.example/a"/><updated>2025-04-05T10:00:00Z</updated></entry></feed>"""


def test_rss() -> None:
    feed = parse_feed(RSS.encode(), URL, "application/rss+xml; charset=utf-8")
    first, second = feed.entries
    assert (feed.format, feed.title, feed.flaw) == ("rss", "Valley & Hill", None)
    assert (first.title, first.guid, first.url) == ("Shells hit market", "id-1", "https://valley.example/world/1")
    assert first.published_at == dt.datetime(2025, 4, 4, 16, 30, tzinfo=dt.UTC)
    assert first.summary == "Two people were hurt."
    assert first.content_html is not None and "the mayor said" in first.content_html
    assert (second.url, second.published_at, second.updated_at, second.summary) == (None, None, None, None)


def test_atom_states_update_and_no_publication() -> None:
    feed = parse_feed(ATOM.encode(), URL)
    (entry,) = feed.entries
    assert feed.format == "atom"
    assert (entry.published_at, entry.updated_at) == (None, dt.datetime(2025, 4, 5, 10, tzinfo=dt.UTC))


def test_entry_ids_follow_the_guid_then_the_address() -> None:
    one = parse_feed(RSS.encode(), URL).entries[0]
    moved = parse_feed(RSS.replace("/world/1", "/world/2").encode(), URL).entries[0]
    assert one.entry_id("valley") == moved.entry_id("valley") != one.entry_id("hill")
    bare = parse_feed(RSS.replace('<guid isPermaLink="false">id-1</guid>', "").encode(), URL).entries[0]
    assert bare.entry_id("valley") != one.entry_id("valley")


def entities(inner: str, doctype: str = "rss") -> bytes:
    rss = '<rss version="2.0"><channel><item><title>&a;</title></item></channel></rss>'
    return f'<?xml version="1.0"?><!DOCTYPE {doctype} [{inner}]>\n{rss}'.encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"<!DOCTYPE html><html><body>We have moved</body></html>", "not_a_feed"),
        (b"<!-- x --><html><head/></html>", "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "not_a_feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_feed"),
        (b"/etc/passwd", "not_a_feed"),
        (b"https://valley.example/rss.xml", "not_a_feed"),
        (entities('<!ENTITY a "lol">'), "unsafe_xml"),
        (entities('<!ENTITY a SYSTEM "file:///etc/hostname">'), "unsafe_xml"),
        (entities("<!ELEMENT rss ANY>"), "unsafe_xml"),
        (entities('<!ENTITY a "lol">').replace(b"version", b"VERSION").replace(b"DOCTYPE rss", b"DOCTYPE\nrss"), "unsafe_xml"),
        (entities('<!ENTITY a "lol">').decode().encode("utf-16"), "unsafe_xml"),
        (
            entities('<!ENTITY a "lol">').replace(b'"1.0"?', b'"1.0" encoding="utf-7"?').replace(b"<!ENTITY", b"+ADwAIQ-ENTITY"),
            "unsafe_xml",
        ),
        (entities('<!ENTITY a "lol">', "html"), "unsafe_xml"),
        (entities('<!ENTITY a "lol">').replace(b"<!DOCTYPE", b"<!-- <rss> --><?x <rss> ?><!DOCTYPE"), "unsafe_xml"),
        (entities('<!-- <rss> --><!ENTITY a "lol">', 'rss PUBLIC "a>" "b>"'), "unsafe_xml"),
        (entities('<!ENTITY a "lol">').replace(b"<!DOCTYPE", b" " * 200_000 + b"<!DOCTYPE"), "unsafe_xml"),
    ],
)
def test_refused(body: bytes, status: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse_feed(body, URL)
    assert caught.value.status == status


def test_a_bare_doctype_is_harmless() -> None:
    body = b'<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://nowhere.example/x.dtd">'
    assert len(parse_feed(body + RSS.split("?>", 1)[1].encode(), URL).entries) == 2


def test_malformed_is_read_and_the_flaw_noted() -> None:
    feed = parse_feed(RSS.replace("</channel></rss>", "<item><title>A & B").encode(), URL)
    assert len(feed.entries) == 3
    assert feed.flaw


def test_dates_that_no_clock_showed_are_none() -> None:
    body = RSS.replace("04 Apr 2025", "04 Apr 0001")
    assert parse_feed(body.encode(), URL).entries[0].published_at is None


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Two <b>dead</b></p>", "Two dead"),
        ("5 &lt; 7 &amp;amp; 9", "5 < 7 &amp; 9"),
        ("a < b", "a < b"),
        ("red \x1b[31malert\x07\u202e", "red [31malert"),
        ("a\x00b\x9bc", "a b c"),
        ("&amp;#x1b;[2J wiped", "&#x1b;[2J wiped"),
        ("&#27;[2J wiped", "[2J wiped"),
        ("<!-- hidden --> seen", "seen"),
        ("   ", None),
        (None, None),
    ],
)
def test_plain_text(markup: str | None, text: str | None) -> None:
    assert plain_text(markup, 100) == text


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: RSS.replace("Shells", t).encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        feed = parse_feed(body, URL)
    except FeedError as error:
        assert str(error)
        return
    for entry in feed.entries:
        assert entry.title is None or not {unicodedata.category(char) for char in entry.title} & {"Cc", "Cs"}


@pytest.mark.corpus
def test_captured_feeds_are_read_as_feedparser_reads_them(shared: Path) -> None:
    paths = sorted((shared / "replay" / "feeds").glob("*/*.gz"))[::3]
    assert len(paths) > 500
    for path in paths:
        body = gzip.decompress(path.read_bytes())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = len(
                feedparser.parse(io.BytesIO(body), response_headers={"content-location": URL, "content-type": "application/xml"}).entries
            )
        try:
            found = len(parse_feed(body, URL, "application/xml").entries)
        except FeedError:
            found = 0
        assert found == expected, path.name


def test_how_often_a_feed_wants_to_be_asked() -> None:
    head = '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>t</title>'
    wishes = "<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    parsed = parse_feed(f"{head}{wishes}<item><title>a</title></item></channel></rss>".encode(), "https://valley.example/rss")
    assert (parsed.ttl, parsed.period, parsed.frequency) == ("60", "daily", "4")
    parsed = parse_feed(f"{head}<item><title>a</title></item></channel></rss>".encode(), "https://valley.example/rss")
    assert (parsed.ttl, parsed.period, parsed.frequency) == (None, None, None)
