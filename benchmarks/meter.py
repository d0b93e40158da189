"""What a stage costs: CPU seconds of this process, and the most memory it held while the stage was at work."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from flows.progress import Progress

Result = TypeVar("Result")
Item = TypeVar("Item")
PEAK, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(slots=True)
class Meter:
    """CPU seconds, peak memory (MB) and number of calls by stage; a stage that is called again adds to its own."""

    seconds: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)

    def __call__(self, stage: str, work: Callable[[], Result]) -> Result:
        """Do the work of a stage and account for it, also where it fails."""
        forget_peak()
        began = time.process_time()
        try:
            return work()
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - began
            self.peak_mb[stage] = max(self.peak_mb.get(stage, 0.0), peak_mb())
            self.calls[stage] = self.calls.get(stage, 0) + 1

    def add(self, other: Meter) -> None:
        """Add what another one, of another process for example, has counted."""
        for stage, seconds in other.seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
            self.peak_mb[stage] = max(self.peak_mb.get(stage, 0.0), other.peak_mb[stage])
            self.calls[stage] = self.calls.get(stage, 0) + other.calls[stage]


def forget_peak() -> None:
    """Let the peak be counted anew from now on; where the system cannot, it stays that of the whole process."""
    with suppress(OSError):
        FORGET.write_text("5")


def peak_mb() -> float:
    """Return the most memory that this process held since `forget_peak`, MB."""
    with suppress(OSError):
        for line in PEAK.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def walked(items: Iterable[Item], what: str, unit: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items, and say on standard error how far the walk is."""
    known = total if total is not None else len(items) if isinstance(items, Sized) else None
    with Progress(what, known, unit) as progress:
        for done, item in enumerate(items):
            progress.update(done)
            yield item
