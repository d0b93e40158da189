-- Reports as matching compares them, one row a report, with the incident each belongs to now (NULL: none): all whose country and
-- event days may lie within a window of batch_window. An event without a date is placed by its publication, and dates wider
-- than a week are never matched, so nine days aside suffice. Days are looked at before anything is joined: history is long.
WITH dated AS (
    SELECT report_id, article_id, country_iso3,
        CASE WHEN date_precision IS DISTINCT FROM 9 THEN coalesce(event_date_start, event_date_end) END AS day
    FROM report
),
placed AS (
    SELECT report_id, country_iso3, day FROM dated WHERE day IS NOT NULL
    UNION ALL
    SELECT d.report_id, d.country_iso3, coalesce(CAST(a.published_at AS DATE), CAST(a.fetched_at AS DATE))
    FROM dated AS d JOIN article AS a USING (article_id)
    WHERE d.day IS NULL
),
near AS MATERIALIZED (
    SELECT report_id FROM placed AS p
    WHERE EXISTS (
        FROM batch_window AS w
        WHERE w.country_iso3 IS NOT DISTINCT FROM p.country_iso3 AND p.day BETWEEN w.first_on - 9 AND w.last_on + 9
    )
)
SELECT r.report_id, r.article_id, r.ordinal, coalesce(a.published_at, a.fetched_at) AS as_of, a.fetched_at, a.canonical_url,
    coalesce(o.canonical_url, a.canonical_url) AS story_url, a.outlet, CAST(a.published_at AS DATE) AS published_on,
    r.event_date_start, r.event_date_end, r.date_precision, r.country_iso3, r.admin1, r.place, r.latitude, r.longitude, r.geonameid,
    r.geo_precision, r.event_class, r.weapon_class, r.perpetrator, r.killed_min, r.killed_best, r.killed_max,
    r.injured_min, r.injured_best, r.injured_max, r.role, r.is_aggregate, r.is_incident, m.incident_id
FROM report AS r
SEMI JOIN near AS n ON n.report_id = r.report_id
JOIN article AS a USING (article_id)
LEFT JOIN article AS o ON o.article_id = a.duplicate_of
LEFT JOIN incident_report AS m ON m.report_id = r.report_id
ORDER BY as_of, r.report_id
