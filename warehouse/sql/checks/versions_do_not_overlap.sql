-- The versions of an incident follow each other; only the last one may be open. A gap is no error: an incident whose
-- reports were all withdrawn is nobody's knowledge until one comes back.
SELECT incident_id, valid_from, valid_to, next_from
FROM (
    SELECT incident_id, valid_from, valid_to,
        lead(valid_from) OVER (PARTITION BY incident_id ORDER BY valid_from) AS next_from
    FROM incident_version
)
WHERE valid_to <= valid_from OR (next_from IS NOT NULL AND (valid_to IS NULL OR valid_to > next_from))
