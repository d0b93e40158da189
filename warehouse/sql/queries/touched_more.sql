INSERT INTO touched
SELECT incident_id FROM incident_report WHERE report_id IN (SELECT report_id FROM batch_scope)
UNION
SELECT coalesce(i.incident_id, m.incident_id)
FROM incident AS i
FULL JOIN (SELECT incident_id, count(*) AS n FROM incident_report GROUP BY incident_id) AS m USING (incident_id)
WHERE i.n_reports IS DISTINCT FROM m.n
EXCEPT
FROM touched
