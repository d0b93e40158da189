-- The checks of one publication.
SELECT check_name, n_bad FROM check_result WHERE run_id = $run_id ORDER BY check_name
