-- What was sent, and by what.
UPDATE alert SET told_at = $at, told_by = $by WHERE alert_id IN (SELECT unnest($alert_ids))
