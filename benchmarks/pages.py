"""Pages to measure on: the captured ones beside the project, served on loopback, else the demo newsroom."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.newsroom import serve_newsroom

SHARED = Path(os.environ.get("VIGIL_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@contextmanager
def served_feed(limit: int) -> Iterator[tuple[str, str]]:
    """Yield the address of a feed and the name of what stands behind it."""
    server = SHARED / "replay" / "replay_server.py"
    if not server.is_file():
        with serve_newsroom() as newsroom:
            yield next(f["url"] for f in newsroom.feeds() if f["active"] == "true"), "demo newsroom"
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, str(server), "--port", str(port), "--max-seconds", "3600", "--robots-host", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(f"{base}/robots.txt")
            yield f"{base}/all/feed.xml?only=fragment&limit={limit}", "captured stream of 2016"
        finally:
            process.terminate()


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer; start the replay server by hand to see why")
