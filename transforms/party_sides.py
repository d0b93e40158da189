"""The two sides of a fight, in the text's words, where it says between whom but not who struck whom.

"Clashes between the Hill and the River communities left nine dead": nobody is said to have killed; both sides are named.
"""

from __future__ import annotations

import re

from transforms.deed_words import DeedWords
from transforms.document import Document
from transforms.records import Scope, Span
from transforms.text import Sentence
from transforms.value_class import dataclass

MOST_SENTENCES = 6  # of a scope are read: a fight is told at once or never
_BETWEEN = re.compile(
    r"\b(?:clash(?:es|ed)?|fight(?:s|ing)?|battles?|conflicts?|violence|feuds?|shoot-?outs?|disputes?|confrontations?|brawls?|riots?"
    r"|hostilities|fracas|skirmish(?:es)?|infighting|gunfights?|rivalry|bloodshed|unrest|crisis|tensions?)\b(?P<gap>[^.;:]{0,60}?)"
    r"\b(?:between|involving|involved|among|amongst|pitting)\s+(?:members of )?(?=\w)"
)
_WORD = re.compile(r"\w+(?:['.\-]\w+)*|[^\w\s]")
# What ends the sides: prepositions, verbs, clauses.
_STOPS = frozenset(
    "in on at over near after for that which who whom with during inside since by as when while where left killed leaving killing"
    " claimed erupted broke has have had was were is are led resulted began started continues continued continue remains to into within"
    " around across against outside amid following before early late last this yesterday today monday tuesday wednesday thursday friday"
    " saturday sunday said turned about because belonging loyal they it he she resulting causing".split()
)
_OPENING = frozenset("the some a an two three four several suspected alleged different various both members of".split())
_EMPTY = frozenset(
    "groups group sides side parties people men factions individuals women forces youths residents them others each persons students fans"
    " couple siblings brothers neighbours neighbors relatives friends drivers opposing".split()
)
_TELLING = re.compile(
    r"\b(?:communit|clan|trib|ethnic|village|gang|cartel|militia|herd|farmer|hunter|rebel|faction|prison|inmate|police|troops|soldier|army"
    r"|forces|protest|supporter|vigilant|youth|cult|miner|nomad|pastoral|families|guards|squatter|settler|militant|fighter|bandit)"
)
_MILITIA = re.compile(r"\b(?:communit|clan|trib|ethnic|village)")
_HOME = re.compile(r" (?:the |[A-Z])")  # "farmers from the Hill tribe and herders"
_GROUND = re.compile(r"\b(?:border|road|junction|highway|route|line|boundary)\b")  # that lies between two places
MOST_WORDS = 14


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a fight: the words that name them, and of what kind they are."""

    words: str
    kind: str
    span: Span


def find_sides(doc: Document, scope: Scope) -> Sides | None:
    """Return the sides of the first fight that the event's sentences tell; None where none is told or its sides are only countries."""
    vague: Sides | None = None
    for index in dict.fromkeys((scope.anchor, *scope.sentences[:MOST_SENTENCES])) if scope.sentences else ():
        sentence = doc.sentences[index]
        match = _BETWEEN.search(doc.folded, sentence.start, sentence.end)
        if match is None or _GROUND.search(match.group("gap")):
            continue
        found = _read_sides(doc, match.end(), sentence)
        if found is not None and any(char.isupper() for char in found.words):
            return found  # "rival groups" first, "the Hill and the River people" later
        vague = vague or found
    return vague


def _read_sides(doc: Document, start: int, sentence: Sentence) -> Sides | None:
    tokens: list[tuple[int, int]] = []
    for match in _WORD.finditer(doc.folded, start, min(sentence.end, start + 160)):
        word = match.group()
        if word == "from" and not (tokens and _HOME.match(doc.text, match.end())):
            break
        if word in _STOPS or not (word[0].isalnum() or word in {"-", "'", "&"}) or len(tokens) == MOST_WORDS:
            break
        tokens.append(match.span())
    while tokens and doc.folded[slice(*tokens[0])] in _OPENING:
        tokens.pop(0)
    while tokens and doc.folded[slice(*tokens[-1])] in {"and", "the", "a", "of", "'"}:
        tokens.pop()
    if not tokens:
        return None
    span = Span(tokens[0][0], tokens[-1][1])
    words = [doc.folded[low:high] for low, high in tokens]
    if not _tells(doc, span, words, tokens):
        return None
    return Sides(" ".join(doc.quote(span).split()), _kind(doc, words), span)


def _tells(doc: Document, span: Span, words: list[str], tokens: list[tuple[int, int]]) -> bool:
    """Tell whether the words name sides: "rival miners", "Hausa and Yoruba"; not "two groups", "Russia and Ukraine"."""
    if all(word in _EMPTY or word in _OPENING or word == "and" for word in words):
        return False
    named = [word for word in words if word not in _OPENING and word != "and"]
    if all(word in doc.lexicons.countries for word in named):
        return False
    if _TELLING.search(doc.folded, span.start, span.end):
        return True
    if doc.folded.startswith(", ", span.end) and _TELLING.search(doc.folded, span.end, span.end + 40) and "and" in words:
        return True  # "the Hill and the River, two clans that"
    if not (doc.folded.startswith("the ", max(0, span.start - 4)) or doc.text[tokens[-1][0]].islower()):
        return False  # two people's names, or two towns'
    capitals = [doc.text[low].isupper() for low, _ in tokens]
    join = words.index("and") if "and" in words else 0
    return any(capitals[:join]) and any(capitals[join:])


def _kind(doc: Document, words: list[str]) -> str:
    """Return the kind of the first side that is of one, by perpetrators.csv."""
    people = DeedWords.of(doc.lexicons).people
    for index, word in enumerate(words):
        found = people.get(" ".join(words[index : index + 2])) or people.get(word)
        if found is not None:
            return found.kind
    return "militia" if any(_MILITIA.match(word) for word in words) else "unidentified"
