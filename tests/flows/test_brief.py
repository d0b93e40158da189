"""The morning brief: numbers with their words, doubts, the state of the night and not of today, nothing asked of any host."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html

from flows.brief_doubts import find_doubts
from flows.brief_file import BriefError, write_brief, write_form
from flows.brief_page import escape_markdown, link, render_html, render_markdown
from flows.brief_view import make_view
from flows.brief_words import count_words, counted
from flows.erasure import forget
from flows.publish import run_publication
from warehouse.brief import Brief, UnknownNightError, read_brief
from warehouse.errors import WarehouseError

Vigil = Callable[..., tuple[int, str, str]]
FIRST, LAST = dt.date(2025, 4, 4), dt.date(2025, 4, 7)


@pytest.fixture(scope="module")
def last_night(watched: Any) -> Brief:
    return read_brief(watched.settings.published_path)


@pytest.fixture(scope="module")
def written(last_night: Brief) -> str:
    return render_html(last_night)


@pytest.fixture(scope="module")
def page(written: str) -> Any:
    return html.document_fromstring(written)


@pytest.fixture(scope="module")
def markdown(last_night: Brief) -> str:
    return render_markdown(last_night)


@pytest.mark.parametrize(
    ("low", "best", "high", "quantifier", "words"),
    [
        (None, None, None, None, "number not stated"),
        (0, 0, 0, "exact", "none"),
        (12, 12, 12, "exact", "12"),
        (12, 12, None, "at_least", "at least 12"),
        (7, 7, None, "exact", "at least 7"),
        (None, 85, 85, "at_most", "up to 85"),
        (100, 100, 100, "about", "about 100"),
        (10, None, 15, "range", "10 to 15"),
        (24, None, 99, "vague", "an unclear number, at least 24"),
        (None, None, 85, "at_most", "up to 85"),
        (12, 20, 20, "exact", "20 (voices go from 12 to 20)"),
        (12, 30, None, "at_least", "at least 30 (voices go from 12 up)"),
        (1200, 1200, 1200, "exact", "1,200"),
    ],
)
def test_a_count_is_said_with_its_qualifier(
    low: int | None, best: int | None, high: int | None, quantifier: str | None, words: str
) -> None:
    assert count_words(low, best, high, quantifier) == words


def test_a_count_goes_with_its_noun_in_any_number() -> None:
    assert counted("20 (voices go from 12 to 20)", "killed") == "20 killed (voices go from 12 to 20)"
    assert counted("number not stated", "injured") == "injured: not stated"
    assert counted("none", "killed") == "nobody killed"
    assert counted("1", "children killed") == "1 child killed" and counted("2", "children killed") == "2 children killed"


def test_every_quote_of_a_number_is_in_the_article_that_it_links_to(watched: Any, last_night: Brief) -> None:
    texts: dict[str, str] = {}
    for row in watched.ask("SELECT canonical_url, text FROM article"):
        texts[row["canonical_url"]] = texts.get(row["canonical_url"], "") + row["text"]
    view = make_view(last_night)
    told = [(card, quote) for card in [*view.new, *view.changed] for quote in card.quotes]
    assert len(told) > 10
    for _, quote in told:
        assert all(words in texts[quote.url] for words in quote.words)
    stated = [row for row in [*last_night.new, *last_night.changed] if row["killed_best"] is not None]
    assert all(row["killed_url"] and row["killed_quotes"] for row in stated)


def test_the_toll_that_moved_says_from_where_by_whom_and_in_which_words(page: Any, markdown: str, last_night: Brief) -> None:
    (row,) = [row for row in last_night.changed if row["place"] == "Kryvyi Rih"]
    assert (row["was_killed_best"], row["killed_best"]) == (12, 20)
    section = " ".join(page.xpath("//section[@aria-labelledby='changed']")[0].text_content().split())
    assert "20 killed was at least 12" in section and "“20 people were killed”" in section
    said = [step["people"] for step in make_view(last_night).changed[0].steps]
    assert said[0] == 12 and said[-1] == 20 and said == sorted(said)
    assert "### Kryvyi Rih, Ukraine: 20 killed" in markdown and "Killed before: at least 12." in markdown


def test_the_brief_of_a_past_night_knows_nothing_of_later_ones(watched: Any) -> None:
    brief = read_brief(watched.settings.published_path, FIRST)
    (row,) = [row for row in brief.new if row["place"] == "Kryvyi Rih"]
    assert (row["killed_best"], row["killed_max"], row["is_new"]) == (12, None, True)
    text = render_markdown(brief)
    assert "### Kryvyi Rih, Ukraine: at least 12 killed" in text
    assert "20 people were killed" not in text and "2025-04-06" not in text and "6 April" not in text
    assert {article["outlet"] for article in row["articles"]} == {"meridian-wire.example", "steppe-courier.example"}
    assert all(article["url"] != "https://harbour-ledger.example/2025/04/06/un-kryvyi-rih-children.html" for article in row["articles"])


def test_contested_counts_show_each_side_with_its_words(page: Any, markdown: str) -> None:
    text = " ".join(page.xpath("//section[@aria-labelledby='contested']")[0].text_content().split())
    assert "up to 85, says Russia's defence ministry (of the other side's dead): “killed up to 85”" in text
    assert "Houthis denies responsibility: “Houthis deny firing”" in text
    assert "“killed up to 85”" in markdown


def test_doubts_stand_beside_the_number_and_together(page: Any, last_night: Brief) -> None:
    doubts = {row["place"]: find_doubts(row) for row in last_night.incidents}
    assert "A single source." in doubts["Taiz"]
    assert any("known only to the larger region" in doubt for doubt in doubts["North Waziristan"])
    assert any("put together from" in doubt for doubt in doubts["Thembisa"])
    section = page.xpath("//section[@aria-labelledby='doubt']")[0].text_content()
    assert "A single source." in section and "Taiz, Yemen" in section and "What no feed reports is not here" in section


def test_doubts_of_vague_withheld_and_unstated_numbers() -> None:
    row: dict[str, Any] = dict.fromkeys(
        f"{toll}_{part}" for toll in ("killed", "injured") for part in ("min", "best", "max", "quantifier", "quotes", "confidence")
    )
    row |= {
        "contested": [], "is_killed_other_side": True, "is_withheld": True, "decided_columns": ["place"], "n_independent_sources": 2,
        "n_sources": 2, "lowest_score": 0.4, "country_iso3": None, "geo_precision": None, "event_date_start": None, "date_precision": None,
    }  # fmt: skip
    unstated = " ".join(find_doubts(row))
    for said in (
        "That is not zero",
        "was withheld",
        "other side's dead",
        "A person set: place",
        "low score",
        "where it was",
        "when it was",
    ):
        assert said in unstated
    row |= {
        "n_sources": 1,
        "n_independent_sources": 1,
        "killed_min": 24,
        "killed_quantifier": "vague",
        "killed_quotes": ["dozens"],
        "killed_confidence": 0.5,
    }
    vague = find_doubts(row)
    assert "A large toll that rests on a single source." in vague
    assert "The number killed rests on vague words or a range only." in vague
    assert "The number killed was read by a rule that is right 50% of the time on labelled texts." in vague


def test_the_page_asks_nothing_of_any_host_and_runs_nothing(written: str, page: Any) -> None:
    text, tree = written, page
    assert not tree.xpath("//script|//iframe|//img|//link|//object|//embed|//form|//base|//@onclick|//@onload|//@src|//@srcset")
    assert not re.search(r"@import|url\((?!#)", text)
    assert {url.split(":")[0] for url in tree.xpath("//a/@href") if not url.startswith("#")} <= {"http", "https"}
    assert "default-src 'none'" in tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]


def test_every_link_inside_the_page_arrives_and_every_id_stands_once(page: Any) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {url[1:] for url in page.xpath("//a/@href[starts-with(., '#')]")} <= set(ids)
    assert set(page.xpath("//@aria-labelledby")) <= set(ids)


def test_every_chart_has_a_text_and_a_table_with_the_same_numbers(page: Any, last_night: Brief) -> None:
    charts = page.xpath("//figure//*[local-name()='svg']")
    assert len(charts) == 6  # the map twice, for wide and narrow pages
    assert all(len(chart.get("aria-label")) > 30 and chart.get("role") == "img" for chart in charts)
    for rows, label in ((last_night.by_country, "Killed, by country, table"), (last_night.by_weapon, "Killed, by weapon, table")):
        cells = page.xpath(f"//div[@aria-label='{label}']//tbody/tr/td[1]/text()")
        assert [int(cell) for cell in cells] == [row["killed"] for row in rows]
    placed = page.xpath("//div[@aria-label='Incidents on the map']//tbody/tr")
    assert len(placed) == len([row for row in [*last_night.new, *last_night.changed] if row["latitude"] is not None])


def test_sums_leave_out_what_no_text_states(last_night: Brief) -> None:
    line = make_view(last_night).summary[0]
    least = sum(row["killed_min"] for row in last_night.new if row["killed_min"] is not None)
    assert f"at least {least} killed, by the lowest numbers given" in line


def test_the_brief_says_which_run_and_which_extractor_read_it(page: Any, last_night: Brief) -> None:
    text = page.text_content()
    assert last_night.runs[-1]["run_id"] in text and last_night.runs[1]["extractor_version"] in text
    assert [run["flow"] for run in last_night.runs] == ["collect", "derive", "publish"]


def test_feeds_refusals_and_checks_are_told(page: Any, markdown: str) -> None:
    text = " ".join(page.text_content().split())
    assert "Quiet Bulletin: not a feed" in text and "all passed" in text
    assert "Quiet Bulletin: failing" in markdown


@pytest.mark.slow
def test_an_empty_night_says_so_and_that_it_is_no_peace(watched: Any, tmp_path: Path) -> None:
    shutil.copytree(watched.folder, tmp_path / "data", ignore=shutil.ignore_patterns("archive", "parquet"))
    settings = watched.settings.model_copy(update={"data_dir": tmp_path / "data", "archive_dir": tmp_path / "data" / "archive"})
    run_publication(settings, clock=lambda: dt.datetime(2025, 4, 8, 20, tzinfo=dt.UTC))
    brief = read_brief(settings.published_path)
    assert (brief.night, brief.incidents) == (dt.date(2025, 4, 8), [])
    for text in (render_html(brief), render_markdown(brief)):
        assert "A quiet night: no new incident, no changed toll" in text
        assert "No new article came in." in text and "no proof that nothing happened" in text


def test_a_night_with_one_incident_reads_in_the_singular(last_night: Brief) -> None:
    one = replace(last_night, incidents=last_night.new[:1])
    text = render_markdown(one)
    assert "**1 new incident, no changed toll.**" in text and "None: every toll on record stands" in text


def test_an_incident_without_a_place_is_named_beside_the_map(last_night: Brief) -> None:
    lost = {**last_night.new[0], "latitude": None, "longitude": None}
    text = " ".join(html.document_fromstring(render_html(replace(last_night, incidents=[lost]))).text_content().split())
    assert "No incident of this night has a place that could be shown on a map" in text
    both = render_html(replace(last_night, incidents=[lost, last_night.new[1]]))
    assert "Not on the map, for want of a place" in both


def test_a_broken_night_is_not_taken_for_a_quiet_one(last_night: Brief) -> None:
    runs = [{**last_night.runs[0], "status": "failed", "message": "the disk is full"}, *last_night.runs[1:]]
    feeds = [{**feed, "state": "failing"} for feed in last_night.feeds]
    text = render_html(replace(last_night, incidents=[], runs=runs, feeds=feeds, checks=[{"check_name": "no_orphans", "n_bad": 2}]))
    assert "This night was not whole." in text and "The collect run failed: the disk is full." in text
    assert f"{len(feeds)} of {len(feeds)} feeds gave nothing" in text and "The check no orphans found 2 bad rows." in text


def test_hostile_words_stay_words(last_night: Brief) -> None:
    evil = "<script>alert(1)</script> # [x](javascript:alert(1)) \u202e\n# heading"
    row = {
        **last_night.new[0], "place": evil, "killed_quotes": [evil], "killed_speaker": evil, "killed_url": "javascript:alert(1)",
        "articles": [{"url": "javascript:alert(1)", "outlet": evil, "title": evil, "is_copy": False}],
    }  # fmt: skip
    hostile = replace(last_night, incidents=[row])
    text = render_html(hostile)
    tree = html.document_fromstring(text)
    assert "<script" not in text and "\u202e" not in text
    assert not [url for url in tree.xpath("//a/@href") if url.lower().startswith("javascript")]
    said = render_markdown(hostile)
    assert not re.search(r"(?<!\\)(<script|\]\(javascript)|^# heading|\u202e", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("url", "followed"),
    [("https://a.example/x", True), ("HTTP://a.example", True), ("javascript:alert(1)", False), ("data:text/html,x", False),
     ("//a.example", False), ("http://[bad", False), (None, False), ("", False)],
)  # fmt: skip
def test_links_lead_to_the_web_or_nowhere(url: str | None, followed: bool) -> None:
    assert link(url) == (url if followed else None)


def test_markdown_escapes_what_would_be_a_mark() -> None:
    assert escape_markdown("*a* [b](c) <d> `e` # f | g\nh") == r"\*a\* \[b\](c) \<d\> \`e\` \# f \| g h"
    assert escape_markdown("- a") == r"\- a" and escape_markdown("12. a") == r"\12. a"


@pytest.mark.slow
def test_many_incidents_end_in_a_table(last_night: Brief) -> None:
    many = [{**last_night.new[0], "incident_id": f"{n:016x}"} for n in range(60)]
    tree = html.document_fromstring(render_html(replace(last_night, incidents=many)))
    assert len(tree.xpath("//section[@aria-labelledby='new']/article")) == 40
    assert len(tree.xpath("//div[@aria-label='Further new incidents']//tbody/tr")) == 20


def test_the_command_writes_both_forms_and_reads_only(watched: Any, vigil: Vigil) -> None:
    before = hashlib.sha256(watched.settings.published_path.read_bytes()).hexdigest()
    code, out, err = vigil("brief", "--data-dir", watched.folder, "--date", FIRST)
    assert (code, err) == (0, "")
    paths = [watched.folder / "briefs" / f"2025-04-04.{ending}" for ending in ("html", "md")]
    assert out.splitlines() == [f"written: {path}" for path in paths] and all(path.stat().st_size > 1000 for path in paths)
    assert hashlib.sha256(watched.settings.published_path.read_bytes()).hexdigest() == before
    assert not list((watched.folder / "briefs").glob(".*"))


@pytest.mark.slow
def test_the_command_writes_one_form_to_a_file_or_to_standard_output(watched: Any, vigil: Vigil, tmp_path: Path) -> None:
    code, out, _ = vigil("brief", "--data-dir", watched.folder, "--output", "-", "--format", "markdown")
    assert code == 0 and out.startswith("# Vigil: night of 7 April 2025\n")
    code, _, _ = vigil("brief", "--data-dir", watched.folder, "--output", tmp_path / "b.md")
    assert code == 0 and (tmp_path / "b.md").read_text(encoding="utf-8") == out
    code, _, _ = vigil("brief", "--data-dir", watched.folder, "--output", tmp_path / "b.txt", "--format", "html")
    assert code == 0 and (tmp_path / "b.txt").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (["--date", "yesterday"], 2, "--date 'yesterday' is no day; write it as 2025-04-04"),
        (["--date", "2025-05-01"], 2, "no run began on 2025-05-01 (UTC)"),
        (["--format", "html"], 2, "--format needs --output FILE"),
        (["--output", "/nowhere/at/all.html"], 2, "--output /nowhere/at/all.html: cannot be written"),
    ],
)
def test_bad_parameters_are_refused_in_one_line(watched: Any, vigil: Vigil, flags: list[str], code: int, said: str) -> None:
    got, out, err = vigil("brief", "--data-dir", watched.folder, *flags)
    assert (got, out) == (code, "") and said in err and err.count("\n") == 1


def test_without_a_published_file_it_says_what_to_run(vigil: Vigil, tmp_path: Path) -> None:
    code, _, err = vigil("brief", "--data-dir", tmp_path)
    assert code == 1 and "does not exist; run `vigil demo` or `vigil ingest` first" in err


def test_a_file_without_runs_and_a_file_of_another_kind_are_named(tmp_path: Path) -> None:
    from warehouse.connection import open_work  # noqa: PLC0415 -- only this test makes a warehouse

    open_work(tmp_path / "vigil.duckdb").close()
    with pytest.raises(UnknownNightError, match="holds no run"):
        read_brief(tmp_path / "vigil.duckdb")
    with duckdb.connect(str(tmp_path / "other.duckdb")) as con:
        con.execute("CREATE TABLE run AS SELECT now() AS started_at")
    with pytest.raises(WarehouseError, match="cannot be read"):
        read_brief(tmp_path / "other.duckdb")


def test_a_folder_that_cannot_be_made_leaves_what_was_published(watched: Any, last_night: Brief, tmp_path: Path) -> None:
    (tmp_path / "briefs").write_text("a file where the folder should be")
    shutil.copy(watched.settings.published_path, tmp_path / "vigil.duckdb")
    with pytest.raises(BriefError, match="briefs: cannot be made"):
        write_brief(watched.settings.model_copy(update={"data_dir": tmp_path}))
    with pytest.raises(BriefError, match="cannot be written"):
        write_form(last_night, "md", tmp_path / "no" / "folder.md")


@pytest.mark.slow
def test_an_erased_article_leaves_the_briefs_that_named_it(watch: Any) -> None:
    (source,) = watch.ask("SELECT DISTINCT canonical_url AS url FROM article WHERE canonical_url LIKE '%/taiz-market-mortars.html'")
    first, last = write_brief(watch.settings, FIRST), write_brief(watch.settings, LAST)
    other = first[0].read_bytes()
    assert source["url"].encode() in last[0].read_bytes()
    forget(watch.settings, source["url"], reason="asked for by a family", clock=lambda: dt.datetime(2025, 4, 9, 8, tzinfo=dt.UTC))
    for path in last:
        assert source["url"] not in path.read_text(encoding="utf-8") and "Houthis deny firing" not in path.read_text(encoding="utf-8")
    assert first[0].read_bytes() == other
