-- kept as rows
-- needs: toll_voices, why_vague
-- not mirrored
-- The tolls by the last word of anybody: the newest number, whoever says it; the higher authority where two speak at once. A
-- party's count of the other side's dead is used only where somebody else says as many.
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
CREATE OR REPLACE VIEW toll_latest AS
SELECT v.incident_id, v.toll, w.one.count_min AS count_min, w.one.count_best AS count_best, w.one.count_max AS count_max,
    w.one.quantifier AS quantifier, v.n_voices,
    CASE WHEN w.one IS NULL THEN [] ELSE [w.one.statement_id] END AS rests_on,
    CASE WHEN w.one IS NULL THEN [] ELSE [coalesce(w.one.speaker, w.one.speaker_class)] END AS speakers,
    CASE
        WHEN w.one.count_best IS NOT NULL THEN NULL
        WHEN v.n_voices = 0 THEN 'nobody gives a number'
        WHEN v.n_lone_other_side = v.n_voices THEN 'only a party to the fighting counts the other side''s dead'
        ELSE why_vague(w.one.count_min, w.one.count_max)
    END AS why_null
FROM toll_voices AS v
LEFT JOIN (
    SELECT incident_id, toll, max_by(
        {count_min: count_min, count_best: count_best, count_max: count_max, quantifier: quantifier, statement_id: statement_id,
         speaker: speaker, speaker_class: speaker_class},
        (count_best IS NOT NULL, stated_at, -authority, coalesce(count_best, low), statement_id)
    ) AS one
    FROM toll_last_words WHERE NOT is_lone_other_side
    GROUP BY incident_id, toll
) AS w ON w.incident_id = v.incident_id AND w.toll = v.toll
