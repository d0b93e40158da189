"""Batches: twice is once, all or nothing, nothing acknowledged is lost, refused rows are kept."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from transforms.schemas import BY_NAME
from warehouse.checks import check
from warehouse.connection import open_work
from warehouse.incidents import read_waiting, write_memberships
from warehouse.store import read_frame, registered, reject_row, replace_article_rows, resolve_rejects, transaction, upsert, write_batch

PROJECT = Path(__file__).resolve().parents[2]
TABLES = ("page", "article", "report", "claim", "evidence", "derivation", "incident_report", "incident", "incident_version", "reject")


def contents(con: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of the tables, without the time of the run that wrote them last."""
    return {name: con.sql(f"SELECT COLUMNS(c -> c <> 'resolved_at') FROM {name} ORDER BY ALL").fetchall() for name in TABLES}


def hour(hours: float) -> Any:
    return datetime(2025, 4, 4, 18, tzinfo=UTC) + timedelta(hours=hours)


def entries(*rows: dict[str, Any]) -> dict[str, pl.DataFrame]:
    return {"entry": BY_NAME["entry"].frame({"feed_id": "f", "first_seen_at": hour(0), "last_changed_at": hour(0), **row} for row in rows)}


def test_twice_is_once(story: Any) -> None:
    story.tell("a", 0, {"n": 3})
    story.tell("b", 1, {"n": 4}, told={"killed_min": 4, "killed_best": 4, "killed_max": 4})
    story.load(), story.match()
    once = contents(story.con)
    story.load(at=200), story.match(at=200)
    assert contents(story.con) == once
    assert len(once["incident_version"]) == 1


def test_a_reading_replaces_the_earlier_one_whole(story: Any) -> None:
    story.tell("a", 0, {"n": 3}, {"n": 9, "effect": "injured"})
    story.load(), story.match()
    story.rows["claim"].pop()
    story.load()
    assert story.con.sql("SELECT count(*) FROM claim").fetchall() == [(1,)]
    assert story.con.sql("SELECT count(*) FROM incident_report").fetchall() == [(0,)]
    story.match()
    assert story.con.sql("SELECT killed_best, injured_best FROM incident").fetchall() == [(3, None)]


@pytest.mark.parametrize(("address", "is_former"), [("canonical_url", True), ("canonical_url || '2'", False)])
def test_a_former_version_that_told_nothing_dates_the_next(story: Any, address: str, is_former: bool) -> None:
    """What an article says that it did not say when its address was last read, it says since then."""
    story.tell("new", 5, {"n": 3})
    story.load()
    story.con.execute(f"""
        INSERT INTO article BY NAME
        SELECT * REPLACE ('bare' AS article_id, {address} AS canonical_url, fetched_at - INTERVAL 1 SECOND AS fetched_at) FROM article
    """)
    story.match()
    ((stated, published, read),) = story.con.sql("""
        SELECT m.stated_at, a.published_at, b.fetched_at
        FROM incident_report AS m JOIN report USING (report_id) JOIN article AS a USING (article_id), (FROM article WHERE article_id = 'bare') AS b
    """).fetchall()
    assert published < read
    assert stated == (read if is_former else published)


def test_versions_are_appended_only_when_a_value_changes(story: Any) -> None:
    story.tell("a", 0, {"n": 12})
    story.load(), story.match(at=10, run_id="r1")
    assert story.match(at=20, run_id="r2").height == 0
    story.tell("b", 5, {"n": 16, "speaker_class": "police"})
    story.load()
    assert story.match(at=30, run_id="r3").to_dicts() == [{"incident_id": "i1", "remains": True}]
    versions = story.con.sql(
        "SELECT run_id, killed_best, epoch_us(valid_from), epoch_us(valid_to) FROM incident_version ORDER BY valid_from"
    ).fetchall()
    at10, at30 = (int(hour(h).timestamp() * 1_000_000) for h in (10, 30))
    assert versions == [("r1", 12, at10, at30), ("r3", 16, at30, None)]
    seen = story.con.sql("SELECT epoch_us(first_seen_at), epoch_us(last_changed_at) FROM incident").fetchall()
    assert seen == [(at10, at30)]
    then = story.con.sql("SELECT killed_best FROM incidents_asof(TIMESTAMPTZ '2025-04-05 12:00:00+00')").fetchall()
    assert then == [(12,)]


def test_an_incident_without_reports_ends_and_its_new_id_keeps_first_seen(story: Any) -> None:
    story.tell("a", 0, {"n": 12})
    story.load(), story.match(at=10)
    story.members = dict.fromkeys(story.members, "i2")
    alias = BY_NAME["incident_alias"].frame([{"old_id": "i1", "incident_id": "i2", "changed_at": hour(20), "reason": "older report"}])
    changed = story.match(at=20, aliases=alias)
    assert changed.to_dicts() == [{"incident_id": "i1", "remains": False}, {"incident_id": "i2", "remains": True}]
    assert story.con.sql("SELECT incident_id, first_seen_at = $t FROM incident", params={"t": hour(10)}).fetchall() == [("i2", True)]
    open_ids = story.con.sql("SELECT incident_id FROM incident_version WHERE valid_to IS NULL").fetchall()
    assert open_ids == [("i2",)]


def test_refused_rows_become_rejects_and_count_attempts(con: Any) -> None:
    bad = BY_NAME["run_stage"].frame([{"run_id": "r", "stage": "poll", "n_in": -1, "n_out": 0, "n_rejected": 0, "elapsed_s": 0.0}])
    for run in ("r1", "r1", "r2"):
        assert write_batch(con, {"run_stage": bad}, run_id=run, at=hour(1)) == {"run_stage": (0, 1)}
    rows = con.sql("SELECT stage, input_ref, reason, attempts FROM reject").fetchall()
    assert rows == [("load", "run_stage r/poll", "out_of_bounds", 2)]
    resolve_rejects(con, "load", ["run_stage r/poll"], hour(2))
    assert con.sql("SELECT resolved_at IS NOT NULL FROM reject").fetchall() == [(True,)]


def test_one_bad_row_refuses_its_article_and_no_other(story: Any) -> None:
    story.tell("good", 0, {"n": 3})
    story.tell("bad", 0, {"n": 3}, told={"killed_min": 3, "killed_best": 3, "children_killed_best": 5})
    refused = story.load()
    assert refused.to_dicts() == [
        {"article_id": "bad", "reason": "part_exceeds_whole", "message": "report: children_killed exceeds killed"}
    ]
    assert story.con.sql("SELECT article_id FROM article").fetchall() == [("good",)]
    assert story.con.sql("SELECT outcome, article_id, n_reports FROM derivation WHERE page_id = 'page-bad'").fetchall() == [
        ("rejected", None, 0)
    ]
    assert story.con.sql("SELECT stage, input_ref FROM reject").fetchall() == [("load", "page-bad")]


@pytest.mark.parametrize("order", [("early", "late"), ("late", "early")])
def test_the_same_text_fetched_twice_is_one_article_of_its_first_page(story: Any, order: tuple[str, str]) -> None:
    story.tell("early", 0, {"n": 3})
    frames = story.frames()
    second = {name: frame.clone() for name, frame in frames.items()}
    second["article"] = second["article"].with_columns(
        page_id=pl.lit("page-2"), fetched_at=pl.lit(hour(9)).cast(BY_NAME["article"]["fetched_at"].dtype)
    )
    second["derivation"] = second["derivation"].with_columns(page_id=pl.lit("page-2"))
    batches = {"early": frames, "late": second}
    for name in order:
        derived = {table: frame for table, frame in batches[name].items() if table != "page"}
        replace_article_rows(story.con, derived, run_id="r", at=hour(10))
    assert story.con.sql("SELECT page_id FROM article").fetchall() == [("page-early",)]
    assert story.con.sql("SELECT count(*) FROM derivation").fetchall() == [(2,)]


def test_upsert_keeps_what_was_first_and_what_a_frame_lacks(con: Any) -> None:
    write_batch(con, entries({"entry_id": "e", "title": "Old", "url": "u"}), run_id="r", at=hour(0))
    again = entries({"entry_id": "e", "title": "Old", "first_seen_at": hour(5), "last_changed_at": hour(5)})["entry"].drop("url")
    write_batch(con, {"entry": again}, run_id="r", at=hour(5))
    kept = "SELECT url, first_seen_at = $t, last_changed_at = $t FROM entry"
    assert con.sql(kept, params={"t": hour(0)}).fetchall() == [("u", True, True)]
    write_batch(con, {"entry": again.with_columns(title=pl.lit("New"))}, run_id="r", at=hour(5))
    assert con.sql(kept, params={"t": hour(0)}).fetchall() == [("u", True, False)]


def test_of_rows_with_one_key_the_last_counts(con: Any) -> None:
    write_batch(con, entries({"entry_id": "e", "title": "one"}, {"entry_id": "e", "title": "two"}), run_id="r", at=hour(0))
    assert con.sql("SELECT title FROM entry").fetchall() == [("two",)]


def test_rows_without_an_index_are_replaced_by_key_too(con: Any) -> None:
    row = {"incident_id": "i", "toll": "killed", "count_best": 3, "is_contested": False, "report_id": "r", "resolved_at": hour(0)}
    table = BY_NAME["incident_toll"]
    for count in (3, 4, 4):
        upsert(con, table, table.frame([row | {"count_best": count}, row | {"toll": "injured"}]))
    assert con.sql("SELECT toll, count_best FROM incident_toll ORDER BY toll").fetchall() == [("injured", 3), ("killed", 4)]
    with pytest.raises(ValueError, match="lack the column"):
        upsert(con, table, pl.DataFrame({"incident_id": ["i"], "toll": ["killed"]}))


def test_rows_found_by_time_are_replaced_and_keep_what_a_frame_lacks(con: Any) -> None:
    table = BY_NAME["page"]
    row = {"page_id": "p", "run_id": "r", "url": "u", "final_url": "u", "fetched_at": hour(0), "http_status": 200, "n_bytes": 1, "sha256": "s",
           "warc_file": "a", "warc_offset": 0, "warc_length": 1}  # fmt: skip
    upsert(con, table, table.frame([row | {"entry_id": "e"}, row | {"page_id": "q", "fetched_at": hour(1)}]))
    moved = [row | {"warc_file": "b"}, row | {"page_id": "new", "fetched_at": hour(1), "warc_file": "b"}]
    for _ in range(2):
        upsert(con, table, table.frame(moved).drop("entry_id", "item_title"))
    found = con.sql("SELECT page_id, warc_file, entry_id FROM page ORDER BY page_id").fetchall()
    assert found == [("new", "b", None), ("p", "b", "e"), ("q", "a", None)]
    with pytest.raises(ValueError, match="lack the column fetched_at"):
        upsert(con, table, table.frame(moved).drop("fetched_at"))


def test_frontier_waits_for_retries_and_leaves_what_is_fetched(story: Any) -> None:
    story.tell("done", 0, {"n": 1})
    story.load()
    known = [{"entry_id": name, "url": f"https://{name}.example/{name}"} for name in ("done", "new", "later", "never", "tired")]
    refused = [reject_row("fetch", f"https://{name}.example/{name}", "timeout", "-", "r", hour(0), retry) | {"attempts": tries}
               for name, retry, tries in (("later", hour(9), 1), ("never", None, 1), ("tired", hour(0), 3))]  # fmt: skip
    write_batch(story.con, entries(*known) | {"reject": BY_NAME["reject"].frame(refused)}, run_id="r", at=hour(0))
    assert read_frame(story.con, "frontier", now=hour(5), max_attempts=3)["entry_id"].to_list() == ["new"]
    assert read_frame(story.con, "frontier", now=hour(9), max_attempts=3)["entry_id"].to_list() == ["later", "new"]


@pytest.mark.parametrize(("mode", "pages"), [("missing", ["page-new"]), ("stale", ["page-new", "page-old"]), ("failed", ["page-bad"]),
                                             ("all", ["page-bad", "page-new", "page-old"])])  # fmt: skip
def test_pages_to_derive_by_mode(story: Any, mode: str, pages: list[str]) -> None:
    story.tell("old", 0, {"n": 1})
    story.tell("bad", 0, {"n": 1}, relevance=7.0)
    story.tell("new", 0, {"n": 1})
    frames = story.frames()
    write_batch(story.con, {"page": frames.pop("page")}, run_id="r", at=hour(0))
    unread = {name: frame.filter(pl.col("article_id") != "new") for name, frame in frames.items()}
    unread["derivation"] = unread["derivation"].with_columns(
        extractor_version=pl.when(pl.col("article_id") == "bad").then(pl.lit("2")).otherwise("extractor_version")
    )
    replace_article_rows(story.con, unread, run_id="r", at=hour(0))
    found = read_frame(story.con, "pages_to_derive", start=None, end=None, mode=mode, extractor_version="2")
    assert sorted(found["page_id"]) == pages
    assert read_frame(story.con, "pages_to_derive", start=hour(50), end=None, mode=mode, extractor_version="2").is_empty()


def waiting(story: Any, *, everything: bool = False) -> list[str]:
    found: list[str] = read_waiting(story.con, everything=everything)["report_id"].to_list()
    return found


def test_reports_wait_to_be_matched_once(story: Any) -> None:
    story.tell("a", 0, {"n": 1})
    story.tell("b", 30, {"n": 1})
    story.tell("c", 30, {"n": 1}, told={"role": "background"})
    story.load()
    assert waiting(story) == ["report-a", "report-b", "report-c"]
    del story.members["report-c"]
    story.match()
    assert waiting(story) == [], "those that belong to no incident are not asked about every night"
    assert waiting(story, everything=True) == ["report-a", "report-b", "report-c"]
    story.load()
    assert waiting(story) == ["report-a", "report-b", "report-c"], "what is read again is matched again"


def test_a_wrong_time_hides_no_article_that_waits(story: Any) -> None:
    story.tell("a", 0, {"n": 1})
    story.tell("b", 30, {"n": 1})
    story.load()
    story.con.execute("UPDATE match_queue SET as_of = as_of + INTERVAL 1 HOUR WHERE article_id = 'a'").fetchall()
    assert waiting(story) == ["report-a", "report-b"]


@pytest.mark.parametrize(("known", "is_whole"), [(None, True), ({"i1": 100}, True), ({}, False)])
def test_an_incident_grows_where_it_is_known_or_looked_for(story: Any, known: dict[str, float] | None, is_whole: bool) -> None:
    """One that its caller leaves out gets a second row, which the checks refuse to publish."""
    for at, name in enumerate("abc"):
        story.tell(name, at, {"n": 3 + at})
    story.load()
    del story.members["report-c"]
    story.match(100)
    member = {"report_id": "report-c", "as_of": hour(2), "incident_id": "i1", "score": 1.0, "reasons": "{}", "decided_by": "rule"}
    frame = BY_NAME["incident_report"].frame([member])
    times = known if known is None else {incident: hour(at) for incident, at in known.items()}
    write_memberships(story.con, {"report-c": hour(2)}, frame, known=times, run_id="night", at=hour(200))
    for name in ("keys_are_single", "rows_bear_their_time"):
        assert (check(story.con, name)["n_bad"] == 0) is is_whole
    newest = story.con.sql("SELECT n_reports, killed_best, resolved_at FROM incident ORDER BY resolved_at DESC").fetchall()[0]
    assert newest == (3 if is_whole else 1, 5, hour(200))


def test_windows_hold_what_their_days_may_hold(story: Any) -> None:
    """Reports by country and day; without a date by publication; of a week where its last day may lie in the window."""
    undated = {"event_date_start": None, "event_date_end": None, "date_precision": 9}
    for name, told in (
        ("day", {}), ("week_before", {"event_date_start": date(2025, 3, 29), "event_date_end": date(2025, 4, 4), "date_precision": 3}),
        ("too_early", {"event_date_start": date(2025, 3, 28), "event_date_end": date(2025, 4, 3), "date_precision": 3}),
        ("other_land", {"country_iso3": "SDN"}), ("no_land", {"country_iso3": None}), ("undated", undated),
        ("long_ago", {"event_date_start": date(2025, 2, 1), "event_date_end": date(2025, 2, 1)}),
    ):  # fmt: skip
        story.tell(name, 0, {"n": 1}, told=told)
    story.load()
    schema = {"country_iso3": pl.String, "first_on": pl.Date, "last_on": pl.Date}
    for country, names in (("UKR", "day undated week_before"), (None, "no_land"), ("SDN", "other_land"), ("YEM", "")):
        window = pl.DataFrame([(country, date(2025, 4, 4), date(2025, 4, 5))], schema=schema, orient="row")
        with registered(story.con, "batch_window", window):
            found = read_frame(story.con, "spots_of_windows")["report_id"].to_list()
        assert sorted(found) == [f"report-{name}" for name in names.split()]


def test_a_failed_batch_leaves_nothing(con: Any) -> None:
    with pytest.raises(RuntimeError), transaction(con):
        con.execute("INSERT INTO outlet (domain) VALUES ('x')").fetchall()
        raise RuntimeError
    assert con.sql("FROM outlet").fetchall() == []
    write_batch(con, entries({"entry_id": "e"}), run_id="r", at=hour(0))  # the connection is usable again


def test_kill_in_the_middle_loses_nothing_acknowledged(work: Path) -> None:
    """A process acknowledges batches on stdout and is killed while it writes: every acknowledged batch is whole."""
    writer = textwrap.dedent("""
        import sys
        from datetime import datetime, timezone
        from transforms.schemas import BY_NAME
        from warehouse.connection import open_work
        from warehouse.store import write_batch
        at = datetime(2025, 1, 1, tzinfo=timezone.utc)
        con = open_work(sys.argv[1])
        for batch in range(10_000):
            entry = {"feed_id": "f", "title": str(batch), "first_seen_at": at, "last_changed_at": at}
            rows = [entry | {"entry_id": f"{batch}-{n}"} for n in range(50)]
            write_batch(con, {"entry": BY_NAME["entry"].frame(rows)}, run_id="r", at=at)
            print(batch, flush=True)
    """)
    process = subprocess.Popen([sys.executable, "-c", writer, str(work)], stdout=subprocess.PIPE, text=True, cwd=PROJECT)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(5)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split()]
    process.wait()
    process.stdout.close()
    con = open_work(work)
    counts = dict(con.sql("SELECT CAST(title AS INTEGER), count(*) FROM entry GROUP BY ALL").fetchall())
    con.close()
    assert set(counts.values()) == {50}
    assert set(acknowledged) <= counts.keys() and len(counts) <= len(acknowledged) + 1
