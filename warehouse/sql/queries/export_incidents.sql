-- Incidents between the days of the variables first_on and last_on, in the countries of the variable countries.
SELECT e.*, p.privacy
FROM incidents AS e
LEFT JOIN export_privacy AS p ON p.incident_id = e.incident_id
WHERE (getvariable('first_on') IS NULL OR date_end >= CAST(getvariable('first_on') AS DATE))
    AND (getvariable('last_on') IS NULL OR date <= CAST(getvariable('last_on') AS DATE))
    AND (getvariable('countries') IS NULL OR list_contains(CAST(getvariable('countries') AS VARCHAR[]), country))
ORDER BY e.date, e.incident_id
