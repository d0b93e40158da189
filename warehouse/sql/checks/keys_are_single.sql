-- No key stands twice, in the tables that have no index which would refuse it.
SELECT 'claim' AS row_table, claim_id AS row_id FROM claim GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'evidence', row_id FROM evidence GROUP BY row_table, row_id, column_name, span_start, span_end HAVING count(*) > 1
UNION ALL
SELECT 'toll_claim', statement_id FROM toll_claim GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'incident_toll', incident_id FROM incident_toll GROUP BY incident_id, toll HAVING count(*) > 1
UNION ALL
SELECT 'incident', incident_id FROM incident GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'incident_version', incident_id FROM incident_version GROUP BY incident_id, valid_from HAVING count(*) > 1
UNION ALL
SELECT 'report', report_id FROM report GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'incident_report', report_id FROM incident_report GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'page', page_id FROM page GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'derivation', page_id FROM derivation GROUP BY ALL HAVING count(*) > 1
