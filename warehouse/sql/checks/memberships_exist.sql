-- Every membership joins a report that is there to an incident that is there.
SELECT m.report_id, m.incident_id, r.report_id IS NULL AS report_is_missing, i.incident_id IS NULL AS incident_is_missing
FROM incident_report AS m
LEFT JOIN report AS r USING (report_id)
LEFT JOIN incident AS i ON i.incident_id = m.incident_id
WHERE r.report_id IS NULL OR i.incident_id IS NULL
