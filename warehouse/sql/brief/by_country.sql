-- People killed by country in the events of the days shown, as known at the end of the night, and as known before it.
WITH state AS (
    SELECT coalesce(n.name, v.country_iso3, 'country not known') AS name, v.incident_id, coalesce(v.killed_best, v.killed_min) AS killed,
        v.valid_from < $until AND (v.valid_to IS NULL OR v.valid_to >= $until) AS is_after,
        v.valid_from < $since AND (v.valid_to IS NULL OR v.valid_to >= $since) AS was_before
    FROM incident_version AS v
    LEFT JOIN countries AS n ON n.iso3 = v.country_iso3
    WHERE v.event_date_start >= $first AND v.event_date_start <= $last
)
SELECT name, count(*) FILTER (is_after) AS n_incidents, count(*) FILTER (is_after AND killed IS NULL) AS n_unknown,
    CAST(coalesce(sum(killed) FILTER (is_after), 0) AS BIGINT) AS killed,
    CAST(coalesce(sum(killed) FILTER (was_before), 0) AS BIGINT) AS killed_before
FROM state
GROUP BY name
HAVING count(*) FILTER (is_after) > 0
ORDER BY killed DESC, n_incidents DESC, name
