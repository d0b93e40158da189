-- The reports that decisions hang on, in order.
SELECT r.decision_id, r.part, r.canonical_url, r.article_id, r.ordinal, r.place, r.event_date_start, r.event_class
FROM decision_report AS r JOIN decision AS d USING (decision_id)
WHERE d.undone_at IS NULL OR d.applied_at IS NULL
ORDER BY r.decision_id, r.part, r.position
