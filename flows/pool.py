"""Worker processes for the CPU work of reading."""

from __future__ import annotations

import gc
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from flows.extraction import load_tools


def _load() -> None:
    """Load what a worker reads with, and keep it from every later collection of garbage: it stays as long as the worker does."""
    load_tools()
    gc.freeze()


def open_pool(processes: int) -> ProcessPoolExecutor:
    """Return a pool whose workers have lexicons and gazetteer loaded.

    Workers come from a fork server, never from a fork of this process: polars and DuckDB keep threads, and a fork that
    copies their locks hangs.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.reading"])  # imported once, in the server: a worker starts in 0.3 s instead of 2
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_load)
