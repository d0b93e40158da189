-- Attacks on several places in one night
-- Which nights struck several places at once, how many died at each, and how many does only the sum tell of?
SELECT b.barrage_id, b.killed, b.killed_of_parts, b.killed_elsewhere, i.place, i.killed AS killed_there, i.injured AS injured_there
FROM barrages AS b
JOIN barrage_parts AS p ON p.barrage_id = b.barrage_id
JOIN incidents AS i ON i.incident_id = p.incident_id
ORDER BY b.barrage_id, killed_there DESC NULLS LAST, i.place
