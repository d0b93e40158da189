-- Attacks close in time and space
-- Which incidents of one country lie within 200 km and three days of each other?
SELECT a.place AS first_place, b.place AS second_place, round(distance_km(a.latitude, a.longitude, b.latitude, b.longitude)) AS km,
    b.date - a.date AS days
FROM incidents AS a
JOIN incidents AS b ON b.country = a.country AND b.date BETWEEN a.date AND a.date + 3 AND (b.date, b.incident_id) > (a.date, a.incident_id)
WHERE distance_km(a.latitude, a.longitude, b.latitude, b.longitude) < 200
ORDER BY km, first_place
