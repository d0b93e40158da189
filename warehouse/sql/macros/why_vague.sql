-- Why a count has no best number although somebody gives one: a range, or a vague word with what it means at least.
-- $low: lowest number
-- $high: highest number
-- example: SELECT why_vague(10, 15) AS why
CREATE OR REPLACE MACRO why_vague(low, high) AS
    CASE WHEN low < high THEN 'only a range: ' || low || ' to ' || high ELSE 'only vague words' || coalesce(': at least ' || low, '') END
