-- What one run refused, by stage and reason, the most frequent first.
SELECT stage, reason, count(*) AS n FROM reject WHERE run_id = $run_id GROUP BY stage, reason ORDER BY n DESC, stage, reason
