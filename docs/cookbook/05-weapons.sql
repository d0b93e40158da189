-- Weapons
-- Which weapons harmed how many people, and how often were children among the dead?
SELECT weapon, count(*) AS incidents, sum(killed) AS killed, sum(injured) AS injured, sum(children_killed) AS children_killed
FROM incidents
WHERE weapon IS NOT NULL
GROUP BY weapon
ORDER BY killed DESC NULLS LAST, weapon
