-- Addresses of the articles that report an incident.
SELECT DISTINCT a.canonical_url
FROM incident_report AS m JOIN report AS r USING (report_id) JOIN article AS a ON a.article_id = r.article_id
WHERE m.incident_id = $incident_id ORDER BY 1
