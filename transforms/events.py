"""Which events a document tells, and which sentences tell which.

Most articles tell one event. Another one begins where the text says so ("in a separate attack", "meanwhile", "elsewhere")
and states harm of its own; it lasts to the end of its paragraph, or as long as sentences go on about it. A text whose
only counts sum up a period or several events is an aggregate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.document import Document
from transforms.records import CasualtyMention, Scope

_NEW_EVENT = re.compile(
    r"^(?:[\"'(-]\s*)?(?:meanwhile|elsewhere|separately|also (?:on|in|at)|in (?:a |an |yet )?(?:separate|another|different|second|third|related|unrelated|other|similar)\b"
    r"|(?:a|an) (?:separate|another|second|third|unrelated|similar) (?:\w+ ){0,3}?(?:attack|blast|bombing|explosion|strike|raid|shooting|incident|ambush|clash|shelling)"
    r"|another (?:\w+ ){0,3}?(?:attack|blast|bombing|explosion|strike|airstrike|raid|shooting|incident|ambush|clash|bomb|suicide bomber)"
    r"|(?:earlier|later) (?:on )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|in the day|that day|the same day)"
    r"|on the same day|the same day|hours (?:earlier|later)|in other violence|in other developments)"
)
_PAST_EVENT = re.compile(
    r"^(?:[\"'(-]\s*)?(?:in (?:january|february|march|april|may|june|july|august|september|october|november|december)\b|last (?:year|month|week)"
    r"|in (?:19|20)\d\d|(?:a|two|three|four|five|six|several|\d+) (?:years?|months?|weeks?) (?:ago|earlier)|earlier this (?:year|month)|previously|the attack (?:comes|came) )"
)
_LEAD = 6  # sentences, headline included: a primary event is told by then
MAX_EVENTS = 12  # an article that tells more is a list; the rest would be guesses


def find_events(doc: Document, mentions: Sequence[CasualtyMention]) -> list[Scope]:
    """Return the events of a document, the primary one first; always at least one, of all sentences no other claims.

    Args:
        doc: The document.
        mentions: All its casualty mentions.
    """
    counts = len(doc.sentences)
    if not counts:
        return [Scope(0, (), is_whole=True)]
    harmed = {m.sentence for m in mentions if not m.uncertain and not m.aggregate}
    starts = [s.index for s in doc.sentences[1:] if s.index in harmed and s.start >= doc.body_start and _NEW_EVENT.match(doc.folded[s.start : s.start + 120])]
    claimed: dict[int, int] = {}
    for start in starts[: MAX_EVENTS - 1]:
        for index in range(start, _paragraph_end(doc, start)):
            claimed.setdefault(index, start)
    rest = tuple(i for i in range(counts) if i not in claimed)
    secondary = [Scope(start, tuple(i for i, s in claimed.items() if s == start), "secondary", is_whole=False) for start in starts[: MAX_EVENTS - 1] if claimed.get(start) == start]
    if not any(i in harmed for i in rest) and secondary:
        rest, secondary = tuple(range(counts)), []
    anchor = next((i for i in rest if i in harmed), rest[0] if rest else 0)
    return [Scope(anchor, rest, "primary", is_aggregate(mentions), is_whole=not secondary), *secondary]


def is_aggregate(mentions: Sequence[CasualtyMention]) -> bool:
    """Tell whether a text only sums up: it counts people, and every count is of a period or of several events."""
    counted = [m for m in mentions if not m.uncertain and m.quantity.rule not in {"number.one", "number.plural"}]
    return len(counted) >= 1 and all(m.aggregate for m in counted)


def _paragraph_end(doc: Document, start: int) -> int:
    """Number of the sentence behind the paragraph that sentence `start` stands in; at least that sentence."""
    for index in range(start + 1, len(doc.sentences)):
        gap = doc.text[doc.sentences[index - 1].end : doc.sentences[index].start]
        if "\n" in gap:
            return index
    return len(doc.sentences) if doc.text[doc.sentences[start].end :].strip() == "" else min(start + 3, len(doc.sentences))
