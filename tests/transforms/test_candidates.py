"""The glance at a page, and whether it may report an incident: what must never be left uncleaned, and what may."""

from __future__ import annotations

import time

import pytest

from transforms.candidates import judge_candidate
from transforms.glance import Glance, glance_at
from transforms.language import is_surely_english
from transforms.lexicons import Lexicons

QUIET = (
    "The council of the town met on Tuesday evening and agreed on the plan for the new library, which will open in the autumn of next year."
    " The building has three floors and a garden, and the people of the quarter may borrow books, films and games from it without a fee."
    " The mayor said that the money came from the sale of the old mill, and that the work would be done by firms from the region."
    " The architect showed drawings of the reading room with the tall windows, and the school of music will have two rooms of its own."
)
RAID = "Gunmen on motorbikes attacked the market of the village at dawn and killed nine people, police said. Fourteen others were wounded."


def page_of(*paragraphs: str, title: str = "News from the town", wrap: str = "p") -> str:
    body = "".join(f'<{wrap} class="story">{text}</{wrap}>' for text in paragraphs)
    return f"<html><head><title>{title}</title></head><body><nav><a>Home</a></nav>{body}</body></html>"


def is_read(lexicons: Lexicons, markup: str, *more: str | None) -> bool:
    return judge_candidate(glance_at(markup, *more), lexicons).is_candidate


def test_a_page_without_any_word_of_violence_is_left_and_the_reason_is_told(lexicons: Lexicons) -> None:
    found = judge_candidate(glance_at(page_of(QUIET, QUIET)), lexicons)
    assert not found.is_candidate
    assert found.reason == "no word of violence or harm"


def test_a_page_that_mentions_a_death_among_much_else_is_left_with_its_signals(lexicons: Lexicons) -> None:
    court = "The court will hear the appeal about the film, whose director died, and the jury may give its verdict in the trial on Monday."
    found = judge_candidate(glance_at(page_of(QUIET, court, QUIET, QUIET, title="Court to hear appeal over film prize")), lexicons)
    assert not found.is_candidate
    assert "court in head" in found.reason


@pytest.mark.parametrize(
    "markup",
    [
        page_of(RAID, QUIET, QUIET, title="Nine killed in attack on market"),
        page_of(QUIET, RAID, QUIET),  # behind a notice or another teaser
        page_of(RAID, QUIET, QUIET, wrap="div"),  # not written in paragraphs
        f"<html><body><P CLASS=x>{QUIET}<P>{RAID}<P>{QUIET}",  # tags in capitals, never closed
        page_of(RAID.replace("killed nine people", "killed <a href='/x'>nine <b>people</b></a>"), QUIET),
        page_of(RAID.replace(" ", "&#32;"), QUIET),
    ],
    ids=["plain", "behind", "div", "capitals", "links", "entities"],
)
def test_a_page_that_reports_an_attack_is_read_however_it_is_marked_up(lexicons: Lexicons, markup: str) -> None:
    assert is_read(lexicons, markup)


def test_english_with_few_of_its_small_words_is_judged(lexicons: Lexicons) -> None:
    table = "Final league standings: Rovers won eleven, drew four, lost three. Saturday fixtures: United play Albion, City host Athletic. "
    listed = page_of(table * 3, table * 3, title="Football results, league table, weekend fixtures")
    assert not is_surely_english(glance_at(listed).text), "the model has to tell"
    assert not is_read(lexicons, listed)
    assert is_read(lexicons, page_of(table * 3, RAID, table * 3, title="Football results, league table, weekend fixtures"))


def test_what_cannot_be_judged_is_read(lexicons: Lexicons) -> None:
    spanish = (
        "El ayuntamiento del pueblo se reunió el martes por la tarde y aprobó el plan de la nueva biblioteca, que abrirá en otoño. " * 8
    )
    assert is_read(lexicons, page_of(spanish))
    assert is_read(lexicons, page_of("Live updates follow."))  # the text is loaded later, or the page is a notice
    assert is_read(lexicons, "<html><body></body></html>")
    assert judge_candidate(Glance("", QUIET * 3), Lexicons({}, "en")).is_candidate  # a language without candidates.csv


def test_title_and_full_text_of_the_feed_are_looked_at_too(lexicons: Lexicons) -> None:
    assert not is_read(lexicons, page_of(QUIET, QUIET))
    assert is_read(lexicons, page_of(QUIET, QUIET), "Nine killed in attack on market", f"<p>{RAID}</p>")


def test_a_glance_holds_head_and_paragraphs_without_markup() -> None:
    head = '<meta property="og:description" content="What the council &amp; the mayor said"><meta name="viewport" content="width=100">'
    markup = f"<head><title>Library</title>{head}</head><body><script>var p = 1;</script><p>The first <b>paragraph</b> of it.</p></body>"
    found = glance_at(markup, "Library opens")
    assert found.head.splitlines() == ["library opens", "library", "what the council & the mayor said"]
    assert found.text == "the first paragraph of it."


@pytest.mark.parametrize(
    "markup", ["<p>" * 50_000, "<p " * 50_000, "<meta " * 50_000, "<" * 200_000, ">" + "a" * 500_000, "<p>a<b" * 50_000]
)
def test_a_hostile_page_costs_no_more_than_its_length(markup: str) -> None:
    began = time.process_time()
    glance_at(markup)
    assert time.process_time() - began < 2
