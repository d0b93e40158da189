-- Why counts of some incidents are contested: each pair of statements once, both sides' words.
SELECT c.*
FROM contested_claims AS c
WHERE c.incident_id IN (SELECT unnest($incident_ids)) AND c.stated_at < $until AND coalesce(c.against_stated_at, c.stated_at) < $until
QUALIFY row_number() OVER (PARTITION BY c.incident_id, c.toll, c.statement_id ORDER BY c.against_speaker IS NULL, c.against_stated_at DESC, c.against_id) = 1
ORDER BY c.incident_id, c.toll, c.stated_at, c.statement_id
