-- Every count of a report has the words that it was read from.
SELECT t.report_id, t.toll, t.count_best
FROM report_tolls AS t
WHERE NOT EXISTS (
    FROM evidence AS e
    WHERE e.row_table = 'report' AND e.row_id = t.report_id
      AND regexp_replace(e.column_name, '_(min|best|max|quantifier)$', '') = t.toll
)
