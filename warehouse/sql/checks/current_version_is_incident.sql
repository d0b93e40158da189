-- The open version of an incident is the incident, value by value; there is exactly one, and none without an incident.
WITH current AS (
    SELECT * EXCLUDE (valid_from, valid_to, run_id) FROM incident_version WHERE valid_to IS NULL
),
stored AS (
    SELECT * EXCLUDE (first_seen_at, last_changed_at, resolved_at) FROM incident
)
SELECT coalesce(c.incident_id, i.incident_id) AS incident_id, c.incident_id IS NULL AS has_no_version, i.incident_id IS NULL AS has_no_incident
FROM current AS c FULL JOIN stored AS i ON i.incident_id = c.incident_id
WHERE c IS DISTINCT FROM i
UNION ALL
SELECT incident_id, false, false FROM current GROUP BY incident_id HAVING count(*) > 1
