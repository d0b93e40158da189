-- How decisions of batch_standing stand after a match; $applied_at NULL: the match is not written yet.
UPDATE decision SET standing = s.standing, incident_id = s.incident_id, n_reports = s.n_reports,
    applied_at = coalesce($applied_at, decision.applied_at)
FROM batch_standing AS s WHERE s.decision_id = decision.decision_id
