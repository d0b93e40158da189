"""Reads texts with the extractor, without Prefect and without a database: the engine of `vigil extract` and of derive."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, repeat
from pathlib import Path
from typing import Any

from transforms.confidence import withhold_reading
from transforms.document import Document, Source, join_title
from transforms.extract import read_document
from transforms.gazetteer import Gazetteer
from transforms.language import find_language
from transforms.lexicons import Lexicons
from transforms.page_meta import parse_time
from transforms.records import Reading
from transforms.rows import extract_row
from warehouse.gazetteer import load_gazetteer
from warehouse.seeds import DEFAULT_LANGUAGE, find_languages, read_lexicons

_CHUNK = 16  # texts handed to a process at once
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")  # JSON can spell one
_SHORT = 200  # characters; in a shorter text the language cannot be told, and it is read as English


class InputError(ValueError):
    """A line of the input that cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One input row, read.

    Attributes:
        text: Title, a blank line, body: what spans count in; empty where the page yields no article.
        body_start: Where the body begins in it.
        language: ISO 639-1 code; None where there is no text.
        doc, reading: The document and what was read from it; None where nothing could be read.
        error: Why nothing was read; None where it was.
    """

    text: str
    body_start: int
    language: str | None
    doc: Document | None = None
    reading: Reading | None = None
    error: str | None = None


@lru_cache(maxsize=1)
def read_languages() -> tuple[str, ...]:
    """Return the languages that are read: those with a complete folder of lexicons."""
    return find_languages()


@lru_cache(maxsize=8)
def load_lexicons(language: str) -> Lexicons:
    """Return the lexicons of one language, loaded once a process."""
    return Lexicons(read_lexicons(language), language)


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer:
    return load_gazetteer()


def load_tools(language: str = DEFAULT_LANGUAGE) -> tuple[Lexicons, Gazetteer]:
    """Return lexicons and gazetteer to analyse a text with, loaded once a process; English words for a language not read yet."""
    return load_lexicons(language if language in read_languages() else DEFAULT_LANGUAGE), _gazetteer()


def analyse_row(row: dict[str, Any], html_root: Path | None, min_confidence: float = 0.0) -> Analysis:
    """Clean, date and read one input row {id, text | html | html_file, title?, published?, url?}; less sure values are withheld."""
    title, published, body = row.get("title"), parse_time(row.get("published")), row.get("text")
    if body is None:
        from transforms.clean import CleanError, clean_page  # a second of start-up that texts do not need

        page = html.encode(errors="replace") if isinstance(html := row.get("html"), str) else read_html_file(row["html_file"], html_root)
        try:
            cleaned = clean_page(page, title=title, published=published, url=row.get("url"))
        except CleanError as error:
            return Analysis("", 0, None, error=str(error))
        title, body, published = cleaned.title, cleaned.body, cleaned.published
    # What UTF-8 cannot spell no automaton can read; the mark in its place is as long, so that spans count in the input too.
    title, body = _LONE_SURROGATE.sub("\ufffd", title or "") or None, _LONE_SURROGATE.sub("\ufffd", body)
    day = dt.date.fromisoformat(str(row["published"])[:10]) if row.get("published") else published.date() if published else None
    language = find_language(f"{title or ''}\n{body}")
    if language not in read_languages() and len(body) > _SHORT:
        text, body_start = join_title(title, body)
        return Analysis(text, body_start, language, error=f"language {language} is not read yet")
    doc = Document(title, body, Source(day), *load_tools(language))
    return Analysis(doc.text, doc.body_start, language, doc, withhold_reading(read_document(doc), min_confidence))


def extract_text(row: dict[str, Any], html_root: Path | None, min_confidence: float = 0.0) -> dict[str, Any]:
    """Read one input row and return its output row.

    A page that yields no article, or a text in a language not read yet, comes out as no incident, with `error` saying why;
    it is never dropped.
    """
    analysis = analyse_row(row, html_root, min_confidence)
    if analysis.doc is not None and analysis.reading is not None:
        return {**extract_row(row["id"], analysis.doc, analysis.reading), "language": analysis.language}
    nothing = {"id": row["id"], "is_incident": False, "relevance": 0.0, "incidents": [], "claims": [], "evidence": []}
    return nothing | ({"language": analysis.language} if analysis.language else {}) | {"error": analysis.error}


def read_html_file(name: str, html_root: Path | None) -> bytes:
    """Return the bytes of a page named in the input; `.gz` is unpacked. Names may not lead out of the root."""
    root = (html_root or Path()).resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise InputError(f"html_file {name!r} leads out of --html-root {root}")
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (OSError, EOFError, zlib.error) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else f"damaged gzip: {error}"
        raise InputError(f"html_file {path}: cannot be read ({why})") from error


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of the input; InputError names file and line of the first bad one."""
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            try:
                line = raw.decode()
                row = json.loads(line) if line.strip() else None
            except UnicodeDecodeError as error:
                raise InputError(f"{path}:{number}: is not UTF-8 ({error.reason} at byte {error.start}); save the file as UTF-8") from error
            except ValueError as error:
                raise InputError(f"{path}:{number}: no JSON object ({error}); write one object a line") from error
            if not line.strip():
                continue
            if (
                not isinstance(row, dict)
                or not isinstance(row.get("id"), str)
                or not any(isinstance(row.get(k), str) for k in ("text", "html", "html_file"))
            ):
                raise InputError(f"{path}:{number}: a row needs id and one of text, html, html_file")
            if row.get("published") and parse_time(row["published"]) is None:
                raise InputError(f"{path}:{number}: published {row['published']!r} is no time; write it as 2025-04-04T19:00:00Z")
            yield row


def _extract_chunk(rows: list[dict[str, Any]], html_root: Path | None, min_confidence: float) -> list[str]:
    return [json.dumps(extract_text(row, html_root, min_confidence), ensure_ascii=False) for row in rows]


def extract_lines(rows: Iterable[dict[str, Any]], html_root: Path | None, processes: int, min_confidence: float = 0.0) -> Iterator[str]:
    """Yield one JSON line per input row, in order of the input, read by a pool of processes."""
    chunks = _chunked(rows, _CHUNK)
    if processes <= 1:
        for chunk in chunks:
            yield from _extract_chunk(chunk, html_root, min_confidence)
        return
    from flows.pool import open_pool  # which needs load_tools of this module

    with open_pool(processes) as pool:
        for lines in pool.map(_extract_chunk, chunks, repeat(html_root), repeat(min_confidence)):
            yield from lines


def _chunked(rows: Iterable[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    walk = iter(rows)
    while chunk := list(islice(walk, size)):
        yield chunk


def extract_file(
    source: Path,
    target: Path,
    html_root: Path | None,
    processes: int,
    tell: Callable[[int, str, int], None],
    *,
    min_confidence: float = 0.0,
) -> int:
    """Read every text of a JSONL file into another one, which appears whole or not at all.

    Args:
        source: Input, one JSON object a line.
        target: Output.
        html_root: Folder that html_file names are relative to.
        processes: Processes that read.
        tell: Told (done, note, total) after each text.
        min_confidence: Values less sure than this are withheld.

    Returns:
        Number of texts.

    Raises:
        InputError: A file, folder or line cannot be used; nothing was written.
    """
    if not source.is_file():
        raise InputError(f"{source}: no such file; give a file of JSON lines")
    if html_root is not None and not html_root.is_dir():
        raise InputError(f"--html-root {html_root}: no such folder")
    if target.is_dir() or not target.parent.is_dir():
        raise InputError(
            f"{target}: cannot be written ({'is a folder' if target.is_dir() else 'its folder does not exist'}); give another file"
        )
    if target.exists() and target.samefile(source):
        raise InputError(f"{target}: is the input itself; give another file to write")
    temporary = target.with_name(f"{target.name}.part")
    rows = list(read_jsonl(source))
    count = 0
    try:
        # A lone surrogate in an id, which JSON can spell and UTF-8 cannot, is spelt as JSON does.
        with temporary.open("w", encoding="utf-8", errors="backslashreplace") as out:
            for count, line in enumerate(extract_lines(rows, html_root, processes, min_confidence), start=1):
                out.write(f"{line}\n")
                tell(count, "", len(rows))
        temporary.replace(target)
    except OSError as error:
        raise InputError(f"{error.filename or target}: {error.strerror or error}; nothing was written") from error
    finally:
        temporary.unlink(missing_ok=True)
    return count
