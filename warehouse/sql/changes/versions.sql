-- Versions of articles in the order in which they were seen: a row for each fetch that brought another text than the one before.
-- $urls: addresses of articles; NULL: all. previous_* is the version before, with the last fetch that still showed it.
WITH seen AS (
    SELECT a.canonical_url, d.article_id, p.fetched_at,
        lag(d.article_id) OVER one AS previous_id, lag(p.fetched_at) OVER one AS previous_at
    FROM derivation AS d JOIN page AS p USING (page_id) JOIN article AS a USING (article_id)
    WHERE $urls IS NULL OR list_contains(CAST($urls AS VARCHAR[]), a.canonical_url)
    WINDOW one AS (PARTITION BY a.canonical_url ORDER BY p.fetched_at, p.page_id)
)
SELECT s.canonical_url, s.article_id, s.previous_id, s.fetched_at, s.previous_at, a.outlet, a.title, a.text, b.text AS previous_text
FROM seen AS s JOIN article AS a ON a.article_id = s.article_id JOIN article AS b ON b.article_id = s.previous_id
WHERE s.previous_id <> s.article_id AND ($night IS NULL OR CAST(s.fetched_at AS DATE) = CAST($night AS DATE))
ORDER BY s.fetched_at, s.canonical_url
