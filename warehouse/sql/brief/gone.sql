-- Incidents that went away in the night, and the one in which each lives on, if any.
SELECT c.incident_id, c.place, c.event_date_start, c.lives_on_as
FROM changes_between($since - INTERVAL 1 MICROSECOND, $until - INTERVAL 1 MICROSECOND) AS c
WHERE c.change = 'gone'
ORDER BY c.event_date_start, c.incident_id
