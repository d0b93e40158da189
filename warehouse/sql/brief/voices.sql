-- Who gives which number on the contested counts of the night's incidents: the last word of each voice until its end.
WITH disputed AS (
    SELECT incident_id, unnest(contested) AS toll
    FROM incident_version
    WHERE incident_id IN (SELECT unnest($incident_ids)) AND valid_from < $until AND (valid_to IS NULL OR valid_to >= $until)
)
SELECT c.incident_id, c.toll, c.stated_at, c.count_min, c.count_best, c.count_max, c.quantifier, c.speaker, c.speaker_class, c.side,
    c.is_other_side, c.words, c.outlet, c.url, c.statement_id
FROM disputed AS d
JOIN casualty_claims AS c ON c.incident_id = d.incident_id AND c.toll = d.toll
JOIN report AS r ON r.report_id = c.report_id
JOIN article AS a ON a.article_id = r.article_id
JOIN incident_report AS m ON m.report_id = c.report_id
WHERE c.stated_at < $until AND a.fetched_at < $until AND NOT m.is_copy AND (c.claim_id IS NOT NULL OR c.words IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY c.incident_id, c.toll, c.voice ORDER BY c.stated_at DESC, c.statement_id) = 1
ORDER BY c.incident_id, c.toll, c.stated_at, c.statement_id
