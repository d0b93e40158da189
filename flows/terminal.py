"""What Vigil prints: nothing that was fetched can steer a terminal, whatever it holds.

Titles and addresses come from strangers. An escape sequence in one could clear the screen, rewrite lines that were printed
before, set the window's title or answer for the user; a bidirectional control could turn a number around.

    printable   one value as one line: every command that prints fetched text uses it
    json_line   one JSON object with such characters escaped, so that it stays exact
    guard       the second line: wraps standard output and error, and drops what slipped through
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any, TextIO

import typer

# What our own tables and progress lines send: colours, erase to the end of line, return to its beginning.
_OURS = re.compile(r"\x1b\[[0-9;]{0,20}[mK]")
_BREAKS = frozenset("\n\t\r")
_JSON_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]")


def printable(value: Any) -> str:
    """Return a value as one line without control characters, so that no fetched text can steer a terminal; None is empty."""
    text = "" if value is None else str(value)
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)


def json_line(row: Any) -> str:
    """Return a value as one line of JSON in which characters that steer a terminal are escaped: it reads back exactly."""
    return _JSON_UNSAFE.sub(_escaped, json.dumps(row, ensure_ascii=False, default=str))


def say(line: str, *, err: bool = False) -> None:
    """Print a line on standard output, or on standard error."""
    typer.echo(line, err=err)


def without_steering(text: str) -> str:
    """Return text without anything that steers a terminal but line breaks, tabs, colours and erasing the line."""
    if text.isprintable():
        return text
    kept: list[str] = []
    end = 0
    for match in _OURS.finditer(text):
        kept += [_plain(text[end : match.start()]), match.group()]
        end = match.end()
    return "".join([*kept, _plain(text[end:])])


class SafeStream:
    """A text stream that drops what steers a terminal; everything else is the wrapped stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text without what steers a terminal."""
        self.stream.write(without_steering(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write lines one by one."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def guard() -> None:
    """Wrap standard output and error where they are terminals. Files and pipes get every character: programs read those."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, SafeStream) and stream.isatty():
            setattr(sys, name, SafeStream(stream))


def _plain(text: str) -> str:
    return text if text.isprintable() else "".join(char if char.isprintable() or char in _BREAKS else " " for char in text)


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]
