"""The archive's files give its index back, say what is wrong with them, take foreign archives in and let old pages go."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.archive_check import check_archive
from flows.backfill import run_backfill
from flows.proof import verify
from warehouse.connection import open_work

pytestmark = pytest.mark.slow  # whole watches, again for each case

Vigil = Callable[..., tuple[int, str, str]]
LATER = dt.datetime(2025, 4, 8, 8, 0, tzinfo=dt.UTC)
PAGE = "<!DOCTYPE html><html lang='en'><head><title>{title}</title><meta property='article:published_time' content='2025-04-05T05:00:00Z'></head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
STRIKE = "A missile struck a market in Kryvyi Rih on Friday, killing 7 people and wounding 30, Mayor Oleksandr Vilkul said. Russia fired it, he said."


def change(watch: Any, *statements: str) -> None:
    con = open_work(watch.settings.work_path)
    for statement in statements:
        con.execute(statement).fetchall()
    con.close()


# ---- the index from the files
def test_the_index_of_a_lost_warehouse_comes_back_from_the_files(watch: Any, vigil: Vigil) -> None:
    before, derived = watch.export("page"), watch.export("article", "report", "claim", "incident")
    watch.settings.work_path.unlink()
    code, out, err = vigil("archive", "reindex", "--data-dir", watch.folder)
    assert (code, err) == (0, "") and f"{len(before['page'])} pages added, 0 places mended, 0 as they were" in out
    assert watch.export("page") == before
    # Feeds come with the next night; their language and country are hints for the reading, their items are in the notes.
    run = watch.export("entry")["entry"]
    assert len(run) > 20
    watch.run_night(dt.datetime(2025, 4, 7, 20, 30, tzinfo=dt.UTC))
    assert watch.nights[-1].collected.pages == 0, "nothing is fetched again"
    assert watch.export("article", "report", "claim", "incident") == derived


def test_a_second_reindex_changes_nothing(watch: Any, vigil: Vigil) -> None:
    before = watch.export("page", "entry")
    _, out, _ = vigil("archive", "reindex", "--data-dir", watch.folder)
    assert " 0 pages added, 0 places mended" in out
    assert watch.export("page", "entry") == before


def test_moved_places_are_mended_and_lost_records_named(watch: Any, vigil: Vigil) -> None:
    before = watch.export("page")
    (chosen, other) = [row["page_id"] for row in watch.ask("SELECT page_id FROM page ORDER BY page_id LIMIT 2")]
    change(
        watch, f"UPDATE page SET warc_offset = 7, item_title = 'kept' WHERE page_id = '{chosen}'",
        f"INSERT INTO page BY NAME SELECT * REPLACE ('nowhere' AS page_id, 'gone.warc.gz' AS warc_file) FROM page WHERE page_id = '{other}'",
    )  # fmt: skip
    code, out, _ = vigil("archive", "reindex", "--data-dir", watch.folder)
    assert code == 1 and "1 places mended" in out and "no record: page nowhere" in out
    change(watch, "DELETE FROM page WHERE page_id = 'nowhere'")
    assert watch.export("page") == before


def test_erased_articles_do_not_come_back_with_their_files(watch: Any, vigil: Vigil, tmp_path: Path) -> None:
    (url,) = [row["url"] for row in watch.ask("SELECT url FROM incident_sources LIMIT 1")]
    whole = {path: path.read_bytes() for path in watch.settings.archive_dir.rglob("*.gz")}
    vigil("forget", url, "--reason", "asked for", "--data-dir", watch.folder)
    n = len(watch.export("page")["page"])
    for path, content in whole.items():  # an old backup is put back
        path.write_bytes(content)
    _, out, _ = vigil("archive", "reindex", "--data-dir", watch.folder)
    assert "of erased articles left out" in out and len(watch.export("page")["page"]) == n


# ---- list and check


def test_list_and_check_of_a_sound_archive(watched: Any, vigil: Vigil) -> None:
    rows = [json.loads(line) for line in vigil("archive", "list", "--json", "--data-dir", watched.folder)[1].splitlines()]
    assert sum(row["pages"] for row in rows) == len(watched.export("page")["page"])
    assert {row["place"] for row in rows} == {"local"} and all(row["n_bytes"] > 1000 for row in rows)
    code, out, _ = vigil("archive", "check", "--data-dir", watched.folder)
    assert (code, out.splitlines()[-1].split("; ")[1]) == (0, "no faults")


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "row"])
def test_check_names_what_is_wrong(watch: Any, vigil: Vigil, damage: str) -> None:
    (row, *_) = watch.ask("SELECT * FROM page ORDER BY warc_offset DESC")
    path = watch.settings.archive_dir / row["warc_file"]
    whole = path.read_bytes()
    if damage == "flip":
        at = row["warc_offset"] + row["warc_length"] // 2
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
    elif damage == "cut":
        path.write_bytes(whole[: row["warc_offset"] + 40])
    elif damage == "gone":
        path.unlink()
    else:
        change(watch, f"UPDATE page SET sha256 = repeat('0', 64) WHERE page_id = '{row['page_id']}'")
    code, out, _ = vigil("archive", "check", "--data-dir", watch.folder)
    assert code == 1 and row["url"] in out


def test_files_that_the_index_does_not_know_are_named(watch: Any) -> None:
    (path, *_) = watch.settings.archive_dir.rglob("*.warc.gz")
    (watch.settings.archive_dir / "restored.warc.gz").write_bytes(path.read_bytes())
    assert check_archive(watch.settings).unknown == ["restored.warc.gz"]


def test_the_standard_tool_finds_nothing_to_complain_about(watched: Any) -> None:
    paths = [str(path) for path in watched.settings.archive_dir.rglob("*.warc.gz")]
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", "-v", *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-500:]
    assert "digest pass" in done.stdout and "fail" not in done.stdout


# ---- foreign archives


def foreign(path: Path, pages: list[tuple[str, str, bytes, int, str]]) -> Path:
    """A WARC file as another crawler writes it: (url, date, body, status, content type)."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz", warc_version="1.0")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "other"}))
        for url, date, body, status, kind in pages:
            headers = StatusAndHeaders(f"{status} X", [("Content-Type", kind), ("Content-Length", str(len(body)))], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=headers, warc_headers_dict={"WARC-Date": date}
            )
            writer.write_record(record)
    return path


def page(title: str, text: str) -> bytes:
    return PAGE.format(title=title, text=text).encode()


PAGES = [
    ("http://Valley.example:80/strike?utm_source=x", "2025-04-05T06:00:00Z", page("Missile hits market in Kryvyi Rih", STRIKE), 200, "text/html"),
    ("https://valley.example/old", "2025-04-05T06:00:01Z", b"", 301, "text/html"),
    ("https://valley.example/paper.pdf", "2025-04-05T06:00:02Z", b"%PDF-1.7 x", 200, "application/pdf"),
    ("https://valley.example/gone", "2025-04-05T06:00:03Z", b"no", 404, "text/html"),
    ("https://valley.example/future", "2095-04-05T06:00:03Z", page("Later", STRIKE), 200, "text/html"),
    ("https://valley.example/baths", "2025-04-06T06:00:00Z", page("Baths open", "The city baths open on Monday after a year of works."), 200, "text/html"),
]  # fmt: skip


@pytest.mark.parametrize("name", ["foreign.warc.gz", "foreign.warc"])
def test_a_foreign_archive_is_taken_in_and_read(vigil: Vigil, tmp_path: Path, name: str) -> None:
    path = foreign(tmp_path / name, PAGES)
    data = ("--data-dir", tmp_path / "data", "--processes", "1")
    code, out, err = vigil("backfill", "--warc", path, *data)
    assert code == 0, err
    assert "imported: 2 pages of 1 files, 0 known before, 4 refused (2 http_status, 1 pdf, 1 bad_date)" in out
    path.unlink()  # nothing depends on it any more
    _, told, _ = vigil("sql", "SELECT place, killed, date FROM incidents", "--format", "csv", *data[:2])
    assert told.splitlines()[1:] == ["Kryvyi Rih,7,2025-04-04"]
    _, told, _ = vigil("sql", "SELECT url, entry_id FROM page ORDER BY url", "--format", "csv", *data[:2])
    assert told.splitlines()[1:] == ["http://valley.example/strike,", "https://valley.example/baths,"]
    assert vigil("verify", *data)[0] == 0

    again = vigil("backfill", "--warc", foreign(tmp_path / name, PAGES), "--mode", "missing", *data)
    assert again[0] == 0 and "imported: 0 pages of 1 files, 2 known before" in again[1]


def test_a_foreign_archive_cut_off_gives_what_it_holds(vigil: Vigil, tmp_path: Path) -> None:
    path = foreign(tmp_path / "cut.warc.gz", PAGES)
    path.write_bytes(path.read_bytes()[:-60])
    code, out, _ = vigil("backfill", "--warc", path, "--data-dir", tmp_path / "data", "--processes", "1")
    assert code == 0 and "imported: 1 pages" in out and "damaged: " in out and "the last record is cut off" in out
    _, told, _ = vigil(
        "sql", "SELECT reason, message FROM reject WHERE reason = 'damaged'", "--format", "csv", "--data-dir", tmp_path / "data"
    )
    assert "cut.warc.gz" in told


@pytest.mark.parametrize(("content", "message"), [(None, "cannot be read (No such file"), (b"PK\x03\x04", "is no WARC file")])
def test_what_is_no_archive_is_refused_before_anything_is_written(
    vigil: Vigil, tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "x.warc"
    if content is not None:
        path.write_bytes(content)
    code, out, err = vigil("backfill", "--warc", path, "--data-dir", tmp_path / "data")
    assert (code, out) == (1, "") and message in err and not (tmp_path / "data").exists()
    good = foreign(tmp_path / "y.warc", PAGES)
    assert vigil("backfill", "--warc", good, "--dry-run", "--data-dir", tmp_path / "data")[0] == 2


# ---- retention
def test_old_pages_go_but_none_that_a_value_rests_on(watch: Any, vigil: Vigil) -> None:
    data = ("--data-dir", watch.folder)
    incidents, before = watch.export("incident"), watch.ask("SELECT sum(warc_length) AS n FROM page")[0]["n"]
    rests = watch.ask(
        "SELECT count(DISTINCT page_id) AS n FROM derivation JOIN report USING (article_id) JOIN incident_report USING (report_id)"
    )
    _, would, _ = vigil("archive", "prune", "--older-than", 1, "--dry-run", *data)
    assert watch.ask("SELECT sum(warc_length) AS n FROM page")[0]["n"] == before and "would go" in would
    code, out, _ = vigil("archive", "prune", "--older-than", 1, *data)
    assert code == 0 and out.split(" deleted")[0] == would.split(" would")[0]
    assert f"; {rests[0]['n']} kept, because published values rest on them" in out

    con = open_work(watch.settings.work_path)
    gone = con.sql("SELECT page_id FROM page WHERE warc_length = 0 ORDER BY 1").fetchall()
    assert gone and gone == con.sql("SELECT page_id FROM page_deletion ORDER BY 1").fetchall()
    con.close()
    assert check_archive(watch.settings).findings == []
    assert vigil("archive", "prune", "--older-than", 1, *data)[1].startswith("0 pages of 0 files deleted")
    run_backfill(watch.settings, mode="all", clock=lambda: LATER)
    assert watch.export("incident") == incidents
    assert verify(watch.settings).findings == []
    assert vigil("archive", "reindex", *data)[0] == 0
    assert len(watch.newsroom.requests) == (asked := len(watch.newsroom.requests))
    assert watch.run_night(dt.datetime(2025, 4, 20, 20, 0, tzinfo=dt.UTC)).collected.pages == 0, f"nothing is fetched again ({asked})"


def test_pages_that_values_rest_on_go_only_when_told(watch: Any, vigil: Vigil) -> None:
    incidents = watch.export("incident")
    _, out, _ = vigil("archive", "prune", "--older-than", 1, "--with-evidence", "--data-dir", watch.folder)
    assert "that published values rest on" in out
    assert list(watch.settings.archive_dir.rglob("*.warc.gz")) == []
    run_backfill(watch.settings, mode="all", clock=lambda: LATER)
    assert watch.export("incident") == incidents
    assert {finding.says.split(" by ")[1].split(";")[0] for finding in verify(watch.settings).findings} == {
        "`vigil archive prune --with-evidence`"
    }


def test_retention_is_off_by_default_and_leaves_damaged_files_alone(watch: Any, vigil: Vigil) -> None:
    code, _, err = vigil("archive", "prune", "--data-dir", watch.folder)
    assert code == 2 and "keeps every page" in err
    for path in watch.settings.archive_dir.rglob("*.warc.gz"):
        path.write_bytes(path.read_bytes()[:-20])
    before = watch.export("page")
    code, out, _ = vigil("archive", "prune", "--older-than", 1, "--data-dir", watch.folder)
    assert code == 1 and "left as it is: " in out and watch.export("page") == before


def test_a_kill_during_retention_loses_nothing(watch: Any, monkeypatch: pytest.MonkeyPatch, vigil: Vigil) -> None:
    before = watch.export("page")
    with monkeypatch.context() as patch:
        patch.setattr("flows.retention._point", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        vigil("archive", "prune", "--older-than", 1, "--data-dir", watch.folder)
    assert watch.export("page") == before and check_archive(watch.settings).findings == []
    vigil("archive", "prune", "--older-than", 1, "--data-dir", watch.folder)
    assert check_archive(watch.settings).findings == []


def test_nights_apply_the_retention_rule_by_themselves(watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_ARCHIVE_KEEP_DAYS", "10")
    incidents, old = watch.export("incident"), watch.ask("SELECT count(*) AS n FROM page")[0]["n"]
    night = watch.run_night(dt.datetime(2025, 4, 15, 20, 0, tzinfo=dt.UTC))  # the first evening is 11 days old, the last one 8
    (told,) = night.said
    gone = watch.ask("SELECT p.fetched_at, d.was_evidence FROM page_deletion AS d JOIN page AS p USING (page_id)")
    assert told.startswith(f"retention: {len(gone)} pages older than 10 days deleted") and told in night.text()
    assert 0 < len(gone) < old and {row["was_evidence"] for row in gone} == {0}
    assert {row["fetched_at"].date() for row in gone} == {dt.date(2025, 4, 4)}, "what the published file says is what was done"
    assert watch.export("incident") == incidents
    assert verify(watch.settings).findings == []
    assert watch.run_night(dt.datetime(2025, 4, 15, 21, 0, tzinfo=dt.UTC)).said == (), "nothing is left to do"


def test_retention_that_cannot_be_applied_stops_no_night(watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_ARCHIVE_KEEP_DAYS", "10")
    path = min(watch.settings.archive_dir.rglob("*.warc.gz"), key=lambda path: path.stat().st_mtime_ns)
    path.unlink()
    before = watch.export("page")
    night = watch.run_night(dt.datetime(2025, 4, 15, 20, 0, tzinfo=dt.UTC))
    assert "files left as they are, the first: " in night.said[0] and path.name in night.said[0]
    assert watch.export("page") == before and night.published.n_incidents > 0
