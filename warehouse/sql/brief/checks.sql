-- The checks of the last publication of the night.
SELECT c.check_name, c.n_bad
FROM check_result AS c
WHERE c.run_id = (
    SELECT r.run_id FROM run AS r
    WHERE r.started_at >= $since AND r.started_at < $until AND r.run_id IN (SELECT run_id FROM check_result)
    ORDER BY r.started_at DESC, r.run_id LIMIT 1
)
ORDER BY c.n_bad DESC, c.check_name
