-- not mirrored
-- The last word of one voice on one count of one incident: what every resolver starts from. Retracted words are left out.
-- @incident_id: incident
-- @toll: what is counted
-- @statement_id: the statement, as casualty_claims has it
-- @voice: who stands behind it: one body, one named speaker or one text
-- @speaker: who says it; NULL: the narrator
-- @speaker_class: class of source
-- @authority: rank in the default toll rule, 1 highest
-- @is_official: emergency service, hospital, official, police, army or UN
-- @stated_at: when it was said (UTC)
-- @count_min: lowest number
-- @count_best: best number; NULL: only vague
-- @count_max: highest number; NULL: open above
-- @quantifier: how the number is qualified
-- @low: lowest number that agrees with it
-- @top: highest number that it names
-- @is_open: it says "at least"
-- @is_current: not older than a day before the newest one
-- @is_lone_other_side: a party to the fighting counts the other side's dead, and nobody else says as many
CREATE OR REPLACE VIEW toll_last_words AS
SELECT * EXCLUDE (is_other_side),
    is_other_side AND coalesce(max(top) FILTER (NOT is_other_side) OVER (PARTITION BY incident_id, toll), -1) < low AS is_lone_other_side
FROM (
    SELECT t.incident_id, t.toll, t.statement_id, t.family AS voice, t.speaker, t.speaker_class, t.authority,
        t.speaker_class IN ('emergency_service', 'medical', 'local_official', 'police', 'national_official', 'military', 'un_agency')
            AS is_official,
        t.stated_at, t.count_min, t.count_best, t.count_max, t.quantifier,
        coalesce(t.count_min, t.count_best, 0) AS low, coalesce(t.count_max, t.count_best, t.count_min) AS top,
        t.count_max IS NULL AND (t.count_best IS NULL OR coalesce(t.quantifier, 'exact') IN ('at_least', 'vague')) AS is_open,
        t.is_current, t.is_other_side
    FROM toll_claim AS t
    LEFT JOIN claim AS c ON c.claim_id = t.claim_id
    WHERE t.is_latest AND coalesce(t.count_min, t.count_best, t.count_max) IS NOT NULL AND coalesce(c.stance, 'asserts') <> 'retracts'
)
