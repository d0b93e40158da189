"""One spelling for one page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.urls import UrlError, canonical_url, host_of, is_loopback, site_of


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://News.Example.ORG/A/b#top", "http://news.example.org/A/b"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org/a?utm_source=rss&utm_medium=x&id=7", "https://example.org/a?id=7"),
        ("https://example.org/a?fbclid=1", "https://example.org/a"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?b=2&a=1"),
        ("https://example.org/a?source=x&ref=y", "https://example.org/a?source=x&ref=y"),
        ("https://example.org/Київ/a b", "https://example.org/%D0%9A%D0%B8%D1%97%D0%B2/a%20b"),
        ("https://example.org/%D0%9A?x=%26", "https://example.org/%D0%9A?x=%26"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("http://[::1]:80/a", "http://[::1]/a"),
        ("http://user:secret@example.org/a", "http://example.org/a"),
    ],
)
def test_canonical(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_relative_to_its_document() -> None:
    assert canonical_url("../story?gclid=9", "https://example.org/world/feed.xml") == "https://example.org/story"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://[bad",
        "http://a:99999/",
        "/a",
        "https://example.org/" + "a" * 5000,
    ],
)
def test_no_address_of_a_page(url: str) -> None:
    with pytest.raises(UrlError):
        canonical_url(url)


@given(st.text(max_size=80))
def test_canonical_is_a_fixed_point_or_refused(tail: str) -> None:
    try:
        once = canonical_url("https://example.org/" + tail)
    except UrlError:
        return
    assert canonical_url(once) == once
    assert once.isascii()


def test_host_and_site() -> None:
    assert host_of("https://www.Example.org/a") == "example.org"
    assert host_of("http://127.0.0.1:8099/a") == "127.0.0.1:8099"
    assert site_of("https://www.example.org:443/a?b") == "https://www.example.org"


@pytest.mark.parametrize(("url", "expected"), [
    ("http://127.0.0.1:80/", True), ("http://127.9.9.9/", True), ("http://localhost/", True),
    ("http://LOCALHOST./", True), ("http://[::1]/", True),
    ("http://10.0.0.1/", False), ("http://example.org/", False), ("http://localhost.example.org/", False), ("http://[bad", False),
])  # fmt: skip
def test_is_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
