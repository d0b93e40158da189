-- What the published file is: its last run, and how much it holds.
SELECT r.run_id, r.flow, r.started_at, r.code_version, (SELECT count(*) FROM incident) AS n_incidents, (SELECT count(*) FROM article) AS n_articles
FROM run AS r ORDER BY r.started_at DESC, CASE r.flow WHEN 'publish' THEN 0 ELSE 1 END, r.run_id LIMIT 1
