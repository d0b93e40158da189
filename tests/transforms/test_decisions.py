"""Human decisions over the rule's incidents: they hold, they hold again, they let go, and they leave others alone."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.agreement import ReportKey
from transforms.decision_records import Decision, ReportRef, find_named
from transforms.decisions import Decided, apply_decisions, find_active, make_decision_id
from transforms.match import Membership, match_reports
from transforms.reach import find_reach

TOWNS = {"Brod": (45.0, 20.0), "Lesno": (46.5, 21.0)}
VAGUE = {"place": None, "latitude": None, "longitude": None, "geo_precision": 6}
START = dt.datetime(2025, 5, 1, 12, tzinfo=dt.UTC)


def report(name: str, day: int = 0, town: str = "Brod", killed: int | None = 5, hour: int = 0, **values: object) -> ReportKey:
    at = START + dt.timedelta(days=day, hours=hour)
    url = str(values.pop("url", f"https://{name}.example/"))
    on = at.date()
    base = ReportKey(
        f"report {name}", f"article {name}", 0, at, at, url, url, name, on, on, on, 1, "SRB", None, town, *TOWNS[town], None, 2,
        "explosive.ied", None, None, killed, killed, killed,
    )  # fmt: skip
    return replace(base, **values)  # type: ignore[arg-type]


def ref(key: ReportKey) -> ReportRef:
    return ReportRef(key.canonical_url, key.article_id, key.ordinal, key.place, key.event_date_start, key.event_class)


def decide(
    action: str, subject: Iterable[ReportKey], other: Iterable[ReportKey] = (), at: int = 0, column: str | None = None, undone: bool = False
) -> Decision:
    named, others = tuple(map(ref, subject)), tuple(map(ref, other))
    decision_id = make_decision_id(action, named[0], others, column, str(at) if column else None)
    return Decision(decision_id, action, named, others, "because", START + dt.timedelta(hours=at), column, undone)


def corrected(reports: Sequence[ReportKey], *decisions: Decision) -> Decided:
    return apply_decisions(match_reports(reports), reports, decisions)


def groups(rows: Iterable[Membership]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.incident_id, set()).add(row.report_id.removeprefix("report "))
    return {frozenset(names) for names in found.values()}


def standings(decided: Decided) -> dict[str, str]:
    return {s.decision_id: s.standing for s in decided.standings}


A, B, C, FAR = report("a"), report("b", hour=2), report("c", hour=3), report("far", town="Lesno", day=40)
OLDER = report("older", hour=-3)


def test_a_merge_joins_what_the_rule_keeps_apart_under_the_older_id() -> None:
    decided = corrected([A, FAR], decide("merge", [FAR], [A]))
    assert groups(decided.memberships) == {frozenset({"a", "far"})}
    by_report = {row.report_id: row for row in decided.memberships}
    assert by_report["report a"].incident_id == match_reports([A])[0].incident_id
    assert by_report["report a"].decided_by == "human" and by_report["report far"].decided_by == "rule"
    assert "because" in str(by_report["report a"].reasons["decision"]["value"])


def test_a_split_takes_reports_out_and_their_copies_follow() -> None:
    copy = report("copy", hour=9, story_url=B.canonical_url)
    split = decide("split", [A, C], [B])
    assert groups(corrected([A, B, C], split).memberships) == {frozenset("ac"), frozenset("b")}
    assert groups(corrected([A, B, C, copy], split).memberships) == {frozenset("ac"), frozenset({"b", "copy"})}


def test_what_comes_after_a_split_goes_with_the_side_it_is_more_like() -> None:
    like_b = report("late", hour=10, killed=40)
    shot = [A, replace(B, killed_best=40, killed_min=40, killed_max=40, geonameid=None), like_b]
    split = decide("split", [A], [shot[1]])
    joined = [*match_reports([A, C])[:1], Membership(shot[1].report_id, "x", 1.0, {}), Membership(like_b.report_id, "x", 1.0, {})]
    joined = [replace(row, incident_id="x") for row in joined]
    assert groups(apply_decisions(joined, shot, [split]).memberships) == {frozenset("a"), frozenset({"b", "late"})}


def test_a_split_of_what_is_apart_keeps_it_apart() -> None:
    decided = corrected([A, FAR], decide("split", [A], [FAR]))
    assert groups(decided.memberships) == {frozenset("a"), frozenset({"far"})}
    assert {row.decided_by for row in decided.memberships} == {"rule"}
    together = [Membership(r.report_id, "x", 1.0, {}) for r in (A, FAR)]
    assert len(groups(apply_decisions(together, [A, FAR], [decide("split", [A], [FAR])]).memberships)) == 2


def test_a_discarded_incident_stays_discarded_when_it_grows_and_says_so() -> None:
    discard = decide("discard", [A])
    decided = corrected([OLDER, A, B, FAR], discard)
    assert groups(decided.memberships) == {frozenset({"far"})}
    assert decided.discarded == {"report older", "report a", "report b"}
    assert decided.standings[0].n_reports == 3 and decided.standings[0].incident_id is None


def test_a_report_that_the_rule_leaves_out_is_put_into_an_incident() -> None:
    vague = report("vague", day=1, event_date_start=None, event_date_end=None, date_precision=9, is_aggregate=True)
    assert groups(match_reports([A, vague])) == {frozenset("a")}
    assert groups(corrected([A, vague], decide("merge", [A], [vague])).memberships) == {frozenset({"a", "vague"})}


@pytest.mark.parametrize(("first", "then", "apart"), [("merge", "split", True), ("split", "merge", False)])
def test_the_later_of_two_decisions_on_the_same_thing_wins(first: str, then: str, apart: bool) -> None:
    decisions = [decide(first, [A], [FAR], at=1), decide(then, [A], [FAR], at=2)]
    for order in (decisions, decisions[::-1]):
        decided = corrected([A, FAR], *order)
        assert (len(groups(decided.memberships)) == 2) == apart
        assert standings(decided) == {decisions[0].decision_id: "overruled", decisions[1].decision_id: "in_force"}


def test_the_last_value_set_in_an_incident_counts_also_after_a_merge() -> None:
    one, other = decide("set", [A], at=1, column="place"), decide("set", [FAR], at=2, column="place")
    assert set(standings(corrected([A, FAR], one, other)).values()) == {"in_force"}
    decided = corrected([A, FAR], one, other, decide("merge", [A], [FAR], at=3))
    assert standings(decided)[one.decision_id] == "overruled" and standings(decided)[other.decision_id] == "in_force"


def test_a_decision_whose_reports_are_gone_is_lost_and_harms_nothing() -> None:
    decided = corrected([B, C], decide("merge", [A], [B]), decide("set", [A], column="place"))
    assert decided.memberships == match_reports([B, C]) and set(standings(decided).values()) == {"lost"}


@pytest.mark.parametrize(
    ("why", "told", "expected"),
    [
        ("the very report", [A, B], "report a"),
        ("another text at its address", [replace(A, article_id="newer", report_id="newer")], "newer"),
        (
            "the order of events shifted",
            [replace(A, ordinal=1, report_id="second"), replace(A, place="Lesno", report_id="first")],
            "second",
        ),
        ("read with another place now", [replace(A, place="Lesno", event_class=None)], "report a"),
        ("only another event of the article is left", [replace(A, ordinal=1, place="Lesno")], None),
        ("the article is gone", [B], None),
    ],
)
def test_a_reference_finds_its_report_again(why: str, told: list[ReportKey], expected: str | None) -> None:
    found = find_named(ref(A), told)
    assert (found[0].report_id if found else None) == expected, why


def test_a_decision_on_distant_days_is_looked_at_when_either_side_is_touched() -> None:
    merge, elsewhere = decide("merge", [A], [FAR]), decide("discard", [report("x", day=200)])
    named = {merge.decision_id: [A, FAR], elsewhere.decision_id: [report("x", day=200)]}
    assert find_active([merge, elsewhere], [report("new", day=41, town="Lesno")], named) == {merge.decision_id}
    assert find_active([merge, elsewhere], [], named) == set()


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[ReportKey], list[Decision]]:
    """Reports of two towns and few days, so that many touch, and decisions on some of the incidents that the rule made of them."""
    reports = [
        report(
            f"r{n:02}", draw(st.integers(0, 6)) * draw(st.sampled_from([1, 1, 9])), draw(st.sampled_from(sorted(TOWNS))),
            draw(st.sampled_from([None, 1, 5, 9])), draw(st.integers(0, 20)),
            url=f"https://u{draw(st.integers(0, 9))}.example/", ordinal=draw(st.integers(0, 1)), **draw(st.sampled_from([{}, {}, {}, VAGUE])),
        )
        for n in range(draw(st.integers(2, 10)))
    ]  # fmt: skip
    seen = match_reports(reports[: draw(st.integers(2, len(reports)))])
    keys = {key.report_id: key for key in reports}
    members: dict[str, list[ReportKey]] = {}
    for row in seen:
        members.setdefault(row.incident_id, []).append(keys[row.report_id])
    decisions = []
    for n in range(draw(st.integers(0, 4)) if members else 0):
        one, other = (members[draw(st.sampled_from(sorted(members)))] for _ in range(2))
        action = draw(st.sampled_from(["merge", "split", "discard"]))
        leaving = other[: draw(st.integers(1, len(other)))]
        if action == "split" and not (one := [r for r in one if r not in leaving]):
            continue
        decisions.append(decide(action, one, {"merge": other, "split": leaving, "discard": []}[action], at=n))
    return reports, decisions


@settings(max_examples=60, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_a_decision_is_a_fixed_point(
    spots_of: Callable[..., pl.DataFrame], world: tuple[list[ReportKey], list[Decision]], chance: random.Random
) -> None:
    """Nights in any order, repeated, each matched in its window, end where matching everything at once ends; in force is in force."""
    reports, decisions = world
    whole = corrected(reports, *decisions)
    held: list[ReportKey] = []
    stored: dict[str, Membership] = {}
    arriving = chance.sample(reports, len(reports))
    while arriving:
        night, arriving = arriving[:3], arriving[3:]
        held += night
        for _ in range(chance.choice((1, 2))):
            named = {d.decision_id: [k for r in (*d.subject, *d.other) for k in find_named(r, held)] for d in decisions}
            active = find_active(decisions, night, named)
            asked = {k.report_id: k for d in sorted(active) for k in named[d]}
            fresh = {k.report_id: k for k in night} | asked
            read, settled = find_reach(spots_of(chance.sample(held, len(held))), fresh.keys(), asked.keys())
            keys = [k for k in held if k.report_id in read | fresh.keys()]
            final = settled | fresh.keys()
            done = apply_decisions(match_reports(keys), keys, [d for d in decisions if d.decision_id in active]).within(final)
            for report_id in final:
                stored.pop(report_id, None)
            stored |= {row.report_id: row for row in done.memberships}
    assert sorted(stored.values(), key=lambda r: r.report_id) == sorted(whole.memberships, key=lambda r: r.report_id)
    shuffled = chance.sample(decisions, len(decisions))
    assert corrected(chance.sample(reports, len(reports)), *shuffled) == whole
    undone = [replace(decision, is_undone=True) for decision in decisions]
    assert corrected(reports, *undone).memberships == match_reports(reports)
    ids = {row.report_id: row.incident_id for row in whole.memberships}
    assert len({row.report_id for row in whole.memberships}) == len(whole.memberships)
    for decision in decisions:
        if decision.action == "split" and standings(whole)[decision.decision_id] == "in_force":
            stay, leave = ({ids[k.report_id] for r in side for k in find_named(r, reports) if k.report_id in ids and
                            (k.article_id, k.ordinal) == (r.article_id, r.ordinal)} for side in (decision.subject, decision.other))  # fmt: skip
            assert not stay & leave
