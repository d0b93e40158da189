-- Another resolver in place of the default
-- How many were killed if only numbers count that two independent texts reach, and why is there no number elsewhere?
SELECT place, killed, killed_why_null
FROM incidents_by('corroborated')
ORDER BY killed DESC NULLS LAST, place
LIMIT 8
