"""What weapon was used in an event: its class, a named system, how it was launched, and whether the attacker meant to die.

Rule: every weapon word of the event's sentences is evidence for its class. A word that is itself an attack ("shelled",
"car bombing") counts more than a thing ("rifle"), a thing more than a word that leaves the weapon open ("blast"); the
sentences that tell the event first, and those that tell of harm, count more than later ones. Words left open go over to
the closer class that the text names too. Weapons seized, threatened, intended or defended against are no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from transforms.document import Document
from transforms.lexicons import Term
from transforms.records import Finding, Scope, Span
from transforms.stems import Stems
from transforms.value_class import dataclass

# Weight of a word by `form` of weapons.csv; a "deed" (abduction, torture) names no weapon.
_FORM_WEIGHT = {"system": 3.0, "act": 3.0, "weapon": 2.0, "generic": 1.0, "weak": 0.4}
# Classes that a text names loosely first and closely later: open class -> closer ones, whose evidence takes it over.
_CLOSER: dict[str, tuple[str, ...]] = {
    "missile_other": ("missile_ballistic", "missile_cruise"),
    "other_explosive": (
        "ied_roadside", "ied_vehicle", "suicide_vest", "landmine", "uxo", "grenade", "mortar", "rocket",
        "missile_ballistic", "missile_cruise", "missile_other", "air_bomb", "air_strike_unspecified",
        "drone_attack_loitering", "drone_dropped", "artillery_shell",
    ),
    "air_strike_unspecified": ("drone_attack_loitering",),
    "small_arms": ("sniper",),
}  # fmt: skip
# A loose class is given up only for one with this share of its weight: a mention in passing closes nothing.
_CLOSER_SHARE = {"missile_other": 0.1, "other_explosive": 0.34, "air_strike_unspecified": 0.6, "small_arms": 0.6}
_STRIKE_CLASSES = (
    "missile_ballistic", "missile_cruise", "missile_other", "drone_attack_loitering", "drone_dropped",
    "rocket", "artillery_shell", "air_bomb",
)  # fmt: skip

_NOT_USED_BEFORE = re.compile(
    r"\b(?:seiz\w+|recover\w*|confiscat\w+|discover\w*|unearth\w*|defus\w+|dismantl\w+|smuggl\w+|stockpil\w+"
    r"|arsenals?|cache|possess\w*|bought|purchas\w+|supply\w*|supplied"
    r"|threat\w*|fears? of|warn\w* of|prevent\w*|avert\w*|foil\w*|thwart\w*|plot\w*|plan\w* to|possible"
    r"|retaliat\w+ (?:for|to|against)|in response to|revenge for"
    r"|no|without|not|instead of|anti|against|counter|protect\w* from|intercept\w*|shot down|downed|shooting down"
    r"|destroyed|search(?:ed|ing)? for|carry(?:ing)?|armed with|wearing|loaded with|wielding)"
    r"(?:[ -](?:a|an|the|any|of|several|some|two|three|\d+|more|cache|other|automatic|incoming|all|dozens|suspected)){0,3}[ -]$"
)
_IN_HAND_OF_LAW = re.compile(
    r"\b(?:seiz(?:ed|ing|es)|recovered|confiscated|found|unearthed|smuggl\w+|stockpil\w+|(?:asked|asking|call\w*"
    r"|request\w*|appeal\w*) for)\b[^.;,]{0,60}$"
)
_CARRIED = re.compile(r"\b(?:carrying|carry|armed with|wearing|loaded with|wielding)\b[^.;]{0,24}$")
_NOT_USED_AFTER = re.compile(
    r"^[ -](?:down\b|(?:was|were|had been|has been|have been) (?:found|seized|recovered|defused|discovered|confiscated"
    r"|intercepted|dismantled|safely)"
    r"|defen[cs]es?|shields?|launchers?|crews?|programmes?|programs?|tests?|factor(?:y|ies)|shipments?|deliver\w+"
    r"|alerts?|alarms?|sirens?|threats?|control|laws?|owners?|rights|squad|disposal"
    r"|experts?|technicians?|units?|brigades?|batter(?:y|ies)|permits?|licen[cs]es?|shelters?|bases?|sites?"
    r"|clearance|detectors?|stockpiles?|plot|scare|hoax)\b"
)
_HARM = Stems(
    (
        "kill|dead|died|dies|death|wound|injur|casualt|lives|bodies|victim|martyr|hurt|struck|hit|target|attack|destroy|damag|slain|murder"
        "|explo|fire|blew"
    ).split("|"),
    opens_word=True,
)
# "bombed" and "bombardment" leave open who bombs; with aircraft, or by a state's forces, it is an air strike.
_OPEN_BOMB = frozenset({"other_explosive", "artillery_shell"})
_OPEN_FORMS = frozenset({"generic", "act"})
_AIRCRAFT = r"(?:air ?force|war ?planes?|(?:fighter |military )?jets?|(?:military |war )?aircraft|(?:attack )?helicopters?|planes?)"
_BOMBED_BY_AIR = re.compile(
    rf"\b{_AIRCRAFT}\b[^.;]{{0,40}}\bbomb(?!er)|\bbomb(?:ed|ing|ings|ardment|ardments"
    rf"|arded)?\b[^.;]{{0,60}}\bby [^.;,]{{0,30}}\b{_AIRCRAFT}\b"
    r"|\b(?:israeli|russian|saudi|saudi-led|coalition|nato)(?: military| army| forces| air)? bomb(?:s|ed|ing|ings"
    r"|ardment|ardments|arded)?\b"
)
_AIR_BOMBERS = Stems("air|plane|jet|helicopter|israeli|russian|saudi|coalition|nato".split("|"))  # one of which the pattern needs
_BY_AIR = re.compile(r"\b(?:air force|warplanes?|jets?|aircraft|helicopters?|bombers?|air-launched|from the air|planes?)\b")
_BY_SEA = re.compile(r"\b(?:naval|warships?|submarines?|gunboats?|fired from (?:the )?sea|frigates?)\b")
_SUICIDE = re.compile(
    r"\b(?:suicide[ -](?:bomb\w*|attack\w*|vest|belt|blast|explosion|car|truck|vehicle|mission|squad|jacket|operation)"
    r"|(?:blew|blows|blow|blowing|blown) (?:him|her|them)sel(?:f|ves) up|detonat\w+ (?:him|her|them)sel(?:f|ves)"
    r"|explod\w+ (?:him|her|them)sel(?:f|ves)"
    r"|(?:blew|blow) up (?:him|her|them)sel(?:f|ves)|detonat\w+ (?:his|her|their|the|an?) (?:explosives?|suicide"
    r"|vests?|belts?|bombs?|payload)(?: vest| belt| jacket)?\b(?! remotely))"
)
_VEHICLE = re.compile(
    r"\b(?:explosives?|bomb)[ -](?:laden|packed|filled|rigged)|\b(?:car|truck|vehicle|van|lorry|humvee|tanker"
    r"|motorcycle|minibus)s?\b[^.]{0,30}\b(?:bomb|explosives?)\b"
)
_WORN = re.compile(r"\b(?:vest|belt|strapped|jacket|worn)s?\b")
_THING_WORDS = re.compile(r"[ -](?:missiles?|drones?|rockets?|strikes?|attacks?|system|mines?|bombs?|bombers?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One weapon word that counts for the event."""

    term: Term
    weapon_class: str
    weight: float


def find_weapons(doc: Document, scope: Scope) -> list[Finding]:
    """Return weapon_class, weapon_system, launch_method and suicide of one event; no finding: the text names no weapon."""
    evidence = list(_evidence(doc, scope))
    chosen = _choose_class(evidence)
    suicide = _find_suicide(doc, scope, evidence)
    if chosen is None:
        return suicide
    if suicide and chosen in ("suicide_vest", "other_explosive", "ied_roadside", "small_arms"):
        chosen = _suicide_class(doc, scope, evidence)
    own = [e for e in evidence if e.weapon_class == chosen]
    if not own:
        own = [e for e in evidence if e.weapon_class in ("suicide_vest", "other_explosive")] or evidence[:1]
    best = max(own, key=lambda e: (e.weight, -e.term.start))
    found = [Finding("weapon_class", chosen, _span(best.term), f"weapon.{best.term.entry['form'] or 'word'}")]
    return [*found, *_system(doc, own), *_launch(doc, scope, own), *suicide]


def _evidence(doc: Document, scope: Scope) -> Iterator[Evidence]:
    terms = doc.terms["weapons"]
    if not terms or not scope.sentences:
        return
    at, told = 0, 0
    for index in scope.sentences:
        sentence = doc.sentences[index]
        while at < len(terms) and terms[at].start < sentence.start:
            at += 1
        here = []
        while at < len(terms) and terms[at].end <= sentence.end:
            here.append(terms[at])
            at += 1
        used = [term for term in here if term.entry["form"] in _FORM_WEIGHT and is_used(doc, term, sentence.start)]
        if not used:
            continue
        harmful = _HARM.stand_in(doc, sentence.start, sentence.end)
        place = 1.5 if index == scope.anchor or doc.in_title(sentence.start) else 1.0 if told < 2 else 0.5 if told < 5 else 0.25
        told += 1
        by_air = (
            any(t.entry["weapon_class"] in _OPEN_BOMB for t in used)
            and _AIR_BOMBERS.stand_in(doc, sentence.start, sentence.end)
            and doc.search(_BOMBED_BY_AIR, sentence) is not None
        )
        for term in used:
            weight = _FORM_WEIGHT[term.entry["form"]] * place * (1.0 if harmful else 0.5)
            own_class = term.entry["weapon_class"]
            is_air = by_air and own_class in _OPEN_BOMB and term.entry["form"] in _OPEN_FORMS
            yield Evidence(term, "air_strike_unspecified" if is_air else own_class, weight)


def is_used(doc: Document, term: Term, sentence_start: int) -> bool:
    """Tell whether a weapon word speaks of a weapon in use."""
    before = doc.folded[max(sentence_start, term.start - 72) : term.start]
    if _NOT_USED_BEFORE.search(before):
        # An attacker who carries a knife used it; a suspect who was found with one did not: harm words decide, not this.
        return _CARRIED.search(before) is not None
    if term.entry["form"] in ("system", "weapon", "weak") and _IN_HAND_OF_LAW.search(before):
        return False
    return _NOT_USED_AFTER.match(doc.folded[term.end : term.end + 32]) is None


def _choose_class(evidence: Sequence[Evidence]) -> str | None:
    """Return the class with most weight; loose classes give their weight to the closest one named beside them."""
    weights: dict[str, float] = {}
    best_of: dict[tuple[str, int], float] = {}
    for item in evidence:
        key = (item.weapon_class, item.term.start // 200)  # several words of one passage tell one thing
        gain = item.weight - best_of.get(key, 0.0)
        if gain > 0:
            best_of[key] = item.weight
            weights[item.weapon_class] = weights.get(item.weapon_class, 0.0) + gain
    for loose, closer in _CLOSER.items():
        if loose not in weights:
            continue
        named = [c for c in closer if c in weights and weights[c] >= _CLOSER_SHARE[loose] * weights[loose]]
        if named:
            nearest = max(named, key=lambda c: weights[c])
            weights[nearest] += weights.pop(loose)
    open_strikes = sum(e.weight for e in evidence if e.term.entry.term == "strike")
    if open_strikes:
        named = [c for c in _STRIKE_CLASSES if c in weights]
        if named:
            weights[max(named, key=lambda c: weights[c])] += open_strikes
            weights["air_strike_unspecified"] = weights.get("air_strike_unspecified", 0.0) - open_strikes
    return max(weights, key=lambda c: weights[c]) if weights else None


def _find_suicide(doc: Document, scope: Scope, evidence: Sequence[Evidence]) -> list[Finding]:
    """Return suicide = True with the first words that say so; never False, which no text states."""
    if not any(e.term.entry["suicide"] or e.weapon_class in ("suicide_vest", "ied_vehicle", "other_explosive") for e in evidence):
        return []
    for order, index in enumerate(scope.sentences):
        if order > 5 and index != scope.anchor:
            break
        match = doc.search(_SUICIDE, doc.sentences[index])
        if match is not None and _NOT_USED_BEFORE.search(doc.folded[max(0, match.start() - 48) : match.start()]) is None:
            return [Finding("suicide", True, Span(match.start(), match.end()), "weapon.suicide")]
    return []


def _suicide_class(doc: Document, scope: Scope, evidence: Sequence[Evidence]) -> str:
    """Return the class of a suicide attack's bomb: in a vehicle where the words of the first sentences say so, else worn."""
    for index in scope.sentences[:6]:
        sentence = doc.sentences[index]
        if doc.search(_WORN, sentence):
            return "suicide_vest"
        if doc.search(_VEHICLE, sentence):
            return "ied_vehicle"
    return "ied_vehicle" if any(e.weapon_class == "ied_vehicle" for e in evidence) else "suicide_vest"


def _system(doc: Document, own: Sequence[Evidence]) -> list[Finding]:
    """Return the first system named among the weapon's words, as the text writes it, without "missile", "drone" and so on."""
    for item in own:
        if item.term.entry["form"] == "system":
            span = _span(item.term)
            name = _THING_WORDS.sub("", doc.quote(span))
            return [Finding("weapon_system", name, Span(span.start, span.start + len(name)), "weapon.system")]
    return []


def _launch(doc: Document, scope: Scope, own: Sequence[Evidence]) -> list[Finding]:
    """Return from where it was launched: what the words say, else what holds for the weapon; NULL where that is open."""
    stated = [e for e in own if e.term.entry["launch_method"] not in ("", "unclear")]
    if stated:
        best = max(stated, key=lambda e: e.weight)
        return [Finding("launch_method", best.term.entry["launch_method"], _span(best.term), "launch.weapon")]
    if not any(e.term.entry["launch_method"] for e in own):
        return []
    for index in scope.sentences[:5]:
        for pattern, method in ((_BY_AIR, "air_launched"), (_BY_SEA, "naval")):
            match = doc.search(pattern, doc.sentences[index])
            if match is not None:
                return [Finding("launch_method", method, Span(match.start(), match.end()), "launch.carrier")]
    return []


def _span(term: Term) -> Span:
    return Span(term.start, term.end)
