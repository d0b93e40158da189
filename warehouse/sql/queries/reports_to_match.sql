-- Reports that match_reports sees: those of a window ([$start, $end) bounds fetched_at of the article) and, whatever
-- their time, those that belong to no incident though they report one. With the membership they have now.
SELECT r.*, a.canonical_url, a.outlet, a.title, a.published_at, a.fetched_at, a.duplicate_of, a.wire_origin, a.minhash,
    coalesce(a.published_at, a.fetched_at) AS stated_at, m.incident_id, m.decided_by
FROM report AS r
JOIN article AS a USING (article_id)
LEFT JOIN incident_report AS m USING (report_id)
WHERE (a.fetched_at >= $start AND a.fetched_at < $end)
   OR (m.report_id IS NULL AND r.is_incident AND NOT r.is_aggregate AND r.role <> 'background')
ORDER BY stated_at, report_id
