-- When the articles were published that wait to be matched, or $everything: copies are looked for around them.
SELECT DISTINCT coalesce(published_at, fetched_at) AS stated_at
FROM article
WHERE $everything OR article_id IN (SELECT article_id FROM match_queue)
ORDER BY stated_at
