"""What is printed can steer no terminal and run in no spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from flows.console import write_result
from flows.terminal import printable

HOSTILE = "\x1b[2J\x1b]0;owned\x07seven\r\ndead\u202e"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (7, "7"),
        ("Kryvyi Rih", "Kryvyi Rih"),
        ("two\nlines", "two lines"),
        (HOSTILE, " [2J ]0;owned seven  dead "),
        ("Тиbú", "Тиbú"),
    ],
)
def test_values_are_one_line_without_control_characters(value: object, shown: str) -> None:
    assert printable(value) == shown


def test_a_table_shows_no_control_character_of_a_title(capsys: pytest.CaptureFixture[str]) -> None:
    write_result(pl.DataFrame({"title": [HOSTILE], "killed": [7], "markup": ["[bold red]x[/]"]}), "table", None)
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\x07" not in out and "\u202e" not in out and "[bold red]x[/]" in out
    assert out.endswith("1 rows\n")


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path, cell: str) -> None:
    write_result(pl.DataFrame({"title": [cell], "delta": [-3], "urls": [["a", "b"]]}), "csv", tmp_path / "out.csv")
    ((title, delta, urls),) = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_bytes().decode(), newline="")))[1:]
    assert (title, delta, urls) == (f"'{cell}", "-3", '["a", "b"]'), "numbers and lists stay what they are"


def test_json_keeps_nulls_lists_and_letters(capsys: pytest.CaptureFixture[str]) -> None:
    write_result(pl.DataFrame({"place": ["Тиbú", None], "sources": [["a"], []]}), "json", None)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"place": "Тиbú", "sources": ["a"]},
        {"place": None, "sources": []},
    ]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("old")
    with pytest.raises(OSError, match="absent"):
        write_result(pl.DataFrame({"a": [1]}), "csv", tmp_path / "absent" / "out.csv")
    write_result(pl.DataFrame({"a": [1]}), "csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == b"a\r\n1\r\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    with pytest.raises(ValueError, match="needs a file"):
        write_result(pl.DataFrame({"a": [1]}), "parquet", None)
