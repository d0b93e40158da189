-- What every stage of the night took in, let out and refused.
SELECT s.stage, CAST(sum(s.n_in) AS BIGINT) AS n_in, CAST(sum(s.n_out) AS BIGINT) AS n_out, CAST(sum(s.n_rejected) AS BIGINT) AS n_rejected
FROM run_stage AS s JOIN run AS r USING (run_id)
WHERE r.started_at >= $since AND r.started_at < $until
GROUP BY s.stage
ORDER BY coalesce(list_position(['poll', 'fetch', 'clean', 'extract', 'derive', 'match'], s.stage), 9), s.stage
