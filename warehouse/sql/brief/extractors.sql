-- Versions of the extractor that read the articles which the incidents rest on, the newest first.
SELECT r.extractor_version, count(DISTINCT r.article_id) AS n_articles, max(a.fetched_at) AS last_fetched_at
FROM report AS r JOIN article AS a USING (article_id)
WHERE a.fetched_at < $until
GROUP BY r.extractor_version
ORDER BY last_fetched_at DESC, r.extractor_version
