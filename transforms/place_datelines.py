"""The place that a report was filed from, and the publisher's own name in a headline: both are no place of an event."""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.place_memo import PlaceMemo

LOCAL_STRENGTH = 1.8  # "ELKTON, Ore. (KXYZ) -": a local outlet files from where it happened
WIRE_STRENGTH = 0.9  # a wire files from wherever its reporter sits
MAX_DATELINE_WORDS = 9
MAX_NAME = 6  # words of a place name

_DATELINE = re.compile(
    r"(?:[^\n]{0,80}\n{1,3}){0,2}[ ]{0,4}([A-Z][^\n–—:;!?]{1,90}?)"
    r"(?:[ ](?:--?|[–—_])[ ]|(?<=\))[ ]?(?:--?|[–—_]|(?=[A-Z]))|[–—]{1,2}(?=[A-Z]))"
)
_BARE_DATELINE = re.compile(
    r"\s{0,4}([A-Z]{4,}(?:[ /-][A-Z]{2,}){0,3}(?:, [A-Z][a-z]+)?) (?=[A-Z][\w.]* [\w.'’]*[a-z])"
)  # as one wire prints it: no dash
_BRACKETS = re.compile(r"\([^)\n]*\)")
_OUTLET = re.compile(r" (?:[-–—|]|::) (?=[^\n]{3,}\s*$)|(?<=\w) \| ")
# Behind captions and "Posted:" lines: only a name in capitals opens a paragraph like that.
_LATER_DATELINE = re.compile(
    r"\n([A-Z][A-Z.'’ -]{3,40}(?:, [A-Z][A-Za-z.]{1,14}){0,2})(?: \([^)\n]{1,30}\))? ?(?:--?|[–—_])[ ]?(?=[A-Z\"“])"
)
_AGENCY = re.compile(r"\((?:AP|AFP|Reuters|Xinhua|EFE|dpa|UPI|ANSA|TASS)\b")
LATER_DATELINE = 1_500  # characters from the head of a text in which a dateline may stand


@dataclass(frozen=True, slots=True)
class Dateline:
    """Span of a dateline and how surely its place is the event's; an empty span where there is none."""

    start: int = 0
    end: int = 0
    strength: float = 0.0


def match_dateline(text: str, body_start: int, memo: PlaceMemo) -> Dateline:
    """Return the dateline of a text. Its words are names, dates, and an agency in brackets."""
    match = _DATELINE.match(text, body_start)
    if match is None:
        return _match_bare(text, body_start, memo)
    head = _BRACKETS.sub(" ", match.group(1))
    words = [word for word in re.findall(r"[\w.]+", head) if word not in ("de", "city", "of", "no")]
    if not words or len(words) > MAX_DATELINE_WORDS or any(word[0].islower() for word in words):
        return _match_bare(text, body_start, memo)
    is_wire = any(char.isdigit() for char in head)  # wires date their reports
    return Dateline(*match.span(1), WIRE_STRENGTH if is_wire else LOCAL_STRENGTH)


def _match_bare(text: str, body_start: int, memo: PlaceMemo) -> Dateline:
    """Return a dateline that is no name before a dash at the very head: one without a dash, or one behind captions."""
    bare = _BARE_DATELINE.match(text, body_start)
    if bare is not None and memo.match(tuple(bare.group(1).split())) > 0:
        return Dateline(*bare.span(1), WIRE_STRENGTH)
    later = _LATER_DATELINE.search(text, body_start, body_start + LATER_DATELINE)
    if later is not None and memo.match(tuple(re.findall(r"[\w.'’]+", later.group(1)))[:MAX_NAME]) > 0:
        return Dateline(*later.span(1), WIRE_STRENGTH if _AGENCY.search(later.group()) else LOCAL_STRENGTH)
    return Dateline()


def match_outlet(text: str, body_start: int) -> int:
    """Return where in the headline the outlet's own name begins ("Two shot - WXYZ Springfield"); `body_start` where nowhere."""
    match = _OUTLET.search(text, 0, body_start)
    return match.start() if match else body_start
