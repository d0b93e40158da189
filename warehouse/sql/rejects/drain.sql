-- Given up by a person: not tried again, and no longer counted as open. A new failure of the same thing opens it again.
UPDATE reject SET retry_after = NULL, drained_at = $at, drained_reason = $reason
WHERE resolved_at IS NULL AND reject_id IN (SELECT reject_id FROM chosen_reject)
