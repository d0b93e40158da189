-- How many incidents are known at the end of the night.
SELECT count(*) AS n_incidents, count(*) FILTER (killed_best IS NULL AND killed_min IS NULL) AS n_unknown, min(event_date_start) AS first_day
FROM incident_version WHERE valid_from < $until AND (valid_to IS NULL OR valid_to >= $until)
