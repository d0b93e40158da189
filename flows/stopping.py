"""Being stopped: a person cancels a run in the UI, presses Ctrl-C, or the machine shuts down. What was written is kept.

Prefect and a terminal end a run by an exception that a signal raises. Code that goes on after errors (one bad day does not stop the
others) must not take such a stop for one: DuckDB turns it into an ordinary error when it strikes inside a statement.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from prefect.exceptions import TerminationSignal


@dataclass(slots=True)
class Notice:
    """The exception by which a stop was asked for; None: nobody asked."""

    error: BaseException | None = None

    def behind(self, error: Exception) -> BaseException | None:
        """Return the stop that an ordinary error hides; None: it is an error like any other."""
        if self.error is None and "Query interrupted" in str(error):  # DuckDB, under the handler of Prefect
            self.error = TerminationSignal(signal=signal.SIGTERM)
        return self.error


@contextmanager
def noticed_stop() -> Iterator[Notice]:
    """Yield a notice that holds what SIGTERM or SIGINT raised within the block.

    An ordinary error that leaves the block after a stop was asked for makes way for the stop. Where nothing would have caught SIGTERM
    it ends the block as Ctrl-C does, so that the run can be recorded as cancelled. A handler that somebody else has set stays: Prefect
    takes a stop for a cancellation only while its own is in place. Outside the main thread no handler can be set.
    """
    notice = Notice()
    before: dict[int, Any] = {}

    def handle(number: int, frame: FrameType | None) -> Any:
        notice.error = KeyboardInterrupt()
        raise notice.error

    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            if (former := signal.getsignal(number)) in {signal.SIG_DFL, signal.default_int_handler}:
                before[number] = former
                signal.signal(number, handle)
    except ValueError:
        before.clear()
    try:
        yield notice
    except Exception as error:
        if stop := notice.behind(error):
            raise stop from error
        raise
    finally:
        for caught, former in before.items():
            signal.signal(caught, former)


def is_stop(error: BaseException) -> bool:
    """Return whether an exception means that somebody stopped the run."""
    return isinstance(error, KeyboardInterrupt | TerminationSignal)
