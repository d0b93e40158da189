"""Servers that a measurement starts for itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(*command: str) -> Iterator[int]:
    """Run a Python program that serves on 127.0.0.1 and prints its address when it does; give its port, and end it afterwards.

    The program chooses the port (`--port 0`) and is waited for as long as it lives: a port drawn here may be taken by the time that it
    starts, and a busy machine may start it late.

    Args:
        command: The program's file, or `-m` and its module, and its arguments.

    Raises:
        RuntimeError: It ended, or printed something else.
    """
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            port = line.partition("127.0.0.1:")[2].split()[:1]
            if not port:
                said = f"printed {line!r}" if line else f"ended with code {server.wait()}"
                raise RuntimeError(f"{' '.join(command)}: no server: it {said}; start it by hand to see why")
            yield int(port[0])
        finally:
            server.terminate()
