-- The incident itself.
FROM incident WHERE incident_id = $incident_id
