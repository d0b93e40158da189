-- What a number rests on
-- Which statements carry the official numbers of killed, and what are their words?
SELECT i.place, t.count_best AS killed, c.speaker, c.authority, c.words, c.outlet
FROM toll_by('official_only') AS t
JOIN incidents AS i USING (incident_id)
JOIN casualty_claims AS c ON list_contains(t.rests_on, c.statement_id) AND c.incident_id = t.incident_id
WHERE t.toll = 'killed' AND t.count_best >= 2
ORDER BY killed DESC, i.place
