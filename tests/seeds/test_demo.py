"""The demo newsroom's stories and what is expected of them agree, word by word."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.newsroom import DEMO, read_newsroom
from flows.newsroom_articles import ArticleVersion

NEWSROOM = read_newsroom()
NUMBER_WORDS = dict(
    zip(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
        ],
        range(1, 19),
        strict=True,
    )
) | {"twenty-three": 23, "seventy-five": 75, "a": 1, "un": 1, "dos": 2, "no": 0, "nobody": 0}
EVENT_CLASSES = {
    "explosive.missile_or_rocket", "explosive.artillery_mortar", "explosive.air_strike", "explosive.drone_strike", "explosive.ied",
    "explosive.vehicle_ied", "explosive.landmine_uxo", "explosive.grenade", "firearms.attack", "clash.armed", "killing.targeted",
    "abduction", "melee_vehicle_arson", "crowd.violent", "interception",
}  # fmt: skip


def read_rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = read_rows("expected.csv")
INCIDENT_ROWS = [row for row in ROWS if row["is_incident"] == "true"]
INCIDENTS = read_rows("expected_incidents.csv")


def find_version(row: dict[str, str]) -> ArticleVersion:
    versions = [v for v in NEWSROOM.versions[row["outlet"]] if v.slug == row["slug"]]
    return sorted(versions, key=lambda v: v.changed_at)[int(row["version"]) - 1]


def find_numbers(words: str) -> list[int]:
    """Numbers of a phrase; ages such as 61-year-old are none."""
    tokens = re.findall(r"\d+(?!-year)(?!\d)|[a-zé]+(?:-[a-z]+)*", words.lower())
    return [int(t) if t.isdigit() else NUMBER_WORDS[t] for t in tokens if t.isdigit() or t in NUMBER_WORDS]


def test_every_article_has_its_expectation_and_the_other_way_round() -> None:
    written = {(v.outlet, v.slug) for versions in NEWSROOM.versions.values() for v in versions}
    assert {(row["outlet"], row["slug"]) for row in ROWS} == written
    versions = sum(len(versions) for versions in NEWSROOM.versions.values())
    assert len({(row["outlet"], row["slug"], row["version"]) for row in ROWS}) == versions


def test_the_newsroom_is_as_large_and_as_mixed_as_it_says() -> None:
    articles = {(v.outlet, v.path) for versions in NEWSROOM.versions.values() for v in versions}
    assert len(articles) >= 36
    assert len(NEWSROOM.versions) >= 6
    kryvyi_rih = {(r["outlet"], r["slug"]) for r in ROWS if r["incident"] == "kryvyi-rih"}
    assert len(kryvyi_rih) >= 8 and len({outlet for outlet, _ in kryvyi_rih}) >= 4
    assert len(INCIDENTS) - 1 >= 12
    assert len({row["country_iso3"] for row in INCIDENTS}) >= 12
    classes = {row["event_class"].split("|")[0] for row in INCIDENTS}
    assert classes == EVENT_CLASSES
    assert sum(row["is_incident"] == "false" for row in ROWS) >= 8


@pytest.mark.parametrize("version", [v for versions in NEWSROOM.versions.values() for v in versions], ids=lambda v: f"{v.outlet}/{v.slug}")
def test_articles_have_the_length_and_time_of_news(version: ArticleVersion) -> None:
    published = version.published_at.astimezone(UTC)
    assert datetime(2025, 4, 1, tzinfo=UTC) <= published < datetime(2025, 4, 7, tzinfo=UTC)
    assert version.updated_at is None or version.updated_at > version.published_at
    if version.page == "article":
        assert 100 <= len(version.text.split()) <= 350
    else:
        assert version.paragraphs == ()


def test_no_two_articles_share_a_sentence_unless_one_is_said_to_copy_the_other() -> None:
    seen: dict[str, ArticleVersion] = {}
    for version in (v for versions in NEWSROOM.versions.values() for v in versions):
        for sentence in re.split(r"(?<=[.?!])\s+", version.text.replace("\n", " ")):
            first = seen.setdefault(sentence, version)
            if len(sentence.split()) > 6 and first.path != version.path:
                assert "Meridian Wire" in (first.wire, version.wire), f"{first.slug} and {version.slug}: {sentence}"


def test_the_copy_names_its_agency_and_its_original() -> None:
    (row,) = (row for row in ROWS if row["duplicate_of"])
    original = next(r for r in ROWS if f"{r['outlet']}/{r['slug']}" == row["duplicate_of"])
    assert find_version(row).paragraphs[0].startswith("(Meridian Wire)")
    assert find_version(row).published_at > find_version(original).published_at


@pytest.mark.parametrize("row", INCIDENT_ROWS, ids=lambda r: f"{r['outlet']}/{r['slug']}.{r['version']}:{r['incident']}")
def test_expected_values_stand_in_the_article(row: dict[str, str]) -> None:
    version = find_version(row)
    title_and_text = version.title + "\n" + version.text
    assert any(place in title_and_text for place in row["place"].split("|")) or "Krivoy Rog" in title_and_text
    assert date.fromisoformat(row["event_date"]) <= version.published_at.date()
    for effect in ("killed", "injured"):
        words = row[f"{effect}_words"]
        assert words in version.text
        low, best, high = (row[f"{effect}_{bound}"] for bound in ("min", "best", "max"))
        numbers = find_numbers(words)
        if best:
            stated_alone = numbers == [] and best == "1"
            listed = sum(numbers) == int(best)
            assert stated_alone or listed or int(best) in numbers or row["incident"] == "tibu", f"{best} is not in {words!r}"
        elif high:
            assert numbers == [int(low), int(high)]
        elif low:
            assert "dozens" in words.lower()
    if row["children_killed"] and version.language == "en":
        children = {"3": "three", "6": "six", "9": "nine", "5": "five", "2": "two"}[row["children_killed"]]
        assert re.search(
            rf"\b{children}\b[^.]*\bchildren\b|\bNine of (the dead|those killed) [a-z]+ children|\b{children} of them children",
            version.text,
            re.I,
        )


def test_articles_without_an_incident_say_why_and_expect_no_value() -> None:
    for row in ROWS:
        if row["is_incident"] == "false":
            assert row["why"]
            assert not any(
                row[column] for column in ("incident", "event_date", "event_class", "killed_best", "killed_words", "injured_best")
            )


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda r: r["incident"])
def test_incidents_agree_with_their_articles(incident: dict[str, str]) -> None:
    rows = [row for row in INCIDENT_ROWS if row["incident"] == incident["incident"]]
    assert incident["articles"].split(";") == list(dict.fromkeys(f"{r['outlet']}/{r['slug']}" for r in rows))
    for column in ("event_date", "country_iso3", "place", "event_class"):
        assert {row[column] for row in rows} == {incident[column]}
    told = [row["killed_best"] for row in sorted(rows, key=lambda row: find_version(row).changed_at) if row["killed_best"]]
    if incident["killed_best"]:
        assert told[-1] == incident["killed_best"]
    if incident["killed_history"]:
        assert list(dict.fromkeys(told)) == incident["killed_history"].split(";")


def test_record_of_kryvyi_rih_agrees_with_its_article_and_row() -> None:
    record = json.loads((DEMO / "expected_kryvyi_rih.json").read_text(encoding="utf-8"))
    (row,) = (r for r in ROWS if r["outlet"] == record["outlet"] and r["slug"] == record["slug"])
    version = find_version(row)
    (incident,) = record["incidents"]
    assert version.published_at == datetime.fromisoformat(record["published"])
    assert str(incident["killed_best"]) == row["killed_best"] and str(incident["injured_best"]) == row["injured_best"]
    assert str(incident["children_killed_best"]) == row["children_killed"]
    for claim in record["claims"]:
        assert claim["speaker"].lower() in version.text.lower()
        assert claim.get("role", "") in version.text and claim.get("channel", "") in version.text


@pytest.mark.corpus
def test_record_of_kryvyi_rih_has_the_values_of_the_labelled_one(shared: Path) -> None:
    ours = json.loads((DEMO / "expected_kryvyi_rih.json").read_text(encoding="utf-8"))
    theirs = json.loads((shared / "seed" / "expected.json").read_text(encoding="utf-8"))
    assert ours["incidents"] == theirs["incidents"] and ours["published"] == theirs["published"]
    assert [{k: v for k, v in c.items() if k != "about"} for c in ours["claims"]] == [
        {k: v for k, v in c.items() if k != "about"} for c in theirs["claims"]
    ]


@pytest.mark.corpus
def test_no_sentence_is_taken_from_the_labelled_article(shared: Path) -> None:
    words = re.findall(r"\w+", next((shared / "seed").glob("*.txt")).read_text(encoding="utf-8").lower())
    theirs = {tuple(words[i : i + 9]) for i in range(len(words) - 8)}
    for version in (v for versions in NEWSROOM.versions.values() for v in versions):
        own = re.findall(r"\w+", version.text.lower())
        copied = [" ".join(own[i : i + 9]) for i in range(len(own) - 8) if tuple(own[i : i + 9]) in theirs]
        assert copied == []
