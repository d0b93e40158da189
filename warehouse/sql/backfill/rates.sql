-- How fast the stages went lately: things and seconds of the last twenty runs in which a stage had something to do.
SELECT stage, CAST(sum(n_in) AS BIGINT) AS n, sum(elapsed_s) AS elapsed_s
FROM (
    SELECT s.stage, s.n_in, s.elapsed_s
    FROM run_stage AS s JOIN run AS r USING (run_id)
    WHERE s.stage IN ('fetch', 'derive', 'match') AND s.n_in > 0 AND s.elapsed_s > 0
    QUALIFY row_number() OVER (PARTITION BY s.stage ORDER BY r.started_at DESC, r.run_id) <= 20
)
GROUP BY stage
