"""Claims of an event: counts with their speakers, who is accused by whom, what is denied."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from transforms.casualty_mentions import find_casualty_mentions
from transforms.document import Document
from transforms.fields.speakers import find_claims
from transforms.records import ClaimRecord, Scope

MakeDocument = Callable[..., Document]
RUSSIAN_ARMY = "Armed Forces of the Russian Federation"


def claims_of(doc: Document) -> list[ClaimRecord]:
    return find_claims(doc, Scope(0, tuple(range(len(doc.sentences)))), find_casualty_mentions(doc))


RESPONSIBILITY = [
    ("The Taliban claimed responsibility for the bombing.", "the Taliban", "Taliban", "The Taliban claimed responsibility"),
    ("The bombing was claimed by Islamic State.", "Islamic State", "Islamic State (ISIS)", "claimed by Islamic State"),
    ("Police blamed the Taliban for the attack.", "police", "Taliban", "Police blamed the Taliban"),
    ("The governor accused Russia of shelling the market.", "the governor", "Russia", "The governor accused Russia"),
    ("The blast was blamed on Boko Haram.", None, "Boko Haram", "blamed on Boko Haram"),
    ("The mayor said a Russian missile hit a block of flats.", "the mayor", RUSSIAN_ARMY, "Russian missile hit a block of flats"),
    ("Olena Bondar, the ombudsman, said: “The Russian army fired at a school.”", "Olena Bondar", RUSSIAN_ARMY, "Russian army fired at a school"),
    ("The Israeli army said its forces struck a command centre.", "the Israeli army", "Israel Defense Forces", "its forces struck a command centre"),
    ("Al-Shabaab said its terrorists had killed seven soldiers.", "Al-Shabaab", "Al-Shabaab", "its terrorists had killed seven soldiers"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "speaker", "accuses", "quote"), RESPONSIBILITY)
def test_who_did_it_by_whose_word(make_document: MakeDocument, text: str, speaker: str | None, accuses: str, quote: str) -> None:
    doc = make_document(text)
    found = [claim for claim in claims_of(doc) if claim.claim_type == "responsibility"]
    assert [(claim.speech.speaker, claim.accuses, doc.quote(claim.span)) for claim in found] == [(speaker, accuses, quote)]


@pytest.mark.parametrize(
    "text",
    [
        "No group claimed responsibility for the attack.",
        "Boko Haram has not claimed responsibility for the attack.",
        "There was no immediate claim of responsibility.",
        "Officials have repeatedly accused Russia of targeting non-combatants.",
        "A Russian missile strike hit the city.",
        "Police said gunmen opened fire and killed 3 people.",
        "The mayor accused Russia of meddling in elections.",
    ],
)
def test_nobody_is_accused(make_document: MakeDocument, text: str) -> None:
    assert [claim for claim in claims_of(make_document(text)) if claim.claim_type == "responsibility"] == []


DENIALS = [
    ("Israel denied any involvement in the explosion.", "responsibility", False, "Israel"),
    ("Hamas rejected the accusation.", "responsibility", False, "Hamas"),
    ("Russia, however, has denied deliberately targeting civilians.", "targeting_civilians", True, "Russia"),
    ("The army denied targeting civilians in the strike on the market.", "targeting_civilians", False, "the army"),
    ("The army denied that there were casualties.", "civilian_harm", False, "the army"),
    ("The military rejected the death toll.", "count", False, "the military"),
    ("The Russian Defence Ministry said it did not target civilians.", "targeting_civilians", True, "the Russian Defence Ministry"),
    ("The rebel group said it was not responsible for the blast.", "responsibility", False, "the rebel group"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "denies", "is_general", "speaker"), DENIALS)
def test_what_is_denied(make_document: MakeDocument, text: str, denies: str, is_general: bool, speaker: str) -> None:
    found = [claim for claim in claims_of(make_document(text)) if claim.claim_type == "denial"]
    assert [(c.denies, c.is_general, c.speech.speaker, c.speech.stance) for c in found] == [(denies, is_general, speaker, "denies")]


@pytest.mark.parametrize("text", ["The judge denied bail to the suspect.", "The army did not deny the strike.", "The strike hit a school."])
def test_no_denial(make_document: MakeDocument, text: str) -> None:
    assert [claim for claim in claims_of(make_document(text)) if claim.claim_type == "denial"] == []


def test_each_count_is_a_claim_of_its_speaker(make_document: MakeDocument) -> None:
    doc = make_document("Police said 4 people were killed. A hospital official put the number of dead at 6. Nine people were wounded.")
    found = [(c.speech.speaker, c.mention.effect, c.mention.quantity.best) for c in claims_of(doc) if c.mention]
    assert found == [("police", "killed", 4), ("a hospital official", "killed", 6), (None, "injured", 9)]


def test_claims_stay_within_the_scope(make_document: MakeDocument) -> None:
    doc = make_document("Police said 4 people were killed. The Taliban claimed responsibility.")
    found = find_claims(doc, Scope(0, (0,)), find_casualty_mentions(doc))
    assert {claim.claim_type for claim in found} == {"casualties"}


@pytest.mark.corpus
def test_the_founding_article_gives_its_claims(make_document: MakeDocument, shared: Path) -> None:
    folder = shared / "seed"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["claims"]
    doc = make_document(next(folder.glob("*.txt")).read_text(encoding="utf-8"))
    found = [_as_row(claim) for claim in claims_of(doc)]
    for want in expected:
        assert any(all(row.get(key) == value for key, value in want.items() if key != "about") for row in found), want
    assert sum(row["type"] == "responsibility" for row in found) == 1
    assert [row["denies"] for row in found if row["type"] == "denial"] == ["targeting_civilians"]


def _as_row(claim: ClaimRecord) -> dict[str, object]:
    row: dict[str, object] = {
        "type": claim.claim_type, "denies": claim.denies, "speaker": claim.speech.speaker, "role": claim.speech.role, "class": claim.speech.speaker_class,
        "channel": claim.speech.channel, "stance": claim.speech.stance, "speech_mode": claim.speech.mode,
    }  # fmt: skip
    if claim.mention:
        quantity = claim.mention.quantity
        row |= {
            "effect": claim.mention.effect,
            "group": claim.mention.group,
            "min": quantity.low,
            "best": quantity.best,
            "quantifier": quantity.quantifier,
        }
    return row
