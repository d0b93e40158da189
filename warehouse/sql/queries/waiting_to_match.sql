-- Reports of the articles that wait to be matched (match_waiting).
SELECT r.report_id, r.as_of
FROM report AS r
SEMI JOIN (
    SELECT article_id, coalesce(published_at, fetched_at) AS as_of FROM match_waiting
) AS w USING (article_id, as_of)
ORDER BY r.report_id
