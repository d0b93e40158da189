-- People killed by class of weapon in the events of the days shown, as known at the end of the night, and as known before it.
WITH state AS (
    SELECT coalesce(v.weapon_class, 'not stated') AS name, v.incident_id, coalesce(v.killed_best, v.killed_min) AS killed,
        v.valid_from < $until AND (v.valid_to IS NULL OR v.valid_to >= $until) AS is_after,
        v.valid_from < $since AND (v.valid_to IS NULL OR v.valid_to >= $since) AS was_before
    FROM incident_version AS v
    WHERE v.event_date_start >= $first AND v.event_date_start <= $last
)
SELECT name, count(*) FILTER (is_after) AS n_incidents, count(*) FILTER (is_after AND killed IS NULL) AS n_unknown,
    CAST(coalesce(sum(killed) FILTER (is_after), 0) AS BIGINT) AS killed,
    CAST(coalesce(sum(killed) FILTER (was_before), 0) AS BIGINT) AS killed_before
FROM state
GROUP BY name
HAVING count(*) FILTER (is_after) > 0
ORDER BY killed DESC, n_incidents DESC, name
