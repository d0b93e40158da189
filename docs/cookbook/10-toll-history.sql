-- How a toll moved, and who moved it
-- When did the count of the dead of Kryvyi Rih change, in whose words, and was it a revision or a contradiction?
SELECT step, moved_at, previous, count_label(count_min, count_best, count_max, quantifier) AS killed, kind, speaker, words
FROM toll_moves
WHERE toll = 'killed' AND incident_id IN (SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih')
ORDER BY step
