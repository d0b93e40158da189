-- Articles among which copies are looked for: those of a time that have a signature, or are said to be copies. Apart, so that each
-- condition is on one column: DuckDB then skips what is too old.
WITH stated AS (
    SELECT article_id, canonical_url, published_at AS stated_at, minhash, duplicate_of
    FROM article WHERE published_at BETWEEN $first AND $last
    UNION ALL
    SELECT article_id, canonical_url, fetched_at, minhash, duplicate_of
    FROM article WHERE published_at IS NULL AND fetched_at BETWEEN $first AND $last
)
SELECT article_id, canonical_url, stated_at, minhash, duplicate_of
FROM stated
WHERE minhash IS NOT NULL OR duplicate_of IS NOT NULL
ORDER BY stated_at, article_id
