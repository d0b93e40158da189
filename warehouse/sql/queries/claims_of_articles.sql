-- Claims of the reports of resolve_link, by the time of their articles (resolve_article), too: DuckDB skips what was said at other times.
SELECT claim_id
FROM claim
SEMI JOIN (
    SELECT report_id, coalesce(published_at, fetched_at) AS as_of FROM resolve_report JOIN resolve_article USING (article_id)
) AS r USING (report_id, as_of)
