UPDATE reject SET resolved_at = $at
WHERE stage = $stage AND resolved_at IS NULL AND input_ref IN (SELECT unnest($refs::VARCHAR[]))
