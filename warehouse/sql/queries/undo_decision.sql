-- Take one decision back; it waits for the match that undoes it.
UPDATE decision SET undone_at = $at, undone_by = $decided_by, undone_reason = $reason, applied_at = NULL, standing = NULL, incident_id = NULL
WHERE decision_id = $decision_id
