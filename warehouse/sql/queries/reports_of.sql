-- Reports as decisions name them, oldest first: those of $incident_id, the one with $report_id, or those of the article at $url.
SELECT r.report_id, a.canonical_url, r.article_id, r.ordinal, r.place, r.event_date_start, r.event_class, m.incident_id
FROM report AS r
JOIN article AS a USING (article_id)
LEFT JOIN incident_report AS m USING (report_id)
WHERE m.incident_id = $incident_id OR r.report_id = $report_id OR a.canonical_url = $url
ORDER BY coalesce(a.published_at, a.fetched_at), r.report_id
