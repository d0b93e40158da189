-- Current ids of the incidents whose id, or a former id of theirs, is $wanted or begins with it; an exact one alone if there is one.
WITH named AS (
    SELECT incident_id AS named_id, incident_id FROM incident
    UNION ALL
    SELECT old_id, incident_id FROM incident_alias
)
SELECT named_id, incident_id
FROM named
WHERE starts_with(named_id, $wanted)
QUALIFY NOT bool_or(named_id = $wanted) OVER () OR named_id = $wanted
ORDER BY named_id
LIMIT 50
