-- What was raised about a feed or a check that is well again.
UPDATE alert SET ended_at = $at WHERE alert_id IN (SELECT unnest($alert_ids))
