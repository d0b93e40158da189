-- kept as rows
-- needs: casualty_claims
-- How a count of people killed moved: one claim, or one state of Vigil's own toll, in the order of time.
-- @incident_id: incident
-- @happened_at: when it was said, or from when Vigil's toll was this (UTC)
-- @kind: claim: somebody gave a number; toll: the incident's resolved toll became this
-- @killed_min: lowest number
-- @killed: best number
-- @killed_max: highest number; NULL: open above
-- @quantifier: how the number is qualified
-- @speaker: who says it; NULL: the narrator, or Vigil
-- @speaker_class: class of source; NULL: Vigil
-- @words: the words that state it
-- @url: address of the article
-- @run_id: run that wrote the toll; NULL: a claim
CREATE OR REPLACE VIEW toll_history AS
SELECT incident_id, stated_at AS happened_at, 'claim' AS kind, count_min AS killed_min, count_best AS killed, count_max AS killed_max,
    quantifier, speaker, speaker_class, words, url, CAST(NULL AS VARCHAR) AS run_id
FROM casualty_claims
WHERE toll = 'killed'
UNION ALL
SELECT incident_id, min(valid_from), 'toll', killed_min, killed_best, killed_max, killed_quantifier, NULL, NULL, NULL, NULL,
    min_by(run_id, valid_from)
FROM (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY incident_id ORDER BY valid_from) AS step
    FROM (
        SELECT *, row_number() OVER history = 1 OR (killed_min, killed_best, killed_max, killed_quantifier) IS DISTINCT FROM
            lag((killed_min, killed_best, killed_max, killed_quantifier)) OVER history AS is_new
        FROM incident_version
        WINDOW history AS (PARTITION BY incident_id ORDER BY valid_from)
    )
)
GROUP BY incident_id, step, killed_min, killed_best, killed_max, killed_quantifier
