-- An old id points to the current one, however often it changed; an id that is in use again is no alias.
DELETE FROM incident_alias WHERE old_id = incident_id
    OR old_id IN (SELECT incident_id FROM incident_report WHERE incident_id IN (SELECT old_id FROM incident_alias));
UPDATE incident_alias SET incident_id = current.incident_id
FROM (
    WITH RECURSIVE chain (old_id, incident_id, hops) AS (
        SELECT old_id, incident_id, 0 FROM incident_alias
        UNION ALL
        SELECT c.old_id, a.incident_id, c.hops + 1
        FROM chain AS c JOIN incident_alias AS a ON a.old_id = c.incident_id
        WHERE c.hops < 50
    )
    SELECT old_id, max_by(incident_id, hops) AS incident_id FROM chain GROUP BY old_id
) AS current
WHERE current.old_id = incident_alias.old_id AND current.incident_id <> incident_alias.incident_id
