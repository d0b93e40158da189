"""Briefs as files: the night's HTML and Markdown, read from the published file, each written whole or not at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from flows.brief_page import render_html, render_markdown
from flows.settings import Settings
from warehouse.brief import Brief, read_brief
from warehouse.errors import WarehouseError

RENDERERS = {"html": render_html, "md": render_markdown}
NIGHT = re.compile(r"\d{4}-\d{2}-\d{2}")


class BriefError(WarehouseError):
    """A brief that cannot be written; what was published stands. The message names the file and what to do."""


def write_brief(settings: Settings, night: dt.date | None = None) -> list[Path]:
    """Write the brief of a night into the folder `briefs` of the data folder, each file whole or not at all.

    Args:
        settings: Settings; the published file is theirs.
        night: Day (UTC) on which the night's runs began; None: the last one.

    Returns:
        The HTML file and the Markdown file, named by the day.

    Raises:
        WarehouseError: The published file cannot be read, or has no such night.
        BriefError: A file cannot be written.
    """
    brief = read_brief(settings.published_path, night)
    folder = settings.data_dir / "briefs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BriefError(f"{folder}: cannot be made ({error.strerror or error}); free space or choose another data folder") from error
    return [write_form(brief, ending, folder / f"{brief.night}.{ending}") for ending in RENDERERS]


def write_form(brief: Brief, ending: str, target: Path) -> Path:
    """Write one form of a brief, html or md, to a file.

    Raises:
        BriefError: The file cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(RENDERERS[ending](brief), encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise BriefError(f"{target}: cannot be written ({error.strerror or error}); free space or give another file") from error
    finally:
        part.unlink(missing_ok=True)
    return target


def rewrite_briefs(settings: Settings, addresses: Iterable[str]) -> int:
    """Write anew each brief that names one of some articles: after an erasure no file of ours may quote them.

    Args:
        settings: Settings; the published file no longer holds the articles.
        addresses: Addresses of the articles.

    Returns:
        Number of nights whose brief was written anew.

    Raises:
        WarehouseError: The published file cannot be read, or a file cannot be written.
    """
    wanted = {form.encode() for address in addresses for form in (address, escape(address))}
    found = {path.stem for path in (settings.data_dir / "briefs").glob("*.*") if _names(path, wanted)}
    nights = sorted(dt.date.fromisoformat(stem) for stem in found)
    for night in nights:
        write_brief(settings, night)
    return len(nights)


def _names(path: Path, wanted: set[bytes]) -> bool:
    if path.suffix.removeprefix(".") not in RENDERERS or not NIGHT.fullmatch(path.stem):
        return False  # not ours
    content = path.read_bytes()
    return any(address in content for address in wanted)
