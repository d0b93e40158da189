"""What every night of benchmarks/kills.py needs, loaded once by the process that they are forked from."""

from __future__ import annotations

import flows.night  # noqa: F401
from flows.extraction import load_tools
from transforms.language import find_language

load_tools()
find_language("Two people were hurt when a shell fell on a street.")
