"""Cells of CSV files: none runs as a formula, and ordinary ones stay as they are."""

from __future__ import annotations

import pytest

from transforms.cells import safe_cell


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "-2+3+cmd|' /C calc'!A0"])
def test_text_that_would_run_is_quoted(value: str) -> None:
    assert safe_cell(value) == f"'{value}"


@pytest.mark.parametrize("value", ["", "a=1", "12", -5, 5.5, None, True, "1-2", "'quoted"])
def test_the_rest_stays(value: object) -> None:
    assert safe_cell(value) == value


def test_lists_are_json() -> None:
    assert safe_cell(["=1", "é"]) == '["=1", "é"]'
