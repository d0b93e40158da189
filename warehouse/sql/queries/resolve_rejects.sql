UPDATE reject SET resolved_at = $at
WHERE stage = $stage AND resolved_at IS NULL AND input_ref IN (SELECT input_ref FROM batch_refs)
