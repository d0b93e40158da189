-- Pairs of incidents that are near in place and time and that nobody kept apart.
WITH placed AS (
    SELECT incident_id, country_iso3, place, latitude, longitude, event_date_start AS day, event_class,
        coalesce(killed_best, killed_min) AS killed, coalesce(injured_best, injured_min) AS injured,
        CAST(floor(latitude / $degrees) AS BIGINT) AS belt  -- only neighbouring belts are compared
    FROM incident WHERE event_date_start IS NOT NULL AND latitude IS NOT NULL AND geo_precision <= 3
),
apart AS (
    SELECT DISTINCT s.decision_id, m.incident_id, s.part
    FROM decision AS d
    JOIN decision_report AS s USING (decision_id)
    JOIN report AS r ON r.article_id = s.article_id AND r.ordinal = s.ordinal
    JOIN incident_report AS m USING (report_id)
    WHERE d.action = 'split' AND d.standing = 'in_force'
)
SELECT a.incident_id AS one, b.incident_id AS other, a.place AS one_place, b.place AS other_place, a.latitude AS one_latitude,
    a.longitude AS one_longitude, b.latitude AS other_latitude, b.longitude AS other_longitude, a.event_class AS one_class,
    b.event_class AS other_class, abs(date_diff('day', a.day, b.day)) AS days, a.killed AS one_killed, b.killed AS other_killed,
    a.injured AS one_injured, b.injured AS other_injured
FROM (
    SELECT *, unnest([belt - 1, belt, belt + 1]) AS near_belt
    FROM (SELECT *, unnest(range(-CAST($days AS INTEGER), CAST($days AS INTEGER) + 1)) AS off FROM placed)
) AS a
JOIN placed AS b ON a.country_iso3 = b.country_iso3 AND b.day = a.day + CAST(a.off AS INTEGER) AND b.belt = a.near_belt
    AND a.incident_id < b.incident_id
    AND abs(a.latitude - b.latitude) < $degrees AND (abs(a.longitude - b.longitude) < $degrees * 3 OR abs(a.longitude - b.longitude) > 359)
WHERE NOT EXISTS (
    FROM apart AS x JOIN apart AS y USING (decision_id)
    WHERE x.part = 'subject' AND y.part = 'other' AND (x.incident_id, y.incident_id) IN ((a.incident_id, b.incident_id), (b.incident_id, a.incident_id))
)
ORDER BY ALL
