-- needs: toll_default, toll_latest, toll_min_max, toll_conservative, toll_corroborated, toll_official_only
-- not mirrored
-- Every count of every incident by every resolver: what the default says and what its alternatives would say. Ask for one with
-- toll_by(name).
-- @resolver: default, latest, min_max, conservative, corroborated or official_only
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
CREATE OR REPLACE VIEW toll_alternatives AS
SELECT 'default' AS resolver, * FROM toll_default
UNION ALL
SELECT 'latest' AS resolver, * FROM toll_latest
UNION ALL
SELECT 'min_max' AS resolver, * FROM toll_min_max
UNION ALL
SELECT 'conservative' AS resolver, * FROM toll_conservative
UNION ALL
SELECT 'corroborated' AS resolver, * FROM toll_corroborated
UNION ALL
SELECT 'official_only' AS resolver, * FROM toll_official_only
