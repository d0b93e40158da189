"""How far and in which direction from a known town: "30 km (19 miles) north-west of Baidoa"."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.geo import move_km

MAX_KM = 500.0  # farther off, the town only gives the direction of a journey
_WORDS_BEFORE = 90  # characters in front of the name that are read
_KM = {"km": 1.0, "mi": 1.609}
_BEARINGS = {
    "north": 0.0, "northeast": 45.0, "east": 90.0, "southeast": 135.0,
    "south": 180.0, "southwest": 225.0, "west": 270.0, "northwest": 315.0,
}  # fmt: skip
_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_OFFSET = re.compile(
    rf"(?<![\w.,])(?P<count>\d{{1,3}}(?:[.,]\d)?|{'|'.join(_COUNTS)})[ -]?(?P<unit>km|kms|kilomet(?:er|re)s?|miles?)\b"
    r"(?: \([^)]{1,20}\))? (?:or so )?(?:away )?(?:to the |in the )?"
    r"(?P<way>north|south|east|west)(?:[ -]?(?P<way2>east|west))?(?:ern)?(?: part)? (?:of|from) (?:the )?(?:[a-z'-]+ ){0,4}$"
)


class Offset(NamedTuple):
    """A distance and a direction, and where their words begin."""

    start: int
    km: float
    bearing: float

    def apply(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Return the point meant, given the town's."""
        return move_km(latitude, longitude, self.km, self.bearing)


def find_offset(folded: str, start: int) -> Offset | None:
    """Return the distance and direction that the words in front of a place name give; None where they give not both."""
    low = max(0, start - _WORDS_BEFORE)
    match = _OFFSET.search(folded, low, start)
    if match is None:
        return None
    count = _COUNTS.get(match["count"]) or float(match["count"].replace(",", "."))
    km = count * _KM["mi" if match["unit"].startswith("mi") else "km"]
    bearing = _BEARINGS.get(match["way"] + (match["way2"] or ""))
    return Offset(match.start(), km, bearing) if bearing is not None and km <= MAX_KM else None
