"""Victims whom the text adds to those it told first: others of the same attack, and the next ones of an attacker who moves on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from transforms.casualty_counts import Count, sum_mentions
from transforms.document import Document
from transforms.records import CasualtyMention

OTHERS = re.compile(r" (?:(?:\w+ )?others?|more)\b(?! than)")
_ALSO = re.compile(r"\balso\b|\btoo\Z")
# The attacker goes on to his next victims.
_MOVES = re.compile(
    r"\b(?:he|she|they|gunm[ae]n|shooters?|suspects?|attackers?|man|woman|couple|student)\b[^.;]{0,30}\b(?:then|proceeded|later|went"
    r"|drove|travell?ed|moved|continued|fled|walked|returned|entered|got home)\b|\b(?:minutes|hours) later,? (?:he|she|they)\b"
    r"|\b(?:afterwards?|the next day|spree|rampage)\b"
)
# "... and killed four": one attacker, one sentence, two deeds.
_GOES_ON = re.compile(r"(?:,| and|;)(?: and)?(?: then| later| also| subsequently| fatally){0,2} ?\Z")
_TURNS = re.compile(r"\b(?:after|before|because|when|while|as)\b")  # "shot him dead after he stabbed a guard and beheaded a teacher"
# "Two died at the scene and one died later": the first count is of one moment.
_AT_ONCE = re.compile(r"\b(?:instantly|on the spot|(?:at|on) the scene|immediately|initially)\b")
_LATER = re.compile(r"\blater\b|\bdied (?:in|at) (?:an?|the) hospital\b|\bhospital,? where\b")
_SPREE = 2  # sentences on which the next victims may be told
_SPREE_OTHERS = 3  # where they are called others
_DEED_RULES = ("casualty.verb", "casualty.active", "casualty.gerund")


def add_further(doc: Document, first: Count, counts: Sequence[Count]) -> Count:
    """Add what neighbouring sentences say of others: "A man was shot dead. His driver was also killed", "The blast killed four others".

    Args:
        doc: The document.
        first: The count that stands for the event.
        counts: All candidates of the event, in order of the text.
    """
    total, last = first, first.sentence
    if _are_further(doc, first):
        before = [c for c in counts if 0 <= first.sentence - c.sentence <= 1 and c.mentions[0].harm < first.mentions[0].harm and c.best]
        if before and not doc.in_title(before[-1].mentions[0].span.start):
            total = sum_mentions([*before[-1].mentions, *first.mentions])
    crowd = Counter(count.sentence for count in counts)
    for count in counts:
        if total.best and count.best and _died_later(doc, first, count):
            total, last = sum_mentions([*total.mentions, *count.mentions]), count.sentence
            continue
        if count.sentence != last + 1 or crowd[count.sentence] > 1 or not count.best or count.is_toll:
            continue
        if total.best and not (count.best == first.best != 1) and _are_further(doc, count):
            total, last = sum_mentions([*total.mentions, *count.mentions]), count.sentence
    return _add_spree(doc, total, counts) if total is first else total


def _died_later(doc: Document, first: Count, count: Count) -> bool:
    """Tell whether a count is of those who died after the ones that died at once: "one died later", "where one victim died"."""
    at, end = first.mentions[0].harm, count.mentions[-1].span.end
    if not 0 <= count.sentence - first.sentence <= _SPREE or count.mentions[0].harm <= at or any(m.subset for m in count.mentions):
        return False
    if first.size < 2 and any(m.quantity.rule == "number.one" for m in count.mentions):
        return False  # who was found at first and died later is mostly one
    here, there = doc.sentences[first.sentence], doc.sentences[count.sentence]
    stop = there.start if here is not there else count.mentions[0].span.start
    return (
        _AT_ONCE.search(doc.folded, here.start, min(here.end, stop)) is not None
        and _LATER.search(doc.folded, max(there.start, count.mentions[0].span.start - 20), min(there.end, end + 30)) is not None
    )


def _add_spree(doc: Document, first: Count, counts: Sequence[Count]) -> Count:
    """Add whom an attacker killed as he moved on: "shot dead his mother. He then drove to a school and killed six pupils"."""
    if not first.best or not _is_deed(first):
        return first
    chain = [first]
    if _is_told_next(doc, first) or any(_is_same_breath(doc, c, first) for c in counts if c.sentence == first.sentence):
        before = [c for c in counts if c.best and _is_deed(c) and _is_shortly_before(doc, c, first)]
        chain = [*before[-1:], first] if before and _is_of_singles(before[-1]) else chain
    # Who tells a number first tells the whole, unless the next ones are called others.
    is_open = len(chain) > 1 or _is_of_singles(first)
    for count in counts:
        if not count.best or not _is_deed(count) or count.mentions[0].harm <= chain[-1].mentions[0].harm:
            continue
        distance, others = count.sentence - chain[-1].sentence, _are_others(doc, count)
        if distance == 0:
            goes_on = _is_same_breath(doc, chain[-1], count)
        else:
            goes_on = distance <= (_SPREE_OTHERS if others else _SPREE) and (is_open or others) and _is_told_next(doc, count, others=others)
        if goes_on:
            chain.append(count)
    return sum_mentions([mention for count in chain for mention in count.mentions]) if len(chain) > 1 else first


def _is_of_singles(count: Count) -> bool:
    """Tell whether a list begins with one victim without a number: "his mother and two brothers"."""
    return count.mentions[0].quantity.rule == "number.one"


def _is_deed(count: Count) -> bool:
    return all(m.rule.startswith(_DEED_RULES) and m.effect == "killed" for m in count.mentions)


def _is_same_breath(doc: Document, before: Count, count: Count) -> bool:
    """Tell whether a count is the next deed of one sentence: "shot dead a driver and killed another four", "later killing three"."""
    at = max(m.span.end for m in before.mentions)
    if count.best == before.best != 1:
        return False  # the same number once more is rather the same victims
    start = count.mentions[0].harm
    return at < start and _GOES_ON.search(doc.folded, at, start) is not None and _TURNS.search(doc.folded, at, start) is None


def _is_shortly_before(doc: Document, count: Count, first: Count) -> bool:
    """Tell whether a count is of the victims whom the attacker killed before he moved on to those of the first number."""
    distance = first.sentence - count.sentence
    return _is_same_breath(doc, count, first) if distance == 0 else 0 < distance <= _SPREE


def _is_told_next(doc: Document, count: Count, *, others: bool = False) -> bool:
    """Tell whether the words before a count say that the one who killed moved on."""
    at = count.mentions[0]
    first = doc.sentences[at.sentence - (1 if others and at.sentence else 0)]
    return _MOVES.search(doc.folded, first.start, max(at.harm, at.span.start)) is not None


def _are_others(doc: Document, count: Count) -> bool:
    return all(m.quantity.rule != "number.one" and OTHERS.match(doc.folded, m.quantity.span.end) for m in count.mentions)


def _are_further(doc: Document, count: Count) -> bool:
    return all(_is_further(doc, mention) for mention in count.mentions)


def _is_further(doc: Document, mention: CasualtyMention) -> bool:
    """Tell whether a mention speaks of more victims than those told before."""
    if _ALSO.search(doc.folded, mention.span.start, mention.span.end):
        return True
    return mention.quantity.rule != "number.one" and OTHERS.match(doc.folded, mention.quantity.span.end) is not None
