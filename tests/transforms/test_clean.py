"""Cleaning: what is dropped takes no text with it, what a page declares is read wherever it stands, and a short find is looked at twice."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from transforms.clean import clean_page

SENTENCE = "Two people were hurt when a shell fell on the street beside the market on Friday, the mayor said."
LONG = " ".join(f"{SENTENCE[:-1]}, and {number} houses were damaged." for number in range(12))


def page(body: str, head: str = "") -> bytes:
    return f"<html><head><title>Shell falls</title>{head}</head><body><article><h1>Shell falls</h1>{body}</article></body></html>".encode()


@pytest.mark.parametrize("dropped", ["script", "style", "svg", "select", "nav", "video"])
def test_text_behind_what_is_dropped_stays(dropped: str) -> None:
    cleaned = clean_page(page(f"<p>{LONG}</p><p>The mayor <{dropped}>var x = 1</{dropped}>spoke of a second shell that fell.</p>"))
    assert "The mayor spoke of a second shell that fell." in cleaned.body and "var x" not in cleaned.body


def test_a_text_that_only_the_declarations_hold_is_found() -> None:
    declared = json.dumps({"@type": "NewsArticle", "articleBody": LONG})
    head = f'<script type="application/ld+json">{declared}</script><script>var x = "no text"</script>'
    assert clean_page(page("<div></div>", head)).body == LONG


@pytest.mark.parametrize(
    "tag",
    [
        '<time pubdate datetime="2025-04-04T18:00:00Z">Friday</time>',
        '<time itemprop="datePublished" datetime="2025-04-04T18:00:00Z">Friday</time>',
        '<time datetime="2024-01-01">old</time><time itemprop="datePublished" datetime="2025-04-04T18:00:00Z">Friday</time>',
    ],
)
def test_a_time_of_publication_is_read_and_no_other(tag: str) -> None:
    cleaned = clean_page(page(f"{tag}<p>{LONG}</p>"))
    assert (cleaned.published, cleaned.published_source) == (dt.datetime(2025, 4, 4, 18, tzinfo=dt.UTC), "meta")
    assert clean_page(page(f'<time datetime="2024-01-01">old</time><p>{LONG}</p>')).published is None


def test_the_first_canonical_address_is_the_pages() -> None:
    head = '<link rel="stylesheet" href="/s.css"><link rel="canonical" href="https://a.example/1"><link rel="canonical" href="/2">'
    assert clean_page(page(f"<p>{LONG}</p>", head)).canonical_url == "https://a.example/1"


@pytest.mark.parametrize("body", [f"<p>{SENTENCE}</p><p>{SENTENCE.replace('Two', 'Three')}</p>", f"<div>{SENTENCE}</div>"])
def test_a_short_article_is_found_whole(body: str) -> None:
    assert SENTENCE in clean_page(page(body)).body
