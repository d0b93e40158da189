-- All states it had, oldest first.
FROM incident_version WHERE incident_id = $incident_id ORDER BY valid_from
