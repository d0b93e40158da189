-- How the number of killed moved, by whose words, until the end of the night: the steps of some incidents.
SELECT incident_id, step, moved_at, count_min, count_best, count_max, quantifier, previous, kind, speaker, speaker_class, outlet, url, words
FROM toll_moves
WHERE toll = 'killed' AND moved_at < $until AND incident_id IN (SELECT unnest($incident_ids))
ORDER BY incident_id, step
