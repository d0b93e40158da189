-- People killed by day of the event, as known at the end of the night: what was known before it, and what the night added.
-- The lowest number counts where no best one is given; incidents dated less exactly than to the day are left out.
WITH day AS (SELECT CAST(unnest(generate_series($first, $last, INTERVAL 1 DAY)) AS DATE) AS day),
state AS (
    SELECT event_date_start AS day, incident_id, coalesce(killed_best, killed_min) AS killed, true AS is_after
    FROM incident_version WHERE date_precision = 1 AND valid_from < $until AND (valid_to IS NULL OR valid_to >= $until)
    UNION ALL
    SELECT event_date_start, incident_id, coalesce(killed_best, killed_min), false
    FROM incident_version WHERE date_precision = 1 AND valid_from < $since AND (valid_to IS NULL OR valid_to >= $since)
)
SELECT d.day, count(s.incident_id) FILTER (s.is_after) AS n_incidents, count(s.incident_id) FILTER (s.is_after AND s.killed IS NULL) AS n_unknown,
    CAST(coalesce(sum(s.killed) FILTER (s.is_after), 0) AS BIGINT) AS killed,
    CAST(coalesce(sum(s.killed) FILTER (NOT s.is_after), 0) AS BIGINT) AS killed_before
FROM day AS d LEFT JOIN state AS s ON s.day = d.day
GROUP BY d.day ORDER BY d.day
