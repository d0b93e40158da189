-- Row numbers of the articles of gather_key (k, told). Apart, so that each condition is on one column: DuckDB then skips articles of other times.
SELECT a.rowid AS n
FROM article AS a SEMI JOIN gather_key AS w ON a.article_id = w.k AND a.published_at = w.told
UNION ALL
SELECT a.rowid
FROM article AS a SEMI JOIN gather_key AS w ON a.article_id = w.k AND a.fetched_at = w.told
WHERE a.published_at IS NULL
