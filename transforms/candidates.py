"""Can a page report an incident at all? A cheap judgement on a glance at it, tuned to lose none that triage would find.

A guess at triage's own sum, from what `transforms.glance_signals` sees. The weights stand in candidates.csv; they and the threshold were
fitted on what triage says of captured pages and of the corpora (python -m benchmarks.candidates --fit). One sentence that tells plainly
of violence and its harm is enough, whatever the sum says: weights learnt from some texts must not outvote it in others. A language
without candidates.csv has no such judgement: all of its pages are read in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from transforms.glance import Glance
from transforms.glance_signals import ZONES, look_for_signals
from transforms.language import find_language, is_surely_english
from transforms.lexicons import Lexicons

TABLE = "candidates"
LITTLE = 500  # characters; where a glance sees less, the page is odd or short, and is read in full
MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Candidacy:
    """Whether a page is read in full, and why not (or why, where nothing could be judged)."""

    is_candidate: bool
    reason: str


@lru_cache(maxsize=8)
def _weights(lexicons: Lexicons) -> dict[str, float]:
    return {f"{row['signal']}.{zone}": float(row[zone] or 0) for row in lexicons.rows(TABLE) for zone in ZONES}


def judge_candidate(glance: Glance, lexicons: Lexicons) -> Candidacy:
    """Judge whether a page is worth cleaning and reading in full; where that cannot be told, it is."""
    if not lexicons.rows(TABLE):
        return Candidacy(True, "no such judgement in this language")
    if len(glance.text) < LITTLE:
        return Candidacy(True, "little text to be seen")
    if lexicons.language != "en":
        return Candidacy(True, "not English")
    signals, is_told = look_for_signals(glance, lexicons)
    if is_told:
        return Candidacy(True, "a sentence tells plainly of violence and its harm")
    weights = _weights(lexicons)
    parts = [(weights.get(name, 0.0) * strength, name) for name, strength in signals.items()]
    points = weights["bias.body"] + sum([part for part, _ in parts])
    if parts and points >= 0:
        return Candidacy(True, f"{points:+.1f} points")
    if not is_english(glance):  # asked last: it matters only where a page would be left
        return Candidacy(True, "not English")
    if not parts:
        return Candidacy(False, "no word of violence or harm")
    loudest = sorted([(-abs(part), name, part) for part, name in parts])[:MOST_REASONS]
    told = [f"{name.replace('_', ' ').replace('.', ' in ')} {part:+.1f}" for _, name, part in loudest]
    return Candidacy(False, f"{points:.1f} points: {', '.join(told)}")


def is_english(glance: Glance) -> bool:
    """Tell whether a glance sees English: the model of languages is asked only where function words do not tell (one page in twenty)."""
    said = f"{glance.head}\n{glance.text}"
    return is_surely_english(said) or find_language(said) == "en"
