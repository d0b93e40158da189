-- Articles among which copies are looked for: those whose text may be near that of an article that is still to be matched.
-- $days either side of the articles that wait to be matched.
WITH fresh AS (
    SELECT min(coalesce(a.published_at, a.fetched_at)) AS first_at, max(coalesce(a.published_at, a.fetched_at)) AS last_at
    FROM article AS a
    WHERE $everything OR a.article_id IN (SELECT article_id FROM match_queue)
)
SELECT a.article_id, a.canonical_url, coalesce(a.published_at, a.fetched_at) AS stated_at, a.minhash, a.duplicate_of,
    a.text[a.body_start + 1:] AS body
FROM article AS a, fresh AS f
WHERE coalesce(a.published_at, a.fetched_at) BETWEEN f.first_at - to_days(CAST($days AS INTEGER)) AND f.last_at + to_days(CAST($days AS INTEGER))
ORDER BY stated_at, a.article_id
