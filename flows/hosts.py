"""One request at a time to each host, with its pause; many hosts at once."""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Again:
    """What `ask` returns instead of a result to be called again with the same job, after a wait of so many seconds.

    `is_retry` False: the job itself was not tried, something before it was (the host's robots.txt).
    """

    wait_s: float
    is_retry: bool = True


class HostQueues(Generic[Job, Result]):
    """Runs jobs host by host on a few threads. Results are taken by the caller's thread; a slow caller slows the hosts."""

    def __init__(
        self, ask: Callable[[Job, int], Result | Again], host_of: Callable[[Job], str], pause_of: Callable[[Job], float], workers: int
    ) -> None:
        self._ask, self._host_of, self._pause_of, self._workers = ask, host_of, pause_of, workers
        self._ready: list[tuple[float, int, str]] = []  # time at which a host may be asked, order of arrival, host
        self._hosts: dict[str, deque[tuple[Job, int]]] = {}
        self._changed = threading.Condition()
        self._results: queue.Queue[Result | BaseException] = queue.Queue(maxsize=2 * workers)
        self._waiting = 0
        self._order = itertools.count().__next__
        self._is_stopped = False

    def run(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """Yield one result for each job, in the order in which they come; of one host in the order of its jobs.

        Raises:
            BaseException: What `ask` raised; the other jobs are given up.
        """
        for job in jobs:
            self._hosts.setdefault(self._host_of(job), deque()).append((job, 1))
            self._waiting += 1
        count = self._waiting
        self._ready = [(0.0, self._order(), host) for host in self._hosts]
        threads = [threading.Thread(target=self._work, name=f"host-{n}", daemon=True) for n in range(min(self._workers, len(self._hosts)))]
        for thread in threads:
            thread.start()
        try:
            for _ in range(count):
                result = self._results.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            self._stop()
            for thread in threads:
                thread.join()

    def _stop(self) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            host, job, tries = taken
            try:
                result = self._ask(job, tries)
                pause = result.wait_s if isinstance(result, Again) else self._pause_of(job)
            except BaseException as error:
                self._put(error)
                return
            if isinstance(result, Again):
                self._give_back(host, pause, (job, tries + result.is_retry))
            else:
                self._put(result)
                self._give_back(host, pause, None)

    def _take(self) -> tuple[str, Job, int] | None:
        """Wait for a host that may be asked; None: nothing is left to do."""
        with self._changed:
            while not self._is_stopped and self._waiting:
                now = time.monotonic()
                if self._ready and self._ready[0][0] <= now:
                    _, _, host = heapq.heappop(self._ready)
                    job, tries = self._hosts[host].popleft()
                    return host, job, tries
                self._changed.wait(self._ready[0][0] - now if self._ready else None)
            return None

    def _give_back(self, host: str, pause: float, again: tuple[Job, int] | None) -> None:
        with self._changed:
            if again is not None:
                self._hosts[host].appendleft(again)
            else:
                self._waiting -= 1
            if self._hosts[host]:
                heapq.heappush(self._ready, (time.monotonic() + pause, self._order(), host))
            self._changed.notify_all()

    def _put(self, result: Result | BaseException) -> None:
        """Hand a result over; give up when the caller has gone, so that no thread hangs on a full queue."""
        while not self._is_stopped:
            try:
                self._results.put(result, timeout=0.2)
            except queue.Full:
                continue
            return
