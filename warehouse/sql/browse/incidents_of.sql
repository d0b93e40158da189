-- The incidents that an article tells of.
SELECT DISTINCT i.incident_id, i.place, i.event_date_start, coalesce(n.name, i.country_iso3) AS country
FROM report AS r
JOIN incident_report AS m USING (report_id)
JOIN incident AS i ON i.incident_id = m.incident_id
LEFT JOIN countries AS n ON n.iso3 = i.country_iso3
WHERE r.article_id = $article_id
ORDER BY i.event_date_start, i.incident_id
