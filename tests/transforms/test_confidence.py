"""Confidence is counted, smoothed and shared by the columns of one value; what is withheld does not come back by another way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from transforms.confidence import (
    VALUE_OF,
    VALUES,
    RulePrecision,
    agreement_of,
    context_of,
    lead_finding,
    rate_report,
    rule_precision,
    smooth,
    toll_of,
    withhold_reading,
    withhold_report,
    zone_of,
)
from transforms.document import Document
from transforms.extract import read_document
from transforms.lexicons import Lexicons
from transforms.records import CasualtyMention, Quantity, Reading, ReportRecord, Span
from transforms.rows import claim_row, evidence_of_report, extract_row
from transforms.schemas import EVENT_COLUMNS, TOLL_EFFECTS

MakeDocument = Callable[..., Document]
COLUMNS = {column.name for column in EVENT_COLUMNS}
RAID = "Gunmen killed three farmers in Anka, Nigeria, on Thursday, police said. Two others were wounded."


def row(column: str, rule: str, n: int, right: int, context: str = "") -> dict[str, Any]:
    return {"column": column, "rule": rule, "context": context, "n": str(n), "right": str(right)}


def mention(best: int | None, group: str = "all", effect: str = "killed", start: int = 10, **flags: bool) -> CasualtyMention:
    quantity = Quantity(Span(start, start + 5), best, best, best, "exact", "number.digits")
    return CasualtyMention(effect, group, quantity, Span(start, start + 9), 0, "casualty.passive", **flags)


@pytest.fixture
def raid(make_document: MakeDocument) -> tuple[Document, ReportRecord]:
    doc = make_document(RAID)
    (report,) = read_document(doc).reports
    return doc, report


def rated(raid: tuple[Document, ReportRecord], *rows: dict[str, Any]) -> ReportRecord:
    doc, report = raid
    return rate_report(doc, report, RulePrecision(rows))


class TestSmoothing:
    def test_nothing_counted_is_what_is_expected_and_much_counted_is_what_was_counted(self) -> None:
        assert smooth(0, 0, 0.8) == pytest.approx(0.8)
        assert smooth(9_000, 10_000, 0.5) == pytest.approx(0.9, abs=0.001)

    @pytest.mark.parametrize("n", [1, 5, 50, 500])
    def test_more_right_is_more_sure_and_stays_within_0_and_1(self, n: int) -> None:
        shares = [smooth(right, n, 0.7) for right in range(n + 1)]
        assert shares == sorted(shares) and len(set(shares)) == n + 1
        assert 0 < shares[0] < shares[-1] < 1

    def test_the_more_counted_the_less_the_expectation_weighs(self) -> None:
        above = [smooth(n, n, 0.5) for n in (1, 10, 100)]
        below = [smooth(0, n, 0.5) for n in (1, 10, 100)]
        assert above == sorted(above) and below == sorted(below, reverse=True)

    def test_a_rule_is_rated_in_its_context_and_one_never_counted_as_its_column(self) -> None:
        known = RulePrecision(
            [
                row("killed", "good", 200, 190, "alone"),
                row("killed", "bad", 100, 20, "alone"),
                row("killed", "good", 100, 30, "several"),
                row("place", "place.in", 10, 10),
            ]
        )
        good, bad, among, unknown = (
            known.of("killed", rule, context)
            for rule, context in (("good", "alone"), ("bad", "alone"), ("good", "several"), ("new", "alone"))
        )
        assert good is not None and bad is not None and among is not None and unknown is not None
        assert among < good and bad < unknown < good
        assert known.of("killed", "new", "never seen") == pytest.approx(240 / 400), "an unknown context falls back to the column"
        assert unknown == pytest.approx(smooth(210, 300, 240 / 400)), "an unknown rule to its context"

    def test_a_column_that_nothing_labels_has_no_confidence(self) -> None:
        assert RulePrecision([row("killed", "a", 9, 9)]).of("missing", "a") is None
        assert RulePrecision([]).of("killed", "a") is None
        assert RulePrecision([row("killed", "a", 0, 0)]).of("killed", "a") is None


class TestColumns:
    def test_every_toll_is_one_value_of_four_columns(self) -> None:
        for toll in TOLL_EFFECTS:
            assert {column for column in COLUMNS if VALUE_OF.get(column) == toll} == {
                f"{toll}_{p}" for p in ("min", "best", "max", "quantifier")
            }

    def test_no_value_names_a_column_that_no_record_has(self) -> None:
        assert set(VALUE_OF) <= COLUMNS and set(VALUES) >= set(VALUE_OF.values())

    def test_the_shipped_counts_are_sound_and_rate_what_the_corpora_label(self, lexicons: Lexicons) -> None:
        rows = lexicons.rows("rule_precision")
        assert rows and all(0 <= int(r["right"]) <= int(r["n"]) and int(r["n"]) > 0 and r["rule"] for r in rows)
        assert {r["column"] for r in rows} <= set(VALUES)
        for value in ("killed", "injured", "country_iso3", "event_date_start", "place", "weapon_class"):
            sure = rule_precision(lexicons).of(value, "rule.nobody.wrote")
            assert sure is not None and 0.5 < sure < 1, value
        assert rule_precision(lexicons).of("missing", "casualty.passive") is None


class TestContext:
    @pytest.mark.parametrize(
        ("mentions", "number", "expected"),
        [
            ([mention(5)], 5, "alone"),
            ([mention(5), mention(5, start=60)], 5, "alone"),
            ([mention(5, start=2), mention(5, start=60)], 5, "agreed"),
            ([mention(5), mention(3, start=60)], 5, "several"),
            ([mention(5), mention(3, start=60, subset=True)], 5, "alone"),  # a part is no other number
            ([mention(5), mention(3, start=60, uncertain=True)], 5, "alone"),
            ([mention(5), mention(3, start=60, effect="injured")], 5, "alone"),
            ([mention(5), mention(2, "attackers", start=60)], 5, "alone"),  # counted apart
            ([mention(3), mention(4, start=60)], 7, "worked_out"),
            ([], 5, "worked_out"),
            ([mention(None)], None, "worked_out"),
        ],
    )
    def test_what_else_the_text_says(self, mentions: Sequence[CasualtyMention], number: int | None, expected: str) -> None:
        assert agreement_of("killed", number, mentions, body_start=8) == expected

    def test_a_part_is_compared_with_numbers_of_its_own_group(self) -> None:
        told = [mention(9), mention(2, "children", start=60, subset=True)]
        assert agreement_of("children_killed", 2, told, 0) == "alone"

    def test_only_tolls_have_a_context(self, make_document: MakeDocument) -> None:
        doc = make_document("One. Two. Three. Four. Five.", title="Raid in Anka")
        assert context_of(doc, "place", "Anka", Span(8, 12), [mention(5), mention(3)]) == ""
        assert context_of(doc, "killed", 5, Span(14, 17), [mention(5)]) == "alone.lead"

    def test_how_early_a_number_stands(self) -> None:
        assert [zone_of(sentence) for sentence in (0, 1, 2, 3, 90)] == ["first", "lead", "lead", "body", "body"]

    @pytest.mark.parametrize(
        ("counted", "toll"),
        [
            (mention(1), "killed"),
            (mention(1, "children"), "children_killed"),
            (mention(1, "children", "injured"), "children_injured"),
            (mention(1, "fighters"), "attackers_killed"),
            (mention(1, "women", "injured"), None),
            (mention(1, effect="casualties"), None),
        ],
    )
    def test_the_toll_that_a_claim_speaks_of(self, counted: CasualtyMention, toll: str | None) -> None:
        assert toll_of(counted) == toll


class TestRating:
    def test_all_columns_of_a_value_share_the_confidence_of_its_lead(self, raid: tuple[Document, ReportRecord]) -> None:
        lead = lead_finding(raid[1].findings, "killed")
        assert lead is not None
        report = rated(raid, row("killed", lead.rule, 90, 81, "alone.first"), row("killed", "other", 10, 0, "several"))
        (sure,) = {f.confidence for f in report.findings if VALUE_OF.get(f.column) == "killed"}
        assert sure is not None and 0.8 < sure < 0.9
        (claim,) = [c for c in report.claims if c.mention and c.mention.effect == "killed"]
        assert claim.confidence == pytest.approx(sure), "the claim that gives the value is as sure as the value"
        assert all(f.confidence is None for f in report.findings if VALUE_OF.get(f.column) != "killed")

    def test_rows_carry_it(self, raid: tuple[Document, ReportRecord]) -> None:
        doc, report = raid[0], rated(raid, row("killed", "any", 3, 2))
        evidence = {e["column_name"]: e for e in evidence_of_report(doc, report)}
        assert evidence["killed_best"]["confidence"] == 0.667 and evidence["killed_best"]["is_withheld"] is False
        assert evidence["place"]["confidence"] is None
        assert claim_row(doc, next(c for c in report.claims if c.mention))["confidence"] is not None

    def test_a_reading_is_rated_by_the_shipped_counts(self, raid: tuple[Document, ReportRecord]) -> None:
        sure = {f.column: f.confidence for f in raid[1].findings}
        assert sure["killed_best"] is not None and 0.5 < sure["killed_best"] < 1 and sure["country_iso3"] is not None


class TestWithholding:
    def test_nothing_is_withheld_by_default(self, raid: tuple[Document, ReportRecord]) -> None:
        reading = Reading(read_document(raid[0]).relevance, (rated(raid, row("killed", "any", 100, 1)),))
        assert withhold_reading(reading, 0.0) is reading

    def test_all_parts_go_together_and_the_words_stay(self, raid: tuple[Document, ReportRecord]) -> None:
        report = withhold_report(rated(raid, row("killed", "any", 100, 40), row("injured", "any", 100, 95)), 0.7)
        assert [report.values[f"killed_{part}"] for part in ("min", "best", "max", "quantifier")] == [None] * 4
        assert report.values["injured_best"] == 2 and report.values["place"] == "Anka"
        kept = [f for f in report.findings if VALUE_OF.get(f.column) == "killed"]
        assert kept and all(f.is_withheld and f.value is not None for f in kept)
        assert not any(f.is_withheld for f in report.findings if VALUE_OF.get(f.column) != "killed")

    def test_a_withheld_value_does_not_come_back_through_its_claim(self, raid: tuple[Document, ReportRecord]) -> None:
        report = withhold_report(rated(raid, row("killed", "any", 100, 40), row("injured", "any", 100, 95)), 0.7)
        marks = {c.mention.effect: c.is_withheld for c in report.claims if c.mention}
        assert marks == {"killed": True, "injured": False}

    def test_nor_as_a_part_that_counts_the_same_people(self, make_document: MakeDocument) -> None:
        doc = make_document("An air strike killed 15 civilians in Idlib, Syria, on Thursday, residents said.")
        (report,) = read_document(doc).reports
        assert report.values["killed_best"] == report.values["civilians_killed_best"] == 15
        report = withhold_report(rated((doc, report), row("killed", "any", 100, 40)), 0.7)
        assert report.values["killed_best"] is None and report.values["civilians_killed_best"] is None
        assert all(c.is_withheld for c in report.claims if c.mention)

    def test_a_smaller_part_stays(self, make_document: MakeDocument) -> None:
        doc = make_document("An air strike killed 15 people, including three children, in Idlib, Syria, on Thursday.")
        (report,) = read_document(doc).reports
        report = withhold_report(rated((doc, report), row("killed", "any", 100, 40)), 0.7)
        assert report.values["killed_best"] is None and report.values["children_killed_best"] == 3

    def test_a_place_goes_whole_and_leaves_the_country(self, raid: tuple[Document, ReportRecord]) -> None:
        report = withhold_report(rated(raid, row("place", "any", 100, 40), row("country_iso3", "any", 100, 95)), 0.7)
        assert report.values["country_iso3"] == "NGA"
        assert all(report.values[column] is None for column in VALUES["place"])

    def test_a_country_takes_along_what_lies_in_it(self, raid: tuple[Document, ReportRecord]) -> None:
        report = withhold_report(rated(raid, row("place", "any", 100, 95), row("country_iso3", "any", 100, 40)), 0.7)
        assert report.values["country_iso3"] is report.values["admin1"] is report.values["place"] is report.values["latitude"] is None

    def test_a_value_without_confidence_stays(self, raid: tuple[Document, ReportRecord]) -> None:
        report = withhold_report(rated(raid), 1.0)
        assert report.values == raid[1].values and not any(f.is_withheld for f in report.findings)

    def test_the_threshold_itself_is_sure_enough(self, raid: tuple[Document, ReportRecord]) -> None:
        report = rated(raid, row("killed", "any", 3, 2))
        lead = lead_finding(report.findings, "killed")
        assert lead is not None and lead.confidence is not None
        assert withhold_report(report, lead.confidence).values["killed_best"] == 3
        assert withhold_report(report, lead.confidence + 0.001).values["killed_best"] is None

    def test_the_output_row_says_so(self, raid: tuple[Document, ReportRecord]) -> None:
        doc, report = raid[0], withhold_report(rated(raid, row("killed", "any", 100, 40)), 0.7)
        out = extract_row("x", doc, Reading(read_document(doc).relevance, (report,)))
        assert out["incidents"][0]["killed_best"] is None
        assert {e["is_withheld"] for e in out["evidence"] if e["column_name"].startswith("killed_")} == {True}
        assert {c["is_withheld"] for c in out["claims"] if c["effect"] == "killed"} == {True}
