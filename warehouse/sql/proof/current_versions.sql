-- Incidents whose open version is missing, or is not value by value what the incident says now.
WITH current AS (
    SELECT * EXCLUDE (valid_from, valid_to, run_id) FROM stored.incident_version
    WHERE valid_to IS NULL AND ($incident_id IS NULL OR incident_id = $incident_id)
),
shown AS (
    SELECT * EXCLUDE (first_seen_at, last_changed_at, resolved_at) FROM stored.incident WHERE $incident_id IS NULL OR incident_id = $incident_id
)
SELECT coalesce(c.incident_id, i.incident_id) AS incident_id, c.incident_id IS NOT NULL AS has_version
FROM current AS c FULL JOIN shown AS i ON i.incident_id = c.incident_id
WHERE c IS DISTINCT FROM i
ORDER BY ALL
