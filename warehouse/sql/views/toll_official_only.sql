-- kept as rows
-- needs: toll_voices, why_vague
-- not mirrored
-- The tolls by officials alone: emergency services, hospitals, local and national officials, police, armies, the UN. Among them the
-- rule is the default one: the highest authority's last word, unless a later, higher one overtakes it; media and witnesses are unheard.
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
CREATE OR REPLACE VIEW toll_official_only AS
SELECT v.incident_id, v.toll, w.count_min, w.one.count_best AS count_best, CASE WHEN w.is_open THEN NULL ELSE w.highest END AS count_max,
    w.one.quantifier AS quantifier, v.n_voices,
    CASE WHEN w.one IS NULL THEN [] ELSE [w.one.statement_id] END AS rests_on,
    CASE WHEN w.one IS NULL THEN [] ELSE [coalesce(w.one.speaker, w.one.speaker_class)] END AS speakers,
    CASE
        WHEN w.one.count_best IS NOT NULL THEN NULL
        WHEN v.n_voices = 0 THEN 'nobody gives a number'
        WHEN w.one IS NOT NULL THEN why_vague(w.count_min, CASE WHEN NOT w.is_open THEN w.highest END)
        WHEN v.n_lone_other_side > 0 THEN 'only a party to the fighting counts the other side''s dead'
        ELSE 'no official gives a number'
    END AS why_null
FROM toll_voices AS v
LEFT JOIN (
    SELECT incident_id, toll, min(low) AS count_min, max(top) AS highest, bool_and(is_open) FILTER (top = highest_top) AS is_open, max_by(
        {count_best: count_best, quantifier: quantifier, statement_id: statement_id, speaker: speaker, speaker_class: speaker_class},
        (count_best IS NOT NULL, NOT is_overtaken, -authority, stated_at, coalesce(count_best, low), statement_id)
    ) AS one
    FROM (
        SELECT *, max(top) OVER (PARTITION BY incident_id, toll) AS highest_top,
            coalesce(max(low) OVER (
                PARTITION BY incident_id, toll ORDER BY stated_at
                RANGE BETWEEN INTERVAL 1 MICROSECOND FOLLOWING AND UNBOUNDED FOLLOWING
            ) > top, false) AS is_overtaken
        FROM toll_last_words WHERE is_official AND is_current AND NOT is_lone_other_side
    )
    GROUP BY incident_id, toll
) AS w ON w.incident_id = v.incident_id AND w.toll = v.toll
