-- Responsibility, denial and counter-count of one incident
-- Who is accused of the strike on Kryvyi Rih, what does the accused side say, and which count does it put beside the toll?
SELECT strftime(stated_at, '%d %b %H:%M') AS said, stance, speaker, side, says, is_general, words
FROM stances
WHERE incident_id IN (SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih')
ORDER BY stated_at, stance, speaker
