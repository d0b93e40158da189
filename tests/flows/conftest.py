"""Fixtures of the flows: the misbehaving web of fault_server.py."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def serve() -> Callable[[], AbstractContextManager[Any]]:
    """`with serve() as world:` serves a fresh world. Loaded by path: under importlib mode tests are no package."""
    path = Path(__file__).with_name("fault_server.py")
    spec = importlib.util.spec_from_file_location("fault_server", path)
    assert spec is not None and spec.loader is not None
    module = sys.modules.setdefault("fault_server", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module.serve_world  # type: ignore[no-any-return]
