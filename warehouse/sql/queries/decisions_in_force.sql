-- Decisions that a match looks at: those that hold or may hold again, and those that wait to be applied or taken back.
SELECT decision_id, action, column_name, reason, decided_at, undone_at IS NOT NULL AS is_undone, applied_at IS NULL AS is_waiting
FROM decision
WHERE undone_at IS NULL OR applied_at IS NULL
ORDER BY decided_at, decision_id
