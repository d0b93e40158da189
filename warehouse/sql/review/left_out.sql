-- Reports of an event that belong to no incident, though they neither sum up nor look back, with incidents that they may mean:
-- of the same country, within two days. What a person discarded is not listed.
WITH alone AS (
    SELECT r.report_id, a.canonical_url AS url, r.ordinal, r.country_iso3,
        coalesce(r.killed_best, r.killed_min, 0) + coalesce(r.injured_best, r.injured_min, 0) AS people,
        coalesce(CASE WHEN r.date_precision IS DISTINCT FROM 9 THEN r.event_date_start END, CAST(coalesce(a.published_at, a.fetched_at) AS DATE)) AS day
    FROM report AS r
    JOIN article AS a USING (article_id)
    ANTI JOIN incident_report AS m ON m.report_id = r.report_id
    WHERE r.is_incident AND NOT r.is_aggregate AND r.role <> 'background'
      AND (r.event_date_end IS NULL OR r.event_date_end - r.event_date_start < 7)
      AND NOT EXISTS (
        FROM decision AS d JOIN decision_report AS s USING (decision_id)
        WHERE d.action = 'discard' AND d.standing = 'in_force' AND s.article_id = r.article_id AND s.ordinal = r.ordinal
      )
)
SELECT l.report_id, l.url, l.people, list(i.incident_id ORDER BY abs(date_diff('day', l.day, i.event_date_start)), i.incident_id)[:3] AS incidents
FROM alone AS l
JOIN incident AS i ON i.country_iso3 = l.country_iso3 AND i.event_date_start BETWEEN l.day - 2 AND l.day + 2
GROUP BY ALL ORDER BY ALL
