-- What each archived page that brought an article still needs of matching: one row an article, on the day its page was fetched.
SELECT a.article_id, CAST(a.fetched_at AS DATE) AS day, a.feed_id, q.article_id IS NOT NULL AS is_missing,
    false AS is_refused, false AS is_stale, NULL AS left_by, false AS is_left
FROM article AS a LEFT JOIN match_queue AS q USING (article_id)
WHERE a.is_incident
