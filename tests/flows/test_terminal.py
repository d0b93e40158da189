"""Nothing that was fetched can steer a terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.terminal import SafeStream, json_line, printable, without_steering
from warehouse.connection import open_work

HOSTILE = [
    "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1b]52;c;ZXZpbA==\x07", "\x1b[6n", "\x9b2J", "\x08\x08", "\x7f", "\u202e12", "\u2066", "\x1bP+q\x1b\\", "\x00", "\u200f", "\x1b[?1049h",
]  # fmt: skip
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_values_and_streams_lose_what_steers(hostile: str) -> None:
    assert not STEERS.search(printable(f"12 {hostile}dead"))
    assert not STEERS.search(without_steering(f"12 {hostile}dead\n"))
    line = json_line({"title": hostile})
    assert not STEERS.search(line) and json.loads(line) == {"title": hostile}


def test_our_own_colours_and_lines_pass() -> None:
    out = io.StringIO()
    SafeStream(out).write("\r\x1b[K\x1b[1mpoll\x1b[0m 3\tof 4\n\x1b[2Jx")
    assert out.getvalue() == "\r\x1b[K\x1b[1mpoll\x1b[0m 3\tof 4\n [2Jx"


@given(st.text(max_size=60))
def test_any_text_is_one_safe_line(text: str) -> None:
    assert printable(text).isprintable() and len(printable(text)) == len(text)
    assert printable(without_steering(text)) == printable(re.sub(r"\x1b\[[0-9;]{0,20}[mK]", lambda m: printable(m.group()), text))
    assert json.loads(json_line([text.encode("utf-8", "replace").decode()])) == [text.encode("utf-8", "replace").decode()]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("show",), ("sql", "FROM article"), ("sql", "FROM article", "--format", "csv"), ("changes", "--all"), ("archive", "check"),
        ("feeds", "list"), ("feeds", "why", "evil"), ("rejects", "list"), ("rejects", "list", "--format", "json"), ("rejects", "why", "evil"),
    ],
)  # fmt: skip
def test_commands_on_a_terminal(watch: Any, command: tuple[str, ...]) -> None:
    """Titles, speakers, messages and addresses in the files are hostile; the commands run on a real pseudo-terminal."""
    for path in (watch.settings.published_path, watch.settings.work_path):
        con = open_work(path)
        con.execute("UPDATE article SET title = chr(27) || '[2J' || chr(27) || ']0;x' || chr(7) || chr(8238) || title || chr(155)")
        con.execute("UPDATE claim SET speaker = chr(27) || '[6n' || speaker")
        # A feed of no list any more shows what the warehouse knows of it, as a hostile feed and host have told it.
        evil = "chr(27) || ']52;c;eA==' || chr(7) || chr(8238)"
        con.execute("CREATE TEMP TABLE one AS FROM feed ORDER BY feed_id LIMIT 1")
        con.execute(f"UPDATE one SET feed_id = 'evil', url = url || {evil}, publisher = {evil}, title = {evil}, moved_to = url || {evil}")
        con.execute("INSERT INTO feed FROM one")
        con.execute("CREATE TEMP TABLE two AS FROM feed_poll ORDER BY poll_id LIMIT 1")
        con.execute(f"UPDATE two SET poll_id = 'evil', feed_id = 'evil', status = 'malformed', weight = 'soft', message = {evil}")
        con.execute("INSERT INTO feed_poll FROM two")
        con.execute(
            "INSERT INTO reject BY NAME SELECT 'evil' AS reject_id, run_id, 'fetch' AS stage, 'http://x.example/' || $1 AS input_ref,"
            " 'malformed' AS reason, $1 AS message, 1 AS attempts, started_at AS first_at, started_at AS last_at FROM run LIMIT 1",
            ["\x1b[2J\x1b]0;x\x07\u202e\x9b"],
        )
        con.close()
    if command == ("show",):
        command = ("show", watch.ask("SELECT incident_id FROM incidents LIMIT 1")[0]["incident_id"])
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *command, *(["--feeds", str(watch.feeds)] if command[0] == "feeds" else []), "--data-dir", str(watch.folder)],
        stdout=secondary, stderr=secondary, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    os.close(secondary)
    out = b""
    while True:
        try:
            piece = os.read(primary, 65_536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    process.wait()
    os.close(primary)
    text = re.sub(r"\x1b\[[0-9;]{0,20}[mK]", "", out.decode("utf-8", "replace")).replace("\r", "")
    assert process.returncode == 0, text[-500:]
    assert len(text) > 30 and not STEERS.search(text)
