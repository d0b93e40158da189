-- kept as rows
-- needs: toll_voices, why_vague
-- not mirrored
-- The tolls by the default resolver (docs/decisions/0003): the highest authority's last word, later higher words overtake earlier
-- ones, a party's count of the other side's dead stays out of the maximum.
-- @incident_id: incident
-- @toll: what is counted: killed, injured, children_killed ...
-- @count_min: lowest number
-- @count_best: best number; NULL: why_null says why
-- @count_max: highest number; NULL: open above, or none
-- @quantifier: how the number is qualified; NULL: made of several
-- @n_voices: voices that could be asked
-- @rests_on: statements that the numbers were taken from, statement_id of casualty_claims
-- @speakers: their speakers, in the texts' words; the class stands for one without a name
-- @why_null: why count_best is NULL; NULL: it is not
CREATE OR REPLACE VIEW toll_default AS
SELECT v.incident_id, v.toll, t.count_min, t.count_best, t.count_max, t.quantifier, v.n_voices,
    CASE WHEN t.toll IS NULL THEN [] ELSE [s.statement_id] END AS rests_on,
    CASE WHEN t.toll IS NULL THEN [] ELSE [coalesce(s.speaker, s.speaker_class)] END AS speakers,
    CASE
        WHEN t.count_best IS NOT NULL THEN NULL
        WHEN t.toll IS NULL THEN 'nobody gives a number'
        WHEN coalesce(t.count_min, t.count_max) IS NULL THEN 'withheld: the part exceeds the whole'
        ELSE why_vague(t.count_min, t.count_max)
    END AS why_null
FROM toll_voices AS v
LEFT JOIN incident_toll AS t ON t.incident_id = v.incident_id AND t.toll = v.toll
LEFT JOIN toll_claim AS s ON s.statement_id = coalesce(t.claim_id, t.report_id || '/' || t.toll)
