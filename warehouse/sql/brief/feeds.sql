-- The feeds as the night found them: those that need a look first. Silent: answers, but brought
-- nothing new for a week.
WITH poll AS (
    SELECT feed_id, count(*) FILTER (polled_at >= $since) AS n_polls, max_by(status, polled_at) AS last_status,
        max_by(message, polled_at) AS last_message, max(polled_at) FILTER (status IN ('ok', 'not_modified', 'same_body')) AS last_ok_at,
        max(polled_at) FILTER (n_new > 0) AS last_entry_at, min(polled_at) AS first_polled_at, CAST(coalesce(sum(n_new) FILTER (polled_at >= $since), 0) AS BIGINT) AS n_new
    FROM feed_poll WHERE polled_at < $until GROUP BY feed_id
),
told AS (
    SELECT f.feed_id, f.publisher, f.active, f.inactive_reason, coalesce(p.n_polls, 0) AS n_polls, p.last_status, p.last_message, p.last_ok_at,
        p.last_entry_at, coalesce(p.n_new, 0) AS n_new,
        CASE
            WHEN NOT f.active THEN 'off'
            WHEN p.last_status IS NULL THEN 'never_polled'
            WHEN p.last_status NOT IN ('ok', 'not_modified', 'same_body') THEN 'failing'
            WHEN coalesce(p.last_entry_at, p.first_polled_at) < $until - INTERVAL 7 DAY THEN 'silent'
            WHEN p.n_polls = 0 THEN 'not_due'
            ELSE 'well'
        END AS state
    FROM feed AS f LEFT JOIN poll AS p USING (feed_id)
)
FROM told ORDER BY list_position(['failing', 'never_polled', 'silent', 'not_due', 'well', 'off'], state), publisher, feed_id
