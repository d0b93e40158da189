-- The reports of match_report as matching compares them, one row a report, with the incident each belongs to now and when that was resolved (NULL: none).
-- `match_report`, `_article`, `_original` and `_member` are their rows: warehouse/incidents.py gathers them.
SELECT r.report_id, r.article_id, r.ordinal, r.as_of, a.fetched_at, a.canonical_url,
    coalesce(o.canonical_url, a.canonical_url) AS story_url, a.outlet, CAST(a.published_at AS DATE) AS published_on,
    r.event_date_start, r.event_date_end, r.date_precision, r.country_iso3, r.admin1, r.place, r.latitude, r.longitude, r.geonameid,
    r.geo_precision, r.event_class, r.weapon_class, r.perpetrator, r.killed_min, r.killed_best, r.killed_max,
    r.injured_min, r.injured_best, r.injured_max, r.role, r.is_aggregate, r.is_incident, m.incident_id, m.resolved_at
FROM match_report AS r
JOIN match_article AS a USING (article_id)
LEFT JOIN match_original AS o ON o.article_id = a.duplicate_of
LEFT JOIN match_member AS m ON m.report_id = r.report_id
ORDER BY as_of, r.report_id
