"""What a denial denies: responsibility, the targeting of civilians, harm to civilians, a count. They are kept apart."""

from __future__ import annotations

import re
from functools import lru_cache

from transforms.document import Document
from transforms.lexicons import Lexicons

TARGETS_CIVILIANS = re.compile(
    r"\b(?:target|attack|aim|strik|hit|harm|kill|shoot|bomb|shell)\w*(?: at)?(?: \w+){0,2}?"
    r" (?:civilian|non-combatant|noncombatant|residential|hospital|school|journalist|medical|medic|aid worker|bystander)\w*"
)
_AIMED = re.compile(r"\b(?:target|aim)\w*|\b(?:deliberate|intentional|purpose)\w*")
# "denied that its jets bombed the hospital" denies the deed, whatever was hit; "denied bombing hospitals" is about whom one aims at.
_DEED = re.compile(
    r"\s+(?:that )?(?:it|they|he|she|(?:its|their|his|her) (?:[\w-]+ ){1,3}?"
    r"|(?:the )?(?:army|military|troops|soldiers|police|forces|group|government))\s*(?:(?:had|has|have|was|were|ever|been) )*"
    r"(?:bombed|struck|hit|attacked|shelled|shot|fired|opened fire|carried out|launched|dropped|raided|ambushed|killed|abducted"
    r"|kidnapped|executed|stormed|destroyed)\b(?! (?:any )?(?:civilians|non-combatants|children|women))"
    r"|\s+(?:bombing|striking|hitting|attacking|shelling|shooting|firing (?:on|at)|raiding|storming|destroying) (?:at )?(?:the|a|an) "
)
_CIVILIAN_HARM = re.compile(
    r"\b(?:(?:any|were|was|had been|been|are) (?:\w+ ){0,2}?(?:casualt\w+|deaths?|killed|injured|wounded|hurt|harmed|victims?)"
    r"|civilian (?:casualties|deaths|victims)|casualties|(?:civilians?|people|anyone) (?:\w+ ){0,2}?(?:killed|died|hurt|harmed))\b"
)
SPECIFIC_EVENT = re.compile(
    r"\b(?:the|this|that|tuesday's|monday's|wednesday's|thursday's|friday's|saturday's|sunday's) (?:[\w-]+ ){0,3}?"
    r"(?:attack|strike|raid|shelling|bombing|blast|incident|bombardment|killing|shooting|explosion)\b(?!s)"
)
_GENERAL_OBJECT = re.compile(r"\b(?:attacks|strikes|raids|abuses|crimes|atrocities|massacres|killings)\b")

GENERAL = re.compile(
    r"\b(?:repeatedly|often|long|routinely|regularly|frequently|consistently|always"
    r"|habitually|systematically|usually|previously|in the past|for years|generally)\b"
)


@lru_cache(maxsize=4)
def _denials(lexicons: Lexicons) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what is denied by the words that follow a verb of denying, in order of trial."""
    rows = lexicons.rows("denials")
    return tuple(
        (row["denies"], re.compile(rf"\s+(?:that )?(?:\w+ ){{0,3}}?\b(?:{'|'.join(re.escape(w) for w in row['objects'].split('|'))})\b"))
        for row in rows
    )


def find_denied(doc: Document, clause: str) -> tuple[str | None, int]:
    """Return what the words after a verb of denying deny, and where those words end."""
    if (deed := _DEED.match(clause)) and not _AIMED.search(clause):
        return "responsibility", deed.end()
    if found := TARGETS_CIVILIANS.search(clause):
        return "targeting_civilians", found.end()
    patterns = _denials(doc.lexicons)
    hits = [(match.end(), what) for what, pattern in patterns if (match := pattern.match(clause))]
    if counted := re.search(r"\b(?:number|figures?|toll|count) of (?:\w+ )?(?:casualt|dead|death|killed|victim)\w*", clause):
        return "count", counted.end()
    if (found := _CIVILIAN_HARM.search(clause)) and not any(what == "count" for _, what in hits):
        return "civilian_harm", found.end()
    return (min(hits)[1], min(hits)[0]) if hits else (None, 0)


def is_general_denial(what: str, clause: str) -> bool:
    """Tell whether a denial speaks of conduct, not of one event: no attack is named in the singular."""
    if SPECIFIC_EVENT.search(clause):
        return False
    return what == "targeting_civilians" or (what == "responsibility" and _GENERAL_OBJECT.search(clause) is not None)
