-- Its articles in the order in which they tell it, with why each belongs here.
SELECT * FROM incident_sources WHERE incident_id = $incident_id ORDER BY stated_at, url, report_id
