-- The sources of one incident
-- Which articles tell of the strike on Kryvyi Rih, and which of them only repeat another or were changed later?
SELECT strftime(stated_at, '%d %b %H:%M') AS said, outlet, killed, is_copy, is_superseded, wire_origin, title
FROM incident_sources
WHERE incident_id IN (SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih')
ORDER BY stated_at, outlet
