-- The nights on record, oldest first: a night is a day (UTC) on which a run began.
SELECT CAST(started_at AT TIME ZONE 'UTC' AS DATE) AS night, count(*) AS n_runs FROM run GROUP BY night ORDER BY night
