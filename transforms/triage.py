"""Triage: does a text report an incident of intentional violence or armed conflict, and what speaks for and against it.

A sum of weighted signals, put through a logistic function that makes it a probability. Signals are words of
seeds/lexicons/en/triage.csv, counted in the headline, the lead and the rest, and a few that are computed from what else is
known of the text (a day near violent words, counts of people harmed). Weights stand in the same file; they were fitted
offline on labelled texts and rounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from transforms.date_mentions import find_date_mentions, find_report_day
from transforms.document import Document
from transforms.lexicons import Lexicons
from transforms.records import CasualtyMention, Relevance
from transforms.stems import Stems
from transforms.text import Sentence, blank_marks
from transforms.value_class import dataclass

ZONES = ("title", "lead", "body")
LEAD_SENTENCES = 2
LEAD_CHARACTERS = 700  # a "sentence" may be a whole page without stops
READ_CHARACTERS = 12_000  # two thousand words; what an article reports stands in them
THRESHOLD = (
    0.47  # the lowest at which false alarms stay where they were; 0.45 finds one more event in a hundred and costs one text more in thirty
)
# Points -> probability: a logistic fit on the labelled texts of pages, muc4, bbcneg and gvdb (python -m benchmarks.calibration
# --fit), whose reliability stands in docs/quality.md. Without it the sum of the weights is too sure of itself at both ends.
SLOPE, INTERCEPT = 0.68, -0.15
HEADLINE_CHARACTERS = 160
MOST_REASONS = 6
FRESH_DAYS = 4  # a day this near to the report dates news; older than STALE_DAYS, it dates history
STALE_DAYS = 20
NEGLIGIBLE = 0.1  # points below which a signal is no reason
VIOLENT = frozenset({"shooting", "explosion", "bombardment", "attack", "murder", "abduction", "clash"})
AFTERMATH = ("court", "follow_up", "accident", "disaster", "threat", "exercise", "arrest", "question")
EVIDENCE = VIOLENT | {"interception", "harm", "toll", "weapons"}  # a text without any of these reports no incident
HARMFUL = frozenset({"harm", "abduction", "murder"})

# Harm that nature does: "died of cholera", "killed by a falling rock", "a wolf killed 12 sheep". Told like violence, it is none.
_ANIMAL = (
    r"(?:wol(?:f|ves)|bears?|sharks?|crocodiles?|alligators?|dogs?|pit ?bulls?|elephants?|tigers?|lions?|leopards?|snakes?|cobras?|bulls?"
    r"|hippos?|hyenas?|bees?|wasps?|hornets?|buffalo(?:es)?|jaguars?|cougars?|boars?)"
)
_DISEASES = (
    r"(?:influenza|flu|cancer|cholera|malaria|measles|dengue|ebola|covid(?:-19)?|coronavirus|diphtheria|meningitis|pneumonia|tuberculosis"
    r"|heart (?:attack|failure|disease)|cardiac arrest|stroke|natural causes|old age|illness|disease|infection|virus|heatstroke|heatwave"
    r"|heat wave|hypothermia|dehydration|altitude sickness|snakebite|rabies|sepsis|outbreak|epidemic|falling|rockfall|lightning|avalanche)"
)
_NATURAL = re.compile(
    r"\b(?:died|dies|dying|dead|deaths?|killed|perished|succumbed) (?:[a-z]+ )?(?:of|from|by|to|after) "
    r"(?:an? |the |complications (?:of|from) )?"
    rf"(?:[\w-]+ ){{0,2}}?{_DISEASES}\b|\b{_DISEASES}(?: outbreak| epidemic| strike)? (?:has |have )?(?:kill|claim)(?:s|ed)?\b"
    r"|\b(?:killed|mauled|trampled|gored|bitten|stung|attacked|savaged)(?: to death)? by "
    rf"(?:an? |the |two |three |\w+ )?(?:[\w-]+ )?{_ANIMAL}\b"
    rf"|\b{_ANIMAL} (?:attack )?(?:had |has |have )?(?:kill|maul|trampl|gor|savag|bit)\w*"
)
# Without one of these the pattern does not match.
_NATURE = Stems(
    (
        "wolf|wolve|bear|shark|crocodile|alligator|dog|bull|elephant|tiger|lion|leopard|snake|cobra|hippo|hyena|bee|wasp|hornet|buffalo|jaguar"
        "|cougar|boar|flu|cancer|cholera|malaria|measles|dengue|ebola|covid|virus|diphtheria|meningitis|pneumonia|tuberculosis|heart|cardiac"
        "|stroke|natural|old age|illness|disease|infection|heatwave|heat wave|hypothermia|dehydration|altitude|rabies|sepsis|outbreak"
        "|epidemic|falling|rockfall|lightning|avalanche"
    ).split("|")
)

_BUTTON = re.compile(r"[-•*·|] ?\w+(?: \w+){0,2}\s*\Z")  # "- Link this": a line for readers, not the lead


@dataclass(frozen=True, slots=True)
class Signal:
    """How strongly a text shows something in one zone, and the first words that show it ("" where no words do)."""

    strength: float
    words: str = ""


class _Model:
    """Words and weights of triage.csv."""

    def __init__(self, lexicons: Lexicons) -> None:
        self.weights: dict[str, float] = {}
        title: dict[str, str] = {}
        text: dict[str, str] = {}
        for row in lexicons.rows("triage"):
            for zone in ZONES:
                self.weights[f"{row['signal']}.{zone}"] = float(row[zone] or 0)
            words = dict.fromkeys(filter(None, row["words"].split("|")), row["signal"])
            title |= words
            if row["lead"] or row["body"]:  # a word that tells only in headlines is not sought elsewhere
                text |= words
        self._title = (AhoCorasick([blank_marks(word) for word in title]), list(title.values()))
        self._text = (AhoCorasick([blank_marks(word) for word in text]), list(text.values()))

    def find(self, folded: str, start: int, end: int, *, in_title: bool) -> Iterator[tuple[str, int, int]]:
        """Find signal words between two offsets, the longest of those that begin at one place: signal and span."""
        automaton, signals = self._title if in_title else self._text
        covered = 0
        hits = [
            (low, -high, index) for index, low, high in automaton.find_matches_as_indexes(blank_marks(folded[start:end]), overlapping=True)
        ]
        for low, minus_high, index in sorted(hits):
            # A match holds the spaces on both sides, and the flat text begins with one of its own.
            if low >= covered:
                covered = -minus_high - 2
                yield signals[index], start + low, start + covered


@lru_cache(maxsize=8)
def _model(lexicons: Lexicons) -> _Model:
    return _Model(lexicons)


def judge_relevance(doc: Document, mentions: Sequence[CasualtyMention]) -> Relevance:
    """Judge whether a document reports an incident.

    Args:
        doc: The document.
        mentions: Its counts of people harmed; one signal of many, may be empty.

    Returns:
        `score` is the probability by the model; `is_incident` from `THRESHOLD` up; `reasons` are the strongest signals with
        points, zone and words, as `+2.1 harm in lead: "were killed"`.
    """
    zones = _Zones(doc)
    words = _find_words(doc, zones)
    if not _has_evidence(doc, zones, words, mentions):
        return Relevance(is_incident=False, score=0.0, reasons=("no word of violence or harm",))
    weights = _model(doc.lexicons).weights
    points = weights.get("bias.body", 0.0)
    parts: list[tuple[float, str]] = []
    signals = _describe(doc, zones, words, mentions)
    for name, signal in signals.items():
        part = weights.get(name, 0.0) * signal.strength
        points += part
        if abs(part) >= NEGLIGIBLE:
            parts.append((part, name))
    score = probability_of(points)
    return Relevance(score >= THRESHOLD, round(score, 4), _strongest(parts, signals))


def probability_of(points: float) -> float:
    """Return the probability that a text of so many points reports an incident."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, SLOPE * points + INTERCEPT))))


def _strongest(parts: list[tuple[float, str]], signals: dict[str, Signal]) -> tuple[str, ...]:
    """Return the strongest reasons in words, from the points and names of all."""
    reasons: list[tuple[float, str]] = []
    least = sorted((abs(part) for part, _ in parts), reverse=True)[:MOST_REASONS][-1:]
    for part, name in parts:
        if abs(part) >= least[0]:
            what, zone = name.split(".")
            quote = f': "{signals[name].words}"' if signals[name].words else ""
            reasons.append((-abs(part), f"{part:+.1f} {what.replace('_', ' ')} in {zone}{quote}"))
    return tuple([reason for _, reason in sorted(reasons)[:MOST_REASONS]])


def _find_words(doc: Document, zones: _Zones) -> list[tuple[str, int, int]]:
    """Find the words of the model in headline and text: signal and span, in order."""
    model = _model(doc.lexicons)
    title = model.find(doc.folded, 0, zones.title_end, in_title=True) if zones.title_end else ()
    return [*title, *model.find(doc.folded, zones.title_end, zones.end, in_title=False)]


def _has_evidence(doc: Document, zones: _Zones, words: Sequence[tuple[str, int, int]], mentions: Sequence[CasualtyMention]) -> bool:
    """Tell whether anything speaks of violence or harm: most of the news does not, and is read no further."""
    if any(signal in EVIDENCE for signal, _, _ in words) or any(term.start < zones.end for term in doc.terms["weapons"]):
        return True
    return any(_toll_signal(mention, zones) in EVIDENCE for mention in mentions)


def _describe(
    doc: Document, zones: _Zones, words: Sequence[tuple[str, int, int]], mentions: Sequence[CasualtyMention]
) -> dict[str, Signal]:
    """Describe what a document shows, as features of the model.

    Returns:
        "signal.zone" -> strength and words; what is absent is left out. Headline: 1 where present. Lead: a third for each
        occurrence, at most 1. Body: occurrences in a hundred words, at most 3, halved where the body is short.
    """
    counts: dict[str, int] = {}
    first: dict[str, str] = {}
    by_sentence: dict[int, set[str]] = {}
    for signal, low, high in words:
        name = f"{signal}.{zones.of(low)}"
        if name in counts:
            counts[name] += 1
        else:
            counts[name], first[name] = 1, doc.text[low:high]
        by_sentence.setdefault(doc.sentence_at(low).index, set()).add(signal)
    for number, signals in sorted(by_sentence.items()):
        told = "accident_harm" if "harm" in signals and _is_natural(doc, doc.sentences[number]) else told_violence(signals)
        if told:
            _count(told, doc.sentences[number], zones, counts, first, doc)
    _count_days(doc, zones, by_sentence, counts, first)
    _count_tolls(doc, zones, mentions, counts, first)
    _count_terms(doc, zones, counts, first)
    for name, quoted in _judge_head(set(counts)).items():
        counts[name], first[name] = 1, first.get(quoted, "")
    found = {name: Signal(zones.strength(name, times), first[name]) for name, times in counts.items()}
    return found | zones.shape()


def _is_natural(doc: Document, sentence: Sentence) -> bool:
    return _NATURE.stand_in(doc, sentence.start, sentence.end) and doc.search(_NATURAL, sentence) is not None


def told_violence(signals: set[str]) -> str | None:
    """Name how a sentence tells violence: as it happened, or as what a court, a memory, a threat or an accident is about."""
    if not signals & VIOLENT or not (signals & HARMFUL or len(signals & VIOLENT) > 1):
        return "accident_harm" if signals & {"accident", "disaster"} and "harm" in signals else None
    if "sport" in signals and "harm" not in signals:
        return "sport_violence"  # "captain shoots them top": nobody is hurt
    about = [
        signal for signal in ("court", "follow_up", "accident", "disaster", "threat", "arrest", "past", "inquiry") if signal in signals
    ]
    return f"{about[0]}_violence" if about else "violent_harm"


def _judge_head(names: set[str]) -> dict[str, str]:
    """Judge headline and lead as a whole: a plain report of violence, or what followed, threatened or resembled it.

    Returns:
        Computed signal -> the signal whose words show it.
    """
    found: dict[str, str] = {}
    turned = next((f"{signal}.title" for signal in AFTERMATH if f"{signal}.title" in names), "")
    plain_title = bool({"violent_harm.title", "toll.title"} & names) and not turned
    plain_lead = "violent_harm.lead" in names and bool({"toll.lead", "fresh_day.lead"} & names)
    if plain_title:
        found["plain_report.title"] = "toll.title" if "toll.title" in names else "violent_harm.title"
    if plain_lead and not turned:
        found["plain_report.lead"] = "violent_harm.lead"
    if turned and "violent_harm.title" not in names:
        found["aftermath.title"] = turned
    lead_turned = next((f"{signal}.lead" for signal in AFTERMATH if f"{signal}.lead" in names), "")
    if lead_turned and "violent_harm.lead" not in names:
        found["aftermath.lead"] = lead_turned
    return found


class _Zones:
    """Where headline, lead and body of a document lie."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.end = min(len(doc.text), READ_CHARACTERS)
        self.title_end = doc.body_start or _headline_end(doc)
        first = [sentence for sentence in doc.sentences[: LEAD_SENTENCES + 8] if sentence.start >= self.title_end]
        body = [sentence for sentence in first if not _BUTTON.match(doc.text, sentence.start, sentence.end)]
        last = body[min(LEAD_SENTENCES, len(body)) - 1].end if body else self.title_end
        self.lead_end = min(last, self.title_end + LEAD_CHARACTERS)
        self.body_words = max(0, self.end - self.lead_end) / 6  # characters of a word and its space

    def of(self, offset: int) -> str:
        """Name the zone of an offset."""
        return "title" if offset < self.title_end else "lead" if offset < self.lead_end else "body"

    def strength(self, name: str, count: int) -> float:
        """Return the strength of so many occurrences in a zone."""
        if name.endswith(".title"):
            return 1.0
        if name.endswith(".lead"):
            return min(count, 3) / 3
        return min(3.0, count * 100 / max(self.body_words, 100.0))

    def shape(self) -> dict[str, Signal]:
        """Signals of the text's shape: whether it has a headline, a body, a known day."""
        shape = {
            "no_title.body": self.title_end == 0,
            "no_body.body": self.body_words < 20,
            "undated.body": find_report_day(self.doc) is None,
        }
        return {name: Signal(1.0) for name, holds in shape.items() if holds}


def _headline_end(doc: Document) -> int:
    """Where the headline ends that a body begins with: a short first line without a full stop, more text behind it."""
    end = doc.text.find("\n", 0, HEADLINE_CHARACTERS)
    line = doc.text[: max(end, 0)].strip()
    return end if line and line[-1] not in ".,;:)" and doc.text[end:].strip() else 0


def _count(signal: str, at: Sentence, zones: _Zones, counts: dict[str, int], first: dict[str, str], doc: Document) -> None:
    """Count one sentence for a computed signal; its first words are quoted."""
    name = f"{signal}.{zones.of(at.start)}"
    counts[name] = counts.get(name, 0) + 1
    first.setdefault(name, doc.text[at.start : min(at.end, at.start + 60)])


def _count_days(doc: Document, zones: _Zones, by_sentence: dict[int, set[str]], counts: dict[str, int], first: dict[str, str]) -> None:
    """Count days near violent words: fresh ones, stale ones, and months or years, which date history."""
    report = find_report_day(doc)
    for mention in find_date_mentions(doc):
        if mention.start >= zones.end:
            break
        if mention.rule in ("date.dateline", "date.byline") or not by_sentence.get(mention.sentence, set()) & (VIOLENT | {"harm"}):
            continue
        told = by_sentence[mention.sentence] & {"court", "arrest", "follow_up", "accident", "disaster", "threat"}
        age = (report - mention.last).days if report else None
        if mention.precision >= 4 or (age is not None and age > STALE_DAYS):
            signal = "stale_day"
        elif age is None or 0 <= age <= FRESH_DAYS:
            signal = "fresh_other" if told else "fresh_day"
        else:
            continue
        name = f"{signal}.{zones.of(mention.start)}"
        counts[name] = counts.get(name, 0) + 1
        first.setdefault(name, doc.text[mention.start : mention.end])


def _count_tolls(doc: Document, zones: _Zones, mentions: Sequence[CasualtyMention], counts: dict[str, int], first: dict[str, str]) -> None:
    """Count the statements of people harmed: an event's own, and sums over periods or feared ones."""
    for mention in mentions:
        signal = _toll_signal(mention, zones)
        if signal is None:
            continue
        name = f"{signal}.{zones.of(mention.span.start)}"
        counts[name] = counts.get(name, 0) + 1
        first.setdefault(name, doc.quote(mention.span))


def _toll_signal(mention: CasualtyMention, zones: _Zones) -> str | None:
    """Name the signal that a count of people gives; None where it counts nobody or stands too far behind."""
    if mention.span.start >= zones.end or mention.quantity.best == 0:
        return None
    return "toll_sum" if mention.aggregate or mention.uncertain else "toll"


def _count_terms(doc: Document, zones: _Zones, counts: dict[str, int], first: dict[str, str]) -> None:
    """Count the weapons and the armed actors that the lexicons know."""
    for kind in ("weapons", "actors"):
        for term in doc.terms[kind]:
            if term.start >= zones.end:
                break
            name = f"{kind}.{zones.of(term.start)}"
            counts[name] = counts.get(name, 0) + 1
            first.setdefault(name, doc.text[term.start : term.end])
