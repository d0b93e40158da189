"""Counts that the words do not support: no civilians where nobody says civilian, no voice that is only a pronoun."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(("words", "deaths"), [
    ("a wounded resident dies in hospital", (None, 1)), ("a civilian dies in hospital", (1, 0)), ("a non-combatant dies", (1, 0)),
])  # fmt: skip
def test_ucdp_counts_only_those_as_civilians_whom_the_words_call_so(story: Any, words: str, deaths: tuple[int | None, int]) -> None:
    story.tell("a", 0, {"n": 1}, {"n": 1, "victim_group": "civilians"})
    story.rows["article"][0]["text"] = f"Title of a\n\n{words}" + "." * 80
    for claim in story.rows["claim"]:
        claim |= {"span_start": 12, "span_end": 12 + len(words)}
    assert story.incident()["civilians_killed_best"] == 1
    assert story.con.sql("SELECT deaths_civilians, deaths_unknown FROM export_ucdp_ged").fetchall() == [deaths]


def test_a_pronoun_is_no_voice_of_its_own(story: Any) -> None:
    story.tell("a", 0, {"n": 12, "speaker": "the mayor", "speaker_class": "local_official"}, {"n": 9, "speaker": "he", "speaker_class": "unknown"},
               {"n": 9, "effect": "injured"}, {"n": 9, "effect": "injured", "speaker": "She", "speaker_class": "unknown"})  # fmt: skip
    story.incident()
    voices = dict(story.con.sql("SELECT toll, n_voices FROM toll_voices WHERE incident_id = 'i1'").fetchall())
    assert voices == {"killed": 2, "injured": 1}, "the mayor and the text; the text alone"
    speakers = {row[0] for row in story.con.sql("SELECT speaker FROM claims_side_by_side").fetchall()}
    assert speakers == {"the mayor", None}
