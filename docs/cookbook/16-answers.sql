-- Denials and what they answer
-- What is denied, by whom, and which accusations of the same incident does it stand against? Denying to target civilians denies no
-- strike, so it stands against none.
SELECT i.place, d.stance, d.speaker AS who_denies, d.words, a.speaker AS who_accuses, a.accuses
FROM stances AS d
JOIN incidents AS i USING (incident_id)
LEFT JOIN stances AS a ON a.incident_id = d.incident_id AND list_contains(d.against, a.claim_id)
WHERE starts_with(d.stance, 'denies')
ORDER BY i.place, d.stated_at, who_denies, d.words, a.stated_at, who_accuses
