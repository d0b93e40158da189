-- needs: toll_last_words
-- not mirrored
-- One count of one incident that a resolver is asked for, and who gives it: every count that anybody gives, and killed and
-- injured of every incident.
-- @incident_id: incident
-- @toll: what is counted
-- @n_voices: voices whose last word counts; 0: nobody gives a number
-- @n_official: of those, official ones
-- @n_numbers: of those, voices that give a number and no vague word
-- @n_lone_other_side: of those, parties to the fighting that count the other side's dead alone
CREATE OR REPLACE VIEW toll_voices AS
SELECT incident_id, toll, CAST(sum(n_voices) AS BIGINT) AS n_voices, CAST(sum(n_official) AS BIGINT) AS n_official,
    CAST(sum(n_numbers) AS BIGINT) AS n_numbers, CAST(sum(n_lone) AS BIGINT) AS n_lone_other_side
FROM (
    SELECT incident_id, toll, 1 AS n_voices, CAST(is_official AND NOT is_lone_other_side AS INTEGER) AS n_official,
        CAST(count_best IS NOT NULL AS INTEGER) AS n_numbers, CAST(is_lone_other_side AS INTEGER) AS n_lone
    FROM toll_last_words
    UNION ALL
    SELECT incident_id, toll, 0, 0, 0, 0 FROM incident_toll
    UNION ALL
    SELECT incident_id, 'killed', 0, 0, 0, 0 FROM incident
    UNION ALL
    SELECT incident_id, 'injured', 0, 0, 0, 0 FROM incident
)
GROUP BY incident_id, toll
