-- What each feed item still needs of the stage fetch: one row an address and a day, the day of first sight. A page is missing (never asked
-- for, or the run was cut off), refused (an open reject, given up ones left out), stale (the item changed since, within $refetch_days),
-- or left by the last backfill of its day that did not end well: then it is still to be asked for as that one was told.
WITH last_try AS (
    SELECT d.day, arg_max(d.status, r.started_at) AS status, arg_max(d.mode, r.started_at) AS mode
    FROM backfill_day AS d JOIN run AS r USING (run_id)
    WHERE d.stage = 'fetch'
    GROUP BY d.day
), got AS (
    SELECT url, max(fetched_at) AS fetched_at FROM page GROUP BY url
), refusal AS (
    SELECT input_ref AS url, bool_or(drained_at IS NOT NULL) AS is_given_up FROM reject
    WHERE stage = 'fetch' AND resolved_at IS NULL
    GROUP BY input_ref
), state AS (
    SELECT e.entry_id, e.url, e.feed_id, CAST(e.first_seen_at AS DATE) AS day,
        g.url IS NULL AND f.url IS NULL AS is_missing,
        f.url IS NOT NULL AND NOT f.is_given_up AND (g.url IS NULL OR g.fetched_at < e.last_changed_at) AS is_refused,
        g.url IS NOT NULL AND f.url IS NULL AND g.fetched_at < e.last_changed_at
            AND e.last_changed_at - e.first_seen_at <= to_days($refetch_days) AS is_stale,
        CASE WHEN t.status IN ('planned', 'running') THEN 'crashed' -- there is one writer: whoever left a day open was killed
            WHEN t.status <> 'done' THEN t.status END AS left_by,
        t.mode AS left_mode
    FROM entry AS e
    LEFT JOIN got AS g ON g.url = e.url
    LEFT JOIN refusal AS f ON f.url = e.url
    LEFT JOIN last_try AS t ON t.day = CAST(e.first_seen_at AS DATE)
    WHERE e.url IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY e.url, CAST(e.first_seen_at AS DATE) ORDER BY e.first_seen_at, e.entry_id) = 1
)
SELECT entry_id, url, feed_id, day, 0 AS n_bytes, is_missing, is_refused, is_stale, left_by,
    left_by IS NOT NULL AND CASE left_mode
        WHEN 'missing' THEN is_missing
        WHEN 'stale' THEN is_missing OR is_stale
        WHEN 'failed' THEN is_refused
        ELSE is_missing OR is_refused OR is_stale
    END AS is_left
FROM state
