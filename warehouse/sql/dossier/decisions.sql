-- What persons decided on it, oldest first; undone ones stay on record.
SELECT d.* FROM decision AS d
WHERE d.incident_id = $incident_id OR d.decision_id IN (
    SELECT s.decision_id
    FROM decision_report AS s
    JOIN report AS r ON r.article_id = s.article_id AND r.ordinal = s.ordinal
    JOIN incident_report AS m USING (report_id)
    WHERE m.incident_id = $incident_id
)
ORDER BY d.decided_at, d.decision_id
