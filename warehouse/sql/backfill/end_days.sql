-- Days that a backfill did not come to an end of, when it is over: what was written of them is kept.
UPDATE backfill_day SET status = $status,
    message = CASE status WHEN 'planned' THEN 'not begun' ELSE 'stopped within; what was written is kept' END
WHERE status IN ('planned', 'running') AND (run_id = $run_id OR $run_id IS NULL)
