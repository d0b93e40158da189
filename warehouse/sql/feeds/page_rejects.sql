-- Why pages that one feed led to are not here: open rejects by reason.
SELECT r.reason, count(*) AS n, min(r.retry_after) AS next_at
FROM reject AS r
WHERE r.stage = 'fetch' AND r.resolved_at IS NULL AND r.drained_at IS NULL
  AND r.input_ref IN (SELECT url FROM entry WHERE feed_id = $feed_id)
GROUP BY r.reason ORDER BY n DESC, r.reason
