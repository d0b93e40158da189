"""The tables of pages looked at again and of archive records deleted: a part of the page `schemas`, which lists them."""

from __future__ import annotations

from transforms import vocabularies as v
from transforms.columns import INT, SMALL, TEXT, TIME, Column, Table

c = Column

PAGE_CHECK = Table("page_check", "one further look at the page of an article that reports an incident", ("check_id",), (
    c("check_id", TEXT, "digest of address and time", required=True),
    c("run_id", TEXT, "run that looked", required=True),
    c("url", TEXT, "address asked for", required=True),
    c("checked_at", TIME, "time of the request", required=True),
    c("age_h", INT, "age of the story at which this look was due, a step of VIGIL_UPDATE_AGES_H", "hours", 0, required=True),
    c("status", TEXT, "changed: other bytes than before, kept as a page; unchanged; gone: the page is no longer there; failed",
      values=v.CHECK_STATUS, required=True),
    c("reason", TEXT, "class of the failure; NULL unless gone or failed"),
    c("http_status", SMALL, "HTTP status of the answer; NULL: none came"),
    c("page_id", TEXT, "page that was kept; NULL unless changed"),
))  # fmt: skip

PAGE_DELETION = Table("page_deletion", "one archived page whose bytes were deleted by the retention rule", ("page_id",), (
    c("page_id", TEXT, "page; its row stays, with an archive record of length 0", required=True),
    c("run_id", TEXT, "run that deleted it", required=True),
    c("deleted_at", TIME, "when", required=True),
    c("url", TEXT, "address asked for", required=True),
    c("fetched_at", TIME, "when it was fetched", required=True),
    c("sha256", TEXT, "digest of the body that is gone", required=True),
    c("warc_file", TEXT, "archive file that held it", required=True),
    c("n_bytes", INT, "bytes of the record", "bytes", 0, required=True),
    c("reason", TEXT, "the rule: age in days, and whether published values rested on it", required=True),
    c("was_evidence", SMALL, "1: published values rest on it, and its deletion was asked for; 0: none did", None, 0, 1, required=True),
))  # fmt: skip
