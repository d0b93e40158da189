"""The closed sets of values that columns may hold. A column in `schemas` names its set; DDL makes it a CHECK.

Sets that follow a lexicon (weapon, target and group classes) stand here too: a lexicon row with another class is refused
when the lexicon is loaded, with the line that holds it.
"""

from __future__ import annotations

EVENT_CLASS = (
    "explosive.missile_or_rocket", "explosive.artillery_mortar", "explosive.air_strike", "explosive.drone_strike",
    "explosive.ied", "explosive.vehicle_ied", "explosive.suicide", "explosive.landmine_uxo", "explosive.grenade",
    "firearms.attack", "clash.armed", "killing.targeted", "killing.execution", "killing.mass", "abduction",
    "sexual_violence", "melee_vehicle_arson", "crowd.violent", "chemical_or_unconventional", "interception",
    "property_destruction", "other",
)  # fmt: skip

WEAPON_CLASS = (
    "missile_ballistic", "missile_cruise", "missile_other", "air_strike_unspecified", "air_bomb", "arson_incendiary",
    "drone_attack_loitering", "other_explosive", "drone_dropped", "artillery_shell", "rocket", "mortar", "tank_fire",
    "grenade", "ied_roadside", "ied_vehicle", "suicide_vest", "landmine", "uxo", "small_arms", "sniper", "knife_blade",
    "vehicle_ramming", "chemical", "unarmed",
)  # fmt: skip

LAUNCH_METHOD = ("ground_launched", "air_launched", "naval", "directly_emplaced", "unclear")

TARGET_CLASS = (
    "residential", "displacement_camp", "school", "vehicle_bus", "hospital_medical", "market", "place_of_worship",
    "entertainment_public", "energy_infrastructure", "water_infrastructure", "transport_station", "road_convoy",
    "aid_humanitarian", "government_building", "police", "military", "media_journalist", "agricultural", "industrial",
    "port", "airport", "hotel", "embassy", "other",
)  # fmt: skip

ACTOR_KIND = (
    "state", "state_military", "state_police", "paramilitary", "non_state_armed_group", "private_military", "militia",
    "peacekeepers", "cartel_or_gang", "individual", "unidentified",
)  # fmt: skip

# How responsibility is stated in the texts; Vigil summarises, it never judges.
ATTRIBUTION = (
    "claimed", "accepted_and_justified", "blamed", "blamed_and_denied", "contested", "unattributed",
)  # fmt: skip

SOURCE_CLASS = (
    "emergency_service", "medical", "local_official", "police", "military", "national_official", "un_agency",
    "ngo_monitor", "armed_group", "witness", "state_media", "media", "narrator", "unknown",
)  # fmt: skip

QUANTIFIER = ("exact", "at_least", "at_most", "about", "range", "vague")
CLAIM_TYPE = ("casualties", "responsibility", "denial", "reply")
EFFECT = ("killed", "injured", "missing", "abducted", "casualties")
DENIES = ("responsibility", "targeting_civilians", "civilian_harm", "count")
STANCE = ("asserts", "confirms", "denies", "disputes_detail", "partially_accepts", "no_comment", "retracts")
SPEECH_MODE = ("direct_quote", "indirect", "official_statement", "social_post", "narrator")
ROLE = ("primary", "secondary", "background")
TIME_OF_DAY = ("night", "morning", "afternoon", "evening")
CLAIM_GROUP = ("all", "children", "women", "civilians", "security", "attackers")

# UCDP GED codebook 22.1: how exactly an event is placed in time and space.
DATE_PRECISION = {1: "day", 2: "2-6 days", 3: "week", 4: "month", 5: "year", 9: "unknown"}
GEO_PRECISION = {
    1: "exact site", 2: "settlement", 3: "second-order division", 4: "first-order division", 5: "larger region",
    6: "country", 7: "sea or air",
}  # fmt: skip

POLL_STATUS = (
    "ok", "not_modified", "same_body", "empty", "not_a_feed", "malformed", "too_large", "bad_encoding", "dns", "connect",
    "tls", "timeout", "reset", "truncated", "redirect_loop", "redirect_refused", "robots", "blocked_address",
    "http_401", "http_403", "http_404", "http_410", "http_429", "http_4xx", "http_5xx", "unsafe_xml", "host_wait", "other",
)  # fmt: skip

POLL_WEIGHT = ("hard", "soft", "temporary")
ROBOTS_STATUS = ("read", "missing", "odd", "unreachable")
OPT_OUT_SIGNAL = ("robots_ai", "noai", "tdm_reservation")
OPT_OUT_ORIGIN = ("robots_txt", "header", "meta", "tdmrep")

# What became of one page when one extractor version read it.
OUTCOME = ("report", "no_incident", "not_candidate", "not_read_language", "rejected")
REJECT_STAGE = ("feeds", "poll", "parse", "fetch", "clean", "extract", "match", "load", "import", "archive")
CHECK_STATUS = ("changed", "unchanged", "gone", "failed")
BACKFILL_MODE = ("missing", "failed", "stale", "all")
DAY_STAGE = ("fetch", "clean", "extract")
DAY_STATUS = ("planned", "running", "done", "failed", "cancelled", "crashed")
RUN_STATUS = ("running", "completed", "failed", "cancelled", "crashed")
TEXT_SOURCE = ("page", "page_teaser", "feed")
PUBLISHED_SOURCE = ("feed", "meta", "json_ld", "url", "guess")
