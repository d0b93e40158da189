"""The table of what waits to be matched: a part of the page `schemas`, which lists it."""

from __future__ import annotations

from transforms.columns import TEXT, Column, Table

c = Column

MATCH_QUEUE = Table("match_queue", "one article whose reports wait to be matched: new, read again, or a copy", ("article_id",), (
    c("article_id", TEXT, "article version", required=True),
))  # fmt: skip
