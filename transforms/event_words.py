"""The words of event_signs.csv as patterns: what says that a sentence tells another event, and what says that it does not."""

from __future__ import annotations

import re
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from transforms.lexicons import Lexicons
from transforms.stems import StemPool, Stems

_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_NUMBER = r"\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|several|multiple"


class EventWords:
    """The words of event_signs.csv as patterns."""

    def __init__(self, lexicons: Lexicons) -> None:
        rows = {row["sign"]: row["words"].split("|") for row in lexicons.rows("event_signs")}

        def listed(sign: str) -> str:
            return "|".join(sorted(map(re.escape, rows.get(sign, ["(?!)"])), key=len, reverse=True))

        deed = listed("deed")
        self.violence = [f" {word}" for word in rows.get("violence", [])]
        self._automaton = AhoCorasick(self.violence)
        self.act = re.compile(rf"\b(?:{listed('act')})\b|\b(?:an?|{_NUMBER}|some|more|fresh|new|heavy) (?:[\w-]+ ){{0,4}}?(?:{deed})\b")
        self.the_deed = re.compile(rf"\b(?:the|this|that|these|those|his|her|their) (?:[\w-]+ ){{0,2}}?(?:{deed})\b")
        ordinal = "second|third|fourth|fifth|separate|unrelated|other|similar|further|different"
        self.other_deed = re.compile(
            rf"\b(?:another|(?:yet another|the|an?|in|two|three|four) (?:{ordinal})"
            r"|(?:other|second|third|fourth|separate|similar|different))"
            rf" (?:[\w-]+ ){{0,3}}?(?:{deed}|case|episode|operation)\b|\bseparately\b|\belsewhere\b"
            r"|\b(?:have|has) also (?:hit|struck|attacked|bombed|shelled|raided|targeted|stormed)\b"
        )
        toll = rf"(?:{deed}) (?:[\w',.-]+ ){{0,8}}?(?:that|which) (?:[\w-]+ ){{0,2}}?(?:killed|wounded|injured|claimed|left)\b"
        self.past_toll = re.compile(rf"\b{toll}")
        self.after_toll = re.compile(rf"\b(?:after|since|following) (?:an?|the|last) (?:[\w-]+ ){{0,3}}?{toll}")
        self.opening = re.compile(
            r"(?:[\"'(\-•*·]\s*)?(?:meanwhile|elsewhere|separately|in addition\b|also (?:on|in|at)"
            rf"|in (?:an? |yet )?(?:{ordinal}|another|related)\b"
            rf"|(?:a|an|yet) (?:another |{ordinal}) (?:[\w-]+ ){{0,3}}?(?:{deed})|another (?:[\w-]+ ){{0,3}}?(?:{deed})"
            rf"|(?:earlier|later)(?:,| (?:on )?(?:{_DAYS}|in the day|that day|the same day|today|yesterday))"
            r"|(?:on )?the same day|hours (?:earlier|later))"
        )
        self.said = re.compile(rf"\b(?:{listed('before_other_day')})\b[^.;]{{0,25}}$")
        self.sum = re.compile(rf"\b(?:{listed('sum')})\b")
        self.court = re.compile(rf"\b(?:{listed('court')})\b")
        self.period = re.compile(rf"\b(?:{listed('period')})\b")
        pool = StemPool()
        self.other_stems = Stems([*ordinal.split("|"), "another", "elsewhere", "also"], pool)
        self.deed_stems = Stems(rows.get("deed", ()), pool)
        self.known_stems = Stems([word for sign in ("sum", "care", "court", "unreal") for word in rows.get(sign, ())], pool)
        self.period_stems = Stems(rows.get("period", ()), pool)
        self.spread = re.compile(rf"\b(?:{listed('spread')})\b")
        self.care = re.compile(rf"\b(?:{listed('care')})\b")
        self.unreal = re.compile(rf"\b(?:{listed('unreal')})\b")

    def find_violence(self, flat: str) -> list[int]:
        """Return where words of violence begin in a flattened text, ascending; "airstrikes" begins with one, "sharpshooter" does not."""
        return [start for _, start, _ in self._automaton.find_matches_as_indexes(flat)]


@lru_cache(maxsize=8)
def event_words(lexicons: Lexicons) -> EventWords:
    """Return the words of a language, compiled once."""
    return EventWords(lexicons)
