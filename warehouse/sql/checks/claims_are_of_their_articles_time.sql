-- A claim bears the time of its article: tolls are resolved from the claims that are found by it.
SELECT c.claim_id, c.as_of, coalesce(a.published_at, a.fetched_at) AS article_at
FROM claim AS c
JOIN article AS a USING (article_id)
WHERE c.as_of <> coalesce(a.published_at, a.fetched_at)
