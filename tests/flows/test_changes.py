"""`vigil changes` and the further looks behind it: what changed in the words that count people, and when it was seen."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from flows.night import run_night
from flows.settings import Settings, SettingsError, load_settings
from transforms.schemas import BY_NAME
from warehouse.connection import open_published, open_work
from warehouse.store import read_frame, write_batch

pytestmark = pytest.mark.slow  # whole watches, again for each case

Vigil = Callable[..., tuple[int, str, str]]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
BEGAN = dt.datetime(2025, 4, 4, 2, tzinfo=dt.UTC)  # an hour after the feed's time of the story
ITEM = "A missile struck a market in Kryvyi Rih on Friday, killing {n} people and wounding 30, Mayor Oleksandr Vilkul said. Russia fired it, he said."


@pytest.fixture
def story(serve: Callable[[], Any], tmp_path: Any) -> Any:
    """One feed with one incident, told on a page that changes without a word in the feed; `night(at)` watches it."""
    with serve() as world:
        world.pages = {1: "Missile hits market in Kryvyi Rih"}
        world.killed = 12
        world.page = lambda n: (
            f"<!DOCTYPE html><html><head><title>{world.pages[n]}</title></head><body><article><h1>{world.pages[n]}</h1>"
            f"<p>{ITEM.format(n=world.killed)}</p><p>The market is the largest of the city and opens at seven.</p></article></body></html>"
        ).encode()
        settings = Settings(data_dir=tmp_path / "data", feeds=f"{world.base}/feed.xml", allow_private_addresses=True, derive_processes=1)
        world.settings = settings
        world.night = lambda at: run_night(settings, clock=lambda: at)
        yield world


def read_published(story: Any, sql: str) -> list[tuple[Any, ...]]:
    con = open_published(story.settings.published_path)
    try:
        return con.sql(sql).fetchall()
    finally:
        con.close()


def test_a_story_is_looked_at_again_as_it_ages_and_no_more_often(story: Any) -> None:
    story.night(BEGAN)
    con = open_work(story.settings.work_path)
    looks = []
    for hours in (0, 1, 4, 6, 7, 8, 22, 24, 26, 27, 72, 74, 75, 170, 171, 200):
        now = BEGAN + hours * HOUR
        for row in read_frame(con, "updates_due", ages=[6, 24, 72, 168], now=now).to_dicts():
            looks.append((hours, row["age_h"]))
            check = {
                "check_id": str(hours),
                "run_id": "r",
                "url": row["url"],
                "checked_at": now,
                "age_h": row["age_h"],
                "status": "unchanged",
            }
            write_batch(con, {"page_check": BY_NAME["page_check"].frame([check])}, run_id="r", at=now)
    assert looks == [(6, 6), (24, 24), (72, 72), (170, 168)]
    con.execute("DELETE FROM page_check")
    assert [row["age_h"] for row in read_frame(con, "updates_due", ages=[6, 24, 72, 168], now=BEGAN + 8 * DAY).to_dicts()] == [168], (
        "one look"
    )
    assert read_frame(con, "updates_due", ages=[6, 24, 72, 168], now=BEGAN + 30 * DAY).is_empty(), "old news is left alone"
    con.close()


def test_a_look_is_a_conditional_request_and_leaves_its_row(story: Any) -> None:
    story.night(BEGAN)
    assert story.night(BEGAN + 8 * DAY).collected.updates == {"unchanged": 1}
    assert story.headers[-1]["If-None-Match"].startswith('W/"')
    assert read_published(story, "SELECT age_h, status, http_status FROM page_check") == [(168, "unchanged", 304)]


def test_what_reports_no_incident_is_not_looked_at_again(story: Any) -> None:
    story.page = lambda _: (
        b"<html><body><article><h1>Baths open</h1><p>The city baths open on Monday after a year of works.</p></article></body></html>"
    )
    story.night(BEGAN)
    assert story.night(BEGAN + DAY).collected.updates == {}


def test_changed_words_are_shown_with_their_times(story: Any, vigil: Vigil) -> None:
    story.night(BEGAN)
    story.killed = 16
    night = story.night(BEGAN + 7 * HOUR)
    assert night.collected.updates == {"changed": 1}
    data = ("--data-dir", story.settings.data_dir)

    code, out, err = vigil("changes", "--json", *data)
    (row,) = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert (row["topic"], row["kind"]) == ("casualties", "changed")
    assert ("killing 12 people" in row["old_words"], "killing 16 people" in row["new_words"]) == (True, True)
    assert (row["before_at"][:16], row["seen_at"][:16]) == ("2025-04-04 02:00", "2025-04-04 09:00")

    same = [
        vigil("changes", what, *data)[1]
        for what in ("2025-04-04", row["incident_ids"][0][:6], f"{story.base}/page/1?utm_source=x", "--all")
    ]
    assert len(set(same)) == 1 and "    + A missile struck" in same[0] and same[0].endswith("1 changes in 1 articles\n")
    assert vigil("changes", "2025-04-05", *data)[1] == "no changes\n"


def test_a_page_that_is_gone_is_said(story: Any, vigil: Vigil) -> None:
    story.night(BEGAN)
    story.pages = {}
    assert story.night(BEGAN + DAY).collected.updates == {"gone": 1}
    assert "gone: the address no longer answers" in vigil("changes", "--data-dir", story.settings.data_dir)[1]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("2025-04-31", "is no day"), ("https://nowhere.example/x", "no article has this address"), ("zzzz", "is not in"),
        ("ftp://x/y", "is no http or https address"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_said(watched: Any, vigil: Vigil, what: str, message: str) -> None:
    code, out, err = vigil("changes", what, "--data-dir", watched.folder)
    assert (code in {1, 2}, out) == (True, "") and message in err


def test_the_newsroom_changes_its_tolls(watched: Any, vigil: Vigil) -> None:
    _, out, _ = vigil("changes", "--all", "--data-dir", watched.folder)
    assert "no changes" not in out


@pytest.mark.parametrize("ages", ["6,x", "0", "-1", "9000", "1.5"])
def test_ages_that_cannot_be_meant(ages: str) -> None:
    with pytest.raises(SettingsError, match="give whole hours from 1 to 8760"):
        load_settings(update_ages_h=ages)
