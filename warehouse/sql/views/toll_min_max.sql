-- kept as rows
-- needs: toll_voices
-- not mirrored
-- The tolls as the widest range: from the lowest to the highest last word of any voice, however old, on whatever side. A best
-- number only where all agree.
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
CREATE OR REPLACE VIEW toll_min_max AS
SELECT v.incident_id, v.toll, w.count_min, CASE WHEN w.count_min = w.highest AND NOT w.is_open THEN w.highest END AS count_best,
    CASE WHEN NOT w.is_open THEN w.highest END AS count_max, CASE WHEN w.count_min = w.highest AND NOT w.is_open THEN 'exact' END AS quantifier,
    v.n_voices, coalesce(w.rests_on, []) AS rests_on, coalesce(w.speakers, []) AS speakers,
    CASE
        WHEN w.count_min = w.highest AND NOT w.is_open THEN NULL
        WHEN v.n_voices = 0 THEN 'nobody gives a number'
        WHEN w.count_min = w.highest THEN 'open above: at least ' || w.count_min
        ELSE 'numbers range from ' || w.count_min || ' to ' || w.highest || CASE WHEN w.is_open THEN ' or more' ELSE '' END
    END AS why_null
FROM toll_voices AS v
LEFT JOIN (
    SELECT incident_id, toll, min(low) AS count_min, any_value(highest) AS highest,
        bool_and(is_open) FILTER (top = highest) AS is_open,
        list_transform(list_sort(list({low: low, stated_at: stated_at, id: statement_id}) FILTER (low = lowest OR top = highest)),
            lambda s: s.id) AS rests_on,  -- an ordered aggregate takes ten times as long
        list_sort(list_distinct(list(coalesce(speaker, speaker_class)) FILTER (low = lowest OR top = highest))) AS speakers
    FROM (
        SELECT *, max(top) OVER (PARTITION BY incident_id, toll) AS highest, min(low) OVER (PARTITION BY incident_id, toll) AS lowest
        FROM toll_last_words
    )
    GROUP BY incident_id, toll
) AS w ON w.incident_id = v.incident_id AND w.toll = v.toll
