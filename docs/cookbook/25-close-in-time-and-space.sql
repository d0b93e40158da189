-- Attacks close in time and space
-- Which incidents of one country lie within 200 km and three days of each other?
SELECT first_place, second_place, round(distance_km) AS km, n_days AS days
FROM incident_pairs(200, 3)
WHERE first_country = second_country
ORDER BY km, first_place
