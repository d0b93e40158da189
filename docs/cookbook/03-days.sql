-- Day by day
-- How many incidents began on each day, and how many people were killed in them? Days without an incident show as zero.
SELECT CAST(d.day AS DATE) AS date, count(i.incident_id) AS incidents, coalesce(sum(i.killed), 0) AS killed
FROM range(DATE '2025-04-01', DATE '2025-04-07', INTERVAL 1 DAY) AS d (day)
LEFT JOIN incidents AS i ON i.date = d.day AND i.date_precision = 1
GROUP BY d.day
ORDER BY date
