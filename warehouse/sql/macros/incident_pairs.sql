-- needs: incidents, distance_km
-- Two incidents close in time and space, the earlier one first; what was counted twice, or belongs to one campaign, stands here. Compared are
-- only incidents of the same days and of neighbouring belts of latitude, never all with all.
-- $km: distance, kilometres
-- $days: days between their first days, at most; 0: the same day
-- @first_id: incident that began earlier, or the lower id on the same day
-- @second_id: the other incident
-- @first_date: first day of the one
-- @second_date: first day of the other
-- @n_days: days between them
-- @distance_km: kilometres between their places; places known only to the province or country stand at its centre
-- @first_country: country of the one, ISO 3166-1 alpha-3
-- @second_country: country of the other
-- @first_place: place of the one
-- @second_place: place of the other
-- example: FROM incident_pairs(25, 1) WHERE first_country = second_country
CREATE OR REPLACE MACRO incident_pairs(km, days) AS TABLE
WITH place_of AS (
    SELECT incident_id, date, country, place, latitude, longitude,
        CAST(floor(latitude * 110.0 / greatest(km, 1)) AS INTEGER) AS belt  -- a degree of latitude is at least 110.5 km
    FROM incidents
    WHERE date IS NOT NULL AND latitude IS NOT NULL AND longitude IS NOT NULL
),
beside AS (
    SELECT *, unnest(range(0, days + 1)) AS n_days, [belt - 1, belt, belt + 1] AS belts FROM place_of
),
pair AS (
    SELECT a.incident_id AS first_id, b.incident_id AS second_id, a.date AS first_date, b.date AS second_date, b.date - a.date AS n_days,
        distance_km(a.latitude, a.longitude, b.latitude, b.longitude) AS distance_km, a.country AS first_country,
        b.country AS second_country, a.place AS first_place, b.place AS second_place
    FROM (SELECT * EXCLUDE (belts), unnest(belts) AS near_belt FROM beside) AS a
    JOIN place_of AS b ON b.date = a.date + CAST(a.n_days AS INTEGER) AND b.belt = a.near_belt
    WHERE a.n_days > 0 OR b.incident_id > a.incident_id
)
SELECT * FROM pair WHERE distance_km <= km
