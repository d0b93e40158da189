"""Pages that are no article are told from articles that speak of the same things."""

from __future__ import annotations

import pytest

from transforms.clean import CleanError, clean_page
from transforms.page_kinds import is_home_instead, judge_page

STORY = "Police said that three people were killed and nine injured when a shell hit a market. " * 4


def kind(title: str, body: str = "", visible: str = "", **more: object) -> str | None:
    about: dict[str, object] = {"url": "https://v.example/a", "asked_url": None, "is_free": None, **more}
    return judge_page(titles=[title], body=body, visible=visible or body, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "title",
    ["404", "Error 404", "404 - Page not found", "Page not found | Valley Post", "Oops! 404", "Not Found", "This article is no longer available",
     "Sorry, the page you requested could not be found", "Seite nicht gefunden", "Страница не найдена", "410 Gone"],
)  # fmt: skip
def test_not_found(title: str) -> None:
    assert kind(title, "Try our search.") == "soft_404"


@pytest.mark.parametrize(
    "title",
    ["404 dead in floods, officials say", "Blast kills 410", "Missing girl found", "Body of pilot not yet found", "Market hit", "Captcha maker sued",
     "Access road denied to villagers", "Consent law passed", "Article 5 invoked", "Cookie factory fire kills 12"],
)  # fmt: skip
def test_headlines_of_articles(title: str) -> None:
    assert kind(title, STORY) is None


@pytest.mark.parametrize(
    ("title", "visible", "expected"),
    [
        ("Before you continue to Valley", "We use cookies. Our partners process personal data.", "consent"),
        ("Your privacy choices", "We and our partners use cookies", "consent"),
        ("Just a moment...", "Checking your browser before accessing", "robot_check"),
        ("Access denied", "You don't have permission to access this. Reference #18.2", "robot_check"),
        ("Shells hit market", "Subscribe now to continue reading", "paywall"),
        ("Shells hit market", "Already a subscriber? Log in", "paywall"),
    ],
)
def test_notices(title: str, visible: str, expected: str) -> None:
    assert kind(title, "", visible) == expected


def test_a_long_text_is_an_article_whatever_stands_around_it() -> None:
    notice = "Page not found. We use cookies, our partners, consent. Subscribe to continue reading. Enable JavaScript."
    assert kind("Page not found", STORY * 5, notice) is None
    assert kind("Shells", STORY * 3, notice, is_free=False) == "paywall", "what it says of itself counts for a teaser"
    assert kind("Shells", STORY * 6, notice, is_free=False) is None


def test_a_home_page_instead_of_the_article() -> None:
    assert is_home_instead("https://v.example/", "https://v.example/world/a")
    assert not is_home_instead("https://v.example/", "https://v.example/")
    assert not is_home_instead("https://v.example/?p=5", "https://v.example/old/5")
    assert not is_home_instead("https://v.example/new", "https://v.example/old")


def test_a_teaser_is_kept_and_marked() -> None:
    page = (
        '<html><head><title>Shells</title><script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
        f"</head><body><article><h1>Shells</h1><p>{STORY}</p></article></body></html>"
    ).encode()
    assert clean_page(page).is_teaser
    assert not clean_page(page.replace(b"False", b"True")).is_teaser


@pytest.mark.parametrize("body", [b"\0" * 5000, b"<html>" + b"\0\x01" * 3000])
def test_programs_are_no_pages(body: bytes) -> None:
    with pytest.raises(CleanError) as caught:
        clean_page(body)
    assert caught.value.reason == "not_html"
