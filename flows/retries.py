"""Which failed tasks are worth another try."""

from __future__ import annotations

from typing import Any

from flows.settings import SettingsError
from transforms.feedlist import FeedListError
from warehouse.errors import ChecksFailedError, ClockError, SeedError

# They fail again the same way: somebody has to mend a setting, a file or a row first.
FINAL = (SettingsError, FeedListError, ChecksFailedError, SeedError, ClockError)


def may_pass_later(task: Any, task_run: Any, state: Any) -> bool:
    """Tell Prefect whether to try a failed task again; the state's data is the exception that ended it."""
    return not isinstance(getattr(state, "data", None), FINAL)
