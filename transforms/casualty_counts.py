"""One candidate for a toll column: what one sentence says of it, its list added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transforms.records import CasualtyMention

UNNUMBERED = ("number.one", "number.plural")


@dataclass(frozen=True, slots=True)
class Count:
    """One candidate for a column: what one sentence says of it, its list added up."""

    low: int | None
    best: int | None
    high: int | None
    quantifier: str
    mentions: tuple[CasualtyMention, ...]

    @property
    def is_numbered(self) -> bool:
        """A number or quantity word states it, or a list that tells each of several victims."""
        return any(m.quantity.rule not in UNNUMBERED for m in self.mentions) or len(self.mentions) > 1

    @property
    def is_of_some(self) -> bool:
        """It counts children or women only."""
        return all(m.group in {"children", "women"} for m in self.mentions)

    @property
    def is_toll(self) -> bool:
        """It speaks of a toll, as it stands now."""
        return any(m.rule == "casualty.toll" for m in self.mentions)

    @property
    def sentence(self) -> int:
        """Number of the sentence that states it first."""
        return self.mentions[0].sentence

    @property
    def size(self) -> int:
        """The number to compare by; bounds where no best one is stated."""
        return self.best if self.best is not None else self.low or self.high or 0


def sum_mentions(mentions: Sequence[CasualtyMention]) -> Count:
    """Add a list up; the sum is as exact as its least exact item."""
    quantities = [m.quantity for m in mentions]

    def total(values: Iterable[int | None]) -> int | None:
        listed = list(values)
        return None if None in listed else sum(v for v in listed if v is not None)

    order = ("vague", "range", "at_most", "at_least", "about", "exact")
    quantifier = min((q.quantifier for q in quantities), key=order.index)
    return Count(
        total(q.low for q in quantities), total(q.best for q in quantities), total(q.high for q in quantities), quantifier, tuple(mentions)
    )
