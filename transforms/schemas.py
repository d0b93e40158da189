"""THE page: every table of the warehouse, every column with dtype, unit, meaning, bounds and the function that fills it.

DDL, CHECKs, comments, validation and docs/dictionary.md follow from this page; tests keep them in step. A new extracted
column is one line here plus its function. Words used: `columns` (how it is written), `vocabularies` (closed sets).
NULL means "not stated in the text" for extracted columns and "unknown" elsewhere; it is never zero.
"""

from __future__ import annotations

from transforms import vocabularies as v
from transforms.alert_tables import ALERT, ALERT_LOOK
from transforms.backfill_tables import BACKFILL_DAY
from transforms.columns import BOOL, DATE, HASHES, INT, REAL, SMALL, TEXT, TEXTS, TIME, Column, Table
from transforms.correction_tables import DECISION, DECISION_REPORT, ERASURE
from transforms.feed_tables import FEED, FEED_POLL, HOST, OPT_OUT
from transforms.match_tables import MATCH_QUEUE, PUBLISH_QUEUE
from transforms.page_tables import PAGE_CHECK, PAGE_DELETION

c = Column


def toll(effect: str, who: str) -> tuple[Column, ...]:
    """Four columns of one count: lowest, best and highest number, and how the text qualified it."""
    by = "transforms.fields.casualties.find_casualties"
    return (
        c(f"{effect}_min", INT, f"{who}, lowest number stated; NULL: not stated", "persons", 0, 1_000_000, filled_by=by),
        c(f"{effect}_best", INT, f"{who}, best number; NULL: not stated, or stated only vaguely", "persons", 0, 1_000_000, filled_by=by),
        c(f"{effect}_max", INT, f"{who}, highest number stated; NULL: not stated, or open above", "persons", 0, 1_000_000, filled_by=by),
        c(f"{effect}_quantifier", TEXT, f"how the text qualifies the number of {who}", values=v.QUANTIFIER, filled_by=by),
    )


DATES, PLACES = "transforms.fields.dates.find_dates", "transforms.fields.places.find_places"
WEAPONS, ACTORS = "transforms.fields.weapons.find_weapons", "transforms.fields.actors.find_actors"
CLASS, TARGETS = "transforms.fields.event_class.find_event_class", "transforms.fields.targets.find_targets"
SPEAKERS, TRIAGE = "transforms.fields.speakers.find_claims", "transforms.triage.judge_relevance"
CASUALTIES, EVENTS = "transforms.fields.casualties.find_casualties", "transforms.events.find_events"
CONFIDENCE, RESOLVER = "transforms.confidence.rate_report", "warehouse/sql/resolve"

TOLL_EFFECTS = {
    "killed": "people killed, perpetrators left out where the text separates them",
    "injured": "people injured, perpetrators left out where the text separates them",
    "missing": "people missing, trapped or unaccounted for",
    "abducted": "people abducted, kidnapped or taken hostage",
    "children_killed": "children killed (part of killed)",
    "children_injured": "children injured (part of injured)",
    "women_killed": "women killed (part of killed)",
    "civilians_killed": "people killed whom the text calls civilians (part of killed)",
    "security_killed": "soldiers, police and other security forces killed as victims (part of killed)",
    "attackers_killed": "perpetrators killed (not part of killed)",
}

# A part can never exceed the whole it belongs to.
PARTS = {
    "children_killed": "killed", "women_killed": "killed", "civilians_killed": "killed", "security_killed": "killed",
    "children_injured": "injured",
}  # fmt: skip

# What one event is; a report holds it as one article tells it, an incident as all its reports together do.
EVENT_COLUMNS: tuple[Column, ...] = (
    c("event_date_start", DATE, "first day of the event", filled_by=DATES),
    c("event_date_end", DATE, "last day of the event; equals the first for a single day", filled_by=DATES),
    c("date_precision", SMALL, "UCDP: 1 day, 2 two to six days, 3 week, 4 month, 5 year, 9 unknown",
      values=tuple(v.DATE_PRECISION), filled_by=DATES),
    c("time_of_day", TEXT, "part of the day as the text says it", values=v.TIME_OF_DAY, filled_by=DATES),
    c("country_iso3", TEXT, "country of the event, ISO 3166-1 alpha-3", filled_by=PLACES),
    c("admin1", TEXT, "first-order division (state, oblast, province), English name", filled_by=PLACES),
    c("place", TEXT, "the event's own place as the gazetteer names it", filled_by=PLACES),
    c("latitude", REAL, "latitude of place, WGS 84", "degrees", -90, 90, filled_by=PLACES),
    c("longitude", REAL, "longitude of place, WGS 84", "degrees", -180, 180, filled_by=PLACES),
    c("geonameid", INT, "GeoNames id of place; NULL: not in the gazetteer", filled_by=PLACES),
    c("geo_precision", SMALL, "UCDP: 1 exact site, 2 settlement, 3 ADM2, 4 ADM1, 5 larger, 6 country, 7 sea or air",
      values=tuple(v.GEO_PRECISION), filled_by=PLACES),
    c("place_alternatives", TEXT, "JSON list of other readings of the place: geonameid, name, country_iso3, admin1", filled_by=PLACES),
    c("event_class", TEXT, "what kind of event, Vigil's vocabulary", values=v.EVENT_CLASS, filled_by=CLASS),
    c("weapon_class", TEXT, "weapon used, class of seeds/lexicons/weapons.csv", values=v.WEAPON_CLASS, filled_by=WEAPONS),
    c("weapon_system", TEXT, "named system (Iskander-M, Shahed-136); NULL: none named", filled_by=WEAPONS),
    c("launch_method", TEXT, "from where the weapon was launched", values=v.LAUNCH_METHOD, filled_by=WEAPONS),
    c("suicide", BOOL, "the attacker meant to die in the attack; NULL: nothing says so", filled_by=WEAPONS),
    c("target_class", TEXTS, "what was hit, classes of seeds/lexicons/targets.csv", values=v.TARGET_CLASS, filled_by=TARGETS),
    c("perpetrator", TEXT, "who is said to have done it, canonical name of seeds/lexicons/actors.csv or the text's words",
      filled_by=ACTORS),
    c("perpetrator_kind", TEXT, "kind of perpetrator", values=v.ACTOR_KIND, filled_by=ACTORS),
    c("attribution", TEXT, "how responsibility is stated; a summary of claims, no verdict", values=v.ATTRIBUTION, filled_by=ACTORS),
    c("victim_side", TEXT, "side or group that the victims belong to, in the text's terms", filled_by=ACTORS),
    *(column for effect, who in TOLL_EFFECTS.items() for column in toll(effect, who)),
)  # fmt: skip

OUTLET = Table("outlet", "one publisher domain", ("domain",), (
    c("domain", TEXT, "host name without www.", required=True),
    c("publisher", TEXT, "name of the publisher"),
    c("country_iso2", TEXT, "publisher's country"),
    c("party_to_conflict", TEXT, "state or armed group whose mouthpiece it is; NULL: none known"),
    c("is_state_media", BOOL, "controlled by a state"),
))  # fmt: skip

ENTRY = Table("entry", "one feed item, as last seen", ("entry_id",), (
    c("entry_id", TEXT, "digest of feed and guid (or address)", required=True),
    c("feed_id", TEXT, "feed it came from", required=True),
    c("guid", TEXT, "the feed's own id of the item"),
    c("url", TEXT, "address of the article; NULL: the item has none"),
    c("title", TEXT, "title in the feed, markup removed"),
    c("published_at", TIME, "publication time in the feed"),
    c("updated_at", TIME, "update time in the feed"),
    c("summary", TEXT, "summary in the feed, markup removed"),
    c("content_html", TEXT, "full text in the feed, if it carries one"),
    c("first_seen_at", TIME, "first poll that held it", required=True),
    c("last_changed_at", TIME, "poll at which title, times or summary last changed", required=True),
))  # fmt: skip

PAGE = Table("page", "one fetch of one address that brought a body", ("page_id",), (
    c("page_id", TEXT, "digest of address and fetch time", required=True),
    c("run_id", TEXT, "run that fetched", required=True),
    c("entry_id", TEXT, "feed item that led to it; NULL: from a foreign WARC"),
    c("item_title", TEXT, "title in the feed when it was fetched: the item may change later"),
    c("item_published_at", TIME, "publication time in the feed when it was fetched"),
    c("item_updated_at", TIME, "update time in the feed when it was fetched"),
    c("item_content_html", TEXT, "full text in the feed when it was fetched, if it carried one"),
    c("url", TEXT, "address asked for", required=True),
    c("final_url", TEXT, "address after redirects", required=True),
    c("fetched_at", TIME, "time of the answer", required=True),
    c("http_status", SMALL, "HTTP status", required=True),
    c("content_type", TEXT, "Content-Type header"),
    c("n_bytes", INT, "body bytes", "bytes", 0, required=True),
    c("sha256", TEXT, "digest of the body", required=True),
    c("warc_file", TEXT, "archive file, relative to the archive folder", required=True),
    c("warc_offset", INT, "offset of the response record", "bytes", 0, required=True),
    c("warc_length", INT, "length of the compressed record; 0: deleted, see page_deletion", "bytes", 0, required=True),
), has_index=False, found_by="fetched_at")  # fmt: skip

ARTICLE = Table("article", "one version of one article: one address with one text", ("article_id",), (
    c("article_id", TEXT, "digest of canonical address and text", required=True),
    c("page_id", TEXT, "page it was first read from", required=True),
    c("feed_id", TEXT, "feed that led to it"),
    c("canonical_url", TEXT, "address without tracking parameters", required=True),
    c("address_key", INT, "first 32 bits of the SHA-256 of canonical_url: other versions of an address are found by it"),
    c("outlet", TEXT, "publisher domain", required=True),
    c("title", TEXT, "headline"),
    c("byline", TEXT, "author line"),
    c("published_at", TIME, "publication time; NULL: nothing states it"),
    c("published_source", TEXT, "where published_at comes from", values=v.PUBLISHED_SOURCE),
    c("fetched_at", TIME, "time the page was fetched", required=True),
    c("language", TEXT, "ISO 639-1 code of the text", required=True),
    c("text", TEXT, "title, a blank line, then the cleaned body; evidence spans count in it", required=True),
    c("body_start", INT, "where the body begins in text", "characters", 0, required=True),
    c("text_sha256", TEXT, "digest of text", required=True),
    c("text_source", TEXT, "page; page_teaser: the page shows only a beginning before its paywall; feed: the full text in the feed,"
      " because the page yields none or less", values=v.TEXT_SOURCE, required=True),
    c("cleaner_version", TEXT, "cleaner and its version", required=True),
    c("extractor_version", TEXT, "extractor that read it last", required=True),
    c("wire_origin", TEXT, "news agency credited for the text; NULL: none"),
    c("minhash", HASHES, "128 MinHash values of word 5-shingles; NULL: too short, or reports no incident"),
    c("duplicate_of", TEXT, "article_id of the earliest article with nearly the same text; NULL: none"),
    c("is_incident", BOOL, "the text reports at least one incident; NULL: language not read yet", filled_by=TRIAGE),
    c("relevance", REAL, "how sure triage is that it reports an incident", None, 0, 1, filled_by=TRIAGE),
    c("relevance_reasons", TEXTS, "signals that decided, strongest first, with their words", filled_by=TRIAGE),
))  # fmt: skip

DERIVATION = Table("derivation", "what became of one page", ("page_id",), (
    c("page_id", TEXT, "page", required=True),
    c("fetched_at", TIME, "time the page was fetched; its row is found by it", required=True),
    c("run_id", TEXT, "run that read it", required=True),
    c("extractor_version", TEXT, "extractor that read it", required=True),
    c("outcome", TEXT, "what came out", values=v.OUTCOME, required=True),
    c("article_id", TEXT, "article; NULL: rejected, or not a candidate"),
    c("reason", TEXT, "why a page that is no candidate was not cleaned; NULL: it was, or it was rejected"),
    c("n_reports", INT, "reports read from it", "reports", 0, required=True),
), has_index=False, found_by="fetched_at")  # fmt: skip

REPORT = Table("report", "one event as one article version tells it", ("report_id",), (
    c("report_id", TEXT, "digest of article and ordinal", required=True),
    c("article_id", TEXT, "article version", required=True),
    c("as_of", TIME, "publication time of the article, else its fetch time", required=True),
    c("ordinal", SMALL, "order of events in the article, 0 is the primary one", None, 0, required=True),
    c("role", TEXT, "primary: what the article is about; secondary: another new event; background: told as past",
      values=v.ROLE, required=True, filled_by=EVENTS),
    c("is_aggregate", BOOL, "sums up several events or a period; never opens an incident", required=True, filled_by=EVENTS),
    c("is_incident", BOOL, "reports an incident (same as the article's, but false for background)", required=True, filled_by=TRIAGE),
    c("relevance", REAL, "how sure triage is", None, 0, 1, required=True, filled_by=TRIAGE),
    c("extractor_version", TEXT, "extractor that read it", required=True),
    *EVENT_COLUMNS,
), has_index=False)  # fmt: skip

CLAIM = Table("claim", "one statement about an event by one speaker", ("claim_id",), (
    c("claim_id", TEXT, "digest of report, span, type, effect and group", required=True),
    c("report_id", TEXT, "report", required=True),
    c("article_id", TEXT, "article version", required=True),
    c("claim_type", TEXT, "what it states", values=v.CLAIM_TYPE, required=True, filled_by=SPEAKERS),
    c("effect", TEXT, "harm that is counted; NULL unless casualties", values=v.EFFECT, filled_by=CASUALTIES),
    c("victim_group", TEXT, "whom it counts", values=v.CLAIM_GROUP, filled_by=CASUALTIES),
    c("count_min", INT, "lowest number", "persons", 0, filled_by=CASUALTIES),
    c("count_best", INT, "best number", "persons", 0, filled_by=CASUALTIES),
    c("count_max", INT, "highest number; NULL: open above", "persons", 0, filled_by=CASUALTIES),
    c("quantifier", TEXT, "how the number is qualified", values=v.QUANTIFIER, filled_by=CASUALTIES),
    c("denies", TEXT, "what a denial denies; NULL unless denial", values=v.DENIES, filled_by=SPEAKERS),
    c("accuses", TEXT, "actor that a responsibility claim names", filled_by=SPEAKERS),
    c("is_general", BOOL, "speaks of conduct in general, not of this event", filled_by=SPEAKERS),
    c("speaker", TEXT, "who says it, the text's words; NULL: the narrator", filled_by=SPEAKERS),
    c("speaker_role", TEXT, "office or function in the text's words", filled_by=SPEAKERS),
    c("speaker_class", TEXT, "class of source, seeds/lexicons/sources.csv", values=v.SOURCE_CLASS, required=True, filled_by=SPEAKERS),
    c("speaker_side", TEXT, "ISO 3166-1 alpha-2 of the country, or actor, the speaker speaks for", filled_by=SPEAKERS),
    c("channel", TEXT, "medium named (Telegram, X, state television)", filled_by=SPEAKERS),
    c("speech_mode", TEXT, "how it is said", values=v.SPEECH_MODE, required=True, filled_by=SPEAKERS),
    c("stance", TEXT, "what the speaker does with the statement", values=v.STANCE, required=True, filled_by=SPEAKERS),
    c("as_of", TIME, "publication time of the article, else its fetch time", required=True),
    c("span_start", INT, "start of the stating words in article.text", "characters", 0, required=True),
    c("span_end", INT, "end of the stating words", "characters", 0, required=True),
    c("rule", TEXT, "rule that read it", required=True),
    c("confidence", REAL, "how often the rule's counts are right; NULL: not measured", None, 0, 1, filled_by=CONFIDENCE),
    c("is_withheld", BOOL, "below VIGIL_MIN_CONFIDENCE: what was said is kept, no toll uses the count", filled_by=CONFIDENCE),
), has_index=False)  # fmt: skip

EVIDENCE_KEY = ("row_table", "row_id", "column_name", "span_start", "span_end")
EVIDENCE = Table("evidence", "one span of words that one value was read from", EVIDENCE_KEY, (
    c("row_table", TEXT, "report or claim", values=("report", "claim"), required=True),
    c("row_id", TEXT, "report_id or claim_id", required=True),
    c("column_name", TEXT, "column whose value it supports", required=True),
    c("article_id", TEXT, "article version", required=True),
    c("as_of", TIME, "publication time of the article, else its fetch time; rows of an article are found by it", required=True),
    c("span_start", INT, "start in article.text", "characters", 0, required=True),
    c("span_end", INT, "end in article.text", "characters", 0, required=True),
    c("quote", TEXT, "the words themselves: article.text[span_start:span_end]", required=True),
    c("rule", TEXT, "rule that read the value", required=True),
    c("confidence", REAL, "how often the rule is right; NULL: not measured", None, 0, 1, filled_by=CONFIDENCE),
    c("is_withheld", BOOL, "below VIGIL_MIN_CONFIDENCE: the words are kept, the row's column is NULL", filled_by=CONFIDENCE),
), has_index=False)  # fmt: skip

INCIDENT_STATE: tuple[Column, ...] = (
    *EVENT_COLUMNS,
    c("toll_rule", TEXT, "resolver that made the counts; 'default, decision': a person set one of them", required=True, filled_by=RESOLVER),
    c("n_reports", INT, "reports joined", "reports", 1, required=True),
    c("n_sources", INT, "outlets that report it", "outlets", 1, required=True),
    c("n_independent_sources", INT, "outlets with their own text: copies count once", "outlets", 1, required=True),
    c("contested", TEXTS, "columns on which claims of the same time contradict each other"),
    c("decided_columns", TEXTS, "columns that a person set, with decision and reason in decision; empty: none"),
)

INCIDENT = Table("incident", "one incident, current state", ("incident_id",), (
    c("incident_id", TEXT, "digest of its earliest report", required=True),
    *INCIDENT_STATE,
    c("first_seen_at", TIME, "run time at which it first existed", required=True),
    c("last_changed_at", TIME, "run time at which a value last changed", required=True),
    c("resolved_at", TIME, "run time at which it was last resolved; it, its memberships and its tolls are found by it", required=True),
), has_index=False)  # fmt: skip

INCIDENT_VERSION = Table("incident_version", "one state an incident had; append-only", ("incident_id", "valid_from"), (
    c("incident_id", TEXT, "incident", required=True),
    c("valid_from", TIME, "run time from which it was the state", required=True),
    c("valid_to", TIME, "run time at which another state took over; NULL: current"),
    c("run_id", TEXT, "run that wrote it", required=True),
    *INCIDENT_STATE,
), has_index=False)  # fmt: skip

INCIDENT_REPORT = Table("incident_report", "membership of one report in one incident", ("report_id",), (
    c("report_id", TEXT, "report", required=True),
    c("as_of", TIME, "the report's: publication time of its article, else its fetch time", required=True),
    c("incident_id", TEXT, "incident", required=True),
    c("resolved_at", TIME, "the incident's: run time at which it was last resolved", required=True),
    c("score", REAL, "how well it fits the incident's founding report; 1 for that one", None, 0, 1, required=True),
    c("reasons", TEXT, "JSON object: each feature with its value and contribution", required=True),
    c("decided_by", TEXT, "rule, or human: a decision put or kept it here", values=("rule", "human"), required=True),
    c("is_counted", BOOL, "tells the incident as news: neither background nor a sum of several events", filled_by=RESOLVER),
    c("is_copy", BOOL, "its article repeats the text of another article of the incident", filled_by=RESOLVER),
    c("is_superseded", BOOL, "a newer version of the same article belongs to the incident", filled_by=RESOLVER),
    c("text_family", TEXT, "who wrote the text: the agency credited, or the outlet that had it first", filled_by=RESOLVER),
    c("stated_at", TIME, "publication, never after the fetch; a changed article: not before its previous fetch", filled_by=RESOLVER),
), has_index=False)  # fmt: skip

TOLL_CLAIM = Table("toll_claim", "one count that one speaker gives for one incident, as the toll rule sees it", ("statement_id",), (
    c("statement_id", TEXT, "claim_id, or report and toll for a count that no single claim states", required=True),
    c("incident_id", TEXT, "incident", required=True),
    c("report_id", TEXT, "report", required=True),
    c("article_id", TEXT, "article version", required=True),
    c("claim_id", TEXT, "claim; NULL: the report's own count (a sum of parts, or no claim at all)"),
    c("toll", TEXT, "what is counted", values=tuple(TOLL_EFFECTS), required=True),
    c("count_min", INT, "lowest number", "persons", 0),
    c("count_best", INT, "best number; NULL: only vague", "persons", 0),
    c("count_max", INT, "highest number; NULL: open above", "persons", 0),
    c("quantifier", TEXT, "how the number is qualified", values=v.QUANTIFIER),
    c("speaker", TEXT, "who says it; NULL: the narrator"),
    c("speaker_class", TEXT, "class of source; state_media also for a belligerent's outlet itself", values=v.SOURCE_CLASS, required=True),
    c("side", TEXT, "whom the speaker speaks for; ISO 3166-1 alpha-2 where it is a country"),
    c("authority", SMALL, "rank in the toll rule, docs/decisions/0003; 1 highest", None, 1, 6, required=True),
    c("family", TEXT, "who stands behind the number: one body, one named speaker or one text", required=True),
    c("is_other_side", BOOL, "a party to the fighting counts the other side's dead", required=True),
    c("stated_at", TIME, "when it was said", required=True),
    c("is_latest", BOOL, "the family's last word on it", required=True),
    c("is_current", BOOL, "decides the toll now: last word, recent, not copied, not overtaken, not retracted", required=True),
    c("resolved_at", TIME, "the incident's: run time at which it was last resolved", required=True),
), has_index=False)  # fmt: skip

INCIDENT_TOLL = Table("incident_toll", "one resolved count of one incident, by the toll rule", ("incident_id", "toll"), (
    c("incident_id", TEXT, "incident", required=True),
    c("toll", TEXT, "what is counted", values=tuple(TOLL_EFFECTS), required=True),
    c("count_min", INT, "lowest last word of an independent speaker family", "persons", 0),
    c("count_best", INT, "last word of the highest authority that nobody overtook; NULL: only vague, or withheld", "persons", 0),
    c("count_max", INT, "highest last word that is corroborated or of one's own dead; NULL: open above, or none", "persons", 0),
    c("quantifier", TEXT, "how the best number is qualified", values=v.QUANTIFIER),
    c("is_contested", BOOL, "speakers contradict each other at the same time", required=True),
    c("report_id", TEXT, "report that the best number comes from", required=True),
    c("claim_id", TEXT, "claim that the best number comes from; NULL: the report's own count"),
    c("words", TEXT, "the words that state it; NULL: none are stored, or a person set it"),
    c("decision_id", TEXT, "decision that set a number of it; NULL: the rule's own"),
    c("resolved_at", TIME, "the incident's: run time at which it was last resolved", required=True),
), has_index=False)  # fmt: skip

INCIDENT_ALIAS = Table("incident_alias", "an id that an incident had before", ("old_id",), (
    c("old_id", TEXT, "former id", required=True),
    c("incident_id", TEXT, "current id", required=True),
    c("changed_at", TIME, "run time of the change", required=True),
    c("reason", TEXT, "older report arrived, merge or split", required=True),
))  # fmt: skip

REJECT = Table("reject", "one thing that was refused at one stage", ("reject_id",), (
    c("reject_id", TEXT, "digest of stage and input", required=True),
    c("run_id", TEXT, "run that last refused it", required=True),
    c("stage", TEXT, "stage that refused it", values=v.REJECT_STAGE, required=True),
    c("input_ref", TEXT, "what: feed, address, page or row id", required=True),
    c("reason", TEXT, "class of the reason", required=True),
    c("message", TEXT, "what happened and what to do, one line", required=True),
    c("attempts", INT, "how often it was tried since it was first refused, or put back by a person", "tries", 0, required=True),
    c("first_at", TIME, "first refusal", required=True),
    c("last_at", TIME, "last refusal", required=True),
    c("retry_after", TIME, "not tried before; NULL: not tried again by itself"),
    c("resolved_at", TIME, "when it went through after all; NULL: open"),
    c("drained_at", TIME, "when a person gave it up; NULL: nobody did, or it failed again since"),
    c("drained_reason", TEXT, "why, in that person's words"),
))  # fmt: skip

RUN = Table("run", "one run of one flow", ("run_id",), (
    c("run_id", TEXT, "digest of flow and start time", required=True),
    c("flow", TEXT, "collect, derive, publish, nightly, backfill", required=True),
    c("started_at", TIME, "start (the clock of the run)", required=True),
    c("finished_at", TIME, "end; NULL: running or killed"),
    c("status", TEXT, "state; cancelled: stopped by a person or with the machine; crashed: killed", values=v.RUN_STATUS, required=True),
    c("parameters", TEXT, "JSON object", required=True),
    c("code_version", TEXT, "version of Vigil", required=True),
    c("seed_digest", TEXT, "digest of all seeds and lexicons", required=True),
    c("message", TEXT, "why it failed"),
))  # fmt: skip

RUN_STAGE = Table("run_stage", "one stage of one run; n_in = n_out + n_rejected", ("run_id", "stage"), (
    c("run_id", TEXT, "run", required=True),
    c("stage", TEXT, "poll, fetch, clean, extract, match", required=True),
    c("n_in", INT, "things taken in", "things", 0, required=True),
    c("n_out", INT, "things that came out", "things", 0, required=True),
    c("n_rejected", INT, "things refused, each with a reject row", "things", 0, required=True),
    c("elapsed_s", REAL, "wall time", "seconds", 0, required=True),
))  # fmt: skip

CHECK_RESULT = Table("check_result", "one SQL check of one run", ("run_id", "check_name"), (
    c("run_id", TEXT, "run", required=True),
    c("check_name", TEXT, "file in warehouse/sql/checks", required=True),
    c("n_bad", INT, "rows that break it", "rows", 0, required=True),
    c("sample", TEXT, "JSON of up to five of them"),
    c("is_full", BOOL, "whether it looked at all rows, not only at those touched since the last publication; NULL: at all"),
))  # fmt: skip

TABLES: tuple[Table, ...] = (
    FEED, OUTLET, FEED_POLL, HOST, OPT_OUT, ENTRY, PAGE, PAGE_CHECK, PAGE_DELETION, ARTICLE, DERIVATION, REPORT, CLAIM, EVIDENCE, INCIDENT,
    MATCH_QUEUE, PUBLISH_QUEUE, INCIDENT_VERSION, INCIDENT_REPORT, TOLL_CLAIM, INCIDENT_TOLL, INCIDENT_ALIAS, DECISION, DECISION_REPORT,
    ERASURE, REJECT, RUN, RUN_STAGE, BACKFILL_DAY, CHECK_RESULT, ALERT, ALERT_LOOK,
)  # fmt: skip
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
