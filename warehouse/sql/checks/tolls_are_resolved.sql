-- The counts of an incident are those that the toll rule resolved, and their words stand in the article they are from.
SELECT coalesce(i.incident_id, t.incident_id) AS incident_id, i.killed_best, t.count_best, 'killed' AS toll
FROM incident AS i
FULL JOIN (FROM incident_toll WHERE toll = 'killed') AS t ON t.incident_id = i.incident_id
WHERE (i.killed_min, i.killed_best, i.killed_max) IS DISTINCT FROM (t.count_min, t.count_best, t.count_max)
UNION ALL
SELECT coalesce(i.incident_id, t.incident_id), i.injured_best, t.count_best, 'injured'
FROM incident AS i
FULL JOIN (FROM incident_toll WHERE toll = 'injured') AS t ON t.incident_id = i.incident_id
WHERE (i.injured_min, i.injured_best, i.injured_max) IS DISTINCT FROM (t.count_min, t.count_best, t.count_max)
UNION ALL
SELECT t.incident_id, NULL, t.count_best, t.toll
FROM incident_toll AS t LEFT JOIN report AS r USING (report_id) LEFT JOIN article AS a ON a.article_id = r.article_id
WHERE a.article_id IS NULL OR NOT contains(a.text, t.words)
