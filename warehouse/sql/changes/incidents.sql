-- Incidents that reports of the articles at some addresses belong to.
SELECT DISTINCT a.canonical_url, m.incident_id
FROM incident_report AS m JOIN report AS r USING (report_id) JOIN article AS a ON a.article_id = r.article_id
WHERE a.canonical_url IN (SELECT unnest(CAST($urls AS VARCHAR[]))) ORDER BY ALL
