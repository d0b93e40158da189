"""A task is tried again when time may mend it, not when somebody has to."""

from __future__ import annotations

import pytest
from prefect.states import Failed

from flows.retries import may_pass_later
from flows.settings import SettingsError
from transforms.feedlist import FeedListError
from warehouse.errors import ChecksFailedError, WarehouseLockedError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SettingsError("contact is empty"), False),
        (FeedListError("feeds.csv:3: no url"), False),
        (ChecksFailedError("quotes_are_in_texts (1 rows)", {"quotes_are_in_texts": 1}), False),
        (WarehouseLockedError("process 7 has it open"), True),
        (OSError("disk full"), True),
    ],
)
def test_what_is_tried_again(error: Exception, expected: bool) -> None:
    assert may_pass_later(None, None, Failed(data=error)) is expected
