"""A count that is too unsure is kept as a statement, and no toll is made of it."""

from __future__ import annotations

from typing import Any

GOVERNOR = {"speaker": "the governor", "speaker_class": "local_official", "speech_mode": "indirect"}
TOLL = ("killed_min", "killed_best", "killed_max", "killed_quantifier")


def test_a_withheld_claim_decides_no_toll(story: Any) -> None:
    story.tell("a", 0, {"n": 12, **GOVERNOR})
    story.tell("b", 1, {"n": 40, **GOVERNOR, "confidence": 0.4, "is_withheld": True})
    incident = story.incident()
    assert [incident[column] for column in TOLL] == [12, 12, 12, "exact"] and incident["contested"] == []
    assert story.con.sql("SELECT count_best FROM claim ORDER BY 1").fetchall() == [(12,), (40,)], "what was said is kept"
    assert story.con.sql("SELECT count_best FROM casualty_claims").fetchall() == [(12,)]


def test_where_all_is_withheld_nothing_is_told(story: Any) -> None:
    story.tell("a", 0, {"n": 12, "is_withheld": True}, {"n": 3, "victim_group": "children", "is_withheld": True})
    incident = story.incident()
    assert [incident[column] for column in TOLL] == [None] * 4 and incident["children_killed_best"] is None
    assert story.con.sql("FROM incident_toll").fetchall() == []


def test_rows_of_before_there_was_a_threshold_count(story: Any) -> None:
    story.tell("a", 0, {"n": 12, "is_withheld": None})
    assert story.incident()["killed_best"] == 12
