-- How many rows came, went or changed, by table and column.
SELECT "table", kind, "column", count(*) AS n
FROM change
GROUP BY "table", kind, "column"
ORDER BY list_position(['incident', 'report', 'claim', 'article'], "table"), kind, n DESC, "column"
