-- How many articles there are, when this run began, and when all rows were last checked and found well.
SELECT (SELECT count(*) FROM article) AS n_articles,
    (SELECT started_at FROM run WHERE run_id = $run_id) AS started_at,
    (SELECT max(r.started_at) FROM run AS r JOIN (
        SELECT run_id FROM check_result GROUP BY run_id HAVING bool_and(is_full) AND sum(n_bad) = 0
    ) AS c USING (run_id)) AS checked_at
