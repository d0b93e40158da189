-- kept as rows
-- needs: casualty_claims
-- not mirrored
-- How a count moved, when, and who moved it: one row each time that the default toll of what was said until then became another
-- number. The default rule is applied anew at the time of every statement, so the last move is the incident's toll of now. A copy
-- never moves a count. Order by moved_at.
-- @incident_id: incident
-- @toll: what is counted: killed, injured, children_killed ...
-- @step: 1 for the first number, 2 for the next ...
-- @moved_at: when it was said (UTC)
-- @count_min: lowest number of the statement
-- @count_best: best number of the statement; NULL: only vague
-- @count_max: highest number of the statement; NULL: open above
-- @quantifier: how the number is qualified
-- @previous: the number before; NULL: the first one
-- @kind: first; revision: the same voice later, a higher authority later, a higher number more than three hours later, or a number
-- that the former one allows ("at least 12", then 16); contradiction: another voice says otherwise at the same time (within three
-- hours), or later says fewer
-- @speaker: who moved it, in the text's words; NULL: the narrator
-- @speaker_class: class of source
-- @side: whom the speaker speaks for
-- @outlet: publisher domain
-- @url: address of the article
-- @words: the words that state it; NULL: the report's own sum
-- @statement_id: the statement, as casualty_claims has it
CREATE OR REPLACE VIEW toll_moves AS
-- Every step is a window over the statements of one count, or a join of such windows by incident: a condition on incident_id reaches the
-- tables.
WITH said AS (
    SELECT t.incident_id, t.toll, t.stated_at, t.statement_id, t.report_id, t.claim_id, t.family, t.authority, t.is_other_side, t.count_min,
        t.count_best, t.count_max, t.quantifier, coalesce(t.count_min, t.count_best, 0) AS low,
        coalesce(t.count_max, t.count_best, t.count_min) AS top,
        t.count_max IS NULL AND (t.count_best IS NULL OR coalesce(t.quantifier, 'exact') IN ('at_least', 'vague')) AS is_open,
        a.published_at IS NOT NULL AS is_dated, coalesce(c.stance, 'asserts') = 'retracts' AS is_retraction, a.fetched_at,
        a.canonical_url AS url,
        t.claim_id IS NULL OR (t.count_best, t.count_min) IS NOT DISTINCT FROM CASE t.toll
            WHEN 'killed' THEN (r.killed_best, r.killed_min) WHEN 'injured' THEN (r.injured_best, r.injured_min)
            WHEN 'missing' THEN (r.missing_best, r.missing_min) WHEN 'abducted' THEN (r.abducted_best, r.abducted_min)
            WHEN 'children_killed' THEN (r.children_killed_best, r.children_killed_min)
            WHEN 'children_injured' THEN (r.children_injured_best, r.children_injured_min)
            WHEN 'women_killed' THEN (r.women_killed_best, r.women_killed_min)
            WHEN 'civilians_killed' THEN (r.civilians_killed_best, r.civilians_killed_min)
            WHEN 'security_killed' THEN (r.security_killed_best, r.security_killed_min)
            WHEN 'attackers_killed' THEN (r.attackers_killed_best, r.attackers_killed_min)
        END AS is_own
    FROM toll_claim AS t
    JOIN incident_report AS m USING (report_id)
    JOIN report AS r USING (report_id)
    JOIN article AS a ON a.article_id = t.article_id
    LEFT JOIN claim AS c ON c.claim_id = t.claim_id
    WHERE NOT m.is_copy
),
known AS (  -- what had been said at each moment; a changed article replaces its earlier version from then on
    SELECT m.moved_at, s.*
    FROM (SELECT DISTINCT incident_id, toll, stated_at AS moved_at FROM said) AS m
    JOIN said AS s ON s.incident_id = m.incident_id AND s.toll = m.toll AND s.stated_at <= m.moved_at
    QUALIFY s.fetched_at = max(s.fetched_at) OVER (PARTITION BY s.incident_id, s.toll, m.moved_at, s.url)
),
latest AS (  -- a text without a date speaks only where no dated text does
    SELECT *, coalesce(
            max(stated_at) FILTER (is_dated AND count_best IS NOT NULL) OVER counted,
            max(stated_at) FILTER (is_dated) OVER counted,
            max(stated_at) OVER counted
        ) AS newest_at
    FROM known
    WINDOW counted AS (PARTITION BY incident_id, toll, moved_at)
    QUALIFY (is_dated OR NOT bool_or(is_dated) OVER counted) AND row_number() OVER (
        PARTITION BY incident_id, toll, moved_at, family
        ORDER BY is_dated DESC, stated_at DESC, is_own DESC, coalesce(count_best, count_min) DESC NULLS LAST, claim_id, report_id
    ) = 1
),
weighed AS (
    SELECT *, is_other_side AND coalesce(max(top) FILTER (NOT is_other_side) OVER counted, -1) < low AS is_uncorroborated,
        list({authority: authority, stated_at: stated_at, low: low, is_other_side: is_other_side}) OVER counted AS voices
    FROM latest
    WHERE NOT is_retraction AND stated_at >= newest_at - INTERVAL 24 HOUR AND top IS NOT NULL
    WINDOW counted AS (PARTITION BY incident_id, toll, moved_at)
),
overtaken AS (  -- by a later, higher word: of authority, or of two voices
    SELECT *, len(higher) >= 2 OR len(list_filter(higher, lambda o: o.authority <= greatest(authority, 3))) > 0 AS is_overtaken
    FROM (
        SELECT * EXCLUDE (voices), list_filter(voices, lambda o: NOT o.is_other_side AND o.stated_at > stated_at AND o.low > top) AS higher
        FROM weighed
    )
),
foremost AS (
    SELECT incident_id, toll, moved_at, statement_id, family, authority, stated_at, count_min, count_best, count_max, quantifier, low, top, is_open,
        coalesce(count_best, count_min, count_max) AS number
    FROM overtaken
    QUALIFY row_number() OVER (
        PARTITION BY incident_id, toll, moved_at
        ORDER BY is_uncorroborated, count_best IS NULL, is_overtaken, authority, stated_at DESC, count_best DESC, claim_id, report_id
    ) = 1
),
move AS (
    SELECT *, lag({family: family, authority: authority, stated_at: stated_at, low: low, top: top, is_open: is_open}) OVER history AS b,
        lag(number) OVER history AS previous
    FROM foremost
    WINDOW history AS (PARTITION BY incident_id, toll ORDER BY moved_at)
    QUALIFY number IS DISTINCT FROM lag(number) OVER history
)
SELECT s.incident_id, s.toll, row_number() OVER (PARTITION BY s.incident_id, s.toll ORDER BY s.moved_at) AS step, s.moved_at,
    s.count_min, s.count_best, s.count_max, s.quantifier, s.previous,
    CASE
        WHEN b IS NULL THEN 'first'
        WHEN s.family = b.family OR (s.stated_at > b.stated_at AND s.authority < b.authority) THEN 'revision'
        WHEN s.low <= b.top AND s.top >= b.low THEN 'revision'
        WHEN (b.is_open AND s.low >= b.low) OR (s.is_open AND s.low <= b.low) THEN 'revision'
        WHEN s.stated_at > b.stated_at + INTERVAL 3 HOUR AND s.low > b.top THEN 'revision'
        ELSE 'contradiction'
    END AS kind,
    c.speaker, c.speaker_class, c.side, c.outlet, c.url, c.words, s.statement_id
FROM move AS s
JOIN casualty_claims AS c ON c.incident_id = s.incident_id AND c.statement_id = s.statement_id
