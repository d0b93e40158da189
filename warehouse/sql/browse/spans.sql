-- The stretches of an article that values and claims of one incident were read from.
SELECT e.span_start, e.span_end, e.column_name AS said, e.rule, e.confidence, 'value' AS kind
FROM evidence AS e
JOIN incident_report AS m ON m.report_id = e.row_id
WHERE e.row_table = 'report' AND e.article_id = $article_id AND m.incident_id = $incident_id
UNION ALL
SELECT c.span_start, c.span_end, c.claim_type || coalesce(', ' || c.effect, '') || coalesce(', ' || c.speaker, ''), c.rule, c.confidence, 'claim'
FROM claim AS c
JOIN incident_report AS m ON m.report_id = c.report_id
WHERE c.article_id = $article_id AND m.incident_id = $incident_id
ORDER BY span_start, span_end, said
