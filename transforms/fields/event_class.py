"""What kind of event it is, by a rule from what else was found: weapon, suicide, tolls and a few words.

The rule, first that fits:
    1. drones or missiles intercepted, nobody harmed            -> interception
    2. chemical weapon, poison                                  -> chemical_or_unconventional
    3. the attacker meant to die, with a bomb                   -> explosive.suicide
    4. an explosive or heavy weapon other than in a battle      -> its explosive class
    5. people abducted, and nobody killed or the abduction first -> abduction
    6. two armed sides fight                                    -> clash.armed
    7. rape and other sexual violence, nobody killed            -> sexual_violence
    8. mobs, riots, lynching                                    -> crowd.violent
    9. executed, beheaded                                       -> killing.execution
   10. assassinated; an official, journalist and so on shot     -> killing.targeted
   11. shot                                                     -> firearms.attack
   12. blades, vehicles, fire                                   -> melee_vehicle_arson
   13. massacre, or several killed by means that nobody names   -> killing.mass
   14. only things destroyed                                    -> property_destruction
   15. anything else that harmed somebody                       -> other
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from transforms.document import Document
from transforms.lexicons import Lexicons
from transforms.records import Finding, Scope, Span
from transforms.stems import StemPool, Stems

LEAD_SENTENCES = 4  # of a scope say what kind of event it is
SEVERAL = 4  # killed by means that nobody names: from here on a mass killing (Mother Jones and FBI count four)
_OF_WEAPON = {
    "missile_ballistic": "explosive.missile_or_rocket", "missile_cruise": "explosive.missile_or_rocket",
    "missile_other": "explosive.missile_or_rocket", "rocket": "explosive.missile_or_rocket",
    "artillery_shell": "explosive.artillery_mortar", "mortar": "explosive.artillery_mortar",
    "tank_fire": "explosive.artillery_mortar", "air_strike_unspecified": "explosive.air_strike",
    "air_bomb": "explosive.air_strike", "drone_attack_loitering": "explosive.drone_strike",
    "drone_dropped": "explosive.drone_strike", "ied_roadside": "explosive.ied", "other_explosive": "explosive.ied",
    "ied_vehicle": "explosive.vehicle_ied", "suicide_vest": "explosive.suicide", "landmine": "explosive.landmine_uxo",
    "uxo": "explosive.landmine_uxo", "grenade": "explosive.grenade",
}  # fmt: skip
_FLYING = frozenset(
    {"missile_ballistic", "missile_cruise", "missile_other", "rocket", "drone_attack_loitering", "drone_dropped", "air_strike_unspecified"}
)
_FLYING_WORD = re.compile(r"\b(?:drones?|missiles?|rockets?|uavs?|projectiles?)\b")
_MELEE = frozenset({"knife_blade", "vehicle_ramming", "arson_incendiary", "unarmed"})
_TOKEN = re.compile(r"\w+(?:-\w+)*")
_IMPACT = re.compile(
    r"\b(?:struck|slammed|debris (?:fell|hit|damaged)|direct hit|crashed into|caused (?:a fire|damage)|set (?:a|the) [\w ]{2,30} (?:on fire"
    r"|ablaze)|destroyed (?:a|the|several|houses|homes))\b"
)
_MURDER = re.compile(r"\b(?:kill(?:ed|s|ing)?|murder(?:ed)?|shot|gunned|slain|dead|stabbed)\b")


class _ClassWords:
    """The words of event_classes.csv by their first word, so that one pass over the tokens finds the words of all classes."""

    def __init__(self, lexicons: Lexicons) -> None:
        self.by_first: dict[str, list[tuple[str, str]]] = {}
        for row in lexicons.rows("event_classes"):
            for words in row["words"].split("|"):
                self.by_first.setdefault(words.split()[0], []).append((words, row["event_class"]))
        self.first_words = Stems(self.by_first, StemPool())

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, lexicons: Lexicons) -> _ClassWords:
        """Return the class words of a language."""
        return cls(lexicons)


def find_event_class(doc: Document, scope: Scope, found: Mapping[str, object]) -> list[Finding]:
    """Return event_class of one event, with the words that decide it; none where nothing tells of violence.

    Args:
        doc: The document.
        scope: The event's sentences.
        found: Values found so far, by column: weapon_class, suicide, killed_best, injured_best, abducted_best, perpetrator_kind.
    """
    if not scope.sentences:
        return []
    lead = _Lead(doc, scope)
    chosen = _judge(lead, found)
    if chosen is None:
        return []
    value, span, rule = chosen
    return [Finding("event_class", value, span or lead.anchor_span(), f"event_class.{rule}")]


class _Lead:
    """The sentences that tell the event first, searched for class words."""

    def __init__(self, doc: Document, scope: Scope) -> None:
        self._doc = doc
        numbers = dict.fromkeys((scope.anchor, *scope.sentences[:LEAD_SENTENCES]))
        self._sentences = [doc.sentences[i] for i in sorted(numbers)]
        self._anchor = doc.sentences[scope.anchor]
        self._first: dict[str, Span] = {}
        words = _ClassWords.of(doc.lexicons)
        by_first = words.by_first
        for sentence in self._sentences:
            if not words.first_words.stand_in(doc, sentence.start, sentence.end):
                continue
            tokens = _TOKEN.findall(doc.folded, sentence.start, sentence.end)
            if by_first.keys().isdisjoint(tokens):
                continue
            for token in _TOKEN.finditer(doc.folded, sentence.start, sentence.end):
                for told, event_class in by_first.get(token.group(), ()):
                    end = token.start() + len(told)
                    if doc.folded.startswith(told, token.start()) and not doc.folded[end : end + 1].isalnum():
                        self._first.setdefault(event_class, Span(token.start(), end))

    def anchor_span(self) -> Span:
        """Span of the sentence that introduces the event."""
        return Span(self._anchor.start, self._anchor.end)

    def word(self, event_class: str) -> Span | None:
        """First word of a class, or None."""
        return self._first.get(event_class)

    def match(self, pattern: re.Pattern[str]) -> Span | None:
        """First match of a pattern, or None."""
        for sentence in self._sentences:
            match = self._doc.search(pattern, sentence)
            if match is not None:
                return Span(match.start(), match.end())
        return None


def _judge(lead: _Lead, found: Mapping[str, object]) -> tuple[str, Span | None, str] | None:
    weapon = str(found.get("weapon_class") or "")
    killed = _number(found, "killed")
    harmed = killed + _number(found, "injured")
    is_flying = weapon in _FLYING or (not weapon and lead.match(_FLYING_WORD) is not None)
    if is_flying and not harmed and (span := lead.word("interception")) and lead.match(_IMPACT) is None:
        return "interception", span, "intercepted"
    if weapon == "chemical" or (weapon in ("", "unarmed") and lead.word("chemical_or_unconventional")):
        return "chemical_or_unconventional", lead.word("chemical_or_unconventional"), "chemical"
    if found.get("suicide") and weapon in _OF_WEAPON:
        return "explosive.suicide", None, "suicide"
    if weapon in _OF_WEAPON:
        return _OF_WEAPON[weapon], None, "weapon"
    return _judge_unexploded(lead, found, weapon, killed, harmed)


def _judge_unexploded(  # noqa: PLR0911  one return per line of the published rule
    lead: _Lead, found: Mapping[str, object], weapon: str, killed: int, harmed: int
) -> tuple[str, Span | None, str] | None:
    """Judge an event without explosives: by its words."""
    abduction = lead.word("abduction")
    if _number(found, "abducted") > killed or (abduction and not killed):
        return "abduction", abduction, "abducted"
    if weapon in ("", "small_arms", "sniper") and (span := lead.word("clash.armed")):
        return "clash.armed", span, "clash"
    if not killed and (span := lead.word("sexual_violence")):
        return "sexual_violence", span, "sexual"
    if weapon in ("", "unarmed", "arson_incendiary") and (span := lead.word("crowd.violent")):
        return "crowd.violent", span, "crowd"
    if span := lead.word("killing.execution"):
        return "killing.execution", span, "execution"
    targeted = lead.word("killing.targeted")
    if targeted is None and killed in (1, 2) and weapon != "arson_incendiary":
        targeted = lead.word("killing.targeted_victim")
    if targeted:
        return "killing.targeted", targeted, "targeted"
    if weapon in ("small_arms", "sniper"):
        return "firearms.attack", None, "weapon"
    if weapon in _MELEE:
        is_damage = weapon == "arson_incendiary" and not harmed
        return ("property_destruction" if is_damage else "melee_vehicle_arson"), None, "weapon"
    if (span := lead.word("killing.mass")) or killed >= SEVERAL:
        return "killing.mass", span, "mass"
    if not harmed and (span := lead.word("property_destruction")):
        return "property_destruction", span, "property"
    return ("other", None, "harm") if harmed or lead.match(_MURDER) else None


def _number(found: Mapping[str, object], effect: str) -> int:
    """Return the best number of an effect, or its lower bound, or 0."""
    for part in ("best", "min"):
        value = found.get(f"{effect}_{part}")
        if isinstance(value, int):
            return value
    return 0
