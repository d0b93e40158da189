-- Days and place of all reports that tell an event (`judge_left_out`) and whose country and event days may lie within a window of
-- batch_window: that begin in it or up to six days before, since dates wider than a week are never matched; an event without a date is placed
-- by its publication, which is its second day. Days come first, each part with a condition on one column: DuckDB then skips what lies on others.
WITH country_day AS MATERIALIZED (
    SELECT DISTINCT coalesce(country_iso3, '') AS country, CAST(unnest(generate_series(first_on - 6, last_on + 1, INTERVAL 1 DAY)) AS DATE) AS day
    FROM batch_window
),
days AS MATERIALIZED (
    SELECT DISTINCT day FROM country_day
),
telling AS NOT MATERIALIZED (
    SELECT report_id, as_of, CAST(NULL AS DATE) AS published_on, event_date_start, event_date_end, date_precision, country_iso3, place,
        latitude, longitude, geonameid, geo_precision, is_incident AND NOT is_aggregate AND role <> 'background' AS is_event
    FROM report
),
dated AS NOT MATERIALIZED (
    SELECT *, event_date_start AS day FROM telling WHERE event_date_start IN (FROM days)
    UNION ALL
    SELECT *, event_date_end FROM telling WHERE event_date_start IS NULL AND event_date_end IN (FROM days)
),
undated AS NOT MATERIALIZED (
    SELECT * FROM telling WHERE date_precision = 9
    UNION ALL
    SELECT * FROM telling WHERE event_date_start IS NULL AND event_date_end IS NULL AND date_precision IS DISTINCT FROM 9
),
placed AS NOT MATERIALIZED (
    SELECT * FROM dated WHERE date_precision IS DISTINCT FROM 9
    UNION ALL
    SELECT * REPLACE (CAST(as_of AS DATE) AS published_on), CAST(as_of AS DATE) FROM undated
)
SELECT p.* EXCLUDE (day, is_event)
FROM placed AS p SEMI JOIN country_day AS c ON c.country = coalesce(p.country_iso3, '') AND c.day = p.day
WHERE p.is_event
