-- Its reports with all columns, those that count first: a value of the incident is looked up in them.
SELECT r.*, a.outlet, a.canonical_url AS url
FROM incident_report AS m JOIN report AS r USING (report_id) JOIN article AS a ON a.article_id = r.article_id
WHERE m.incident_id = $incident_id
ORDER BY NOT m.is_counted, m.is_superseded, m.is_copy, m.stated_at DESC, r.report_id
