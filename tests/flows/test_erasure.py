"""`vigil forget`: no byte of the article is left, tolls follow, nothing brings it back, and a kill is mended by a second run."""

from __future__ import annotations

import datetime as dt
import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from flows import erasure
from flows.archive import read_page
from flows.archive_check import check_file
from flows.backfill import run_backfill
from flows.proof import verify
from flows.warc import ArchiveError, iter_warc
from flows.warc_erase import empty_member, erase_records
from warehouse.erasure import address_digest

Vigil = Callable[..., tuple[int, str, str]]
REASON = ("--reason", "asked for by a family")


@pytest.mark.parametrize("length", [160, 300, 1_000, 9_999, 65_535 + 120, 65_560, 200_000])
def test_an_empty_record_has_exactly_the_length_of_the_old_one(length: int) -> None:
    member = empty_member(length)
    assert len(member) == length and zlib.decompressobj(31).decompress(member).startswith(b"WARC/1.1\r\nWARC-Type: metadata")
    gzip.decompress(member)


def test_a_record_that_is_too_short_is_refused() -> None:
    with pytest.raises(ArchiveError, match="100 bytes are too few"):
        empty_member(100)


@pytest.fixture
def chosen(watch: Any) -> dict[str, Any]:
    """An article of Kryvyi Rih with its page and a sentence of its own."""
    (row,) = watch.ask(
        "SELECT a.article_id, a.canonical_url, a.text, p.* EXCLUDE (title) FROM article AS a JOIN (SELECT *, '' AS title FROM page) AS p USING (page_id)"
        " JOIN incident_sources AS s ON s.article_id = a.article_id JOIN incidents AS i USING (incident_id)"
        " WHERE i.place = 'Kryvyi Rih' ORDER BY s.stated_at, a.article_id LIMIT 1"
    )
    return dict(row) | {"marker": max(row["text"].split("\n\n")[1:], key=len)[20:60].encode()}


def everything(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder: as they are, and unpacked where records or columns are compressed."""
    found = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for name in list(found):
        if name.endswith(".gz"):
            found[f"{name} unpacked"] = gzip.decompress(found[name])
        elif name.endswith(".parquet"):
            found[f"{name} read"] = str(pl.read_parquet(name, hive_partitioning=False).rows()).encode()
        elif name.endswith(".duckdb"):
            con = duckdb.connect(name, read_only=True)
            tables = [row[0] for row in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()]
            found[f"{name} read"] = b"".join(str(con.sql(f"FROM {table}").fetchall()).encode() for table in tables)
            con.close()
    return found


def holding(folder: Path, *markers: bytes) -> set[str]:
    return {name for name, content in everything(folder).items() if any(marker in content for marker in markers)}


def test_nothing_of_a_forgotten_article_is_left(watch: Any, chosen: dict[str, Any], vigil: Vigil) -> None:
    url, marker = chosen["canonical_url"], chosen["marker"]
    assert len({Path(name).suffix for name in holding(watch.folder, marker)}) >= 3, "archive, files and Parquet hold it before"
    before = watch.ask("FROM incidents")
    code, out, err = vigil("forget", url, *REASON, "--data-dir", watch.folder)
    assert (code, err) == (0, "") and out.startswith("erased: 2 pages, 2 articles, 2 reports, ")
    assert holding(watch.folder, marker, url.encode(), chosen["article_id"].encode()) == set()
    after = watch.ask("FROM incidents")
    assert len(after) == len(before) and after != before
    (row,) = [row for row in watch.ask("FROM erasure") if row["address_sha256"] == address_digest(url)]
    assert (row["reason"], row["n_pages"], row["n_articles"]) == (REASON[1], 2, 2) and row["finished_at"] and row["n_records"] >= 2


@pytest.mark.slow
def test_a_forgotten_article_does_not_come_back_and_what_is_left_is_proved(watch: Any, chosen: dict[str, Any], vigil: Vigil) -> None:
    words = ("forget", chosen["canonical_url"], *REASON, "--data-dir", watch.folder)
    assert vigil(*words)[0] == 0
    assert verify(watch.settings).findings == []
    rest = watch.export()
    watch.run_night(dt.datetime(2025, 4, 8, 20, tzinfo=dt.UTC))
    assert watch.export() == rest and holding(watch.folder, chosen["marker"]) == set()
    assert {row["n_new"] for row in watch.ask("SELECT n_new FROM feed_poll WHERE polled_at > '2025-04-08' AND n_new IS NOT NULL")} <= {0}
    assert vigil(*words)[0] == 0, "twice is as good as once"
    assert watch.export() == rest
    run_backfill(watch.settings, mode="all", clock=lambda: dt.datetime(2025, 4, 9, 8, tzinfo=dt.UTC))
    assert watch.export() == rest


@pytest.mark.slow
def test_a_page_that_declares_an_erased_address_brings_no_article(watch: Any, chosen: dict[str, Any]) -> None:
    con = duckdb.connect(str(watch.settings.work_path))
    con.execute(
        "INSERT INTO erasure SELECT $1, 'run', now(), now(), 'r', 0, 0, 0, 0, 0, 0", [address_digest(chosen["canonical_url"])]
    )  # fmt: skip
    con.close()
    run_backfill(watch.settings, mode="all", clock=lambda: dt.datetime(2025, 4, 8, 8, tzinfo=dt.UTC))
    assert watch.ask(f"FROM article WHERE canonical_url = '{chosen['canonical_url']}'") == []
    assert {row["reason"] for row in watch.ask("FROM reject WHERE stage = 'load'")} == {"erased"}


def test_what_is_not_there_is_refused(watched: Any, vigil: Vigil) -> None:
    for words, says in (
        (("https://nowhere.example/x", *REASON), "no page, article or feed item has this address"),
        (("not an address", *REASON), "is no http or https address"),
        (("https://nowhere.example/x", "--reason", " "), "--reason must be one line"),
    ):
        code, out, err = vigil("forget", *words, "--data-dir", watched.folder)
        assert (code, out) == (2, "") and says in err


@pytest.mark.slow
@pytest.mark.parametrize("step", ["_erase_archive", "delete_rows", "match_new", "finish_erasure", "rewrite_file", "run_publication"])
def test_killed_before_any_step_a_second_run_ends_it(
    watch: Any, chosen: dict[str, Any], vigil: Vigil, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasure, step, killed)
        with pytest.raises(KeyboardInterrupt):
            erasure.forget(watch.settings, chosen["canonical_url"], reason="r")
    assert vigil("forget", chosen["canonical_url"], *REASON, "--data-dir", watch.folder)[0] == 0
    assert holding(watch.folder, chosen["marker"]) == set() and verify(watch.settings).findings == []


def test_a_record_half_overwritten_is_erased_again_and_its_neighbours_stand(watch: Any, chosen: dict[str, Any]) -> None:
    path, others = watch.settings.archive_dir / chosen["warc_file"], watch.ask("FROM page")
    with path.open("r+b") as file:
        file.seek(chosen["warc_offset"])
        file.write(empty_member(chosen["warc_length"])[: chosen["warc_length"] // 2])
    assert erase_records(path, [chosen["warc_offset"]], [chosen["warc_length"]], frozenset({chosen["url"]})) == 3, "response, request, note"
    assert list(check_file(watch.settings.archive_dir, chosen["warc_file"], [])) == []
    assert chosen["url"] not in {page.url for page in iter_warc(path, 5_000_000)}
    for page in others:
        if page["page_id"] != chosen["page_id"]:
            read_page(watch.settings.archive_dir, page["warc_file"], page["warc_offset"], page["warc_length"], page["sha256"])
