-- One incident as a part of a barrage: attacks on several places of one country in one night, which an article sums up and then counts
-- place by place. The sum is no incident, so that nobody is counted twice; the view barrages holds it beside its parts.
-- @barrage_id: country, state if only one was struck, and last day of the barrage
-- @incident_id: incident at one of its places
-- @n_articles: articles that tell both the barrage and this place
CREATE OR REPLACE VIEW barrage_parts AS
SELECT concat_ws('-', w.country_iso3, w.admin1, w.event_date_end) AS barrage_id, m.incident_id, count(DISTINCT w.article_id) AS n_articles
FROM report AS w
JOIN report AS p ON p.article_id = w.article_id AND p.role = 'secondary'
    AND p.event_date_start <= w.event_date_end + 1 AND p.event_date_end >= w.event_date_start - 1
    AND (w.country_iso3 IS NULL OR p.country_iso3 = w.country_iso3) AND (w.admin1 IS NULL OR p.admin1 = w.admin1)
JOIN incident_report AS m ON m.report_id = p.report_id AND m.is_counted
WHERE w.is_aggregate AND w.is_incident AND w.role = 'primary' AND w.geo_precision >= 4 AND w.event_date_end <= w.event_date_start + 1
GROUP BY ALL
