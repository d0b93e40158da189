-- What we knew then
-- What did Vigil know of the deadliest incidents on the evening of 4 April, and what does it know today?
SELECT t.place, t.killed_best AS killed_then, i.killed AS killed_now
FROM incidents_asof(TIMESTAMPTZ '2025-04-04 21:00:00+00') AS t
LEFT JOIN incidents AS i USING (incident_id)
ORDER BY killed_then DESC NULLS LAST, t.place
LIMIT 8
