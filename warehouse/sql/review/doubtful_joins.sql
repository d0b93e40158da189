-- Reports that the rule joined with a low score, by their own words and not as a copy or version of another text.
SELECT m.incident_id, m.report_id, m.score, a.canonical_url AS url,
    coalesce(r.killed_best, r.killed_min, 0) + coalesce(r.injured_best, r.injured_min, 0) AS people
FROM incident_report AS m
JOIN report AS r USING (report_id)
JOIN article AS a ON a.article_id = r.article_id
WHERE m.decided_by = 'rule' AND m.score < $below AND m.is_counted AND NOT m.is_copy AND NOT m.is_superseded
ORDER BY ALL
