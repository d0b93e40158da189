"""The tables of feeds, their polls, the hosts they lie on and what publishers reserve: a part of the page `schemas`, which lists them."""

from __future__ import annotations

from transforms import vocabularies as v
from transforms.columns import BOOL, INT, REAL, SMALL, TEXT, TIME, Column, Table

c = Column

FEED = Table("feed", "one RSS or Atom feed", ("feed_id",), (
    c("feed_id", TEXT, "short stable name of the feed", required=True),
    c("publisher", TEXT, "name of the publisher", required=True),
    c("title", TEXT, "title of the feed"),
    c("url", TEXT, "address that is polled", required=True),
    c("homepage", TEXT, "publisher's home page"),
    c("country_iso2", TEXT, "publisher's country, ISO 3166-1 alpha-2"),
    c("language", TEXT, "ISO 639-1 code of the articles"),
    c("region_focus", TEXT, "region or countries the feed writes about; a hint for places"),
    c("format", TEXT, "rss or atom, as last seen"),
    c("active", BOOL, "polled at night", required=True),
    c("inactive_reason", TEXT, "why it is not polled; NULL when active"),
    c("notes", TEXT, "remarks"),
    c("etag", TEXT, "validator of the last answer, sent back verbatim"),
    c("last_modified", TEXT, "validator of the last answer, sent back verbatim"),
    c("body_sha256", TEXT, "digest of the last body: second line against unchanged feeds that ignore validators"),
    c("last_polled_at", TIME, "time of the last poll"),
    c("next_poll_at", TIME, "not polled before; NULL: due"),
    c("n_failures", INT, "failed polls in a row", "polls", 0),
    c("poll_interval_h", REAL, "wait between polls that follows from the share of new items; NULL: not known yet, or on this machine",
      "hours", 0),
    c("asked_interval_h", REAL, "wait between polls that the feed or its host asks for (Cache-Control, ttl, sy:updatePeriod); NULL: none",
      "hours", 0),
    c("moved_to", TEXT, "address to which its own redirects for good; proposed to the operator, never followed by itself"),
))  # fmt: skip

FEED_POLL = Table("feed_poll", "one poll of one feed, whatever happened", ("poll_id",), (
    c("poll_id", TEXT, "digest of feed and time", required=True),
    c("run_id", TEXT, "run that polled", required=True),
    c("feed_id", TEXT, "feed", required=True),
    c("polled_at", TIME, "time the request was sent", required=True),
    c("status", TEXT, "what happened", values=v.POLL_STATUS, required=True),
    c("weight", TEXT, "hard: needs a person; soft: may pass; temporary: passes by itself; NULL: no failure", values=v.POLL_WEIGHT),
    c("http_status", SMALL, "HTTP status of the last answer; NULL: none came"),
    c("final_url", TEXT, "address after redirects"),
    c("message", TEXT, "what went wrong, one line"),
    c("n_bytes", INT, "body bytes read", "bytes", 0),
    c("elapsed_ms", INT, "time until the body was read", "milliseconds", 0),
    c("n_entries", INT, "entries in the feed", "entries", 0),
    c("n_new", INT, "entries not seen before", "entries", 0),
    c("retry_after", TIME, "not before, as the host asked"),
))  # fmt: skip

HOST = Table("host", "one host that was asked: its rules for robots, and until when it wants to be left alone", ("site",), (
    c("site", TEXT, "scheme, host and port", required=True),
    c("robots_status", TEXT, "what became of the last request for robots.txt; NULL: never asked", values=v.ROBOTS_STATUS),
    c("robots_text", TEXT, "robots.txt as last read; kept while it cannot be reached; NULL: none"),
    c("robots_asked_at", TIME, "last request for robots.txt; at most 24 hours old where it is relied on"),
    c("robots_lost_at", TIME, "since when robots.txt cannot be reached; NULL: it can, or is known to be absent"),
    c("tdmrep_text", TEXT, "/.well-known/tdmrep.json as last read; NULL: none"),
    c("tdmrep_asked_at", TIME, "last request for it"),
    c("closed_until", TIME, "not asked for anything before, after answers 429 or 503; NULL: open"),
    c("n_refusals", INT, "answers 429 or 503 that closed it, in a row", "times", 0, required=True),
))  # fmt: skip

OPT_OUT = Table("opt_out", "one way in which one outlet reserves the use of its pages", ("outlet", "signal", "origin"), (
    c("outlet", TEXT, "publisher domain", required=True),
    c("signal", TEXT, "robots_ai: robots.txt shuts crawlers of language models out; noai; tdm_reservation: text and data mining",
      values=v.OPT_OUT_SIGNAL, required=True),
    c("origin", TEXT, "where it stands", values=v.OPT_OUT_ORIGIN, required=True),
    c("detail", TEXT, "agents shut out, or the address of the publisher's policy"),
    c("site", TEXT, "host on which it was last seen", required=True),
    c("first_seen_at", TIME, "first time", required=True),
    c("last_seen_at", TIME, "last time", required=True),
))  # fmt: skip
