-- Reports of the articles that human decisions name.
SELECT report_id, as_of
FROM report
WHERE article_id IN (SELECT article_id FROM article WHERE canonical_url IN (SELECT canonical_url FROM decision_report))
ORDER BY report_id
