-- kept as rows
-- needs: toll_voices
-- not mirrored
-- The tolls that two stand behind: the highest number that two independent texts reach, each with the highest number that it gives and
-- its speaker has not taken back (copies are one text, and so is all that one agency sends). A party's count of the other side's dead
-- never counts here.
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
CREATE OR REPLACE VIEW toll_corroborated AS
SELECT v.incident_id, v.toll, w.second.low AS count_min, w.second.low AS count_best, CAST(NULL AS BIGINT) AS count_max,
    CASE WHEN w.second IS NOT NULL THEN 'at_least' END AS quantifier, v.n_voices,
    CASE WHEN w.first IS NULL THEN [] WHEN w.second IS NULL THEN [w.first.statement_id] ELSE [w.first.statement_id, w.second.statement_id] END
        AS rests_on,
    CASE WHEN w.first IS NULL THEN [] WHEN w.second IS NULL THEN [w.first.speaker] ELSE [w.first.speaker, w.second.speaker] END AS speakers,
    CASE
        WHEN w.second IS NOT NULL THEN NULL
        WHEN v.n_voices = 0 THEN 'nobody gives a number'
        WHEN v.n_lone_other_side = v.n_voices THEN 'only a party to the fighting counts the other side''s dead'
        WHEN w.incident_id IS NULL THEN 'only ranges or vague words'
        ELSE 'only one independent text gives a number'
    END AS why_null
FROM toll_voices AS v
LEFT JOIN (
    SELECT incident_id, toll, any_value({low: low, statement_id: statement_id, speaker: speaker}) FILTER (nth = 1) AS first,
        any_value({low: low, statement_id: statement_id, speaker: speaker}) FILTER (nth = 2) AS second
    FROM (
        SELECT *, row_number() OVER (PARTITION BY incident_id, toll ORDER BY low DESC, stated_at, statement_id) AS nth
        FROM (
            SELECT *
            FROM (  -- no text counts for more than its speaker's last word
                SELECT t.incident_id, t.toll, m.text_family, t.stated_at, t.statement_id, t.authority, coalesce(t.speaker, t.speaker_class) AS speaker,
                    least(coalesce(t.count_min, t.count_best), CASE WHEN NOT l.is_open THEN l.top END) AS low
                FROM toll_claim AS t
                JOIN incident_report AS m USING (report_id)
                JOIN toll_last_words AS l ON l.incident_id = t.incident_id AND l.toll = t.toll AND l.voice = t.family
                WHERE t.count_best IS NOT NULL AND NOT t.is_other_side AND NOT m.is_copy AND NOT m.is_superseded
            )
            QUALIFY row_number() OVER (PARTITION BY incident_id, toll, text_family ORDER BY low DESC, authority, statement_id DESC) = 1
        )
    )
    GROUP BY incident_id, toll
) AS w ON w.incident_id = v.incident_id AND w.toll = v.toll
