-- A count as people write it: 12, 12+ (at least), up to 85, ~100 (about), 10-15, vague (24+). NULL: nothing is counted.
-- $low: lowest number
-- $best: best number
-- $high: highest number
-- $how: quantifier
-- example: SELECT count_label(12, 12, NULL, 'at_least') AS said
CREATE OR REPLACE MACRO count_label(low, best, high, how) AS
    CASE
        WHEN coalesce(low, best, high) IS NULL THEN NULL
        WHEN how = 'at_most' THEN 'up to ' || coalesce(best, high, low)
        WHEN best IS NULL AND how = 'vague' THEN 'vague' || coalesce(' (' || low || '+)', '')
        WHEN how = 'about' THEN '~' || coalesce(best, low, high)
        WHEN high IS NULL THEN coalesce(best, low) || '+'
        WHEN low <> high THEN low || '-' || high
        ELSE CAST(coalesce(best, low, high) AS VARCHAR)
    END
