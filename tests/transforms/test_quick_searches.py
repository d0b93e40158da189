"""What is looked for only where it may begin: everything that the plain, slower way finds, and nothing else."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.casualty_ages import _DEATH_STEMS, _OF_THE_DEAD, _YOUNG_NUMBER, _YOUNG_WORDS, _may_name_minors
from transforms.casualty_recorder import _OTHERS
from transforms.document import Document, Source, once
from transforms.fields import weapons
from transforms.lexicons import Lexicons
from transforms.numbers import _AGES_BEFORE, _follows_ages
from transforms.place_mentions import _FAMILY, _RUN, _RUN_START, _find_families
from transforms.place_surroundings import _CARE, _CARERS
from transforms.place_words import place_words
from transforms.quotations import _SINGLE_CLOSES
from transforms.records import Span
from transforms.stems import StemPool, Stems
from transforms.text import blank_marks, find_matches, find_stems, flatten, fold, is_word_bounded
from transforms.triage import _NATURAL, _NATURE

PIECES = [
    "al-Shabab", "Al-Qaim", "el-Obeid", "and", "ash-Shaddadah", "a", "U.S.", "St. Louis", "Baghdad", "attacks", "firearm", "fire", "sharpshooter",
    "raid_", "mine", "miner", "killed", "kills", "Black Sea", "'the end,'", "it's", "o'clock", "Abu Sayyaf", "al qaeda", "al-qaeda", "ISIS", "is",
    "'ndrangheta", "x'ndrangheta", "ÉVREUX", "Île", "غزة", "\n", " ", "  ", ".", ",", "-", "\"", "'", "’", "_", "(", ")", "3", "12-year-old", "soldiers",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda joint: joint.join(words))
)
OFTEN = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@OFTEN
@given(text=TEXTS | st.text())
def test_marks_are_blanked(text: str) -> None:
    assert flatten(text) == " " + re.sub(r"[^\w ]", " ", text) + " "
    assert blank_marks(text) == " " + re.sub(r"[!-/:-@[-`{-~\n\r…•]", " ", text) + " "


@pytest.mark.parametrize(
    ("pattern", "stems"),
    [(_NATURAL, _NATURE), (_CARE, _CARERS), (weapons._BOMBED_BY_AIR, weapons._AIR_BOMBERS), (_OF_THE_DEAD, _DEATH_STEMS), *_OTHERS],
    ids=["harm by nature", "care", "bombed by air", "the dead", "aggregate", "disaster", "past"],
)
def test_what_a_costly_pattern_matches_holds_one_of_its_stems(pattern: re.Pattern[str], stems: Stems) -> None:
    @settings(max_examples=12, deadline=None)
    @given(text=st.from_regex(pattern))
    def holds(text: str) -> None:
        assert stems.stand_in(Document(None, text, Source(), None, None), 0, len(text))  # type: ignore[arg-type]

    holds()


@OFTEN
@given(text=TEXTS)
def test_stems_that_open_a_word(text: str) -> None:
    folded = fold(text)
    doc = Document(None, text, Source(), None, None)  # type: ignore[arg-type]
    pool = StemPool()
    stems, others = Stems(["fire", "kill", "mine", "raid", "attack"], pool, opens_word=True), Stems(["kill", "arm"], pool)
    pattern = re.compile(r"\b(?:fire|kill|mine|raid|attack)")
    assert all(stems.stand_in(doc, at, len(folded)) == bool(pattern.search(folded, at)) for at in range(len(folded)))
    assert others.starts(doc) == find_stems(folded, ["kill", "arm"])


@OFTEN
@given(text=TEXTS | st.from_regex(_YOUNG_NUMBER) | st.from_regex(_YOUNG_WORDS))
def test_words_of_an_age_below_18(text: str) -> None:
    doc = Document(None, text, Source(), None, None)  # type: ignore[arg-type]
    pattern = re.compile(f"{_YOUNG_NUMBER.pattern}|{_YOUNG_WORDS.pattern}")
    assert _may_name_minors(doc) == (pattern.search(doc.folded) is not None)


@OFTEN
@given(text=st.from_regex(_AGES_BEFORE) | TEXTS)
def test_ages_before_a_number(text: str) -> None:
    assert _follows_ages(text, len(text)) == (_AGES_BEFORE.search(text, max(0, len(text) - 40)) is not None)


@OFTEN
@given(text=st.lists(st.sampled_from(["the ", "The ", "breathe ", "Saleh ", "al-", "Omar's ", "family", "clan ", " ", "of "])).map("".join))
def test_surnames_of_families(text: str) -> None:
    assert _find_families(text) == {name.lower() for name in _FAMILY.findall(text)}


@OFTEN
@given(text=TEXTS)
def test_runs_of_capitals(text: str) -> None:
    starts = [match.start() for match in _RUN_START.finditer(text)]
    assert [m.span() for m in find_matches(_RUN, text, starts, len(text))] == [m.span() for m in _RUN.finditer(text)]


@OFTEN
@given(text=TEXTS)
def test_single_closing_quotes(text: str) -> None:
    starts = [at - 1 for at in find_stems(text, "'") if at]
    assert [m.span() for m in find_matches(_SINGLE_CLOSES, text, starts, len(text))] == [m.span() for m in _SINGLE_CLOSES.finditer(text)]


@OFTEN
@given(text=TEXTS)
def test_words_of_violence(lexicons: Lexicons, text: str) -> None:
    words, folded = place_words(lexicons), fold(text)
    assert words.find_events(folded) == [match.start() for match in words.event.finditer(folded)]
    for end in range(len(folded)):  # a stretch that ends within a word: what begins well before its end needs no pattern
        sure = any(start < end - words.longest_event for start in words.find_events(folded))
        assert not sure or words.event.search(folded, 0, end)


@OFTEN
@given(text=TEXTS)
def test_terms(lexicons: Lexicons, text: str) -> None:
    folded = fold(text)
    caseless = not any(char.isupper() for char in text[:2_000])
    found = {kind: {(term.start, term.end) for term in terms} for kind, terms in lexicons.find_terms(text, folded, flatten(folded)).items()}
    spelled = {word: entries for word, entries in zip(lexicons._spellings, lexicons._entries, strict=True) if word in folded}
    for word, entries in spelled.items():
        for start in find_stems(folded, [word]):
            end = start + len(word)
            for kind, _, capitals in entries if is_word_bounded(folded, start, end) else ():
                if capitals is None or (not caseless and text[start:end] == capitals):
                    assert any(low < end and start < high for low, high in found[kind])  # itself, or a longer one beside it
    for spans in found.values():
        assert all(is_word_bounded(folded, start, end) and folded[start:end] in spelled for start, end in spans)


@pytest.mark.parametrize("text", ["Al Qaeda and al-Qaeda", "x_al-qaeda", "al qaeda", "(al-qaeda)"])
def test_marks_within_a_spelling_count(lexicons: Lexicons, text: str) -> None:
    folded = fold(text)
    for terms in lexicons.find_terms(text, folded, flatten(folded)).values():
        assert all(folded[term.start : term.end] in lexicons._spellings for term in terms)


def test_an_answer_is_remembered_for_one_document(make_document: object) -> None:
    asked: list[Document] = []

    @once
    def length(doc: Document) -> int:
        asked.append(doc)
        return len(doc.text)

    one, two = make_document("One."), make_document("Two, longer.")  # type: ignore[operator]
    assert [length(one), length(two), length(one), length(two)] == [4, 12, 4, 12]
    assert asked == [one, two]


def test_a_record_is_a_value() -> None:
    assert Span(1, 2) == Span(1, 2) != Span(1, 3)
    assert len({Span(1, 2), Span(1, 2)}) == 1
    assert pickle.loads(pickle.dumps(Span(1, 2))) == Span(1, 2)
    with pytest.raises(AttributeError):
        Span(1, 2).middle = 1  # type: ignore[attr-defined]
