"""Seeds: the CSV files that ship with Vigil, read with file and line in every error. Starts without DuckDB."""

from __future__ import annotations

import csv
import hashlib
import io
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from warehouse.errors import SeedError

LINE = "_line"  # key under which a row keeps its line number, for messages about its content
DEFAULT_LANGUAGE = "en"  # its folder of lexicons is complete by definition: any other language needs the same files
_MEASURED = frozenset({"rule_precision", "candidates"})  # lexicons that are counted or fitted, not written: a language can be read before


def read_seed(name: str) -> list[dict[str, str]]:
    """Return the rows of one CSV of the package `seeds`, named without the ending: `lexicons/en/weapons`.

    Raises:
        SeedError: There is no such seed, or a line is malformed.
    """
    path = files("seeds").joinpath(*f"{name}.csv".split("/"))
    if not path.is_file():
        raise SeedError(f"seeds/{name}.csv: does not exist; the package `seeds` is incomplete, install Vigil again")
    return parse_csv(path.read_bytes(), f"seeds/{name}.csv")


def read_lexicons(language: str, root: Traversable | None = None) -> dict[str, list[dict[str, str]]]:
    """Return all lexicons of one language by name: rows of seeds/lexicons/<language>/*.csv.

    Args:
        language: ISO 639-1 code, the name of the folder.
        root: Folder of the language folders; None: the one shipped with Vigil.

    Raises:
        SeedError: There is no such language, or a line is malformed.
    """
    folder = (root or lexicon_root()).joinpath(language)
    if not folder.is_dir():
        raise SeedError(f"seeds/lexicons/{language}: does not exist; a language is a folder of CSV files there")
    bodies = {name: folder.joinpath(f"{name}.csv").read_bytes() for name in _names(folder)}
    return {name: parse_csv(body, f"seeds/lexicons/{language}/{name}.csv") for name, body in bodies.items()}


def find_languages(root: Traversable | None = None) -> tuple[str, ...]:
    """Return the languages that can be read, by name: folders with a complete set of lexicons, the same files as English has."""
    folders = (entry for entry in (root or lexicon_root()).iterdir() if entry.is_dir())
    return tuple(sorted(folder.name for folder in folders if not missing_lexicons(folder)))


def missing_lexicons(folder: Traversable) -> list[str]:
    """Return the names of the lexicons that a language folder lacks, in order."""
    needed = set(_names(lexicon_root().joinpath(DEFAULT_LANGUAGE))) - _MEASURED
    return sorted(needed - set(_names(folder)))


def lexicon_root() -> Traversable:
    """Return the folder of the language folders that are shipped with Vigil."""
    return files("seeds").joinpath("lexicons")


def _names(folder: Traversable) -> list[str]:
    return sorted(entry.name.removesuffix(".csv") for entry in folder.iterdir() if entry.name.endswith(".csv"))


def parse_csv(body: bytes, name: str, required: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """Return a CSV's rows as dictionaries of stripped text; `_line` holds the line a row ends on.

    Raises:
        SeedError: `name:line`, what is wrong there and what to do.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise SeedError(f"{name}:{line}: is not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[dict[str, str]] = []
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, name, required)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise SeedError(
                    f"{name}:{reader.line_num}: has {len(cells)} cells, the header has {len(header)}; quote cells that contain a comma"
                )
            row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
            rows.append(row | {LINE: str(reader.line_num)})
    except csv.Error as error:
        raise SeedError(f"{name}:{reader.line_num}: is malformed CSV ({error}); check its quotes") from error
    return rows


def _check_header(header: list[str], name: str, required: tuple[str, ...]) -> None:
    if not any(header):
        raise SeedError(f"{name}:1: is empty; the first line must name the columns")
    if missing := [column for column in required if column not in header]:
        raise SeedError(f"{name}:1: lacks the column {', '.join(missing)}; it has {', '.join(header)}")
    if len(set(header)) < len(header):
        raise SeedError(f"{name}:1: names a column twice; rename one")


@cache
def seed_digest() -> str:
    """Return one digest of all CSV and JSON seeds, names and bytes, for the `run` row."""
    digest = hashlib.sha256()
    for name, path in sorted(_walk(files("seeds"), "")):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if entry.is_dir() and entry.name not in {"__pycache__", "demo"}:
            found += _walk(entry, f"{name}/")
        elif name.endswith((".csv", ".json")):
            found.append((name, entry))
    return found
