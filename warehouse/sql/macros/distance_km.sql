-- Kilometres between two points on the globe, by great circle (haversine; mean radius 6,371.0088 km, error below 0.6 %).
-- NULL when a coordinate is NULL.
-- $lat1: latitude of the first point, degrees
-- $lon1: longitude of the first point, degrees
-- $lat2: latitude of the second point, degrees
-- $lon2: longitude of the second point, degrees
-- example: SELECT round(distance_km(50.45, 30.52, 47.91, 33.39)) AS km
CREATE OR REPLACE MACRO distance_km(lat1, lon1, lat2, lon2) AS
    CASE WHEN lat1 + lon1 + lat2 + lon2 IS NOT NULL THEN 2 * 6371.0088 * asin(sqrt(least(1.0,  -- rounding may lift opposite points above 1
        pow(sin(radians(lat2 - lat1) / 2), 2) + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2)
    ))) END
