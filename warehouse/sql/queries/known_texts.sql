-- Articles of a window with their MinHash, to find copies: [$start, $end) bounds published (else fetched) time.
SELECT article_id, canonical_url, outlet, title, byline, wire_origin, text_sha256, minhash, duplicate_of,
    published_at, fetched_at, coalesce(published_at, fetched_at) AS stated_at
FROM article
WHERE coalesce(published_at, fetched_at) >= $start AND coalesce(published_at, fetched_at) < $end
ORDER BY stated_at, article_id
