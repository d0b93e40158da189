-- Rows that an earlier reading of the same articles, or of the same pages, left. Membership goes too: it is matched again.
INSERT INTO publish_queue
SELECT 'article', article_id FROM forgotten
UNION SELECT 'page', page_id FROM forgotten
UNION SELECT 'incident', m.incident_id FROM incident_report AS m JOIN report AS r USING (report_id) JOIN forgotten AS f ON f.article_id = r.article_id
ON CONFLICT DO NOTHING;
DELETE FROM incident_report
WHERE report_id IN (SELECT report_id FROM report WHERE article_id IN (SELECT article_id FROM forgotten));
DELETE FROM match_queue WHERE article_id IN (SELECT article_id FROM forgotten);
DELETE FROM evidence WHERE article_id IN (SELECT article_id FROM forgotten);
DELETE FROM claim WHERE article_id IN (SELECT article_id FROM forgotten);
DELETE FROM report WHERE article_id IN (SELECT article_id FROM forgotten);
DELETE FROM article WHERE article_id IN (SELECT article_id FROM forgotten)
