-- Reports as matching compares them, one row a report, with the incident each belongs to now (NULL: none).
-- Without a window ($first_on NULL): what matching must look at: all that belong to no incident yet, those of $articles, or
-- $everything; or with $decided only those of articles that human decisions name. With a window: all of $country whose event days may lie within its two days; an event without a date is placed by
-- its publication, and dates wider than a week are never matched, so nine days aside suffice.
SELECT r.report_id, r.article_id, r.ordinal, coalesce(a.published_at, a.fetched_at) AS as_of, a.fetched_at, a.canonical_url,
    coalesce(o.canonical_url, a.canonical_url) AS story_url, a.outlet, CAST(a.published_at AS DATE) AS published_on,
    r.event_date_start, r.event_date_end, r.date_precision, r.country_iso3, r.admin1, r.place, r.latitude, r.longitude, r.geonameid,
    r.geo_precision, r.event_class, r.weapon_class, r.perpetrator, r.killed_min, r.killed_best, r.killed_max,
    r.injured_min, r.injured_best, r.injured_max, r.role, r.is_aggregate, r.is_incident, m.incident_id
FROM report AS r
JOIN article AS a USING (article_id)
LEFT JOIN article AS o ON o.article_id = a.duplicate_of
LEFT JOIN incident_report AS m USING (report_id)
WHERE CASE WHEN $decided THEN a.canonical_url IN (SELECT canonical_url FROM decision_report)
    WHEN CAST($first_on AS DATE) IS NULL
    THEN $everything OR m.report_id IS NULL OR r.article_id IN (SELECT unnest(CAST($articles AS VARCHAR[])))
    ELSE r.country_iso3 IS NOT DISTINCT FROM CAST($country AS VARCHAR)
        AND coalesce(CASE WHEN r.date_precision IS DISTINCT FROM 9 THEN coalesce(r.event_date_start, r.event_date_end) END,
    CAST(a.published_at AS DATE), CAST(a.fetched_at AS DATE)) BETWEEN CAST($first_on AS DATE) - 9 AND CAST($last_on AS DATE) + 9
    END
ORDER BY as_of, r.report_id
