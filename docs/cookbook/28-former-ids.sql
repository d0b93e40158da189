-- An id that you quoted once
-- Under which id does an incident live today? Ids of merged incidents keep leading to it.
SELECT n.is_former, i.date, i.place, i.killed
FROM incident_ids AS n JOIN incidents AS i ON i.incident_id = n.incident_id
WHERE n.any_id = (SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih')
ORDER BY i.date
