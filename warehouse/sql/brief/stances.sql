-- Who accuses, claims and denies in some incidents, where somebody denies; one statement of a speaker a stance.
SELECT s.incident_id, s.stated_at, s.stance, s.speaker, s.speaker_class, s.side, s.accuses, s.says, s.is_general, s.words, s.outlet, s.url
FROM stances AS s
WHERE s.incident_id IN (SELECT unnest($incident_ids)) AND s.stated_at < $until AND s.stance <> 'counter_count'
QUALIFY row_number() OVER (PARTITION BY s.incident_id, s.stance, s.speaker, s.accuses ORDER BY s.stated_at DESC, s.claim_id) = 1
    AND bool_or(s.stance LIKE 'denies%' OR s.stance IN ('retracts', 'disputes_detail')) OVER (PARTITION BY s.incident_id)
ORDER BY s.incident_id, s.stated_at, s.stance, s.speaker
