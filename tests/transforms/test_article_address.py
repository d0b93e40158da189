"""One address for one article: what pages declare, where that can be meant, and variants that stand for the ordinary page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.article_address import article_address, main_address
from transforms.urls import UrlError, canonical_url, unwrap_url


@pytest.mark.parametrize(
    ("fetched", "declared", "expected"),
    [
        ("https://v.example/a?utm_source=x", None, "https://v.example/a"),
        ("https://v.example/a?ref=1", "https://v.example/a", "https://v.example/a"),
        ("https://v.example/a", "/world/a", "https://v.example/world/a"),
        ("https://amp.v.example/a", "https://www.v.example/a", "https://www.v.example/a"),
        ("https://m.v.example/a", "https://v.example/a", "https://v.example/a"),
        ("http://v.example/a", "https://www.v.example/a", "https://www.v.example/a"),
        ("https://v.example/a/amp/", "https://v.example/a", "https://v.example/a"),
        ("https://v.example/a/2", "https://v.example/a", "https://v.example/a"),
        ("http://127.0.0.1:80/v/a", "https://v.example/a", "https://v.example/a"),
    ],
)  # fmt: skip
def test_what_is_believed(fetched: str, declared: str | None, expected: str) -> None:
    assert article_address(fetched, declared) == expected


@pytest.mark.parametrize(
    ("fetched", "declared"),
    [
        ("https://v.example/world/a", "https://other.example/world/a"), ("https://v.example/world/a", "https://v.example/"),
        ("https://v.example/world/a", "https://v.example/world"), ("https://v.example/story?id=5", "https://v.example/story"),
        ("https://v.example/story?article=5", "https://v.example/story?lang=en"), ("https://v.example/a", "javascript:alert(1)"),
        ("https://v.example/a", "http://[bad"), ("https://v.example/a", "mailto:a@b.example"), ("https://v.example/a", ""),
        ("https://v.example/?p=12", "https://v.example/"), ("https://v.example/a", "https://sports.v.example/a"),
    ],
)  # fmt: skip
def test_what_is_not_believed(fetched: str, declared: str) -> None:
    assert article_address(fetched, declared) == canonical_url(fetched)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.google.com/amp/s/www.v.example/a/b?x=1", "https://www.v.example/a/b?x=1"),
        ("https://www-v-example.cdn.ampproject.org/c/s/www.v.example/a", "https://www.v.example/a"),
        ("https://www-v-example.cdn.ampproject.org/v/www.v.example/a", "http://www.v.example/a"),
        ("https://amp.v.example/a", "https://www.v.example/a"), ("https://mobile.v.example/a", "https://www.v.example/a"),
        ("https://v.example/amp/story", "https://v.example/story"), ("https://v.example/story/amp", "https://v.example/story"),
        ("https://v.example/story.amp.html", "https://v.example/story.html"), ("https://v.example/story?amp=1&id=2", "https://v.example/story?id=2"),
        ("https://v.example/story?outputType=amp", "https://v.example/story"),
        *((same, same) for same in (
            "https://v.example/lamp", "https://v.example/guitar-amp", "https://m.example/a", "https://v.example/amp", "https://www.google.com/s/foo",
            "https://v.example/camp/a", "https://v.example/a?amplitude=1", "https://www.google.com/amp/",
        )),
    ],
)  # fmt: skip
def test_variants_stand_for_the_ordinary_page(url: str, expected: str) -> None:
    assert main_address(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.google.com/url?rct=j&url=https://v.example/a%3Futm_source%3Dx&ct=ga", "https://v.example/a"),
        ("https://www.google.com/url?url=javascript:alert(1)", "https://www.google.com/url?url=javascript:alert(1)"),
        ("https://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fv.example%2fa", "https://v.example/a"),
        ("https://v.example/a?url=https://other.example/", "https://v.example/a?url=https://other.example/"),
    ],
)
def test_addresses_that_wrap_another(url: str, expected: str) -> None:
    assert unwrap_url(url) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_declaration_gives_an_address_that_stays(path: str, declared: str) -> None:
    try:
        fetched = canonical_url(f"https://v.example/{path}")
    except UrlError:
        return
    once = article_address(fetched, declared)
    assert once.startswith(("http://", "https://")) and main_address(main_address(once)) == main_address(once)
