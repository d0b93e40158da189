-- Days and place of all reports that tell an event (`judge_left_out`) and whose country and event days may lie within a window of
-- batch_window. An event without a date is placed by its publication, and dates wider than a week are
-- never matched, so nine days aside suffice.
WITH country_day AS MATERIALIZED (
    SELECT DISTINCT coalesce(country_iso3, '') AS country, CAST(unnest(generate_series(first_on - 9, last_on + 9, INTERVAL 1 DAY)) AS DATE) AS day
    FROM batch_window
)
SELECT r.report_id, CAST(NULL AS DATE) AS published_on, r.event_date_start, r.event_date_end, r.date_precision, r.country_iso3,
    r.place, r.latitude, r.longitude, r.geonameid, r.geo_precision
FROM report AS r
SEMI JOIN country_day AS c ON c.country = coalesce(r.country_iso3, '') AND c.day = coalesce(r.event_date_start, r.event_date_end)
WHERE r.is_incident AND NOT r.is_aggregate AND r.role <> 'background' AND r.date_precision IS DISTINCT FROM 9
UNION ALL
SELECT r.report_id, r.published_on, r.event_date_start, r.event_date_end, r.date_precision, r.country_iso3, r.place, r.latitude,
    r.longitude, r.geonameid, r.geo_precision
FROM (
    SELECT u.*, CAST(coalesce(a.published_at, a.fetched_at) AS DATE) AS published_on
    FROM report AS u JOIN article AS a USING (article_id)
    WHERE u.is_incident AND NOT u.is_aggregate AND u.role <> 'background'
        AND (u.date_precision = 9 OR u.event_date_start IS NULL AND u.event_date_end IS NULL)
) AS r
SEMI JOIN country_day AS c ON c.country = coalesce(r.country_iso3, '') AND c.day = r.published_on
