-- Who says which number, killed first, oldest first.
SELECT * FROM casualty_claims WHERE incident_id = $incident_id
ORDER BY toll <> 'killed', toll <> 'injured', toll, stated_at, authority, claim_id
