-- Address of the article that a row belongs to, known by its own id or by a report of it.
SELECT canonical_url
FROM stored.article
WHERE article_id = $article_id OR article_id = (SELECT article_id FROM stored.report WHERE report_id = $report_id)
