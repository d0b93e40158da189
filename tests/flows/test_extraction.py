"""`vigil extract`: one line out per line in, whole or not at all, every slip named with file and line."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Vigil = Callable[..., tuple[int, str, str]]
TEXT = "Gunmen killed three farmers near the town of Anka in Nigeria's Zamfara state on Thursday, police said. Two others were wounded."
PAGE = f"<html><head><title>Three farmers killed</title></head><body><article><h1>Three farmers killed</h1><p>{TEXT}</p><p>{TEXT.replace('Two', 'Both')}</p></article></body></html>"


def write_lines(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8")
    return path


def extract(vigil: Vigil, folder: Path, rows: list[Any], *options: str | Path) -> tuple[int, str, list[dict[str, Any]]]:
    source, target = write_lines(folder / "in.jsonl", rows), folder / "out.jsonl"
    code, _, err = vigil("extract", source, target, "--processes", 1, *options)
    return code, err, [json.loads(line) for line in target.read_text().splitlines()] if target.exists() else []


def test_every_text_comes_out_in_order_with_values_and_their_words(vigil: Vigil, tmp_path: Path) -> None:
    quiet = {"id": "b", "text": "The council approved a new library on Thursday. It will open in May."}
    code, _, out = extract(vigil, tmp_path, [{"id": "a", "text": TEXT, "published": "2025-04-04"}, "", quiet])
    assert code == 0 and [row["id"] for row in out] == ["a", "b"]
    first, second = out
    assert first["is_incident"] is True and second["is_incident"] is False and second["incidents"] == []
    (incident,) = first["incidents"]
    assert (incident["killed_best"], incident["injured_best"], incident["country_iso3"], incident["place"]) == (3, 2, "NGA", "Anka")
    assert incident["event_date_start"] == "2025-04-03"
    assert {row["column_name"] for row in first["evidence"]} >= {"killed_best", "place"}
    assert all(row["quote"] in TEXT for row in first["evidence"])


def test_pages_are_read_from_the_row_or_from_the_root(vigil: Vigil, tmp_path: Path) -> None:
    root = tmp_path / "pages"
    root.mkdir()
    (root / "plain.html").write_text(PAGE)
    (root / "packed.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    rows = [
        {"id": "a", "html": PAGE},
        {"id": "b", "html_file": "plain.html"},
        {"id": "c", "html_file": "packed.html.gz"},
        {"id": "d", "html": "<html></html>"},
    ]
    code, _, out = extract(vigil, tmp_path, rows, "--html-root", root)
    assert code == 0 and [row["id"] for row in out] == ["a", "b", "c", "d"]
    assert [row["incidents"][0]["killed_best"] for row in out[:3]] == [3, 3, 3]
    assert out[3]["is_incident"] is False and out[3]["error"]


def test_half_a_character_costs_no_text(vigil: Vigil, tmp_path: Path) -> None:
    torn = r'{"id": "a", "title": "\ud83d Raid", "text": "' + TEXT + r' \udc80"}'
    code, _, (row, after) = extract(vigil, tmp_path, [torn, {"id": "b", "text": TEXT}])
    assert code == 0 and row["incidents"][0]["killed_best"] == after["incidents"][0]["killed_best"] == 3
    assert all(f"? Raid\n\n{TEXT} ?"[e["span_start"] : e["span_end"]] == e["quote"] for e in row["evidence"] if "\ufffd" not in e["quote"])


def test_a_language_that_is_not_read_is_said_and_not_dropped(vigil: Vigil, tmp_path: Path) -> None:
    spanish = "Dos campesinos murieron el jueves cuando pisaron una mina en una vereda del norte del país, informó la policía. " * 4
    _, _, (row,) = extract(vigil, tmp_path, [{"id": "a", "text": spanish}])
    assert (row["language"], row["incidents"]) == ("es", []) and "not read yet" in row["error"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"id": "a", "text": "x"}, "{broken"], r"in\.jsonl:2: no JSON object .*write one object a line"),
        ([{"id": "a", "text": "x"}, "", "[1, 2]"], r"in\.jsonl:3: a row needs id and one of text, html, html_file"),
        ([{"text": "x"}], r"in\.jsonl:1: a row needs id"),
        ([{"id": 7, "text": "x"}], r"in\.jsonl:1: a row needs id"),
        ([{"id": "a"}], r"in\.jsonl:1: a row needs id and one of"),
        ([{"id": "a", "text": None}], r"in\.jsonl:1: a row needs id and one of"),
        ([{"id": "a", "text": "x", "published": "soon"}], r"in\.jsonl:1: published 'soon'"),
        ([{"id": "a", "html_file": "../secret.html"}], r"html_file '\.\./secret\.html' leads out of --html-root"),
        ([{"id": "a", "html_file": "/etc/hostname"}], r"html_file '/etc/hostname' leads out of --html-root"),
        ([{"id": "a", "html_file": "absent.html"}], r"absent\.html"),
        ([{"id": "a", "html_file": "torn.html.gz"}], r"torn\.html\.gz"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_and_nothing_is_written(vigil: Vigil, tmp_path: Path, rows: list[Any], said: str) -> None:
    (tmp_path / "secret.html").write_text(PAGE)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "torn.html.gz").write_bytes(gzip.compress(PAGE.encode())[:-20])
    code, err, _ = extract(vigil, tmp_path, rows, "--html-root", tmp_path / "pages")
    assert code == 2 and err.count("\n") == 1 and err.startswith("vigil: ")
    assert re.search(said, err), err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "pages", "secret.html"]


def test_a_file_that_is_no_text_is_named(vigil: Vigil, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"id": "a", "text": "\xff\xfe"}\n')
    code, _, err = vigil("extract", tmp_path / "in.jsonl", tmp_path / "out.jsonl", "--processes", 1)
    assert code == 2 and "in.jsonl" in err and "UTF-8" in err and err.count("\n") == 1


def test_files_and_folders_that_cannot_be_used_are_named(vigil: Vigil, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [{"id": "a", "text": TEXT}])
    for words, said in (
        ((source, tmp_path / "absent" / "out.jsonl"), "out.jsonl"),
        ((source, tmp_path / "in.jsonl" / "out.jsonl"), "out.jsonl"),
        ((tmp_path, tmp_path / "out.jsonl"), "no such file"),
        ((source, tmp_path / "out.jsonl", "--html-root", tmp_path / "absent"), "no such folder"),
        ((source, source), "in.jsonl"),
    ):
        code, _, err = vigil("extract", *words, "--processes", 1)
        assert code == 2 and said in err and err.count("\n") == 1, (words, err)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
    assert json.loads(source.read_text())["text"] == TEXT


def test_an_older_result_stays_when_the_new_one_fails(vigil: Vigil, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("last week's\n")
    source = write_lines(tmp_path / "in.jsonl", [{"id": "a", "text": TEXT}, "{broken"])
    assert vigil("extract", source, tmp_path / "out.jsonl")[0] == 2
    assert (tmp_path / "out.jsonl").read_text() == "last week's\n"
