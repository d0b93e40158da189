-- needs: incidents, distance_km
-- Incidents within a distance of a point, nearest first: the columns of incidents and distance_km. Places that are known only
-- to the province or country stand at its centre: see geo_precision.
-- $lat: latitude of the point, degrees
-- $lon: longitude of the point, degrees
-- $km: distance, kilometres
-- example: SELECT place, round(distance_km) AS km FROM incidents_near(48.0, 33.5, 120)
CREATE OR REPLACE MACRO incidents_near(lat, lon, km) AS TABLE
SELECT *
FROM (
    SELECT *, distance_km(lat, lon, latitude, longitude) AS distance_km
    FROM incidents
    WHERE latitude BETWEEN lat - km / 110.0 AND lat + km / 110.0  -- a degree of latitude is at least 110.5 km
)
WHERE distance_km <= km
ORDER BY distance_km, incident_id
