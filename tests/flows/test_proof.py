"""Verification: a sound warehouse is called sound; every fault that is put in is found and named, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from flows.proof import Proof, verify

pytestmark = pytest.mark.slow  # every value derived anew

Vigil = Callable[..., tuple[int, str, str]]
KRYVYI_RIH = "SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih'"


def change(watch: Any, *statements: str) -> None:
    """Change rows of the published file as a fault would."""
    con = duckdb.connect(str(watch.settings.published_path))
    for statement in statements:
        con.execute(statement)
    con.close()


def found(proof: Proof) -> list[tuple[str, str]]:
    return [(finding.kind, finding.where) for finding in proof.findings]


def flip(path: Any, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        (byte,) = file.read(1)
        file.seek(offset)
        file.write(bytes([byte ^ 0x10]))


@pytest.mark.slow
def test_what_was_published_is_what_the_archive_gives(watched: Any) -> None:
    proof = verify(watched.settings)
    assert proof.findings == [] and proof.is_sound
    assert proof.pages == len(watched.ask("FROM derivation")) and proof.archive_files == 2
    assert proof.rows["incident"] == len(watched.ask("FROM incident")) and proof.rows["evidence"] > 1000


def test_one_incident_is_verified_by_itself(watched: Any, vigil: Vigil) -> None:
    (row,) = watched.ask(KRYVYI_RIH)
    code, out, err = vigil("verify", row["incident_id"][:9], "--data-dir", watched.folder)
    assert (code, err) == (0, "") and out.endswith("no difference\n")
    assert "1 incident" in out


def test_an_unknown_incident_and_a_missing_file_are_refused(watched: Any, vigil: Vigil, tmp_path: Any) -> None:
    code, _, err = vigil("verify", "zz", "--data-dir", watched.folder)
    assert code == 2 and "incident 'zz' is not in" in err and "vigil sql" in err
    code, _, err = vigil("verify", "--data-dir", tmp_path)
    assert code == 1 and "does not exist; run `vigil demo` or `vigil ingest` first" in err


def test_a_changed_count_of_one_incident_is_named_with_both_values(watch: Any, vigil: Vigil) -> None:
    (row,) = watch.ask(KRYVYI_RIH)
    change(watch, f"UPDATE incident SET killed_best = 99 WHERE incident_id = '{row['incident_id']}'")
    code, out, _ = vigil("verify", row["incident_id"], "--data-dir", watch.folder)
    assert code == 1 and f"incident {row['incident_id']} killed_best: stored 99, derived 20" in out
    assert f"incident_version {row['incident_id']}: the version that holds now is not the incident's current state" in out
    assert out.endswith("2 differences\n")


@pytest.mark.slow
def test_each_changed_value_is_named_and_nothing_else(watch: Any) -> None:
    """One fault a table, in rows that have nothing to do with each other."""
    (article,) = watch.ask("SELECT article_id, text FROM article WHERE is_incident ORDER BY article_id LIMIT 1")
    (report,) = watch.ask("SELECT report_id, killed_best FROM report WHERE killed_best > 3 ORDER BY report_id LIMIT 1")
    (claim,) = watch.ask("SELECT claim_id, count_best FROM claim WHERE count_best > 1 ORDER BY claim_id LIMIT 1")
    (quote, span) = watch.ask(
        "SELECT row_table, row_id, column_name, span_start, span_end FROM evidence WHERE column_name = 'weapon_class' ORDER BY ALL LIMIT 2"
    )
    (toll,) = watch.ask("SELECT incident_id FROM incident_toll WHERE toll = 'injured' ORDER BY ALL LIMIT 1")
    (member,) = watch.ask("SELECT report_id FROM incident_report ORDER BY ALL DESC LIMIT 1")
    (page,) = watch.ask("SELECT page_id FROM page ORDER BY page_id LIMIT 1")
    key = "row_table = '{row_table}' AND row_id = '{row_id}' AND column_name = '{column_name}' AND span_start = {span_start}"
    change(
        watch,
        f"UPDATE article SET text = replace(text, substring(text, 30, 1), '#') WHERE article_id = '{article['article_id']}'",
        f"UPDATE report SET killed_best = killed_best + 1 WHERE report_id = '{report['report_id']}'",
        f"UPDATE claim SET count_best = count_best - 1 WHERE claim_id = '{claim['claim_id']}'",
        f"UPDATE evidence SET quote = 'other words' WHERE {key.format(**quote)}",
        f"UPDATE evidence SET span_end = span_end + 1 WHERE {key.format(**span)}",
        f"UPDATE incident_toll SET words = 'other words' WHERE toll = 'injured' AND incident_id = '{toll['incident_id']}'",
        f"UPDATE incident_report SET score = 0.5 WHERE report_id = '{member['report_id']}'",
        f"UPDATE page SET http_status = 203 WHERE page_id = '{page['page_id']}'",
    )
    where = ", ".join(str(value) for value in quote.values())
    old = ", ".join(str(value) for value in span.values())
    new = ", ".join(str(value) for value in {**span, "span_end": span["span_end"] + 1}.values())
    assert sorted(found(verify(watch.settings))) == sorted(
        ("value", text)
        for text in (
            f"article {article['article_id']} text",
            f"report {report['report_id']} killed_best",
            f"claim {claim['claim_id']} count_best",
            f"evidence {where} quote",
            f"evidence {old}",  # missing
            f"evidence {new}",  # not given by the archive
            f"incident_toll {toll['incident_id']}, injured words",
            f"incident_report {member['report_id']} score",
            f"page {page['page_id']} http_status",
        )
    )


@pytest.mark.slow
def test_rows_that_were_added_or_lost_are_named(watch: Any) -> None:
    (claim,) = watch.ask("SELECT claim_id FROM claim WHERE claim_type = 'denial' ORDER BY ALL LIMIT 1")
    (member,) = watch.ask("SELECT report_id, incident_id FROM incident_report ORDER BY ALL LIMIT 1")
    change(
        watch,
        f"DELETE FROM claim WHERE claim_id = '{claim['claim_id']}'",
        f"UPDATE incident_report SET incident_id = 'made-up' WHERE report_id = '{member['report_id']}'",
    )
    proof = verify(watch.settings)
    assert found(proof) == [("value", f"claim {claim['claim_id']}"), ("value", f"incident_report {member['report_id']} incident_id")]
    assert proof.findings[0].says.startswith("is missing: the archive gives it")
    assert proof.findings[1].says == f"stored 'made-up', derived '{member['incident_id']}'"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_one_flipped_byte_of_the_archive_is_found_and_nothing_else(watch: Any, seed: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(sorted(watch.settings.archive_dir.rglob("*.warc.gz")))
    offset = chance.randrange(path.stat().st_size)
    flip(path, offset)
    pages = watch.ask("SELECT warc_file, warc_offset, warc_length, url FROM page")
    hit = [p for p in pages if path.match(p["warc_file"]) and 0 <= offset - p["warc_offset"] < p["warc_length"]]
    (finding,) = verify(watch.settings).findings
    assert finding.kind == "archive" and path.name in finding.where
    assert finding.url == (hit[0]["url"] if hit else None)


@pytest.mark.slow
def test_a_lost_archive_file_is_named_for_each_page_and_no_value_is_called_wrong(watch: Any) -> None:
    (path, *_) = sorted(watch.settings.archive_dir.rglob("*.warc.gz"))
    lost = [p for p in watch.ask("SELECT warc_file, url FROM page") if path.match(p["warc_file"])]
    path.unlink()
    proof = verify(watch.settings)
    assert sorted(f.url or "" for f in proof.findings) == sorted(p["url"] for p in lost)
    assert {f.kind for f in proof.findings} == {"archive"} and "is gone" in proof.findings[0].says


@pytest.mark.slow
def test_a_flipped_byte_of_the_database_changes_no_value_unseen(watch: Any) -> None:
    """DuckDB's own checksums: a byte that matters makes the file unreadable, which is named; others change nothing."""
    tables = [row["name"] for row in watch.ask("SELECT table_name AS name FROM duckdb_tables() ORDER BY ALL")]
    before = {name: watch.ask(f"FROM {name} ORDER BY ALL") for name in tables}
    path = watch.settings.published_path
    whole, chance, seen = path.read_bytes(), random.Random(1), 0
    for _ in range(6):
        flip(path, chance.randrange(len(whole)))
        try:
            assert {name: watch.ask(f"FROM {name} ORDER BY ALL") for name in tables} == before
        except Exception:
            seen += 1
            assert [f.kind for f in verify(watch.settings).findings] == ["database"]
        path.write_bytes(whole)
    assert seen > 0
