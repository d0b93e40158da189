-- Days and place of all reports that tell an event (`judge_left_out`) and whose country and event days may lie within a window of
-- batch_window. An event without a date is placed by its publication, and dates wider than a week are
-- never matched, so nine days aside suffice. Apart, so that each condition is on one column: DuckDB then skips what lies on other days.
WITH country_day AS MATERIALIZED (
    SELECT DISTINCT coalesce(country_iso3, '') AS country, CAST(unnest(generate_series(first_on - 9, last_on + 9, INTERVAL 1 DAY)) AS DATE) AS day
    FROM batch_window
),
told AS (
    SELECT report_id, as_of, CAST(NULL AS DATE) AS published_on, event_date_start, event_date_end, date_precision, country_iso3, place,
        latitude, longitude, geonameid, geo_precision
    FROM report
    WHERE is_incident AND NOT is_aggregate AND role <> 'background' AND date_precision IS DISTINCT FROM 9
)
SELECT t.* FROM told AS t SEMI JOIN country_day AS c ON c.country = coalesce(t.country_iso3, '') AND c.day = t.event_date_start
UNION ALL
SELECT t.* FROM told AS t SEMI JOIN country_day AS c ON c.country = coalesce(t.country_iso3, '') AND c.day = t.event_date_end
WHERE t.event_date_start IS NULL
UNION ALL
SELECT u.* REPLACE (CAST(as_of AS DATE) AS published_on)
FROM (
    SELECT report_id, as_of, CAST(NULL AS DATE) AS published_on, event_date_start, event_date_end, date_precision, country_iso3, place,
        latitude, longitude, geonameid, geo_precision
    FROM report
    WHERE is_incident AND NOT is_aggregate AND role <> 'background'
        AND (date_precision = 9 OR event_date_start IS NULL AND event_date_end IS NULL)
) AS u
SEMI JOIN country_day AS c ON c.country = coalesce(u.country_iso3, '') AND c.day = CAST(u.as_of AS DATE)
