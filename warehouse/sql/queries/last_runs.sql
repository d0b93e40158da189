-- The last run of each flow, with how it ended.
SELECT flow, max(started_at) AS started_at, max_by(status, started_at) AS status, max_by(message, started_at) AS message
FROM run GROUP BY flow ORDER BY flow
