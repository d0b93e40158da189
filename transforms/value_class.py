"""Records that nobody changes: `frozen` to the type checker, plain to the interpreter.

A frozen dataclass sets every attribute by a call of `object.__setattr__`, which makes it cost three times as much as a plain
one; a text has a thousand records. Here `frozen=True` keeps its meaning for mypy, which refuses an assignment, and for equality
and hash; only the check at run time is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(*, frozen=False, slots=False):
        """Make a dataclass as `dataclasses.dataclass` does, without the check that forbids to change a frozen one."""

        def make(cls):
            has_own_hash = "__hash__" in vars(cls)
            return dataclasses.dataclass(cls, slots=slots, unsafe_hash=frozen and not has_own_hash)

        return make
