"""The tables of what waits to be matched and published: a part of the page `schemas`, which lists them."""

from __future__ import annotations

from transforms.columns import TEXT, TIME, Column, Table

c = Column

MATCH_QUEUE = Table("match_queue", "one article whose reports wait to be matched: new, read again, or a copy", ("article_id",), (
    c("article_id", TEXT, "article version", required=True),
    c("as_of", TIME, "publication time of the article, else its fetch time; the article is found by it", required=True),
))  # fmt: skip

QUEUED = ("article", "page", "incident", "article_month", "incident_month")
PUBLISH_QUEUE = Table("publish_queue", "one thing written or deleted since the last publication, to be checked", ("kind", "key"), (
    c("kind", TEXT, "what it is; a month: checked, and the Parquet mirror does not hold it yet", values=QUEUED, required=True),
    c("key", TEXT, "its article_id, page_id or incident_id; of a month YYYY-MM, or unknown", required=True),
))  # fmt: skip
