-- Entries whose page is still to be fetched: no page of their address yet (or they changed since), and no open reject
-- that says to wait (retry_after in the future, or NULL: not tried again by itself) or was tried $max_attempts times.
SELECT e.entry_id, e.feed_id, e.url, e.title, e.published_at, e.updated_at, e.summary, e.content_html, e.first_seen_at, e.last_changed_at
FROM entry AS e
LEFT JOIN (SELECT url, max(fetched_at) AS fetched_at FROM page GROUP BY url) AS p ON p.url = e.url
LEFT JOIN reject AS r ON r.stage = 'fetch' AND r.input_ref = e.url AND r.resolved_at IS NULL
WHERE e.url IS NOT NULL
  AND (p.url IS NULL OR p.fetched_at < e.last_changed_at)
  AND (r.reject_id IS NULL OR (r.retry_after <= $now AND r.attempts < $max_attempts))
ORDER BY coalesce(e.published_at, e.first_seen_at) DESC, e.entry_id
