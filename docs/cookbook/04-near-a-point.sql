-- What happened near a point
-- Which incidents lie within 150 km of Dnipro, and how exactly is their place known?
SELECT round(distance_km) AS km, date, place, geo_precision, event_class, killed, injured
FROM incidents_near(48.46, 35.05, 150)
ORDER BY km, date
