"""What was hit: the classes of places and things that the words of the attack are aimed at, not all that a text mentions.

Rule: a target word counts where a word of hitting governs it ("struck a school", "attack on the market", "the house was
bombed"), or where a sentence that tells of the attack places it there ("killed inside a mosque"). Words such as "city"
or "area" name no target.
"""

from __future__ import annotations

import re

from transforms.document import Document
from transforms.lexicons import Term
from transforms.records import Finding, Scope, Span
from transforms.stems import Stems

MOST_SENTENCES = 15  # of a scope are read: what was hit is told before reactions and background
MOST_CLASSES = 3
_MODIFIERS = r"(?:[\s,\-]+[\w'’.\-]+){0,5}[\s\-]+$"
_HIT_BEFORE = re.compile(
    r"\b(?:str(?:uck|ikes?|iking)|hit|hits|hitting|target(?:ed|ing|s)|attack(?:ed|ing|s)?(?: on| against| at)?"
    r"|strikes? (?:on|against|at)|bomb(?:ed|ing|ings)(?: of| on| at)?"
    r"|raid(?:ed|ing|s)?(?: on| of)?|assault(?:ed)? (?:on)?|shell(?:ed|ing)(?: of)?|storm(?:ed|ing)|invad(?:ed|ing)"
    r"|destroy(?:ed|ing|s)|damag(?:ed|ing)|set (?:fire to|ablaze)"
    r"|torch(?:ed|ing)|burn(?:ed|t|ing)(?: down)?|ripped through|tore through|slammed into|crashed into"
    r"|ploughed into|plowed into|rammed(?: into)?|drove into|landed (?:on|in|at|near)"
    r"|fell (?:on|in|near)|exploded (?:in|at|near|outside|inside|on)|blew up|detonated (?:in|at|near|outside"
    r"|inside)|went off (?:in|at|near|outside|inside)|opened fire (?:on|at|in|inside)"
    r"|fired (?:on|at|into|upon)|shooting (?:at|in|inside|outside)|shot (?:at|in|inside|outside)|burst into"
    r"|broke into|entered|ambush(?:ed)?(?: of| on)?|blast (?:at|in|near|outside|inside)"
    r"|explosion (?:at|in|near|outside|inside)|bombing (?:at|in)|attack (?:at|in|inside|near|outside)"
    r"|killings? (?:at|in)|stabbing (?:at|in)|stabbed (?:at|in|inside|outside)|blown up)\b" + _MODIFIERS
)
_PLACED = re.compile(
    r"\b(?:in|inside|at|outside|into|aboard|on board|on)(?:\s+(?:a|an|the|his|her|their|its|one|two|three|several"
    r"|another))?(?:[\s\-]+[\w'’.\-]+){0,3}[\s\-]+$"
)
_HIT_AFTER = re.compile(
    r"^[^.;]{0,60}?\b(?:was|were|had been|has been|have been|being|is|are)\b(?: \w+ly)?(?: also| allegedly"
    r"| reportedly)* (?:hit|struck|bombed|shelled|attacked|targeted|destroyed|damaged|torched"
    r"|set (?:on fire|ablaze|alight)|burn(?:ed|t)|raided|stormed|levelled|leveled|flattened|reduced|razed|blown up"
    r"|ambushed)\b|^ (?:attack|bombing|shooting|blast|massacre|stabbing|explosion|raid|siege|strike|shootings?)s?\b"
)
_ATTACK = Stems(
    (
        "kill|shot|shoot|attack|bomb|blast|explo|struck|strike|hit|gunm|stab|fire|shell|missile|drone|rocket|grenade|wound|injur|massacre"
        "|abduct|kidnap|murder|detonat|blew"
    ).split("|"),
    opens_word=True,
)
_NOT_HIT_BEFORE = re.compile(
    r"\b(?:taken|rushed|transferred|brought|admitted|evacuated|treated|flown|carried|arrived|airlifted|said|told"
    r"|moved|near|away from|from|behind|close to|pronounced|died|no|not|never|recover\w*"
    r"|protect\w*|against attacks|condition|statement|officials?|spokes\w+)\b[^.;]{0,30}$"
)
# "a hospital official said", "police station chief": people and papers of a place, not the place.
_PEOPLE_AFTER = re.compile(
    r"[ -](?:officials?|sources?|spokes\w+|directors?|doctors?|staff|employees|administrat\w+|managers?|authorit\w+|registers?|records?"
    r"|morgue|treatment|beds?|chiefs?|commanders?|principal|head)\b(?! (?:was|were) (?:hit|bombed|struck|destroyed))"
)


def find_targets(doc: Document, scope: Scope) -> list[Finding]:
    """Return one finding of target_class per class and place of the text, in order; none where no words say what was hit."""
    placed: list[Finding] = []
    hit: list[Finding] = []
    by_sentence: dict[int, list[Term]] = {}
    for term in doc.terms["targets"]:
        by_sentence.setdefault(doc.sentence_at(term.start).index, []).append(term)
    for order, index in enumerate(scope.sentences[:MOST_SENTENCES]):
        sentence = doc.sentences[index]
        terms = by_sentence.get(index)
        if not terms or not _ATTACK.stand_in(doc, sentence.start, sentence.end):
            continue
        for term in terms:
            if term.entry["form"] == "generic":
                continue
            rule = _rule(doc, term, sentence.start, sentence.end)
            if rule == "target.hit":
                hit.append(_finding(term, rule))
            elif rule is not None and (order < 4 or index == scope.anchor):
                placed.append(_finding(term, rule))
    found = hit or placed
    classes = list(dict.fromkeys(finding.value for finding in found))[:MOST_CLASSES]
    return [finding for finding in found if finding.value in classes]


def _rule(doc: Document, term: Term, start: int, end: int) -> str | None:
    if _PEOPLE_AFTER.match(doc.folded, term.end, end):
        return None
    before = doc.folded[max(start, term.start - 90) : term.start]
    if _HIT_BEFORE.search(before) and not _NOT_HIT_BEFORE.search(before[-32:]):
        return "target.hit"
    if _HIT_AFTER.match(doc.folded[term.end : min(end, term.end + 110)]):
        return "target.hit"
    if _PLACED.search(before[-48:]) and not _NOT_HIT_BEFORE.search(before):
        return "target.placed"
    return None


def _finding(term: Term, rule: str) -> Finding:
    return Finding("target_class", term.entry["target_class"], Span(term.start, term.end), rule)
