"""The promises about structure: transforms are pure, modules stay small, every extracted column has its function."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from transforms.schemas import TABLES

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = ("flows", "transforms", "warehouse", "seeds")
MODULES = sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("*.py"))
PURE = [path for path in MODULES if path.is_relative_to(PROJECT / "transforms")]

# What reads a file, the clock, chance, the environment or the network. htmldate and trafilatura get trees, never addresses.
IMPURE_MODULES = {
    "os",
    "pathlib",
    "io",
    "random",
    "secrets",
    "uuid",
    "socket",
    "time",
    "subprocess",
    "tempfile",
    "shutil",
    "urllib.request",
    "httpx",
    "requests",
    "duckdb",
    "prefect",
    "logging",
    "sys",
}
POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{\d*,?\d*\})\+")
PURE_PARTS = {("io", "BytesIO"), ("io", "StringIO"), ("time", "struct_time")}  # types of modules that are impure elsewhere
IMPURE_NAMES = {"open", "print", "input", "exec", "eval", "breakpoint"}
IMPURE_ATTRIBUTES = {
    "now",
    "today",
    "utcnow",
    "fetch_url",
    "read_csv",
    "read_parquet",
    "scan_csv",
    "scan_parquet",
    "write_csv",
    "write_parquet",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
}
MAX_LINES = 400


def impurities(tree: ast.AST) -> list[str]:
    """Everything in a module that is not pure, with its line."""
    found: list[str] = []
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name in IMPURE_MODULES]
        elif isinstance(node, ast.ImportFrom):
            parts = [alias.name for alias in node.names if (node.module, alias.name) not in PURE_PARTS]
            names = [node.module] if node.module in IMPURE_MODULES and parts else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_NAMES:
            names = [node.func.id]
        elif isinstance(node, ast.Attribute) and node.attr in IMPURE_ATTRIBUTES:
            names = [node.attr]
        found += [f"line {node.lineno}: {name}" for name in names if name]  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("path", PURE, ids=lambda p: str(p.relative_to(PROJECT)))
def test_transforms_are_pure(path: Path) -> None:
    assert impurities(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import os",
        "from pathlib import Path",
        "open('x')",
        "import datetime as dt\ndt.date.today()",
        "import polars as pl\npl.read_csv('x')",
    ],
)
def test_the_purity_check_finds_what_it_must(code: str) -> None:
    assert impurities(ast.parse(code))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PROJECT)))
def test_modules_stay_small_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


FILLING = sorted(
    {column.filled_by for table in TABLES for column in table if column.filled_by and not column.filled_by.startswith("warehouse/")}
)


@pytest.mark.parametrize("name", FILLING)
def test_every_extracted_column_names_a_function_that_exists(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_pattern_repeats_a_group_possessively(path: Path) -> None:
    """Python before 3.11.5 matches such a group wrongly (gh-106052), and Debian 12 has 3.11.2: a glance saw no paragraphs there."""
    texts = [node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)]
    assert not [text for text in texts if isinstance(text, str) and POSSESSIVE_GROUP.search(text)]


def test_sql_lives_in_sql_files() -> None:
    long: list[str] = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value.lstrip()
                if text[:7] in {"SELECT ", "INSERT ", "CREATE "} and text.count("\n") > 3:
                    long.append(f"{path.name}:{node.lineno}")
    assert long == []
