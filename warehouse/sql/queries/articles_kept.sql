-- Articles of the batch that an earlier page brought, which is not read again now: their rows stay.
-- known_article: stored articles that the batch may bring again.
SELECT DISTINCT b.article_id
FROM batch_article AS b
JOIN known_article AS a USING (article_id)
WHERE (a.fetched_at, a.page_id) < (b.fetched_at, b.page_id)
  AND a.page_id NOT IN (SELECT page_id FROM batch_article)
ORDER BY b.article_id
