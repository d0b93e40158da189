-- Incidents that the matched reports belong to now.
INSERT INTO touched
SELECT incident_id FROM incident_report WHERE report_id IN (SELECT report_id FROM batch_scope)
EXCEPT
FROM touched
