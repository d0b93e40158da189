-- Counts on which speakers contradict each other, or that are withheld, with the numbers that are said.
SELECT t.incident_id, t.toll, t.count_best, max(coalesce(c.count_max, c.count_best, c.count_min)) AS highest,
    min(coalesce(c.count_min, c.count_best, c.count_max)) AS lowest, t.count_best IS NULL AND t.count_min IS NULL AS is_withheld
FROM incident_toll AS t JOIN toll_claim AS c USING (incident_id, toll)
WHERE t.is_contested AND c.is_latest
GROUP BY ALL ORDER BY ALL
