-- Countries side by side
-- How many incidents and deaths does each country have, and between which bounds? `killed` sums what is stated; `unknown` says of
-- how many incidents nobody states it.
SELECT c.name AS country, count(*) AS incidents, sum(i.killed_min) AS killed_min, sum(i.killed) AS killed,
    count(*) FILTER (i.killed IS NULL) AS unknown
FROM incidents AS i LEFT JOIN countries AS c ON c.iso3 = i.country
GROUP BY ALL
ORDER BY killed DESC NULLS LAST, country
LIMIT 10
