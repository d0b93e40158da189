"""Can a page report an incident at all? A cheap judgement on a glance at it, tuned to lose none that triage would find.

The words are those of triage.csv and harm.csv, found all at once; how much they weigh in head, lead and body of a glance stands in
candidates.csv. Weights and threshold were fitted on what triage says of captured pages (python -m benchmarks.candidates --fit): the
sum is a guess at triage's own. One paragraph that tells violence and harm is enough, whatever the sum. A language without
candidates.csv has no such judgement: all of its pages are read in full.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from transforms.glance import Glance
from transforms.language import find_language, is_surely_english
from transforms.lexicons import Lexicons
from transforms.text import blank_marks, find_stems, fold
from transforms.triage import EVIDENCE, VIOLENT

TABLE = "candidates"
ZONES = ("head", "lead", "body")
LEAD = 1_000  # characters of text
READ = 40_000  # characters of text that are looked at: more than triage reads, for what a page shows around its article
LITTLE = 500  # characters; where a glance sees less, the page is odd or short, and is read in full
MOST_REASONS = 3
FIRST = "first"  # mark of a paragraph of head or lead: there lawyers may be those who count the dead
# Behind the lead, a paragraph with these tells of violence as of something else: a trial, a memory, a threat, a film, an accident.
TURNED = frozenset({"court", "past", "sport", "accident", "disaster", "follow_up", "threat", "culture"})
WORD = 6  # characters with its space


@dataclass(frozen=True, slots=True)
class Candidacy:
    """Whether a page is read in full, and why not (or why, where nothing could be judged)."""

    is_candidate: bool
    reason: str


class _Gate:
    """Words and weights of one language."""

    def __init__(self, lexicons: Lexicons) -> None:
        rows = lexicons.rows(TABLE)
        self.weights = {f"{row['signal']}.{zone}": float(row[zone] or 0) for row in rows for zone in ZONES}
        words = {word: "harm" for row in lexicons.rows("harm") if row["form"] != "skip" for word in [row["term"]]}
        words |= {word: row["signal"] for row in lexicons.rows("triage") for word in row["words"].split("|") if word}
        for row in lexicons.rows("weapons"):
            for word in (row["term"], *row["variants"].split("|")):
                if len(word) > 2:
                    words.setdefault(word, "weapons")
        spelt = {blank_marks(fold(word)): signal for word, signal in words.items()}
        self.signals = list(spelt.values())
        self.names = {zone: [f"{signal}.{zone}" for signal in self.signals] for zone in ZONES}
        self.automaton = AhoCorasick(list(spelt))


@lru_cache(maxsize=8)
def _gate(lexicons: Lexicons) -> _Gate:
    return _Gate(lexicons)


def judge_candidate(glance: Glance, lexicons: Lexicons) -> Candidacy:
    """Judge whether a page is worth cleaning and reading in full; where that cannot be told, it is."""
    if not lexicons.rows(TABLE):
        return Candidacy(True, "no such judgement in this language")
    if len(glance.text) < LITTLE:
        return Candidacy(True, "little text to be seen")
    if lexicons.language != "en" or not is_english(glance):
        return Candidacy(True, "not English")
    weights = _gate(lexicons).weights
    signals, is_told = look_for_signals(glance, lexicons)
    if is_told:
        return Candidacy(True, "a paragraph tells violence and harm")
    if not any(name.split(".")[0] in EVIDENCE for name in signals):
        return Candidacy(False, "no word of violence or harm")
    points = weights["bias.body"] + sum(weights.get(name, 0.0) * strength for name, strength in signals.items())
    if points >= 0:
        return Candidacy(True, f"{points:+.1f} points")
    told = [
        f"{name.replace('_', ' ').replace('.', ' in ')} {weights.get(name, 0.0) * signals[name]:+.1f}"
        for name in _loudest(signals, weights)
    ]
    return Candidacy(False, f"{points:.1f} points: {', '.join(told)}")


def is_english(glance: Glance) -> bool:
    """Tell whether a glance sees English: the model of languages is asked only where function words do not tell (one page in twenty)."""
    said = f"{glance.head}\n{glance.text}"
    return is_surely_english(said) or find_language(said) == "en"


def _loudest(signals: dict[str, float], weights: dict[str, float]) -> list[str]:
    """Return the signals that speak most for and against a page, strongest first."""
    return sorted(signals, key=lambda name: (-abs(weights.get(name, 0.0) * signals[name]), name))[:MOST_REASONS]


def look_for_signals(glance: Glance, lexicons: Lexicons) -> tuple[dict[str, float], bool]:
    """Return how strongly a glance shows each signal, and whether one paragraph tells violence and harm.

    Returns:
        `signal.zone` -> strength; what is absent is left out. Head: 1 or 2 occurrences as halves; lead: up to 3 as thirds; body:
        occurrences in a hundred words, at most 3.
    """
    gate = _gate(lexicons)
    text = glance.text[:READ]
    counts: dict[str, int] = {}
    is_told = False
    for first, rest, part in (("head", "head", glance.head), ("lead", "body", text)):
        lines: dict[int, set[str]] = defaultdict(set)
        ends = find_stems(part, "\n")
        names, names_behind = gate.names[first], gate.names[rest]
        for index, start, _ in gate.automaton.find_matches_as_indexes(blank_marks(part), overlapping=True):
            # A match begins with the space before its word, and the flat text with one of its own.
            said = lines[bisect_right(ends, start)]
            said.add(gate.signals[index])
            if start < LEAD:
                said.add(FIRST)
            name = (names if start < LEAD else names_behind)[index]
            counts[name] = counts.get(name, 0) + 1
        is_told = is_told or any("harm" in said and said & VIOLENT and (FIRST in said or not said & TURNED) for said in lines.values())
    hundreds = max((len(text) - LEAD) / WORD, 100.0) / 100
    return {name: _strength(name, count, hundreds) for name, count in counts.items()}, is_told


def _strength(name: str, count: int, hundreds: float) -> float:
    if name.endswith(".head"):
        return min(count, 2) / 2
    return min(count, 3) / 3 if name.endswith(".lead") else min(3.0, count / hundreds)
