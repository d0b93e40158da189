"""Copies by their words, agencies by their credits."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.copies import (
    COPY_TIME,
    MIN_WORDS,
    N_HASHES,
    ArticleSketch,
    count_words,
    find_duplicates,
    find_meeting,
    find_wire_origin,
    is_copy,
    likeness,
    minhash,
)
from transforms.lexicons import Lexicons

NOON = dt.datetime(2025, 4, 4, 12, tzinfo=dt.UTC)
REPORT = (
    "Two people were killed and seven injured on Friday when a mortar shell landed beside a bakery in the old town, the mayor said. "
    "Rescue workers pulled a baker and his apprentice from the rubble an hour later, and took both of them to the regional hospital. "
    "Windows were broken in eleven houses along the street, and the school on the corner will stay closed until its roof is mended. "
    "Neighbours said that they had heard three blasts shortly after seven in the morning, and that the first fell into the river. "
    "The army said it was looking into the report. Shelling of the town has grown heavier since the bridge was destroyed in February, "
    "and most families with children have left for villages further west, where the council has opened a sports hall for them."
)
OTHER = (
    "A court in the capital sentenced four former officials to prison on Friday for taking money meant for the repair of flood defences. "
    "The judge said that the four had signed for pumps which never arrived and for walls that were never built, while hundreds of homes "
    "stood under water for a winter. Their lawyers said that they would appeal. The trial lasted two years and heard more than ninety "
    "witnesses, among them farmers who lost their herds and an engineer who had warned of the breach in a letter that nobody answered."
)
UPDATED = REPORT.replace("Two people were killed and seven injured", "Three people were killed and nine injured").replace(
    "an hour later", "later"
)


def sketch(name: str, text: str, hours: float = 0, url: str | None = None) -> ArticleSketch:
    return ArticleSketch(name, url or f"https://{name}.example/", NOON + dt.timedelta(hours=hours), minhash(text), count_words(text))


def invented_text(seed: int, n_words: int = 150) -> str:
    rng = random.Random(seed)
    return " ".join(f"w{rng.randrange(3_000)}" for _ in range(n_words))


def test_signature_is_the_same_everywhere_and_for_ever() -> None:
    """Fails when rensa changes its algorithm: stored signatures must then be computed anew."""
    signature = minhash(REPORT)
    assert signature is not None and len(signature) == N_HASHES
    assert all(0 <= value < 2**64 for value in signature)
    digest = hashlib.sha256(repr(signature).encode()).hexdigest()[:16]
    assert digest == "fdda8b9e9665ea22"
    code = "import sys; from transforms.copies import minhash; print(minhash(sys.stdin.read()))"
    again = subprocess.run([sys.executable, "-c", code], input=REPORT, text=True, capture_output=True, check=True, cwd=Path.cwd())
    assert again.stdout.strip() == repr(signature)


def test_short_texts_have_no_signature() -> None:
    words = REPORT.split()
    assert minhash(" ".join(words[: MIN_WORDS - 1])) is None
    assert minhash(" ".join(words[:MIN_WORDS])) is not None
    assert minhash("") is None


def test_case_punctuation_and_quotes_do_not_count() -> None:
    assert minhash(REPORT.upper().replace(",", " --").replace(".", "\n\n")) == minhash(REPORT)


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        (REPORT, True),
        ("(Agency) - " + REPORT + " Additional reporting by our staff.", True),
        (UPDATED, True),
        (REPORT[: int(len(REPORT) * 0.65)], True),  # cut from the end, as agency texts are
        (OTHER, False),
        (OTHER + " " + REPORT[:200], False),
        ("Read our newsletter every morning at six. " + OTHER, False),
    ],
)
def test_copy_or_not(text: str, copied: bool) -> None:
    found = find_duplicates([sketch("original", REPORT), sketch("later", text, 3)])
    assert found == ({"later": "original"} if copied else {})


def test_earliest_is_the_original_whatever_the_order() -> None:
    articles = [sketch("b", REPORT, 1), sketch("c", REPORT, 5), sketch("a", REPORT, 1), sketch("x", OTHER, 0)]
    for order in (articles, articles[::-1]):
        assert find_duplicates(order) == {"b": "a", "c": "a"}


def test_versions_of_one_address_are_updates_but_their_copies_are_copies() -> None:
    first, second = sketch("v1", REPORT, 0, "https://one.example/"), sketch("v2", UPDATED, 4, "https://one.example/")
    assert find_duplicates([first, second]) == {}
    assert find_duplicates([first, second, sketch("reprint", UPDATED, 6)]) == {"reprint": "v1"}


def test_originals_are_never_copies_and_every_copy_is_like_its_original() -> None:
    text, chain = REPORT.split(), []
    for step in range(30):  # each a few words away from the one before
        chain.append(sketch(f"s{step:02}", " ".join(text), step))
        text[step * 3 % len(text)] = f"changed{step}"
    found = find_duplicates(chain)
    by_id = {article.article_id: article for article in chain}
    assert found
    assert not set(found) & set(found.values())
    assert all(is_copy(by_id[original], by_id[copy]) for copy, original in found.items())
    assert likeness(chain[0].minhash or (), chain[-1].minhash or ()) < 0.5, "the chain did drift"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 5)), max_size=12), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_copies(made: list[tuple[int, int, int]], rng: random.Random) -> None:
    articles = [sketch(f"a{n}", invented_text(seed)[: -1 - cut * 10], hours) for n, (seed, cut, hours) in enumerate(made)]
    shuffled = list(articles)
    rng.shuffle(shuffled)
    assert find_duplicates(shuffled) == find_duplicates(articles)


def test_two_hundred_reprints_among_a_thousand_texts() -> None:
    articles = [sketch(f"own{n:03}", invented_text(n), n) for n in range(800)]
    reprints = [sketch(f"re{n:03}", f"outlet {n} " + REPORT, 900 + n / 2) for n in range(200)]
    assert find_duplicates([*reprints, *articles]) == {f"re{n:03}": "re000" for n in range(1, 200)}


CREDITED: list[tuple[str, str | None, str | None]] = [
    ("KYIV, April 4 (Reuters) - A shell hit a bakery on Friday.", None, "Reuters"),
    ("Bakery hit\n\nKYIV, Ukraine (AP) — A shell hit a bakery.", None, "Associated Press"),
    ("MOSCOW, April 5. /TASS/. The ministry said on Saturday.", None, "TASS"),
    ("BAGHDAD, April 4 (Xinhua) -- Two people were killed.", None, "Xinhua"),
    ("(AFP) - Two people were killed.", None, "Agence France-Presse"),
    ("Reuters - Two people were killed.", None, "Reuters"),
    ("Two people were killed.\n\nSource: Xinhua", None, "Xinhua"),
    ("Two people were killed.\n— Reuters", None, "Reuters"),
    ("Two people were killed. (AFP)", None, "Agence France-Presse"),
    ("Two people were killed. - AFP", None, "Agence France-Presse"),
    ("Two people were killed.\n© 2025 AFP", None, "Agence France-Presse"),
    ("Two people were killed.\nCopyright 2025 The Associated Press. All rights reserved.", None, "Associated Press"),
    ("Two people were killed.\nThis story was originally published by Reuters.", None, "Reuters"),
    ("Two people were killed.", "Reuters", "Reuters"),
    ("Two people were killed.", "By Jane Doe, Associated Press", "Associated Press"),
    ("Two people were killed.", "Jane Doe | The Associated Press", "Associated Press"),
    ("Two people were killed.", "AFP in Nairobi", "Agence France-Presse"),
    ("Two people were killed.", "Meridian Wire staff", "Meridian Wire"),
    ("Two people were killed.", "Jane Doe", None),
    ("Two people were killed.", "Staff and agencies", None),
    ("The Armed Forces of the Philippines (AFP) said that two people were killed.", None, None),
    ("MANILA - The Armed Forces of the Philippines (AFP) - backed by police - searched the hills.", None, None),
    ("Two people were killed, the mayor told Reuters.", None, None),
    ("A shell hit a bakery. Photo: Reuters/Jane Doe\n\nIt stood in the old town.", None, None),
    ("Two people were killed.\nThe Associated Press contributed to this report.", None, None),
    ("Two people were killed.\nSource: local police", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("text", "byline", "agency"), CREDITED)
def test_wire_origin(lexicons: Lexicons, text: str, byline: str | None, agency: str | None) -> None:
    assert find_wire_origin(text, byline, lexicons) == agency


def test_demo_copy_is_found_though_it_was_cut(lexicons: Lexicons) -> None:
    folder = Path("seeds/demo/articles")
    bodies = {
        f"{path.parent.name}/{path.stem}": body
        for path in sorted(folder.glob("*/*.md"))
        if "." not in path.stem
        for body in [path.read_text().partition("\n\n")[2]]
    }
    original, copy = "meridian-wire/kryvyi-rih-toll-eighteen", "harbour-ledger/kryvyi-rih-eighteen-dead"
    assert find_duplicates(sketch(name, body, float(name == copy), name) for name, body in bodies.items()) == {copy: original}
    assert find_wire_origin(bodies[copy], None, lexicons) == "Meridian Wire"


def test_a_text_of_more_than_a_week_ago_is_another_story() -> None:
    first, again, late = sketch("first", REPORT), sketch("again", REPORT, 160), sketch("late", REPORT, 200)
    assert find_duplicates([first, again, late]) == {"again": "first"}, "late copies no original of its week: again is none"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30)), min_size=1, max_size=14), st.integers(0, 13), st.integers(1, 6))
def test_a_night_finds_the_copies_that_everything_finds(made: list[tuple[int, int]], start: int, size: int) -> None:
    """From what earlier nights found about older articles, and a week before, follows all that is new and younger."""
    articles = [sketch(f"a{n}", invented_text(seed), day * 24) for n, (seed, day) in enumerate(made)]
    night = articles[start % len(articles) :][:size]
    before = find_duplicates(a for a in articles if a not in night)
    since, whole = min(a.at for a in night), find_duplicates(articles)
    known = [replace(a, duplicate_of=before.get(a.article_id)) for a in articles if a.at >= since - COPY_TIME]
    assert find_duplicates(known, since) == {a.article_id: whole[a.article_id] for a in known if a.at >= since and a.article_id in whole}
    meeting = find_meeting(pl.Series([a.minhash for a in articles], dtype=pl.List(pl.UInt64))).to_list()
    assert find_duplicates(a for a, met in zip(articles, meeting, strict=True) if met) == whole
