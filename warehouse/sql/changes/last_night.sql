-- Day of the newest fetch or further look.
SELECT CAST(max(seen_at) AS DATE)
FROM (SELECT max(fetched_at) AS seen_at FROM page UNION ALL SELECT max(checked_at) FROM page_check)
