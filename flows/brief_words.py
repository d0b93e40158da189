"""Numbers and codes of the warehouse in words that people say: "at least 12 killed", never a bare number that is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

LOW_CONFIDENCE = 0.75  # one number in four read by such a rule was wrong on the labelled texts
DOUBTFUL_SCORE = 0.6  # as in transforms.review: joins below it are shown to a person
LARGE_TOLL = 20  # from so many dead on, one outlet alone is remarked on first

WEAPONS = {
    "missile_ballistic": "ballistic missile", "missile_cruise": "cruise missile", "missile_other": "missile (kind not stated)",
    "air_strike_unspecified": "air strike (weapon not stated)", "air_bomb": "air-dropped bomb", "arson_incendiary": "arson or incendiary",
    "drone_attack_loitering": "attack drone", "other_explosive": "explosive (kind not stated)", "drone_dropped": "dropped from a drone",
    "artillery_shell": "artillery shell", "tank_fire": "tank fire", "ied_roadside": "roadside bomb", "ied_vehicle": "vehicle bomb",
    "suicide_vest": "suicide vest", "uxo": "left-over ordnance", "small_arms": "small arms", "knife_blade": "knife or blade",
    "vehicle_ramming": "vehicle ramming", "unarmed": "no weapon",
}  # fmt: skip
EVENTS = {
    "explosive.missile_or_rocket": "missile or rocket strike", "explosive.artillery_mortar": "shelling",
    "explosive.air_strike": "air strike",
    "explosive.drone_strike": "drone strike", "explosive.ied": "bombing", "explosive.vehicle_ied": "vehicle bombing",
    "explosive.suicide": "suicide bombing", "explosive.landmine_uxo": "landmine or left-over ordnance",
    "explosive.grenade": "grenade attack",
    "firearms.attack": "shooting", "clash.armed": "armed clash", "killing.targeted": "targeted killing", "killing.execution": "execution",
    "killing.mass": "mass killing", "abduction": "abduction", "sexual_violence": "sexual violence",
    "melee_vehicle_arson": "stabbing, ramming, beating or arson", "crowd.violent": "mob violence",
    "chemical_or_unconventional": "chemical or unconventional attack", "interception": "interception",
    "property_destruction": "destruction of property", "other": "violence of another kind",
}  # fmt: skip
TOLLS = {
    "killed": "killed", "injured": "injured", "missing": "missing", "abducted": "abducted", "children_killed": "children killed",
    "children_injured": "children injured", "women_killed": "women killed", "civilians_killed": "civilians killed",
    "security_killed": "soldiers or police killed", "attackers_killed": "attackers killed",
}  # fmt: skip
ONE = {
    "children killed": "child killed", "children injured": "child injured", "women killed": "woman killed",
    "civilians killed": "civilian killed", "soldiers or police killed": "soldier or police officer killed",
    "attackers killed": "attacker killed",
}  # fmt: skip
WHY_CONTESTED = {
    "same_time": "another voice gives another number at the same time", "says_fewer": "a later voice says fewer",
    "other_side": "a party to the fighting counts the other side's dead, and nobody else says as many", "denied": "the count is denied",
    "exceeds_whole": "the part is larger than the whole, so the part is withheld",
}  # fmt: skip
STANCES = {
    "accuses": "accuses", "claims_responsibility": "says its side did it", "denies_responsibility": "denies responsibility",
    "denies_targeting_civilians": "denies targeting civilians", "denies_civilian_harm": "denies that civilians were harmed",
    "denies_count": "denies the count", "denies": "denies", "retracts": "takes the count back", "disputes_detail": "disputes a detail",
}  # fmt: skip
GEO = {3: "district", 4: "province", 5: "larger region", 6: "country", 7: "sea or air"}
DATES = {2: "a few days", 3: "a week", 4: "a month", 5: "a year"}


def count_words(low: int | None, best: int | None, high: int | None, quantifier: str | None) -> str:
    """Return a count as people say it; low and high are bounds of what is said, None is never zero."""
    if low is None and best is None and high is None:
        return "number not stated"
    if best is None:
        return _range_words(low, high, quantifier)
    if best == 0 and not high:
        return "none"
    is_open = high is None or quantifier == "at_least"
    said = {"about": f"about {best:,}", "at_most": f"up to {best:,}"}.get(
        quantifier or "", f"at least {best:,}" if is_open else f"{best:,}"
    )
    if (low is not None and low < best) or (high is not None and high > best):
        return f"{said} (voices go from {'an open number' if low is None else f'{low:,}'} {'up' if high is None else f'to {high:,}'})"
    return said


def _range_words(low: int | None, high: int | None, quantifier: str | None) -> str:
    if low is None:
        return f"up to {high:,}"
    if high is None or quantifier == "vague":
        return f"an unclear number, at least {low:,}" if quantifier == "vague" else f"at least {low:,}"
    return f"{low:,} to {high:,}" if low < high else f"{low:,}"


def toll_words(row: Mapping[str, Any], toll: str, before: bool = False) -> str:
    """Return the killed or injured of an incident in words; before: as they were before the night."""
    prefix = "was_" if before else ""
    return count_words(*(row[f"{prefix}{toll}_{part}"] for part in ("min", "best", "max", "quantifier")))


def counted(count: str, what: str) -> str:
    """Return a count of `count_words` with what is counted: "19 killed (voices go from 12 to 19)", "killed: not stated"."""
    if count == "number not stated":
        return f"{what}: not stated"
    if count == "none":
        return f"nobody {what}" if what in {"killed", "injured"} else f"no {what}"
    number, bracket, rest = count.partition(" (")
    is_one = number.split()[-1] == "1"  # at least 1, up to 1
    return f"{number} {ONE.get(what, what) if is_one else what}{bracket}{rest}"


def is_stated(row: Mapping[str, Any], toll: str) -> bool:
    """Return whether any number, or a vague word, is given."""
    return any(row[f"{toll}_{part}"] is not None for part in ("min", "best", "max"))


def weapon_words(weapon: str | None) -> str:
    """Return a class of weapon as people say it."""
    return "weapon not stated" if weapon in (None, "not stated") else WEAPONS.get(str(weapon), str(weapon).replace("_", " "))


def event_words(row: Mapping[str, Any]) -> str:
    """Return the kind of event, with the weapon where it says more."""
    event, weapon = row["event_class"], row["weapon_class"]
    kind = EVENTS.get(event, str(event).replace("_", " ")) if event else "kind not stated"
    said = weapon_words(row["weapon_system"] or weapon) if (row["weapon_system"] or weapon) else ""
    if event == "melee_vehicle_arson" and said:
        return f"attack with {said}" if weapon != "arson_incendiary" else said  # the class holds four things, the weapon says which
    return kind if not said or said.split(" (", 1)[0] in kind else f"{kind}, {said}"


def where_words(row: Mapping[str, Any]) -> str:
    """Return place and country."""
    parts = [row["place"] or row["admin1"], row["country"]]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or "Place not known"


def when_words(row: Mapping[str, Any]) -> str:
    """Return the day or days of the event, with how exactly it is known."""
    start, end = row["event_date_start"], row["event_date_end"]
    if start is None or row["date_precision"] == 9:
        return "day not known"
    if end is None or start == end:
        return day_words(start)
    return f"between {day_words(start)} and {day_words(end)}"


def day_words(day: dt.date) -> str:
    """Return a day as 4 April 2025."""
    return f"{day.day} {day:%B %Y}"


def time_words(when: dt.datetime | None) -> str:
    """Return a moment as 4 April, 20:15 UTC."""
    return f"{when.day} {when:%B, %H:%M} UTC" if when else "time not known"


def speaker_words(speaker: str | None, speaker_class: str | None) -> str:
    """Return who speaks; the reporter where nobody is named."""
    if speaker:
        return speaker
    return "the article itself" if speaker_class in (None, "narrator", "unknown") else f"a {str(speaker_class).replace('_', ' ')} source"


def plural(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"
