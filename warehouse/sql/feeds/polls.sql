-- The last polls of one feed, the newest first.
SELECT polled_at, status, weight, http_status, n_entries, n_new, n_bytes, elapsed_ms, retry_after, message
FROM feed_poll WHERE feed_id = $feed_id ORDER BY polled_at DESC, poll_id LIMIT $limit
