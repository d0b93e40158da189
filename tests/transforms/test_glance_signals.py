"""What a glance shows: words by zone, what single sentences tell, and what title and lead are as a whole."""

from __future__ import annotations

import pytest

from transforms.glance import Glance
from transforms.glance_signals import flat_bytes, look_for_signals
from transforms.lexicons import Lexicons

NOTHING = "The council of the town agreed on the plan for the new library and its garden. "


@pytest.mark.parametrize(
    ("folded", "flat"),
    [
        ("a man died. two fled!", b" a man died \n two fled  "),
        ("killed… wounded • at 3.5 km", b" killed  wounded   at 3 5 km "),
        ("first line\nsecond line", b" first line \n second line "),
        ("the \"bomb\" in orléans", " the  bomb  in orléans ".encode()),
    ],
)  # fmt: skip
def test_a_flat_text_has_spaces_for_marks_and_line_ends_for_sentences(folded: str, flat: bytes) -> None:
    assert flat_bytes(folded) == flat


@pytest.mark.parametrize(
    ("sentence", "told", "not_told"),
    [
        ("gunmen shot a farmer dead on monday.", {"violent_harm", "harm_told", "harm_number", "fresh_day"}, {"stale_day"}),
        ("a court sentenced a man who shot farmers dead in 2009.", {"court_violence", "stale_day"}, {"violent_harm"}),
        ("nobody was hurt when the bus overturned.", {"accident_harm", "harm_number"}, {"violent_harm"}),
        ("the team shot late, and its attack beat the goalkeeper.", {"sport_violence"}, {"violent_harm"}),
        ("soldiers shelled the hills.", set(), {"violent_harm", "harm_told", "fresh_day"}),
    ],
)
def test_a_sentence_tells_what_its_words_say_together(lexicons: Lexicons, sentence: str, told: set[str], not_told: set[str]) -> None:
    found, _ = look_for_signals(Glance("library", NOTHING * 12 + sentence), lexicons)
    signs = {name.removesuffix(".body") for name in found}
    assert told <= signs
    assert not not_told & signs


@pytest.mark.parametrize(
    ("sentence", "is_told"),
    [
        ("a bomb killed nine people, police said.", True),
        ("bombs killed people, police said.", False),  # no number
        ("a bomb killed nine people.", False),  # nobody says so
        ("a bomb killed nine people in the film, police said.", False),
        ("nine people were hurt, police said.", False),  # by what?
    ],
)
def test_one_sentence_tells_plainly_of_violence_and_its_harm(lexicons: Lexicons, sentence: str, is_told: bool) -> None:
    assert look_for_signals(Glance("library", NOTHING * 12 + sentence), lexicons)[1] is is_told


@pytest.mark.parametrize(
    ("title", "is_told"),
    [
        ("bomb kills shoppers", True),
        ("man jailed as bomb kills shoppers", False),
        ("bomb kills shoppers, lawyers' group says", True),  # no court's lawyers
        ("bomb shelters for shoppers", False),
    ],
)
def test_a_title_or_lead_tells_plainly_without_a_number(lexicons: Lexicons, title: str, is_told: bool) -> None:
    assert look_for_signals(Glance(title, NOTHING * 12), lexicons)[1] is is_told
    assert look_for_signals(Glance("library", f"{title} on tuesday in the market of the town. {NOTHING * 12}"), lexicons)[1] is is_told


def test_words_count_in_the_zone_they_stand_in(lexicons: Lexicons) -> None:
    head = "blast in the market\nblast in the market | the gazette\nwhat the gunmen wanted"
    short = "1 of 4.\nparis.\n"  # what stands above an article is not its lead
    found, _ = look_for_signals(Glance(head, f"{short}{NOTHING}{NOTHING}a hostage was freed. {NOTHING * 9}"), lexicons)
    assert found["explosion.head"] == 1, "once, however often the page says its title"
    assert found["shooting.lead"] == pytest.approx(1 / 3)
    assert 0 < found["abduction.body"] <= 3
    assert "explosion.lead" not in found


@pytest.mark.parametrize(
    ("title", "sign"),
    [("nine killed in blast", "plain_report.head"), ("trial opens", "aftermath.head"), ("trial opens after gunman killed nine", "court_violence.head")],
)  # fmt: skip
def test_a_title_is_judged_as_a_whole(lexicons: Lexicons, title: str, sign: str) -> None:
    assert sign in look_for_signals(Glance(title, NOTHING * 6 + "a bomb."), lexicons)[0]


def test_without_a_word_of_violence_or_harm_nothing_is_shown(lexicons: Lexicons) -> None:
    assert look_for_signals(Glance("the court and the film", NOTHING * 9), lexicons) == ({}, False)
