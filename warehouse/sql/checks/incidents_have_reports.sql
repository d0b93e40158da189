-- Every incident has as many reports as it says: nothing was re-read without being matched again.
SELECT i.incident_id, i.n_reports, count(m.report_id) AS n_found
FROM incident AS i LEFT JOIN incident_report AS m USING (incident_id)
GROUP BY ALL
HAVING count(m.report_id) <> i.n_reports
