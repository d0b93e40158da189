"""`vigil review`: corrections from the command line and from a file hold through nights and backfills, and let go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.backfill import run_backfill
from flows.corrections import Order, correct, undo
from flows.proof import verify

Vigil = Callable[..., tuple[int, str, str]]
STATE = ("incident", "incident_report", "incident_toll", "toll_claim")


@pytest.fixture(scope="module")
def incidents(watched: Any) -> dict[str, str]:
    """Ids of the demo's incidents by place, those with several articles first."""
    rows = watched.ask("SELECT place, incident_id FROM incidents WHERE place IS NOT NULL ORDER BY n_sources DESC, incident_id")
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row["place"], row["incident_id"])
    return found


def order(kind: str, incident: str, **values: Any) -> Order:
    return Order(kind, incident, "seen by a person", "Desk", **values)


def state(watch: Any) -> Any:
    return watch.export(*STATE)


def test_the_list_ranks_by_gain_and_each_command_is_one_that_runs(watched: Any, vigil: Vigil) -> None:
    code, out, err = vigil("review", "list", "--data-dir", watched.folder, "--limit", "100")
    assert (code, err) == (0, "")
    gains = [float(line.split()[0]) for line in out.splitlines() if line[:8].strip() and line[8:10] == "  " and line.lstrip()[0].isdigit()
             and not line.startswith("          ") and "matters;" not in line]  # fmt: skip
    assert gains and gains == sorted(gains, reverse=True)
    commands = [line.strip() for line in out.splitlines() if line.startswith("          ")]
    assert commands and all(command.startswith("vigil review ") and "--reason" in command for command in commands)


REFUSED = [
    (("merge", "nothing-such", "x", "--reason", "r"), "incident 'nothing-such' is not in the work file"),
    (("set", "{id}", "killed_best", "many", "--reason", "r"), "killed_best 'many' is no whole number"),
    (("set", "{id}", "killed_best", "-1", "--reason", "r"), "killed_best -1 is not allowed"),
    (("set", "{id}", "killed_min", "999", "--reason", "r"), "killed_min, _best, _max are not in order"),
    (("set", "{id}", "children_killed_best", "500", "--reason", "r"), "not in order"),
    (("set", "{id}", "event_class", "accident", "--reason", "r"), "event_class 'accident' is not allowed; allowed: explosive.missile"),
    (("set", "{id}", "latitude", "47.9", "--reason", "r"), "latitude without longitude"),
    (("set", "{id}", "n_reports", "3", "--reason", "r"), "column 'n_reports' cannot be set"),
    (("set", "{id}", "place", "X", "--reason", " "), "must be one line that says why"),
    (("split", "{id}", "--report", "https://nowhere.example/", "--reason", "r"), "report 'https://nowhere.example/' is not known"),
    (("merge", "{id}", "{id}", "--reason", "r"), "are one already"),
    (("undo", "zzz", "--reason", "r"), "decision 'zzz' is not known"),
]


@pytest.mark.parametrize(("words", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    watched: Any, vigil: Vigil, incidents: dict[str, str], words: tuple[str, ...], says: str
) -> None:
    before = watched.settings.work_path.stat().st_size, watched.export("decision")
    filled = [word.format(id=incidents["Kryvyi Rih"]) for word in words]
    code, out, err = vigil("review", *filled, "--by", "Desk", "--data-dir", watched.folder)
    assert (code, out) == (2, "") and says in err and err.count("\n") == 1
    assert (watched.settings.work_path.stat().st_size, watched.export("decision")) == before


def test_nobody_decides_without_a_name(watched: Any, vigil: Vigil, incidents: dict[str, str]) -> None:
    code, _, err = vigil("review", "discard", incidents["Kryvyi Rih"], "--reason", "r", "--data-dir", watched.folder)
    assert code == 2 and "must be one line that says who" in err and "VIGIL_REVIEWER" in err


def test_a_set_value_is_published_shown_and_undone(watch: Any, vigil: Vigil, incidents: dict[str, str]) -> None:
    before, incident = state(watch), incidents["Toledo"]
    words = ("--reason", "the last report says four", "--by", "Desk", "--data-dir", watch.folder)
    code, out, err = vigil("review", "set", incident[:10], "killed_best", "4", *words, "--publish")
    assert (code, err) == (0, "") and out.startswith("decided: ") and "published: " in out
    (row,) = watch.ask(f"FROM incident WHERE incident_id = '{incident}'")
    assert (row["killed_best"], row["decided_columns"], row["toll_rule"]) == (4, ["killed_best"], "default, decision")
    assert row["killed_min"] <= 4 <= row["killed_max"] and "killed" not in row["contested"]
    assert watch.ask(
        f"SELECT words, decision_id IS NOT NULL AS by_hand FROM incident_toll WHERE toll = 'killed' AND incident_id = '{incident}'"
    ) == [{"words": None, "by_hand": True}]
    code, shown, _ = vigil("show", incident, "--data-dir", watch.folder)
    assert "\nDECISIONS\n" in shown and "set killed_best = 4, by Desk: in_force" in shown and "the last report says four" in shown
    decision = out.split()[1]
    assert vigil("review", "undo", decision[:8], "--reason", "the reason was wrong", "--by", "Desk", "--data-dir", watch.folder)[0] == 0
    assert state(watch) == before


@pytest.mark.slow
def test_setting_a_place_takes_the_old_coordinates_away(watch: Any, incidents: dict[str, str]) -> None:
    incident = incidents["Kryvyi Rih"]
    correct(
        watch.settings, [order("set", incident, column="place", value="Radushne"), order("set", incident, column="suicide", value="false")]
    )
    (row,) = [r for r in watch.export("incident")["incident"] if r[0] == incident]
    assert "Radushne" in row and 703845 not in row
    (checked,) = correct(watch.settings, [order("set", incident, column="perpetrator", value="null")], publish=True).decision_ids
    (row,) = watch.ask(f"FROM incident WHERE incident_id = '{incident}'")
    assert (row["place"], row["latitude"], row["suicide"], row["perpetrator"]) == ("Radushne", None, False, None)
    assert checked in {d["decision_id"] for d in watch.ask("FROM decision WHERE standing = 'in_force'")}


def two_apart(watch: Any) -> tuple[str, str]:
    rows = watch.ask("SELECT incident_id FROM incidents WHERE n_sources > 1 ORDER BY n_sources DESC, incident_id LIMIT 2")
    return rows[0]["incident_id"], rows[1]["incident_id"]


@pytest.mark.slow
def test_corrections_hold_through_nights_and_backfills_and_verify(watch: Any) -> None:
    """The fixed point on a real warehouse: a night, a backfill of everything and a match of everything change nothing of it."""
    one, other = two_apart(watch)
    third = watch.ask(
        f"SELECT incident_id FROM incidents WHERE n_sources = 1 AND incident_id NOT IN ('{one}', '{other}') ORDER BY 1 LIMIT 2"
    )
    (url,) = watch.ask(f"SELECT url FROM incident_sources WHERE incident_id = '{one}' ORDER BY stated_at DESC, report_id LIMIT 1")
    before = state(watch)
    made = correct(
        watch.settings,
        [
            order("merge", other, other=third[0]["incident_id"]),
            order("split", one, reports=(url["url"],)),
            order("discard", third[1]["incident_id"]),
            order("set", one, column="killed_best", value="null"),
        ],
        publish=True,
    )
    corrected, decided = state(watch), watch.export("decision")
    assert corrected != before and all("in_force" in row for row in decided["decision"])
    assert {row["decided_by"] for row in watch.ask("FROM incident_report")} == {"rule", "human"}
    assert verify(watch.settings).findings == []
    clock = dt.datetime(2025, 4, 9, 8, tzinfo=dt.UTC)
    watch.run_night(dt.datetime(2025, 4, 8, 20, tzinfo=dt.UTC))
    assert state(watch) == corrected
    for stage, mode in (("match", "stale"), ("all", "all"), ("all", "all")):
        run_backfill(watch.settings, stage=stage, mode=mode, clock=lambda: clock)
        assert state(watch) == corrected
    undo(watch.settings, made.decision_ids, reason="all of it", decided_by="Desk")
    assert state(watch) == before


@pytest.mark.slow
def test_a_decision_of_the_first_night_holds_when_the_story_grows(watched: Any, tmp_path: Path) -> None:
    young = type(watched)(tmp_path / "young", watched.feeds, watched.newsroom)
    young.run_night(dt.datetime(2025, 4, 4, 20, tzinfo=dt.UTC))
    story = young.ask("SELECT incident_id, killed FROM incidents WHERE place = 'Kryvyi Rih'")[0]
    other = young.ask("SELECT incident_id FROM incidents WHERE place <> 'Kryvyi Rih' ORDER BY killed DESC NULLS LAST, 1 LIMIT 1")[0]
    made = correct(
        young.settings,
        [
            order("set", story["incident_id"], column="injured_best", value="71"),
            order("merge", story["incident_id"], other=other["incident_id"]),
        ],
    )
    young.run_night(dt.datetime(2025, 4, 7, 20, tzinfo=dt.UTC))
    decided = young.ask("SELECT decision_id, standing, incident_id FROM decision ORDER BY decided_at")
    assert [row["standing"] for row in decided] == ["in_force", "in_force"] and len({row["incident_id"] for row in decided}) == 1
    (row,) = young.ask(f"FROM incident WHERE incident_id = '{decided[0]['incident_id']}'")
    assert row["injured_best"] == 71 and row["killed_best"] == 20 > story["killed"] and row["n_reports"] > 5
    assert verify(young.settings).findings == []
    undo(young.settings, made.decision_ids, reason="a test", decided_by="Desk")
    assert state(young) == watched.export(*STATE), "as if nobody had ever decided"


@pytest.mark.slow
def test_a_file_is_applied_whole_or_not_at_all_and_round_trips(watch: Any, vigil: Vigil, tmp_path: Path) -> None:
    one, other = two_apart(watch)
    third = watch.ask("SELECT incident_id FROM incidents WHERE n_sources = 1 ORDER BY 1 LIMIT 1")[0]["incident_id"]
    before = watch.export("decision", *STATE)
    bad = tmp_path / "bad.csv"
    bad.write_text(f"kind,incident,other,report,column,value,reason,decided_by\nmerge,{one},{other},,,,same,Desk\nset,{one},,,killed_best,x,typo,Desk\n"
                   f"discard,unknown,,,,,gone,Desk\nset,{one},,,,3,forgot,Desk\n")  # fmt: skip
    code, _, err = vigil("review", "apply", bad, "--data-dir", watch.folder)
    assert code == 2 and all(f"{bad}:{line}: " in err for line in (3, 4, 5)) and f"{bad}:2: " not in err
    assert watch.export("decision", *STATE) == before
    good = tmp_path / "good.csv"
    good.write_text(f"kind,incident,other,report,column,value,reason\nmerge,{one},{other},,,,same\n"
                    f'set,{one},,,longitude,-1.5,"moved, west"\nset,{one},,,latitude,40,moved\ndiscard,{third},,,,,drill\n')  # fmt: skip
    assert vigil("review", "apply", good, "--by", "Desk", "--data-dir", watch.folder)[0] == 0
    after = watch.export("decision", *STATE)
    code, out, _ = vigil("review", "apply", good, "--by", "Desk", "--data-dir", watch.folder)
    assert code == 0 and "4 in force already" in out and watch.export("decision", *STATE) == after
    kept = tmp_path / "kept.csv"
    assert vigil("review", "export", kept, "--data-dir", watch.folder)[:2] == (0, f"4 corrections, written to {kept}\n")
    code, out, _ = vigil("review", "apply", kept, "--data-dir", watch.folder)
    assert code == 0 and "4 in force already" in out and watch.export("decision", *STATE) == after
