-- Pages are asked for again as if they had never failed.
UPDATE reject SET retry_after = $at, attempts = 0, drained_at = NULL, drained_reason = NULL
WHERE stage = 'fetch' AND resolved_at IS NULL AND reject_id IN (SELECT reject_id FROM chosen_reject)
