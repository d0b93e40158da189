-- Every quote stands in its article at its span. Spans count characters (code points), as Python and substring() do.
SELECT e.row_table, e.row_id, e.column_name, e.span_start, e.quote
FROM evidence AS e
LEFT JOIN article AS a USING (article_id)
WHERE substring(a.text, e.span_start + 1, e.span_end - e.span_start) IS DISTINCT FROM e.quote
