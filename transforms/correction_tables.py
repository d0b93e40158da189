"""The tables of human corrections and erasures: a part of the page `schemas`, which lists them."""

from __future__ import annotations

from transforms.columns import DATE, INT, SMALL, TEXT, TIME, Column, Table

c = Column

DECISION = Table("decision", "one human correction; survives every re-run", ("decision_id",), (
    c("decision_id", TEXT, "digest of what is decided and on which reports", required=True),
    c("action", TEXT, "what to do", values=("merge", "split", "set", "discard"), required=True),
    c("column_name", TEXT, "column to set; NULL unless set"),
    c("value", TEXT, "value to set as text, items of a list with ; between them; NULL: unknown, or nothing to set"),
    c("reason", TEXT, "why", required=True),
    c("decided_by", TEXT, "who decided", required=True),
    c("decided_at", TIME, "when; of two decisions on the same thing the later one wins", required=True),
    c("undone_at", TIME, "when it was taken back; NULL: it was not"),
    c("undone_by", TEXT, "who took it back"),
    c("undone_reason", TEXT, "why it was taken back"),
    c("applied_at", TIME, "run time of the last match that looked at it; NULL: waits for the next one"),
    c("standing", TEXT, "in_force; overruled by a later one; lost: its reports are gone; undone; NULL: waits for the next match",
      values=("in_force", "overruled", "lost", "undone")),
    c("incident_id", TEXT, "incident that it bears on now; NULL: none (discarded, lost or undone)"),
    c("n_reports", INT, "reports of that incident; of a discarded one those left out, also what joined it since", "reports", 0),
))  # fmt: skip

DECISION_REPORT = Table("decision_report", "one report that a decision hangs on", ("decision_id", "part", "position"), (
    c("decision_id", TEXT, "decision", required=True),
    c("part", TEXT, "subject: the incident as it was; other: what is merged into it or split from it", values=("subject", "other"),
      required=True),
    c("position", INT, "order; the first one that is still there stands for all", "reports", 0, required=True),
    c("canonical_url", TEXT, "address of the article", required=True),
    c("article_id", TEXT, "digest of address and text that the report was read from; another text of the address is its fallback",
      required=True),
    c("ordinal", SMALL, "order of the event in the article, when it was decided", None, 0, required=True),
    c("place", TEXT, "place of the event, when it was decided: finds the event again where the order changed"),
    c("event_date_start", DATE, "first day of the event, when it was decided"),
    c("event_class", TEXT, "kind of event, when it was decided"),
))  # fmt: skip

ERASURE = Table("erasure", "one address whose article was erased, without its content", ("address_sha256",), (
    c("address_sha256", TEXT, "SHA-256 of the address: what is never fetched or read again", required=True),
    c("run_id", TEXT, "run that erased it", required=True),
    c("erased_at", TIME, "when", required=True),
    c("finished_at", TIME, "when the last byte was gone; NULL: begun, run it again"),
    c("reason", TEXT, "why, in words that name nobody", required=True),
    c("n_records", INT, "archive records overwritten", "records", 0, required=True),
    c("n_pages", INT, "pages erased", "pages", 0, required=True),
    c("n_articles", INT, "article versions erased", "versions", 0, required=True),
    c("n_reports", INT, "reports erased", "reports", 0, required=True),
    c("n_claims", INT, "claims erased", "claims", 0, required=True),
    c("n_incidents", INT, "incidents that lost all their reports", "incidents", 0, required=True),
))  # fmt: skip
