-- The words that its reports' values were read from.
SELECT e.row_id AS report_id, e.column_name, e.quote, e.rule, e.span_start, e.span_end
FROM incident_report AS m JOIN evidence AS e ON e.row_table = 'report' AND e.row_id = m.report_id
WHERE m.incident_id = $incident_id
ORDER BY e.row_id, e.column_name, e.span_start
