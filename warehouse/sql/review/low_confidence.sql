-- Killed and injured whose number was read by a rule that is often wrong in such words, and that no second text family confirms.
SELECT t.incident_id, t.toll, t.count_best, t.words, a.canonical_url AS url, min(e.confidence) AS confidence
FROM incident_toll AS t
JOIN incident AS i ON i.incident_id = t.incident_id
JOIN evidence AS e ON (e.row_table, e.row_id, e.column_name) = (
    CASE WHEN t.claim_id IS NULL THEN 'report' ELSE 'claim' END, coalesce(t.claim_id, t.report_id),
    CASE WHEN t.claim_id IS NULL THEN t.toll || '_best' ELSE 'count_best' END
)
JOIN article AS a ON a.article_id = e.article_id
WHERE t.toll IN ('killed', 'injured') AND t.count_best > 0 AND t.decision_id IS NULL AND NOT t.is_contested AND e.confidence < $below
    AND (SELECT count(DISTINCT c.family) FROM toll_claim AS c
        WHERE c.incident_id = t.incident_id AND c.toll = t.toll AND c.count_best = t.count_best) < 2
GROUP BY ALL ORDER BY ALL
