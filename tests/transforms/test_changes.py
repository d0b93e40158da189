"""Two versions of an article: which sentences that count people or name who did it changed, and into what."""

from __future__ import annotations

import pytest

from transforms.changes import Told, WordChange, find_changes


def told(text: str, *claims: tuple[str, str]) -> Told:
    """A version with claims given as (words, claim_type)."""
    return Told(text, [(text.index(words), text.index(words) + len(words), kind) for words, kind in claims])


OLD = told(
    "Market hit\n\nAt least 12 people were killed, police said. The market is old. Rebels did it, the army said.",
    ("12 people were killed", "casualties"), ("Rebels did it", "responsibility"),
)  # fmt: skip


def test_the_same_text_has_no_changes() -> None:
    assert find_changes(OLD, OLD) == []


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (
            told("Market hit\n\nAt least 16 people were killed, police said. The market is old. Rebels did it, the army said.",
                 ("16 people were killed", "casualties"), ("Rebels did it", "responsibility")),
            [WordChange("casualties", "At least 12 people were killed, police said.", "At least 16 people were killed, police said.")],
        ),
        (
            told("Market hit\n\nAt least 12 people were killed, police said. The market is old. Three are missing.",
                 ("12 people were killed", "casualties"), ("Three are missing", "casualties")),
            [WordChange("casualties", None, "Three are missing."), WordChange("attribution", "Rebels did it, the army said.", None)],
        ),
        (
            told("Market hit\n\nRebels did it, the army said. The market is rather old. At least 12 people were killed, police said.",
                 ("12 people were killed", "casualties"), ("Rebels did it", "responsibility")),
            [],
        ),
        (
            told("Market hit\n\nAt least 12 people were hurt, police said. The market is old. Rebels did it, the army said.",
                 ("Rebels did it", "responsibility")),
            [WordChange("casualties", "At least 12 people were killed, police said.", "At least 12 people were hurt, police said.")],
        ),
    ],
    ids=["a count rises", "one sentence for another", "moved, and another sentence rewritten", "a claim is taken back"],
)  # fmt: skip
def test_what_changed(new: Told, expected: list[WordChange]) -> None:
    assert find_changes(OLD, new) == expected


def test_what_is_added_one_way_is_removed_the_other() -> None:
    new = told(OLD.text + " A boy died later.", *[(OLD.text[a:b], kind) for a, b, kind in OLD.claims], ("A boy died", "casualties"))
    assert [change.kind for change in find_changes(OLD, new)] == ["added"]
    assert [change.kind for change in find_changes(new, OLD)] == ["removed"]
