-- The claims of one incident side by side
-- Who gave which counts of the strike on Kryvyi Rih? Each row is one speaker at one time; 12+ is "at least 12".
SELECT strftime(stated_at, '%d %b %H:%M') AS said, speaker, speaker_class, killed, children_killed, injured, security_killed, outlet
FROM claims_side_by_side
WHERE incident_id IN (SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih') AND speaker_class <> 'narrator'
ORDER BY stated_at, speaker, outlet
