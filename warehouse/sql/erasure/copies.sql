-- Addresses of articles with nearly the same text, which stay.
SELECT DISTINCT a.canonical_url
FROM article AS a
WHERE a.article_id NOT IN (SELECT article_id FROM erased_article) AND (
    a.duplicate_of IN (SELECT article_id FROM erased_article)
    OR a.article_id IN (SELECT duplicate_of FROM article WHERE article_id IN (SELECT article_id FROM erased_article))
)
ORDER BY 1
