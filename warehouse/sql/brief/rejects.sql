-- What was refused in the night, by stage and reason, and how much of it is still open; one message as an example.
SELECT stage, reason, count(*) AS n, count(*) FILTER (resolved_at IS NULL OR resolved_at >= $until) AS n_open, min(message) AS example
FROM reject
WHERE first_at < $until AND last_at >= $since
GROUP BY stage, reason
ORDER BY n DESC, stage, reason
