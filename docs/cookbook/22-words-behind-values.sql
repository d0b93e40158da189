-- The words behind every value
-- From which words was each value of one report read, and by which rule?
SELECT e.column_name, e.quote, e.rule
FROM evidence AS e
JOIN report AS r ON e.row_table = 'report' AND e.row_id = r.report_id
JOIN article AS a ON a.article_id = r.article_id
WHERE a.canonical_url LIKE '%/beledweyne-car-bomb%'
ORDER BY e.column_name, e.span_start, e.quote
