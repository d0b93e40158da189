-- How many incidents of earlier nights stay contested.
SELECT count(*) AS n
FROM incident_version
WHERE valid_from < $since AND (valid_to IS NULL OR valid_to >= $until) AND len(contested) > 0
