"""What the gazetteer answered before: the same names come back in every article."""

from __future__ import annotations

from functools import lru_cache

from transforms.gazetteer import Gazetteer, Place

MEMO_SIZE = 50_000  # names kept per gazetteer: about 20 MB


class PlaceMemo:
    """Remembers which words form a name and which places it may mean."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.places: dict[str, tuple[Place, ...]] = {}
        self.matches: dict[tuple[str, ...], int] = {}
        self.openers: dict[str, bool] = {}
        self.gazetteer = gazetteer

    def match(self, tokens: tuple[str, ...]) -> int:
        """Return how many of the first tokens form a place name."""
        opens = self.openers.get(tokens[0])
        if opens is None:
            if len(self.openers) > MEMO_SIZE:
                self.openers.clear()
            opens = self.openers[tokens[0]] = self.gazetteer.may_open(tokens[0])
        if not opens:
            return 0
        if tokens not in self.matches:
            if len(self.matches) > MEMO_SIZE:
                self.matches.clear()
            self.matches[tokens] = self.gazetteer.longest_match(tokens)
        return self.matches[tokens]

    def lookup(self, name: str) -> tuple[Place, ...]:
        """Return the places that a name may mean."""
        if name not in self.places:
            if len(self.places) > MEMO_SIZE:
                self.places.clear()
            self.places[name] = self.gazetteer.lookup(name)
        return self.places[name]


@lru_cache(maxsize=4)
def place_memo(gazetteer: Gazetteer) -> PlaceMemo:
    """Return the memo of a gazetteer; one per process."""
    return PlaceMemo(gazetteer)
