"""The tables of alerts: a part of the page `schemas`, which lists them."""

from __future__ import annotations

from transforms.columns import BOOL, INT, TEXT, TIME, Column, Table

c = Column

KINDS = ("nightly.late", "feed.silent", "feed.dropped", "feed.flooded", "check.failed", "toll.threshold", "toll.changed", "more")
SEVERITIES = ("grave", "notice")

ALERT = Table("alert", "one thing that people are told of, once", ("alert_id",), (
    c("alert_id", TEXT, "digest of kind, subject and what was seen", required=True),
    c("kind", TEXT, "what it tells; more: that there are others, which only the list shows", values=KINDS, required=True),
    c("severity", TEXT, "how much it matters", values=SEVERITIES, required=True),
    c("subject", TEXT, "incident_id, feed_id, name of a check; all: the feeds together", required=True),
    c("run_id", TEXT, "publication after which it was seen", required=True),
    c("raised_at", TIME, "when it was seen", required=True),
    c("headline", TEXT, "what happened, one line", required=True),
    c("message", TEXT, "the same with what explains it, one line", required=True),
    c("was_number", INT, "people killed as published before; NULL: no number, or no toll", "persons", 0),
    c("now_number", INT, "people killed as published now; NULL: no number, or no toll", "persons", 0),
    c("quote", TEXT, "words that the number was read from, names of private persons masked; NULL: none"),
    c("url", TEXT, "address of the article that holds them; NULL: none"),
    c("is_summarised", BOOL, "not told by itself: one of too many, which an alert of kind more counts", required=True),
    c("told_at", TIME, "when it was sent; NULL: not yet"),
    c("told_by", TEXT, "events of the orchestrator, webhook, e-mail; nobody: no channel is configured; NULL: not yet"),
    c("ended_at", TIME, "when a feed or a check was well again; NULL: it is not, or nothing that lasts"),
))  # fmt: skip

ALERT_LOOK = Table("alert_look", "one publication whose changes were looked at for alerts", ("run_id",), (
    c("run_id", TEXT, "publication", required=True),
    c("looked_at", TIME, "start of that publication: changes since then are the next look's", required=True),
    c("n_alerts", INT, "alerts that came of it", "alerts", 0, required=True),
))  # fmt: skip
