"""Copies against everything that only looks like one: pairs made from the demo newsroom's articles, labelled by how they were made.

copy: reprinted whole under another headline, dateline and credit; edited: a desk shortened it, changed its spelling or order;
update: a later version at the same address; independent: another outlet's own account of the same event; different: another event.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from itertools import combinations

import pytest

from flows.newsroom import DEMO, read_newsroom
from flows.newsroom_articles import ArticleVersion
from transforms.copies import ArticleSketch, count_words, is_copy, minhash

NOON = dt.datetime(2025, 4, 4, 12, tzinfo=dt.UTC)
AMERICAN = {
    "centre": "center", "defence": "defense", "metres": "meters", "neighbour": "neighbor", "kilometres": "kilometers", "organis": "organiz",
    "colour": "color", "labour": "labor", "injured": "hurt", "said on": "said", "per cent": "percent", "more than": "over",
}  # fmt: skip
MIN_WORDS = 90  # of a text that is edited: a desk does not shorten a brief
Pair = tuple[str, str, ArticleSketch, ArticleSketch]


def sketch(name: str, url: str, text: str) -> ArticleSketch:
    return ArticleSketch(name, url, NOON, minhash(text), count_words(text))


def paragraphs(text: str) -> list[str]:
    return [part for part in text.split("\n") if part.strip()]


def reprinted(text: str) -> str:
    """The whole text under a local dateline, with the paper's own lines around it."""
    return f"HARBOUR CITY (Wire) -- {text}\n\nThis story was supplied by an agency. Subscribe to our newsletter for more."


def shortened(text: str) -> str:
    """Without the last paragraphs, down to about two thirds, as a desk cuts from below."""
    parts = paragraphs(text)
    kept = max(2, round(len(parts) * 0.7))
    return "\n\n".join(parts[:kept])


def respelled(text: str) -> str:
    """In the spelling and with some words of another desk."""
    for british, american in AMERICAN.items():
        text = re.sub(british, american, text)
    return text


def reordered(text: str) -> str:
    """With two paragraphs in the middle changed round and a sentence of the desk's own on top."""
    parts = paragraphs(text)
    parts[1:3] = reversed(parts[1:3])
    return "\n\n".join(["Rescue work went on through the night, according to people at the scene.", *parts])


def versions() -> dict[tuple[str, str], list[ArticleVersion]]:
    found: dict[tuple[str, str], list[ArticleVersion]] = {}
    for listed in read_newsroom().versions.values():
        for version in listed:
            if minhash(version.text) is not None:
                found.setdefault((version.outlet, version.slug), []).append(version)
    return found


def events() -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    with (DEMO / "expected.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found.setdefault((row["outlet"], row["slug"]), set()).update(filter(None, [row["incident"]]))
    return found


def make_pairs() -> list[Pair]:
    told, texts = events(), versions()
    pairs: list[Pair] = []
    for (outlet, slug), listed in sorted(texts.items()):
        name, text = f"{outlet}/{slug}", listed[0].text
        original = sketch(name, f"https://{name}", text)
        pairs.append(("copy", name, original, sketch("b", f"https://reprint.example/{slug}", reprinted(text))))
        if count_words(text) >= MIN_WORDS:
            for edit in (shortened, respelled, reordered):
                pairs.append(("edited", f"{name} {edit.__name__}", original, sketch("b", f"https://desk.example/{slug}", edit(text))))
        for later in listed[1:]:
            pairs.append(("update", name, original, sketch("b", f"https://{name}", later.text)))
    reprints = {("harbour-ledger", "kryvyi-rih-eighteen-dead")}  # the newsroom's own reprint of an agency text
    for one, other in combinations(sorted(texts), 2):
        if one[0] == other[0] or {one, other} & reprints or not (told.get(one) and told.get(other)):
            continue
        kind = "independent" if told[one] & told[other] else "different"
        a, b = (sketch("/".join(key), f"https://{'/'.join(key)}", texts[key][-1].text) for key in (one, other))
        pairs.append((kind, f"{a.article_id} {b.article_id}", a, b))
    return pairs


PAIRS = make_pairs()


def test_there_are_enough_pairs_of_each_kind() -> None:
    counts = {kind: sum(pair[0] == kind for pair in PAIRS) for kind in ("copy", "edited", "update", "independent", "different")}
    assert sum(counts.values()) >= 60 and counts["update"] >= 1, counts
    assert min(count for kind, count in counts.items() if kind != "update") >= 10, counts


def test_copies_are_found_and_nothing_else_is_called_one() -> None:
    is_one = {"copy": True, "edited": True, "update": False, "independent": False, "different": False}
    found = [(is_one[kind], is_copy(a, b), kind, name) for kind, name, a, b in PAIRS]
    hit = sum(label and said for label, said, *_ in found)
    missed = [(kind, name) for label, said, kind, name in found if label and not said]
    wrong = [(kind, name) for label, said, kind, name in found if said and not label]
    f1 = 2 * hit / (2 * hit + len(missed) + len(wrong))
    assert f1 >= 0.95, (f1, missed, wrong)
    assert not wrong


@pytest.mark.parametrize("kind", ["update", "independent", "different"])
def test_what_is_no_copy_is_never_called_one(kind: str) -> None:
    assert [name for k, name, a, b in PAIRS if k == kind and is_copy(a, b)] == []
