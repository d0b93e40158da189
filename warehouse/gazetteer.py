"""Reads the gazetteer that the project carries. The file is mapped, so that processes share one copy in memory."""

from __future__ import annotations

import csv
import mmap
from functools import cache
from pathlib import Path

from transforms.gazetteer import Gazetteer

GAZETTEER_FOLDER = Path(__file__).resolve().parents[1] / "seeds" / "gazetteer"


@cache
def load_gazetteer(folder: Path = GAZETTEER_FOLDER) -> Gazetteer:
    """Return the gazetteer of a folder; loaded once per process.

    Args:
        folder: Holds `gazetteer.bin` and `risky_names.csv`.

    Raises:
        FileNotFoundError: A file is missing.
        ValueError: `gazetteer.bin` is not a gazetteer of this format.
    """
    path = folder / "gazetteer.bin"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: build it with `python seeds/build_gazetteer.py`")
    with path.open("rb") as file:
        block = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        return Gazetteer(memoryview(block), read_risky_names(folder / "risky_names.csv"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def read_risky_names(path: Path) -> list[str]:
    """Return the names of a CSV file with a column `name`."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]
