-- What was hit
-- Which places were hit, and by what? An incident with several targets counts once for each.
SELECT target, count(*) AS incidents, sum(killed) AS killed, string_agg(DISTINCT event_class, ', ' ORDER BY event_class) AS event_classes
FROM (SELECT unnest(targets) AS target, killed, event_class FROM incidents)
GROUP BY target
ORDER BY incidents DESC, target
LIMIT 10
