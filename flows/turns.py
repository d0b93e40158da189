"""One request at a time to a host, whoever sends it: redirects lead requests of one host's queue to another host."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore


class HostTurns:
    """A lock for each host that is asked. Never two at once are held by a thread, so none can wait for the other in a circle."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    @contextmanager
    def hold(self, site: str, timeout_s: float) -> Iterator[None]:
        """Hold the turn of a host for the block.

        Raises:
            httpcore.PoolTimeout: Its turn did not come in time.
        """
        with self._guard:
            lock = self._locks[site]
        if not lock.acquire(timeout=min(timeout_s, threading.TIMEOUT_MAX)):
            raise httpcore.PoolTimeout(f"another request to {site} took longer than this one may wait")
        try:
            yield
        finally:
            lock.release()
