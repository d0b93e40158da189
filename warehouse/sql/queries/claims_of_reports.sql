-- Row numbers of the claims of resolve_report, found by the time of their articles, too: DuckDB skips what was said at other times.
SELECT c.rowid AS n
FROM claim AS c
SEMI JOIN (
    SELECT report_id, coalesce(published_at, fetched_at) AS as_of FROM resolve_report JOIN resolve_article USING (article_id)
) AS r USING (report_id, as_of)
