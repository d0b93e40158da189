-- Where resolvers differ
-- For which counts does it matter which rule one follows?
SELECT i.place, t.toll, t.lowest, t.by_conservative, t.by_corroborated, t.by_default, t.by_official_only, t.by_latest, t.highest
FROM tolls_compared AS t JOIN incidents AS i USING (incident_id)
WHERE NOT t.agree
ORDER BY i.place, t.toll
