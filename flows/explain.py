"""`vigil extract --explain`: one text, what was read from it, from which words and by which rule."""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.extraction import Analysis, InputError, analyse_row, read_jsonl
from transforms.explanation import Explanation, explain_document
from transforms.page_meta import parse_time
from transforms.triage import THRESHOLD

MAX_BYTES = 50_000_000  # a JSON line or page beyond that was not meant


@dataclass(frozen=True, slots=True)
class Explained:
    """One text ready to be shown: its name, the verdict in a sentence, and why; `parts` is None where nothing was read."""

    name: str
    verdict: str
    analysis: Analysis
    parts: Explanation | None

    @property
    def reasons(self) -> tuple[str, ...]:
        """The signals that decided triage, strongest first."""
        return self.analysis.reading.relevance.reasons if self.analysis.reading else ()


def explain_source(
    source: Path,
    *,
    text_id: str | None = None,
    title: str | None = None,
    published: str | None = None,
    html_root: Path | None = None,
    min_confidence: float = 0.0,
) -> Explained:
    """Read one text and say what was read from it.

    Args:
        source: Plain text, a page (.html, .htm) or JSON lines (.jsonl, or any file with text_id); `-` is standard input.
        text_id: Id of the one JSON line to explain; not needed where there is only one.
        title: Headline; over the one of the JSON line.
        published: Publication day or time; over the one of the JSON line.
        html_root: Folder that html_file names are relative to.
        min_confidence: Values less sure than this are marked as withheld.

    Raises:
        InputError: The source or an option cannot be used.
    """
    if published and parse_time(published) is None:
        raise InputError(f"--published {published!r} is no time; write it as 2025-04-04 or 2025-04-04T19:00:00Z")
    row = _read_row(source, text_id) | {key: value for key, value in (("title", title), ("published", published)) if value}
    analysis = analyse_row(row, html_root, min_confidence)
    parts = explain_document(analysis.doc, analysis.reading) if analysis.doc and analysis.reading else None
    return Explained(str(row["id"]), _verdict(analysis), analysis, parts)


def _read_row(source: Path, text_id: str | None) -> dict[str, Any]:
    if str(source) == "-":
        if text_id:
            raise InputError("--id chooses a line of a file of JSON lines; standard input is one text")
        return {"id": "standard input", "text": _text(sys.stdin.buffer.read(MAX_BYTES), "standard input")}
    if not source.is_file():
        what = "is a folder" if source.is_dir() else "no such file"
        raise InputError(f"{source}: {what}; give a text file, a .jsonl with --id, or - for standard input")
    if text_id is not None or source.suffix == ".jsonl":
        return _choose_row(source, text_id)
    try:
        with source.open("rb") as file:
            text = _text(file.read(MAX_BYTES), str(source))
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror or error}); give another file") from error
    return {"id": source.name, "html" if source.suffix.lower() in {".html", ".htm"} else "text": text}


def _text(body: bytes, name: str) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8 ({error.reason} at byte {error.start}); save the text as UTF-8") from error
    if not text.strip():
        raise InputError(f"{name}: is empty; there is nothing to explain")
    return text


def _choose_row(source: Path, text_id: str | None) -> dict[str, Any]:
    rows = {row["id"]: row for row in read_jsonl(source)}
    if not rows:
        raise InputError(f"{source}: is empty; there is nothing to explain")
    if text_id is None:
        if len(rows) > 1:
            raise InputError(f"{source}: holds {len(rows)} texts; choose one with --id, for example --id {next(iter(rows))}")
        return next(iter(rows.values()))
    if text_id not in rows:
        near = difflib.get_close_matches(text_id, list(rows), 1, cutoff=0.6)
        raise InputError(f"{source}: no line has the id {text_id!r}" + (f"; did you mean {near[0]}?" if near else f"; it has {len(rows)}"))
    return rows[text_id]


def _verdict(analysis: Analysis) -> str:
    if analysis.error is not None and analysis.language is not None:
        return f"Not read: {analysis.error}. Texts in other languages are kept and counted, never read as English."
    if analysis.reading is None:
        return f"Not read: {analysis.error}."
    relevance, n = analysis.reading.relevance, len(analysis.reading.reports)
    score = f"relevance {relevance.score:.2f}, an incident from {THRESHOLD:.2f} up."
    if relevance.is_incident:
        return f"Reports {'an incident' if n == 1 else f'{n} events'}: {score}"
    return f"Reports no incident: {score} No value is read from such a text."
