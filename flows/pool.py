"""Worker processes for the CPU work of reading."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from flows.extraction import load_tools


def open_pool(processes: int) -> ProcessPoolExecutor:
    """Return a pool whose workers have lexicons and gazetteer loaded.

    Workers come from a fork server, never from a fork of this process: polars and DuckDB keep threads, and a fork that
    copies their locks hangs.
    """
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("forkserver"), initializer=load_tools)
