-- Decisions that do not hold, and discarded incidents that reports joined since.
SELECT d.decision_id, d.action, d.standing, d.incident_id, d.column_name, d.n_reports, count(s.position) AS n_named
FROM decision AS d LEFT JOIN decision_report AS s ON s.decision_id = d.decision_id AND s.part = 'subject'
WHERE d.undone_at IS NULL
GROUP BY ALL
HAVING d.standing IN ('overruled', 'lost') OR (d.action = 'discard' AND d.n_reports > n_named)
ORDER BY ALL
