-- The latest incidents, in whose words
-- What happened most recently, how many people were killed, and which words say so?
SELECT date, place, country, event_class, killed, injured, killed_words
FROM incidents
ORDER BY date DESC, place
LIMIT 8
