-- Every row that points to another points to one that is there.
SELECT 'report' AS row_table, report_id AS row_id, 'article ' || article_id AS missing FROM report ANTI JOIN article USING (article_id)
UNION ALL
SELECT 'claim', claim_id, 'report ' || report_id FROM claim ANTI JOIN report USING (report_id)
UNION ALL
SELECT 'evidence', row_id, 'report ' || row_id FROM evidence AS e
WHERE row_table = 'report' AND NOT EXISTS (FROM report AS r WHERE r.report_id = e.row_id)
UNION ALL
SELECT 'evidence', row_id, 'claim ' || row_id FROM evidence AS e
WHERE row_table = 'claim' AND NOT EXISTS (FROM claim AS c WHERE c.claim_id = e.row_id)
UNION ALL
SELECT 'toll_claim', statement_id, 'membership of report ' || report_id FROM toll_claim AS t
WHERE NOT EXISTS (FROM incident_report AS m WHERE m.report_id = t.report_id AND m.incident_id = t.incident_id)
UNION ALL
SELECT 'article', article_id, 'page ' || page_id FROM article ANTI JOIN page USING (page_id)
UNION ALL
SELECT 'derivation', page_id, 'page ' || page_id FROM derivation ANTI JOIN page USING (page_id)
UNION ALL
SELECT 'derivation', page_id, 'article ' || article_id FROM derivation AS d
WHERE article_id IS NOT NULL AND NOT EXISTS (FROM article AS a WHERE a.article_id = d.article_id)
