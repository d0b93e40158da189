-- Ids that it had before, and why they changed.
SELECT old_id, changed_at, reason FROM incident_alias WHERE incident_id = $incident_id ORDER BY changed_at, old_id
