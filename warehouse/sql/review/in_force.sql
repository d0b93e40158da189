-- Decisions in force that are this one, or do the same: the same value in the same column, or a merge of the same incident.
SELECT decision_id FROM decision
WHERE standing = 'in_force' AND undone_at IS NULL AND (
    decision_id = $decision_id
    OR ($action = 'set' AND action = 'set' AND incident_id = $incident_id AND column_name = $column_name AND value IS NOT DISTINCT FROM $value)
    OR ($action = 'merge' AND CAST($decision_id AS VARCHAR) IS NULL AND action = 'merge' AND incident_id = $incident_id)
)
ORDER BY 1
