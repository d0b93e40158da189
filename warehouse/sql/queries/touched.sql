-- Incidents to resolve: those that the matched reports belonged to or belong to now, and all whose number of reports
-- is not what their row says (a reading was replaced and matching did not come to its end).
CREATE OR REPLACE TEMP TABLE touched AS
SELECT incident_id FROM incident_report WHERE report_id IN (SELECT report_id FROM batch_scope)
UNION
SELECT coalesce(i.incident_id, m.incident_id)
FROM incident AS i
FULL JOIN (SELECT incident_id, count(*) AS n FROM incident_report GROUP BY incident_id) AS m USING (incident_id)
WHERE i.n_reports IS DISTINCT FROM m.n
