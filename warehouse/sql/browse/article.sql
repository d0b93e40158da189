-- One article version and its publisher.
SELECT a.article_id, a.title, a.byline, a.text, a.outlet, o.publisher, a.canonical_url AS url, a.published_at, a.fetched_at, a.language, a.wire_origin,
    a.duplicate_of
FROM article AS a LEFT JOIN outlet AS o ON o.domain = a.outlet
WHERE a.article_id = $article_id
