-- needs: toll_default
-- The words behind one resolved count: those of the claim or report that its best number comes from.
-- @incident_id: incident
-- @toll: what is counted
-- @words: the stating words; NULL: none are stored
-- @url: address of the article that holds them
CREATE OR REPLACE VIEW toll_words AS
WITH quoted AS (
    SELECT row_id AS report_id, regexp_replace(column_name, '_(min|best|max|quantifier)$', '') AS toll,
        first(quote ORDER BY column_name NOT LIKE '%_best', column_name NOT LIKE '%_min', span_start, span_end) AS quote
    FROM evidence WHERE row_table = 'report'
    GROUP BY ALL
)
SELECT t.incident_id, t.toll,
    coalesce(substring(a.text, c.span_start + 1, c.span_end - c.span_start), q.quote) AS words, a.canonical_url AS url
FROM toll_default AS t
JOIN report AS r ON r.report_id = t.best_report_id
JOIN article AS a USING (article_id)
LEFT JOIN claim AS c ON c.claim_id = t.best_claim_id
LEFT JOIN quoted AS q ON q.report_id = t.best_report_id AND q.toll = t.toll
